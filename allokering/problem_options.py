"""What an actor can choose from: options, what they use, what they cost, and what they cost at given prices. No domain.

`ListedOptions` has them all in a table. A class of one's own derives from `Options`; options too many to list, found by
a function that prices them, are `PricedOptions` (`problem_pricing`).
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
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


@dataclass(frozen=True)
class Choice:
    """One option written out: its name, what it uses, and what it costs."""

    key: str
    uses: Mapping[int, int]
    """Amount by number of the resource; a negative one supplies."""
    prices: tuple[int, ...]
    """By tier."""


class Options(ABC):
    """What one actor can choose from. Options are numbered from 0, whatever the order of the input.

    `problem_check.faults_of_options` tries out a class of one's own.
    """

    actor: str
    is_listed: bool = True
    """Has every option a number from the start? If not, those have one that have been met (`problem_pricing`)."""
    takes_surcharges: bool = True
    """Can it price surcharges? If not, no cutting plane is made on the resources that it touches."""

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

    def least(self, tier_weights: Floats, resources: int) -> float:
        """What no option costs less than where resources, of which there are so many, are free."""
        return float(self.values(np.zeros(resources), tier_weights).min())

    def within(
        self,
        room: float,
        most: int,
        resource_prices: Floats,
        tier_weights: Floats,
        surcharges: Surcharges | None = None,
    ) -> Integers | None:
        """Every option that costs at most `room` more than the cheapest; None if it cannot say, or has above `most`."""
        costs = self.values(resource_prices, tier_weights, surcharges)
        near = np.flatnonzero(costs <= costs.min() + room)
        return near if len(near) <= most else None

    def faults(self, resources: int, tiers: int) -> list[str]:  # noqa: ARG002 - a class of one's own is believed
        """Why they do not fit into a problem of so many resources and tiers."""
        return []


class ListedOptions(Options):
    """Options listed one by one, as in a published benchmark.

    Args:
        actor: who chooses.
        keys: a name for each option, all different.
        usage: what the options use, in whole numbers: shape (options, resources).
        prices: what they cost, in whole numbers: shape (options, tiers).

    Raises:
        ValueError: the tables do not go together; all that is wrong with them is said.
    """

    def __init__(self, actor: str, keys: Sequence[str], usage: sparse.csr_array, prices: Integers) -> None:
        self.actor = actor
        self._keys = tuple(keys)
        self._usage = sparse.csr_array(usage)
        self._prices = np.asarray(prices)
        faults = _faults_of_tables(self._keys, self._usage, self._prices)
        if faults:
            raise ValueError(f"the options of {actor} do not go together: {'; '.join(faults)}")
        if self._usage.dtype != np.int64:
            self._usage = self._usage.astype(np.int64)
        self._prices = self._prices.astype(np.int64, copy=False)

    @classmethod
    def of(cls, actor: str, choices: Sequence[Choice]) -> ListedOptions:
        """Options written out one by one.

        Raises:
            ValueError: they do not go together, or there are none.
        """
        if not choices:
            raise ValueError(f"{actor} has no options")
        if len({len(choice.prices) for choice in choices}) > 1:
            raise ValueError(
                f"the options of {actor} do not go together: they have prices in different numbers of tiers"
            )
        cells = [(row, *use) for row, choice in enumerate(choices) for use in choice.uses.items()]
        negative = sorted({resource for _, resource, _ in cells if resource < 0})
        if negative:
            raise ValueError(f"the options of {actor} use a resource of number {negative[0]}; numbers begin with 0")
        width = 1 + max((resource for _, resource, _ in cells), default=-1)
        rows, columns, amounts = zip(*cells, strict=True) if cells else ((), (), ())
        data = np.array(amounts) if cells else np.zeros(0, dtype=np.int64)
        usage = sparse.coo_array((data, (np.array(rows, int), np.array(columns, int))), shape=(len(choices), width))
        return cls(actor, [one.key for one in choices], usage.tocsr(), np.array([one.prices for one in choices]))

    @override
    def __repr__(self) -> str:
        return f"ListedOptions({self.actor!r}, {len(self)} options)"

    @override
    def __len__(self) -> int:
        return len(self._keys)

    @override
    def key(self, option: int) -> str:
        return self._keys[option]

    @override
    def find(self, key: str) -> int | None:
        return self._numbers.get(key)

    @cached_property
    def _numbers(self) -> dict[str, int]:
        return {key: option for option, key in enumerate(self._keys)}

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

    @override
    def faults(self, resources: int, tiers: int) -> list[str]:
        found = []
        widest = int(self._usage.indices.max(initial=-1))
        if widest >= resources:
            found.append(f"{self.actor} uses resource {widest}; there are {resources}, from 0")
        if len(self) and self._prices.shape[1] != tiers:
            found.append(f"the options of {self.actor} have {self._prices.shape[1]} prices; there are {tiers} tiers")
        return found


def _faults_of_tables(keys: Sequence[str], usage: sparse.csr_array, prices: Integers) -> list[str]:
    """Why keys, uses and prices cannot be those of the same options."""
    found = []
    if len(set(keys)) < len(keys):
        twice = next(key for number, key in enumerate(keys) if key in keys[:number])
        found.append(f"two have the name {twice!r}")
    if usage.shape[0] != len(keys):
        found.append(f"{len(keys)} names, and uses of {usage.shape[0]}")
    if prices.ndim != 2:
        found.append(f"prices have {prices.ndim} axes, and must have two: options and tiers")
    elif prices.shape[0] != len(keys):
        found.append(f"{len(keys)} names, and prices of {prices.shape[0]}")
    for what, numbers in (("uses", usage.data), ("prices", prices)):
        if (broken := not_whole(numbers)) is not None:
            found.append(f"{what} must be whole numbers, and one is {broken}")
    return found


def not_whole(numbers: npt.NDArray[np.generic]) -> str | None:
    """One of the numbers that is not whole, or not a number; None if all are."""
    if numbers.dtype.kind in "iub":
        return None
    if numbers.dtype.kind != "f":
        return repr(numbers.flat[0]) if numbers.size else None
    broken = numbers[~(np.isfinite(numbers) & (numbers == np.rint(numbers)))]
    return str(broken.flat[0]) if broken.size else None
