"""What a search minimises: one tier, with the earlier ones held, or all tiers at once.

All at once weighs each tier so that it far outweighs those after it. Where a single relaxation takes minutes, one for
every tier leaves none of them the time that it needs; the tiers one by one then only mend what the weighing gave away.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from allokering.problem import Floats, Integers, Problem

STEEP = 30
"""How much more a tier weighs, all at once, than its worth beside that of the next one says."""


@dataclass(frozen=True)
class Aim:
    """A weighing of the tiers."""

    name: str
    weights: Floats
    """What a unit of each tier weighs."""
    compared: int
    """So many tiers are compared, in order, of two plans; none where they are weighed."""

    def value(self, values: Sequence[int]) -> float:
        """What a plan with these values by tier weighs."""
        return float(self.weights @ np.array(values))

    def of(self, prices: Integers) -> Floats:
        """What prices by tier (..., tiers) weigh."""
        return np.asarray(prices @ self.weights, dtype=np.float64)

    def is_better(self, found: Sequence[int], now: Sequence[int]) -> bool:
        """Are these values by tier better than those?"""
        if self.compared:
            return tuple(found[: self.compared]) < tuple(now[: self.compared])
        return self.value(found) < self.value(now)


def of_tier(problem: Problem, tier: int) -> Aim:
    """One tier by itself; a plan that is better in an earlier one is better too."""
    return Aim(problem.tiers[tier].name, np.eye(len(problem.tiers))[tier], tier + 1)


def all_at_once(problem: Problem) -> Aim:
    """All tiers, each far outweighing the next, in whole numbers: so what a plan weighs is one too."""
    steps = range(len(problem.tiers) - 1, -1, -1)
    weights = [tier.worth * STEEP**step for tier, step in zip(problem.tiers, steps, strict=True)]
    return Aim("all_tiers", np.array(weights, dtype=np.float64) / math.gcd(*weights), 0)
