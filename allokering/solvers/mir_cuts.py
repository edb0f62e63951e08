"""Mixed-integer rounding rows on resources that options supply in lumps, such as residents' places on lists.

Where a resource runs out, a relief is paid by the unit, and the linear relaxation covers the shortage exactly with
fractions of options. In whole options it cannot: lists of 700 close a gap of 1,000 by one list and 300 residents, or
by two lists. The rounding row says so. For supplies l_o of the options and demand d, less the reliefs J taken at their
most:

    sum_o l_o x_o + s >= d,  s = the other reliefs, s >= 0, x whole
    =>  sum_o (floor(l_o / D) + min(1, (l_o mod D) / r)) x_o + s / r >= floor(d / D) + 1,  r = d mod D > 0
    =>  sum_o  ... the same with r = D on the right of d / D,  if r = 0

for every divisor D > 0 (Nemhauser and Wolsey, Integer and Combinatorial Optimization, 1988, section II.1.7).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from scipy import sparse

from allokering.problem import Booleans, Floats, Integers, Problem

LEAST_SAVING = 1e-3
"""A row is worth adding if the relaxation pays for less relief than it must, by this share of the demand."""


@dataclass(frozen=True)
class MirCut:
    """One rounding row: sum of coefficients of options + sum of `helpers` / `remainder` >= `least`."""

    resource: int
    divisor: int
    remainder: int
    least: int
    helpers: Integers
    """Adjustments (by number) that lower the use of the resource and are not taken at their most."""
    taken: int = 0
    """How many adjustments before them are: with resource and divisor, all that a cut must be known by."""

    def coefficients(self, used: Integers) -> Floats:
        """Coefficients of options that use so much of the resource (supply is negative use)."""
        supply = np.maximum(-used, 0)
        return supply // self.divisor + np.minimum(1.0, (supply % self.divisor) / self.remainder)


@dataclass(frozen=True)
class Separator:
    """Finds the rounding rows that a fractional solution breaks."""

    problem: Problem

    @cached_property
    def lumpy(self) -> set[int]:
        """Resources that a unit of some adjustment lowers by more than one: the rows here count on single units."""
        usage = self.problem.adjustment_usage.tocoo()
        return {int(resource) for resource, amount in zip(usage.col, usage.data, strict=True) if amount < -1}

    @cached_property
    def _helpers(self) -> dict[int, Integers]:
        """Adjustments that lower the use of each resource, the cheapest in the first tiers first."""
        usage = self.problem.adjustment_usage.tocoo()
        helpers: dict[int, list[int]] = defaultdict(list)
        for adjustment, resource, amount in zip(usage.row, usage.col, usage.data, strict=True):
            if amount < 0:
                helpers[int(resource)].append(int(adjustment))
        prices = self.problem.adjustment_prices
        return {
            resource: np.array(sorted(found, key=lambda adjustment: (*prices[adjustment].tolist(), adjustment)))
            for resource, found in helpers.items()
        }

    @cached_property
    def _is_unpriced(self) -> Booleans:
        """By resource: is it used by an actor who could not price what its rounding rows charge?"""
        found = np.zeros(len(self.problem.resources), dtype=bool)
        for actor in self.problem.actors:
            if not actor.takes_surcharges:
                found[actor.touched()] = True
        return found

    def broken(
        self, usage: sparse.csc_array, rows: Integers, chosen: Floats, amounts: Floats
    ) -> Iterator[tuple[MirCut, Integers, Floats]]:
        """The most broken row of each resource, with the columns it speaks of and their coefficients.

        Args:
            usage: what the columns use: shape (columns, rows).
            rows: the resource of each row.
            chosen: value of each column in the relaxation.
            amounts: value of each adjustment in the relaxation.
        """
        for row, resource in enumerate(rows):
            begin, end = usage.indptr[row : row + 2]
            columns, used = usage.indices[begin:end], usage.data[begin:end]
            if len(used) == 0 or used.min() >= -1 or resource in self.lumpy or self._is_unpriced[resource]:
                continue
            levels, level = np.unique(used, return_inverse=True)
            weight = np.bincount(level, weights=chosen[columns]).astype(float)
            cut = self.most_broken(int(resource), levels, weight, amounts)
            if cut is not None:
                coefficients = cut.coefficients(used)
                kept = coefficients > 0
                yield cut, columns[kept], coefficients[kept]

    def cut(self, resource: int, divisor: int, taken: int) -> MirCut | None:
        """The cut of this resource and divisor, so many helpers at their most; None where it says nothing."""
        helpers = self._helpers.get(resource, np.zeros(0, dtype=np.int64))
        demand = -int(self.problem.bounds[resource]) - int(self.problem.adjustment_most[helpers[:taken]].sum())
        if taken > len(helpers) or demand <= 0 or resource in self.lumpy:
            return None
        # Nemhauser and Wolsey 1988, section II.1.7: the remainder is that of the demand by the divisor.
        remainder = demand % divisor or divisor
        return MirCut(resource, divisor, remainder, -(-demand // divisor), helpers[taken:], taken)

    def most_broken(self, resource: int, levels: Integers, weight: Floats, amounts: Floats) -> MirCut | None:
        """Separation: of one resource the cut that a point breaks most; None if it breaks none.

        Args:
            resource: whose places run out.
            levels: amounts of it that columns use, each once (levels).
            weight: sum of the values in the relaxation of the columns that use so much (levels).
            amounts: value of each adjustment in the relaxation (adjustments).
        """
        supply = np.maximum(-levels, 0)
        known = supply[supply > 0]
        demand = -int(self.problem.bounds[resource])
        helpers = self._helpers.get(resource, np.zeros(0, dtype=np.int64))
        best, saving = (0, 0), 0.0
        for taken in range(len(helpers) + 1):
            if taken:
                demand -= int(self.problem.adjustment_most[helpers[taken - 1]])
            if demand <= 0:
                break
            helped = float(amounts[helpers[taken:]].sum())
            divisors = np.append(known, demand)
            remainders = demand % divisors
            remainders = np.where(remainders, remainders, divisors)
            least = -(-demand // divisors)
            # Coefficients of every level under every divisor: shape (divisors, levels).
            parts = np.minimum(1.0, (supply % divisors[:, None]) / remainders[:, None])
            covered = (supply // divisors[:, None] + parts) @ weight
            saved = (least - covered) * remainders - helped
            most = int(np.argmax(saved))
            if saved[most] > max(saving, LEAST_SAVING * demand):
                best, saving = (int(divisors[most]), taken), float(saved[most])
        return self.cut(resource, *best) if saving else None
