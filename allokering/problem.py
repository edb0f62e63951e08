"""A problem: actors choose options, options use resources, and everything is paid for in tiers. No domain.

Every actor chooses exactly one option. A resource is a row "use <= bound", or "least <= use <= bound". A relief lets
one resource pass its bound, or fall short of its least, at a price; a transfer lowers the use of one and raises that
of another. Plans are compared by their prices, tier by tier. Generalised assignment, hospital/residents assignment and
rotation scheduling are problems of this shape.

Every amount is an integer, so feasible means feasible and equal means equal. A problem that is written wrongly says so
when it is made.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Literal

import numpy as np
from scipy import sparse
from typing_extensions import override

from allokering.problem_options import Booleans, Choice, Floats, Integers, ListedOptions, Options, Surcharges

__all__ = [
    "Booleans",
    "Choice",
    "Floats",
    "Integers",
    "ListedOptions",
    "Options",
    "Problem",
    "Relief",
    "Resource",
    "Solution",
    "Surcharges",
    "Tier",
    "Transfer",
]


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
    least: int | None = None
    """A quota: the use is at least so much. None: there is none."""

    def __str__(self) -> str:
        return f"{self.rule}[{self.subject},{self.period}]"


@dataclass(frozen=True)
class Relief:
    """Up to `most` units less use of `resource`, each at `prices` (one per tier); or, of a least, units made up for."""

    name: str
    resource: int
    most: int
    prices: tuple[int, ...]
    also_uses: tuple[tuple[int, int], ...] = ()
    """What else every unit uses, as (resource, amount), such as what a tier that is held leaves to be paid."""
    eases: Literal["bound", "least"] = "bound"
    """Which side of the resource it eases: a relief of the one does nothing for the other."""


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

    def __post_init__(self) -> None:
        faults = self.faults()
        if faults:
            raise ValueError("the problem is not one:\n" + "\n".join(f"- {fault}" for fault in faults))

    @override
    def __repr__(self) -> str:
        options = sum(map(len, self.actors))
        tiers = ", ".join(tier.name for tier in self.tiers)
        return (
            f"Problem({len(self.actors)} actors, {options} options, {len(self.resources)} resources, "
            f"{len(self.reliefs)} reliefs, {len(self.transfers)} transfers; tiers {tiers})"
        )

    def faults(self) -> list[str]:
        """Everything that is wrong with it, in words; none of a problem that could be made."""
        return [*self._faults_of_names(), *self._faults_of_rows(), *self._faults_of_adjustments()]

    def _faults_of_names(self) -> Iterator[str]:
        if not self.tiers:
            yield "there are no tiers: nothing says which plan is better"
        for what, names in (
            ("tiers", [tier.name for tier in self.tiers]),
            ("actors", [actor.actor for actor in self.actors]),
        ):
            yield from (f"two {what} have the name {name}" for name, times in Counter(names).items() if times > 1)

    def _faults_of_rows(self) -> Iterator[str]:
        for resource in self.resources:
            if not (_is_whole(resource.bound) and (resource.least is None or _is_whole(resource.least))):
                yield f"{resource}: bound and least must be whole numbers: {resource.bound}, {resource.least}"
        for actor in self.actors:
            yield from actor.faults(len(self.resources), len(self.tiers))

    def _faults_of_adjustments(self) -> Iterator[str]:
        for relief in self.reliefs:
            yield from self._faults_of_one(f"relief {relief.name}", relief, [relief.resource])
            is_there = _is_number(relief.resource, len(self.resources))
            if relief.eases == "least" and is_there and self.resources[relief.resource].least is None:
                yield f"relief {relief.name} eases the least of {self.resources[relief.resource]}, which has none"
        for transfer in self.transfers:
            rows = [transfer.source, transfer.target]
            yield from self._faults_of_one(f"transfer {transfer.name}", transfer, rows)

    def _faults_of_one(self, name: str, one: Relief | Transfer, rows: list[int]) -> Iterator[str]:
        """What is wrong with a relief or transfer of these rows."""
        for row in (*rows, *(resource for resource, _ in one.also_uses)):
            if not _is_number(row, len(self.resources)):
                yield f"{name} is of resource {row}; there are {len(self.resources)}, from 0"
        if not _is_whole(one.most) or one.most < 0:
            yield f"{name} has at most {one.most} units; that must be a whole number, and not negative"
        if len(one.prices) != len(self.tiers):
            yield f"{name} has {len(one.prices)} prices; there are {len(self.tiers)} tiers"
        for number in (*one.prices, *(amount for _, amount in one.also_uses)):
            if not _is_whole(number):
                yield f"{name}: prices and amounts must be whole numbers, and one is {number}"

    def number_of(self, name: str) -> int:
        """The number of the resource that is written so, as `places[oslo,0]`.

        Raises:
            KeyError: there is none.
        """
        return self._numbers[name]

    @cached_property
    def _numbers(self) -> dict[str, int]:
        return {str(resource): number for number, resource in enumerate(self.resources)}

    @cached_property
    def bounds(self) -> Integers:
        """Bound of every resource."""
        return np.array([resource.bound for resource in self.resources], dtype=np.int64)

    @cached_property
    def adjustment_usage(self) -> sparse.csr_array:
        """What a unit of each relief, then of each transfer, uses: shape (adjustments, resources).

        A relief of a least does not use its resource: what it makes up for is no use.
        """
        cells = []
        for row, relief in enumerate(self.reliefs):
            cells += [(row, relief.resource, -1)] if relief.eases == "bound" else []
            cells += [(row, resource, amount) for resource, amount in relief.also_uses]
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
        """Which resources a relief can let pass their bound, by resource."""
        found = np.zeros(len(self.resources), dtype=bool)
        found[[relief.resource for relief in self.reliefs if relief.eases == "bound"]] = True
        return found

    def use(self, solution: Solution) -> Integers:
        """Use of every resource, reliefs and transfers counted."""
        used = np.asarray(self.adjustment_usage.T @ solution.adjustments, dtype=np.int64)
        for actor, option in zip(self.actors, solution.options, strict=True):
            row = actor.usage(np.array([option]), len(self.resources))
            used[row.indices] += row.data
        return used

    def counted(self, solution: Solution) -> Integers:
        """Use of every resource as its least counts it: reliefs of the bound hide none, of the least make up."""
        counted = self.use(solution)
        for relief, amount in zip(self.reliefs, solution.adjustments[: len(self.reliefs)].tolist(), strict=True):
            counted[relief.resource] += amount
        return counted

    def is_feasible(self, solution: Solution) -> bool:
        """Does the solution keep every bound and every least?"""
        amounts = solution.adjustments
        within = np.all(amounts >= 0) and np.all(amounts <= self.adjustment_most)
        if not within or np.any(self.use(solution) > self.bounds):
            return False
        leasts = [(number, one.least) for number, one in enumerate(self.resources) if one.least is not None]
        if not leasts:
            return True
        counted = self.counted(solution)
        return all(counted[number] >= least for number, least in leasts)

    def values(self, solution: Solution) -> tuple[int, ...]:
        """What the solution costs in every tier."""
        total = np.asarray(solution.adjustments @ self.adjustment_prices)
        for actor, option in zip(self.actors, solution.options, strict=True):
            total = total + actor.prices(np.array([option]))[0]
        return tuple(int(value) for value in total)


def _is_whole(number: object) -> bool:
    return isinstance(number, (int, np.integer)) and not isinstance(number, bool)


def _is_number(number: int, many: int) -> bool:
    """Is it the number of one of so many?"""
    return _is_whole(number) and 0 <= number < many
