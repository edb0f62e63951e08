"""A problem: actors choose options, options use resources, and everything is paid for in tiers. No domain.

Every actor chooses exactly one option. A resource is a row "use <= bound". A relief lowers the use of one resource at
a price; a transfer lowers the use of one and raises that of another. Plans are compared by their prices, tier by tier.
Generalised assignment, hospital/residents assignment and rotation scheduling are problems of this shape.

Every amount is an integer, so feasible means feasible and equal means equal.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt
from scipy import sparse
from typing_extensions import override

Integers = npt.NDArray[np.int64]
Booleans = npt.NDArray[np.bool_]
Floats = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Tier:
    """One level of the objective, and the unit its prices are in."""

    name: str
    unit: str
    worth: int = 1
    """What a unit weighs beside those of other tiers, where they must be weighed."""


@dataclass(frozen=True)
class Resource:
    """A row "use <= bound", named by the rule that made it, its subject and its period."""

    rule: str
    subject: str
    period: int
    bound: int

    def __str__(self) -> str:
        return f"{self.rule}[{self.subject},{self.period}]"


@dataclass(frozen=True)
class Relief:
    """Up to `most` units less use of `resource`, each at `prices` (one per tier)."""

    name: str
    resource: int
    most: int
    prices: tuple[int, ...]
    also_uses: tuple[tuple[int, int], ...] = ()
    """What else every unit uses, as (resource, amount), such as what a tier that is held leaves to be paid."""


@dataclass(frozen=True)
class Transfer:
    """Up to `most` units of use moved from `source` to `target`, each at `prices` (one per tier)."""

    name: str
    source: int
    target: int
    most: int
    prices: tuple[int, ...]
    also_uses: tuple[tuple[int, int], ...] = ()
    """What else every unit moved uses, as (resource, amount), such as the residents there are to move."""


@dataclass(frozen=True)
class Surcharges:
    """What a use costs besides its price by the unit: by resource and amount, as cutting planes charge it.

    No option uses a resource that has surcharges in two ways at once.
    """

    amounts: Integers
    """Amounts of use that options make, ascending (A)."""
    table: Floats
    """Surcharge by (resource, amount); one row more than resources, of zeros, for "no resource"."""

    @cached_property
    def is_charged(self) -> Booleans:
        """By resource, and for "no resource": is any use of it charged?"""
        return np.asarray(self.table.any(axis=1))

    def level(self, amounts: Integers) -> Integers:
        """The column of the table for each amount; any, for a sum over periods, which no resource charges."""
        return np.minimum(np.searchsorted(self.amounts, amounts), len(self.amounts) - 1)

    def of(self, usage: sparse.csr_array) -> Floats:
        """The surcharges of options that use so much (options, resources)."""
        charged = sparse.csr_array(
            (self.table[usage.indices, self.level(usage.data)], usage.indices, usage.indptr), shape=usage.shape
        )
        return np.asarray(charged.sum(axis=1), dtype=np.float64)


class Options(ABC):
    """What one actor can choose from. Options are numbered from 0, whatever the order of the input."""

    actor: str

    @abstractmethod
    def __len__(self) -> int:
        """How many options there are."""

    @abstractmethod
    def key(self, option: int) -> str:
        """A name of the option, unique for the actor and stable between runs."""

    @abstractmethod
    def find(self, key: str) -> int | None:
        """The option with this name, None if the actor has it not."""

    @abstractmethod
    def usage(self, options: Integers, resources: int) -> sparse.csr_array:
        """What the options use: shape (options, resources), integers."""

    @abstractmethod
    def prices(self, options: Integers) -> Integers:
        """What the options cost: shape (options, tiers)."""

    @abstractmethod
    def amounts(self) -> Integers:
        """Every amount that some option uses of some resource, each once."""

    @abstractmethod
    def touched(self) -> Integers:
        """Every resource that some option may use, ascending."""

    def alike(self) -> Integers:
        """A number for each option; options of one number use the same, but for what is `beside`."""
        return np.arange(len(self))

    def beside(self) -> Integers:
        """The resources of which options that are alike may use different amounts."""
        return np.zeros(0, dtype=np.int64)

    @abstractmethod
    def values(self, resource_prices: Floats, tier_weights: Floats, surcharges: Surcharges | None = None) -> Floats:
        """Cost of every option when a unit of a resource costs `resource_prices` and of a tier `tier_weights`."""

    def dearest(self, tier_weights: Floats) -> float:
        """What no option costs more than where resources are free."""
        return float((self.prices(np.arange(len(self))) @ tier_weights).max())

    def values_of(self, options: Integers, resource_prices: Floats, tier_weights: Floats) -> Floats:
        """The same for some of the options."""
        return self.values(resource_prices, tier_weights)[options]

    def cheapest(
        self, most: int, resource_prices: Floats, tier_weights: Floats, surcharges: Surcharges | None = None
    ) -> tuple[Integers, Floats]:
        """The cheapest option and up to `most` - 1 other cheap ones, ascending, and what each costs."""
        costs = self.values(resource_prices, tier_weights, surcharges)
        few = np.sort(np.argpartition(costs, most - 1)[:most]) if len(costs) > most else np.arange(len(costs))
        return few, costs[few]


class ListedOptions(Options):
    """Options listed one by one, as in a published benchmark."""

    def __init__(self, actor: str, keys: Sequence[str], usage: sparse.csr_array, prices: Integers) -> None:
        self.actor = actor
        self._keys = tuple(keys)
        self._usage = usage
        self._prices = prices

    @override
    def __len__(self) -> int:
        return len(self._keys)

    @override
    def key(self, option: int) -> str:
        return self._keys[option]

    @override
    def find(self, key: str) -> int | None:
        return self._keys.index(key) if key in self._keys else None

    @override
    def usage(self, options: Integers, resources: int) -> sparse.csr_array:
        chosen = self._usage[options]
        return sparse.csr_array((chosen.data, chosen.indices, chosen.indptr), shape=(len(options), resources))

    @override
    def prices(self, options: Integers) -> Integers:
        return self._prices[options]

    @override
    def amounts(self) -> Integers:
        return np.unique(self._usage.data).astype(np.int64)

    @override
    def touched(self) -> Integers:
        return np.unique(self._usage.indices).astype(np.int64)

    @override
    def values(self, resource_prices: Floats, tier_weights: Floats, surcharges: Surcharges | None = None) -> Floats:
        used = self._usage @ resource_prices[: self._usage.shape[1]]
        charged = 0.0 if surcharges is None else surcharges.of(self._usage)
        return np.asarray(self._prices @ tier_weights + used + charged, dtype=np.float64)


@dataclass(frozen=True)
class Solution:
    """One option per actor, and the amounts of the reliefs, then of the transfers, in the problem's order."""

    options: Integers
    adjustments: Integers


@dataclass(frozen=True)
class Problem:
    """Actors, resources, reliefs, transfers and tiers."""

    tiers: tuple[Tier, ...]
    resources: tuple[Resource, ...]
    actors: tuple[Options, ...]
    reliefs: tuple[Relief, ...] = ()
    transfers: tuple[Transfer, ...] = ()

    @cached_property
    def bounds(self) -> Integers:
        """Bound of every resource."""
        return np.array([resource.bound for resource in self.resources], dtype=np.int64)

    @cached_property
    def adjustment_usage(self) -> sparse.csr_array:
        """What a unit of each relief, then of each transfer, uses: shape (adjustments, resources)."""
        cells = []
        for row, relief in enumerate(self.reliefs):
            cells += [(row, relief.resource, -1), *((row, resource, amount) for resource, amount in relief.also_uses)]
        for row, transfer in enumerate(self.transfers, start=len(self.reliefs)):
            cells += [(row, transfer.source, -1), (row, transfer.target, 1)]
            cells += [(row, resource, amount) for resource, amount in transfer.also_uses]
        row_of, column, amounts = np.array(cells, dtype=np.int64).reshape(-1, 3).T
        shape = (len(self.reliefs) + len(self.transfers), len(self.resources))
        return sparse.coo_array((amounts, (row_of, column)), shape=shape).tocsr()

    @cached_property
    def adjustment_prices(self) -> Integers:
        """What a unit of each relief, then of each transfer, costs: shape (adjustments, tiers)."""
        prices = [one.prices for one in self.reliefs] + [one.prices for one in self.transfers]
        return np.array(prices, dtype=np.int64).reshape(-1, len(self.tiers))

    @cached_property
    def adjustment_most(self) -> Integers:
        """Most units of each relief, then of each transfer."""
        most = [one.most for one in self.reliefs] + [one.most for one in self.transfers]
        return np.array(most, dtype=np.int64)

    @cached_property
    def is_relieved(self) -> Booleans:
        """Of which resources a relief can make up for a shortage, by resource."""
        found = np.zeros(len(self.resources), dtype=bool)
        found[[relief.resource for relief in self.reliefs]] = True
        return found

    def use(self, solution: Solution) -> Integers:
        """Use of every resource, reliefs and transfers counted."""
        used = np.asarray(self.adjustment_usage.T @ solution.adjustments, dtype=np.int64)
        for actor, option in zip(self.actors, solution.options, strict=True):
            row = actor.usage(np.array([option]), len(self.resources))
            used[row.indices] += row.data
        return used

    def is_feasible(self, solution: Solution) -> bool:
        """Does the solution keep every bound?"""
        amounts = solution.adjustments
        within = np.all(amounts >= 0) and np.all(amounts <= self.adjustment_most)
        return bool(within and np.all(self.use(solution) <= self.bounds))

    def values(self, solution: Solution) -> tuple[int, ...]:
        """What the solution costs in every tier."""
        total = np.asarray(solution.adjustments @ self.adjustment_prices)
        for actor, option in zip(self.actors, solution.options, strict=True):
            total = total + actor.prices(np.array([option]))[0]
        return tuple(int(value) for value in total)
