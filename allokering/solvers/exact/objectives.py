"""Objectives of an exact solve, and two of them as one: lexicographic scalarisation by weights that are provably exact.

If w exceeds what the later objective can vary by, over a unit of the earlier one, then minimising w * earlier + later
is minimising the one and then the other (Sherali and Soyster 1983, J. Optim. Theory Appl. 39:173-186). Done where the
numbers stay small enough for a bound in floating point; one program less is then a proof less.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from allokering.problem import Floats, Integers
from allokering.solvers.exact.enumeration import Columns

WIDEST = 5_000
"""The largest weight: above it the later objective is lost in the tolerances of the earlier."""
LARGEST = 1e9
"""The largest value of a weighed sum: a thousandth is then still far above what sums in floating point lose."""


@dataclass(frozen=True)
class Objective:
    """What is minimised: a tier of the problem, or what decides among plans that are equal in all of them."""

    number: int
    """The tier's number; numbers beyond the tiers are of tie-breakers."""
    name: str
    prices: Integers
    """By column, then by adjustment (N + J)."""
    unit: int
    """What every value is a multiple of."""

    def value(self, columns: Columns, options: Integers, adjustments: Integers) -> int:
        """The sum of prices of a solution; its options stand in the columns."""
        chosen = options[columns.actor] == columns.option
        return int(self.prices[: len(chosen)][chosen].sum() + adjustments @ self.prices[len(chosen) :])

    def limits(self, columns: Columns, most: Floats) -> tuple[int, int]:
        """The least and the most that the open columns and adjustments could cost, were there no rows."""
        is_open = np.flatnonzero(most[: len(columns.actor)] > 0)
        first = np.flatnonzero(np.diff(columns.actor[is_open], prepend=-1))
        prices, adjusted = self.prices[is_open], self.prices[len(columns.actor) :]
        units = most[len(columns.actor) :].astype(np.int64)
        low, high = int(np.minimum(adjusted, 0) @ units), int(np.maximum(adjusted, 0) @ units)
        if len(first):
            low += int(np.minimum.reduceat(prices, first).sum())
            high += int(np.maximum.reduceat(prices, first).sum())
        return low, high


def objective(number: int, name: str, prices: Integers) -> Objective:
    """The objective of these prices."""
    used = prices[prices != 0]
    return Objective(number, name, prices, math.gcd(*np.unique(used).tolist()) if len(used) else 1)


def tiers_of(columns: Columns) -> list[Objective]:
    """The problem's tiers."""
    problem = columns.problem
    return [
        objective(number, tier.name, np.concatenate([columns.prices[:, number], problem.adjustment_prices[:, number]]))
        for number, tier in enumerate(problem.tiers)
    ]


@dataclass(frozen=True)
class Group:
    """Objectives that are minimised at once: one, or two weighed."""

    parts: tuple[Objective, ...]
    weights: tuple[int, ...]
    limits: tuple[int, int] = (0, 0)
    """Of the later part."""

    @property
    def numbers(self) -> tuple[int, ...]:
        """The objectives' numbers."""
        return tuple(part.number for part in self.parts)

    @property
    def cost(self) -> Floats:
        """The weighed prices (N + J)."""
        cost = sum(weight * part.prices for weight, part in zip(self.weights, self.parts, strict=True))
        return np.asarray(cost, dtype=np.float64)

    @property
    def unit(self) -> int:
        """What every weighed value is a multiple of."""
        return math.gcd(*(weight * part.unit for weight, part in zip(self.weights, self.parts, strict=True)))

    def weighed(self, values: tuple[int, ...]) -> int:
        """The weighed sum of the parts' values."""
        return sum(weight * value for weight, value in zip(self.weights, values, strict=True))

    def up(self, bound: int | None) -> int | None:
        """A bound rounded up to the unit."""
        return None if bound is None else -(-bound // self.unit) * self.unit

    def first(self, value: float) -> int:
        """What a weighed value, or a bound on it, says of the first part: the part's own value, or a bound on that."""
        if len(self.parts) == 1:
            return round(value)
        step = self.weights[0] * self.parts[0].unit
        return self.parts[0].unit * math.ceil((value - self.limits[1]) / step)


def alone(part: Objective) -> Group:
    """One objective by itself."""
    return Group((part,), (1,))


def grouped(objectives: list[Objective], columns: Columns, most: Floats, values: tuple[int, ...] | None) -> Group:
    """The first objective, with the second if that is exact and small enough.

    Args:
        objectives: those that are left.
        columns: all columns.
        most: the upper bound of every column and adjustment (N + J): what is ruled out narrows the range.
        values: of the incumbent in the objectives that are left; None without one, and then nothing is weighed.
    """
    if values is None or len(objectives) < 2:
        return alone(objectives[0])
    earlier, later = objectives[:2]
    limits = later.limits(columns, most)
    needed = (limits[1] - limits[0] + 1) / earlier.unit
    if needed > WIDEST:
        return alone(earlier)
    weight = next(lead * 10**power for power in range(5) for lead in (1, 2, 5) if lead * 10**power >= needed)
    if weight * abs(values[0]) + max(map(abs, limits)) > LARGEST:
        return alone(earlier)
    return Group((earlier, later), (weight, 1), limits)
