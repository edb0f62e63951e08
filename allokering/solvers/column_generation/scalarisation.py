"""What is minimised: one tier, with the earlier ones held, or all tiers at once.

All at once weighs each tier some times more than its worth beside the next says. Where a single relaxation takes
minutes, one for every tier leaves none of them the time that it needs; the tiers one by one then only mend what the
weighing gave away, and weigh the later ones on the way, lest these pay for it.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from allokering.problem import Floats, Integers, Problem

STEEP = 10
"""How much more a tier weighs, all at once, than its worth beside that of the next one says."""
FIRST = 1000
"""How much more yet a tier weighs when it is mended. A unit of it that costs more than that stays."""


@dataclass(frozen=True)
class Aim:
    """A weighing of the tiers."""

    name: str
    counts: Floats
    """What a unit of each tier counts in the value, which a bound is of."""
    weights: Floats
    """What it weighs in a search."""
    compared: int
    """So many tiers are compared, in order, of two plans; where these are equal, what the plans weigh."""

    def value(self, values: Sequence[int]) -> float:
        """The value of a plan with these values by tier."""
        return float(self.counts @ np.array(values))

    def weigh(self, values: Sequence[int]) -> float:
        """What a plan with these values by tier weighs."""
        return float(self.weights @ np.array(values))

    def weighed(self, prices: Integers) -> Floats:
        """What prices by tier (..., tiers) weigh."""
        return np.asarray(prices @ self.weights, dtype=np.float64)

    def is_better(self, found: Sequence[int], now: Sequence[int]) -> bool:
        """Are these values by tier better than those?"""
        first, second = tuple(found[: self.compared]), tuple(now[: self.compared])
        return first < second or (first == second and self.weigh(found) < self.weigh(now))


def of_tier(problem: Problem, tier: int) -> Aim:
    """One tier by itself; a plan that is better in an earlier one is better too."""
    unit = np.eye(len(problem.tiers))[tier]
    return Aim(problem.tiers[tier].name, unit, unit, tier + 1)


def worths(problem: Problem) -> list[int]:
    """What a unit of each tier is worth beside the others; one that is worth nothing still counts."""
    return [max(1, tier.worth) for tier in problem.tiers]


def all_at_once(problem: Problem) -> Aim:
    """All tiers, each weighing more than it is worth, in whole numbers: so what a plan weighs is one too."""
    steps = range(len(problem.tiers) - 1, -1, -1)
    whole = [worth * STEEP**step for worth, step in zip(worths(problem), steps, strict=True)]
    weights = np.array(whole, dtype=np.float64) / math.gcd(*whole)
    return Aim("all_tiers", weights, weights, 0)


def mended(problem: Problem, tier: int) -> Aim:
    """One tier of a plan that was made for all at once: it weighs most, and the later ones break ties."""
    weights = all_at_once(problem).weights.copy()
    weights[:tier] = 0.0
    weights[tier] *= FIRST
    return Aim(problem.tiers[tier].name, np.eye(len(problem.tiers))[tier], weights, tier + 1)


def paid_for(problem: Problem, tier: int, holds: Mapping[int, int]) -> tuple[Floats, float]:
    """A tier's weights, with those of the earlier ones as they are all at once, and what holding these allows."""
    weights = all_at_once(problem).weights
    counts = np.where(np.arange(len(weights)) <= tier, weights, 0.0) / weights[tier]
    return counts, sum(float(counts[earlier]) * value for earlier, value in holds.items())
