"""Objectives of an exact solve, and some as one: lexicographic scalarisation by weights that are provably exact.

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
    """Objectives that are minimised at once: one, or some weighed."""

    parts: tuple[Objective, ...]
    weights: tuple[int, ...]
    rests: tuple[int, ...]
    """By part, the most that the weighed sum of the later parts can be."""

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
        return self._part(0, value)

    def bounds(self, weighed: int, values: tuple[int, ...]) -> list[int]:
        """What a bound on the weighed sum says of each part, while the parts before are at these values."""
        bounds = []
        for part, value in enumerate(values):
            bounds.append(self._part(part, weighed))
            weighed -= self.weights[part] * value
        return bounds

    def _part(self, part: int, left: float) -> int:
        step = self.weights[part] * self.parts[part].unit
        return self.parts[part].unit * math.ceil((left - self.rests[part]) / step - 1e-9)


def alone(part: Objective) -> Group:
    """One objective by itself."""
    return Group((part,), (1,), (0,))


def grouped(objectives: list[Objective], columns: Columns, most: Floats, values: tuple[int, ...] | None) -> Group:
    """The first objective, with those after it while that is exact and small enough.

    Args:
        objectives: those that are left.
        columns: all columns.
        most: the upper bound of every column and adjustment (N + J): what is ruled out narrows the ranges.
        values: of the incumbent in the objectives that are left; None without one, and then nothing is weighed.
    """
    group = alone(objectives[0])
    if values is None:
        return group
    limits = [part.limits(columns, most) for part in objectives]
    for number in range(2, len(objectives) + 1):
        weights, rests, low, high = [1], [0], *limits[number - 1]
        for earlier in reversed(range(number - 1)):
            weight = (high - low) // objectives[earlier].unit + 1
            weights.insert(0, weight)
            rests.insert(0, high)
            low, high = low + weight * limits[earlier][0], high + weight * limits[earlier][1]
        largest = sum(weight * abs(value) for weight, value in zip(weights, values, strict=False))
        if max(weights) > WIDEST or largest > LARGEST:
            break
        group = Group(tuple(objectives[:number]), tuple(weights), tuple(rests))
    return group
