"""The solver agrees with the oracle on random instances, of which each feature of a model decides one at least."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from oracle.search import best_value, best_value_weighted
from random_instances import random_case

from allokering.engine.build import build
from allokering.solvers.exact.solve import solve_exact

SEEDS = [*(range(first, first + 10) for first in range(0, 150, 10)), range(226, 227)]
"""Seeds of random cases in chunks. How far a programme's supervisors may be away decides the last, and none before."""


@pytest.mark.parametrize("seeds", SEEDS, ids=str)
def test_solver_agrees_with_the_oracle(seeds: Sequence[int]) -> None:
    """The solver finds the value of every tier that trying every plan finds, and no plan where there is none."""
    for seed in seeds:
        instance, model = random_case(seed)
        outcome = solve_exact(build(instance, model, objective="lexicographic"), seed=0, workers=1)
        found = tuple(tier.value for tier in outcome.tiers) if outcome.status == "optimal" else None
        assert outcome.status in {"optimal", "infeasible"}, seed
        assert found == best_value(instance, model), seed


@pytest.mark.parametrize("seeds", SEEDS, ids=str)
def test_solver_agrees_with_the_oracle_in_one_tier(seeds: Sequence[int]) -> None:
    """The weighted objective reaches the least sum of kroner; of every third instance."""
    for seed in seeds[::3]:
        instance, model = random_case(seed)
        outcome = solve_exact(build(instance, model, objective="weighted"), seed=0, workers=1)
        found = sum(tier.value for tier in outcome.tiers) if outcome.status == "optimal" else None
        assert outcome.status in {"optimal", "infeasible"}, seed
        assert found == best_value_weighted(instance, model), seed
