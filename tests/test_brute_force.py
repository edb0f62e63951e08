"""The solver agrees with the oracle on random instances, and these are of every kind."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence
from functools import cache

import pytest
from brute_force import Best, best_plan, brute_force, brute_force_weighted
from random_features import FEATURES, SIGHTS
from random_instances import random_case

from allokering.engine.build import build
from allokering.solvers.exact.solve import solve_exact

SEEDS = [range(first, first + 10) for first in range(0, 300, 10)]
"""Seeds of random cases in chunks."""

SEEN = 5
"""Cases in which a feature decides the best value, at least, or in whose best plan a thing is seen."""

RARELY = {
    "supervisor_minutes_max": 3,
    "programme of a site": 2,
    "absences of some programmes": 4,
    "notice of some programmes": 3,
    "not_before of some programmes": 2,
}
"""Features that decide the best value of fewer cases, and of how many; `tests/cases` has more of them."""


@cache
def best_of(seed: int) -> Best | None:
    """A best plan of a random case."""
    return best_plan(*random_case(seed))[0]


def seeds_changed_without(feature: str) -> Iterator[int]:
    """The seeds whose best value is another without the feature."""
    for seed in (seed for seeds in SEEDS for seed in seeds):
        case = random_case(seed)
        changed = FEATURES[feature](*case)
        if changed == case:
            continue
        best, other = best_of(seed), best_plan(*changed)[0]
        if (best and best.price) != (other and other.price):
            yield seed


@pytest.mark.parametrize("feature", FEATURES)
def test_random_cases_turn_on_every_feature(feature: str) -> None:
    """Without it, some cases would have another best value: so a solver that left it out could not agree."""
    least = RARELY.get(feature, SEEN)
    found = list(itertools.islice(seeds_changed_without(feature), least))

    assert len(found) == least


@pytest.mark.parametrize("sight", SIGHTS)
def test_random_cases_have_everything_in_them(sight: str) -> None:
    """In the best plan that the oracle finds."""
    found = []
    for seed in (seed for seeds in SEEDS for seed in seeds):
        best = best_of(seed)
        if best is not None and SIGHTS[sight](random_case(seed)[0], best):
            found.append(seed)
        if len(found) == SEEN:
            break

    assert len(found) == SEEN


@pytest.mark.parametrize("seeds", SEEDS, ids=str)
def test_solver_agrees_with_the_oracle(seeds: Sequence[int]) -> None:
    """The solver finds the value of every tier that trying every plan finds, and no plan where there is none."""
    for seed in seeds:
        instance, model = random_case(seed)
        expected = brute_force(instance, model)
        outcome = solve_exact(build(instance, model, objective="lexicographic"), seed=0, workers=1)
        found = tuple(tier.value for tier in outcome.tiers) if outcome.status == "optimal" else None
        assert outcome.status in {"optimal", "infeasible"}, seed
        assert found == (expected and expected["lexicographic"]), seed


@pytest.mark.parametrize("seeds", SEEDS, ids=str)
def test_solver_agrees_with_the_oracle_in_one_tier(seeds: Sequence[int]) -> None:
    """The weighted objective reaches the least sum of kroner; of every third instance."""
    for seed in seeds[::3]:
        instance, model = random_case(seed)
        outcome = solve_exact(build(instance, model, objective="weighted"), seed=0, workers=1)
        found = sum(tier.value for tier in outcome.tiers) if outcome.status == "optimal" else None
        assert outcome.status in {"optimal", "infeasible"}, seed
        assert found == brute_force_weighted(instance, model), seed
