"""Scalarisation: what is minimised, one number for the tiers: one of them in its turn, or a weighted sum of all.

- *lexicographic*: one tier, with the earlier ones held by objective cuts (Ehrgott, Multicriteria Optimization, 2nd
  edition, 2005, sections 4.1 and 5.1).
- *weighted sum*: each tier weighs some times more than its worth beside the next says (the same, chapter 3).
- *lexicographic repair*: where a single relaxation takes minutes, one for every tier leaves none of them the time that
  it needs. The tiers one by one then only repair what the weighted sum gave away, and weigh the later ones on the way,
  lest these pay for it.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from allokering.problem import Floats, Integers, Problem
from allokering.solvers.column_generation.parameters import DEFAULTS, ScalarisationParameters


@dataclass(frozen=True)
class Scalarisation:
    """A scalarisation of the tiers."""

    name: str
    counts: Floats
    """What a unit of each tier counts in the value, which a bound is of: shape (tiers,)."""
    weights: Floats
    """What it weighs in a search, w: shape (tiers,)."""
    compared: int
    """So many tiers are compared, in order, of two plans; where these are equal, what the plans weigh."""

    def value(self, values: Sequence[int]) -> float:
        """The value of a plan with these values by tier."""
        return float(self.counts @ np.array(values))

    def weigh(self, values: Sequence[int]) -> float:
        """What a plan with these values by tier weighs."""
        return float(self.weights @ np.array(values))

    def weighed(self, prices: Integers) -> Floats:
        """What prices by tier weigh: shape (..., tiers) to shape (...)."""
        return np.asarray(prices @ self.weights, dtype=np.float64)

    def is_better(self, candidate: Sequence[int], incumbent: Sequence[int]) -> bool:
        """Are these values by tier better than those?"""
        first, second = tuple(candidate[: self.compared]), tuple(incumbent[: self.compared])
        return first < second or (first == second and self.weigh(candidate) < self.weigh(incumbent))


def lexicographic(problem: Problem, tier: int) -> Scalarisation:
    """Lexicographic: one tier by itself; a plan that is better in an earlier one is better too."""
    unit = np.eye(len(problem.tiers))[tier]
    return Scalarisation(problem.tiers[tier].name, unit, unit, tier + 1)


def worths(problem: Problem) -> list[int]:
    """What a unit of each tier is worth beside the others; one that is worth nothing still counts."""
    return [max(1, tier.worth) for tier in problem.tiers]


def weighted_sum(problem: Problem, parameters: ScalarisationParameters = DEFAULTS.scalarisation) -> Scalarisation:
    """Weighted sum: all tiers, each weighing more than it is worth, in whole numbers: so a plan's value is one too."""
    steps = range(len(problem.tiers) - 1, -1, -1)
    whole = [worth * parameters.steepness**step for worth, step in zip(worths(problem), steps, strict=True)]
    weights = np.array(whole, dtype=np.float64) / math.gcd(*whole)
    return Scalarisation("all_tiers", weights, weights, 0)


def lexicographic_repair(
    problem: Problem, tier: int, parameters: ScalarisationParameters = DEFAULTS.scalarisation
) -> Scalarisation:
    """Lexicographic repair: one tier of a plan made for the weighted sum weighs most, and the later ones break ties."""
    weights = weighted_sum(problem, parameters).weights.copy()
    weights[:tier] = 0.0
    weights[tier] *= parameters.repair_factor
    return Scalarisation(problem.tiers[tier].name, np.eye(len(problem.tiers))[tier], weights, tier + 1)


def dualised_cuts(
    problem: Problem,
    tier: int,
    objective_cuts: Mapping[int, int],
    parameters: ScalarisationParameters = DEFAULTS.scalarisation,
) -> tuple[Floats, float]:
    """Dualised objective cuts: a tier's weights, the earlier ones as in the weighted sum; and the constant.

    Args:
        problem: the problem.
        tier: whose unit weighs 1.
        objective_cuts: of the earlier tiers, v_t; the constant is what they are worth.
        parameters: of the weighted sum.
    """
    weights = weighted_sum(problem, parameters).weights
    counts = np.where(np.arange(len(weights)) <= tier, weights, 0.0) / weights[tier]
    return counts, sum(float(counts[earlier]) * value for earlier, value in objective_cuts.items())
