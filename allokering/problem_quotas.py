"""Quotas as rows: a problem with leasts as one in which every resource is a row "use <= bound".

    least <= use <= bound   <=>   use <= bound  and  -use <= -least

So solvers, cutting planes and reliefs know rows of one kind only. Options, reliefs and transfers keep their numbers: a
solution of the one problem is a solution of the other, at the same values. `Problem.is_feasible` counts leasts by
itself, without these rows.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import cached_property

import numpy as np
from scipy import sparse
from typing_extensions import override

from allokering.problem import Floats, Integers, Options, Problem, Relief, Surcharges, Transfer

AT_LEAST = "at least: "
"""Before the rule's name, in the row of its least."""


def in_rows(problem: Problem) -> Problem:
    """The same problem, each least a row of its own after the others, of the use with its sign turned."""
    quotas = [number for number, resource in enumerate(problem.resources) if resource.least is not None]
    if not quotas:
        return problem
    mirror = _Mirror(len(problem.resources), np.array(quotas, dtype=np.int64))
    rows = [
        replace(resource, rule=f"{AT_LEAST}{resource.rule}", bound=-resource.least, least=None)
        for resource in problem.resources
        if resource.least is not None
    ]
    return Problem(
        tiers=problem.tiers,
        resources=(*(replace(resource, least=None) for resource in problem.resources), *rows),
        actors=tuple(_Mirrored(actor, mirror) for actor in problem.actors),
        reliefs=tuple(mirror.relief(relief) for relief in problem.reliefs),
        transfers=tuple(mirror.transfer(transfer) for transfer in problem.transfers),
    )


class _Mirror:
    """Which resources have a row of their least, and what prices of both rows are together.

    Args:
        width: how many resources there are.
        quotas: those with a least, ascending; the row of the first of them is `width`.
    """

    def __init__(self, width: int, quotas: Integers) -> None:
        self.width = width
        self.quotas = quotas
        self._folded: tuple[Surcharges, Surcharges] | None = None

    @cached_property
    def _row_of(self) -> dict[int, int]:
        return {resource: self.width + place for place, resource in enumerate(self.quotas.tolist())}

    def rows(self, resources: Integers) -> Integers:
        """These resources and the rows of their leasts, ascending."""
        return np.concatenate([resources, self.width + np.flatnonzero(np.isin(self.quotas, resources))])

    def relief(self, relief: Relief) -> Relief:
        """A relief of a bound is one of its row, and one of a least of that row; what else it uses counts in leasts."""
        also = (*relief.also_uses, *self._turned(relief.also_uses))
        resource = relief.resource if relief.eases == "bound" else self._row_of[relief.resource]
        return replace(relief, resource=resource, eases="bound", also_uses=also)

    def transfer(self, transfer: Transfer) -> Transfer:
        """What is moved counts in the leasts, too: away from one, towards the other."""
        moved = [(transfer.source, -1), (transfer.target, 1), *transfer.also_uses]
        return replace(transfer, also_uses=(*transfer.also_uses, *self._turned(moved)))

    def _turned(self, uses: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
        """What these uses are in the rows of leasts."""
        return [(self._row_of[resource], -amount) for resource, amount in uses if resource in self._row_of]

    def prices(self, resource_prices: Floats) -> Floats:
        """What a unit of each resource costs when it is charged in one row and paid back in the other."""
        prices = resource_prices[: self.width].copy()
        prices[self.quotas] -= resource_prices[self.width :]
        return prices

    def surcharges(self, surcharges: Surcharges | None) -> Surcharges | None:
        """What a use costs in both rows together: in the row of the least it stands with its sign turned.

        The amounts are as many above zero as below (`_Mirrored.amounts`), so to turn signs is to turn the table round.
        """
        if surcharges is None:
            return None
        known = self._folded
        if known is None or known[0] is not surcharges:
            table = np.concatenate([surcharges.table[: self.width], surcharges.table[-1:]])
            table[self.quotas] += surcharges.table[self.width : -1, ::-1]
            known = self._folded = surcharges, Surcharges(surcharges.amounts, table)
        return known[1]


class _Mirrored(Options):
    """An actor's options, which use the rows of leasts with the sign turned."""

    def __init__(self, inner: Options, mirror: _Mirror) -> None:
        self.actor = inner.actor
        self.is_listed = inner.is_listed
        self.takes_surcharges = inner.takes_surcharges
        self._inner = inner
        self._mirror = mirror

    @override
    def __len__(self) -> int:
        return len(self._inner)

    @override
    def key(self, option: int) -> str:
        return self._inner.key(option)

    @override
    def find(self, key: str) -> int | None:
        return self._inner.find(key)

    @override
    def usage(self, options: Integers, resources: int) -> sparse.csr_array:
        used = self._inner.usage(options, self._mirror.width)
        return sparse.csr_array(sparse.hstack([used, -used[:, self._mirror.quotas]]))

    @override
    def prices(self, options: Integers) -> Integers:
        return self._inner.prices(options)

    @override
    def amounts(self) -> Integers:
        amounts = self._inner.amounts()
        return np.union1d(amounts, -amounts)

    @override
    def touched(self) -> Integers:
        return self._mirror.rows(self._inner.touched())

    @override
    def alike(self) -> Integers:
        return self._inner.alike()

    @override
    def beside(self) -> Integers:
        return self._mirror.rows(self._inner.beside())

    @override
    def values(self, resource_prices: Floats, tier_weights: Floats, surcharges: Surcharges | None = None) -> Floats:
        mirror = self._mirror
        return self._inner.values(mirror.prices(resource_prices), tier_weights, mirror.surcharges(surcharges))

    @override
    def dearest(self, tier_weights: Floats) -> float:
        return self._inner.dearest(tier_weights)

    @override
    def values_of(self, options: Integers, resource_prices: Floats, tier_weights: Floats) -> Floats:
        return self._inner.values_of(options, self._mirror.prices(resource_prices), tier_weights)

    @override
    def cheapest(
        self, most: int, resource_prices: Floats, tier_weights: Floats, surcharges: Surcharges | None = None
    ) -> tuple[Integers, Floats]:
        mirror = self._mirror
        return self._inner.cheapest(most, mirror.prices(resource_prices), tier_weights, mirror.surcharges(surcharges))

    @override
    def least(self, tier_weights: Floats, resources: int) -> float:
        return self._inner.least(tier_weights, self._mirror.width)

    @override
    def within(
        self,
        room: float,
        most: int,
        resource_prices: Floats,
        tier_weights: Floats,
        surcharges: Surcharges | None = None,
    ) -> Integers | None:
        prices, charged = self._mirror.prices(resource_prices), self._mirror.surcharges(surcharges)
        return self._inner.within(room, most, prices, tier_weights, charged)
