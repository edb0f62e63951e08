"""Random cases turn on every feature: each has a case that it decides; a solver without it contradicts the oracle."""

from __future__ import annotations

import pytest
from random_features import FEATURES, SEEN_IN, SIGHTS, WITNESSES, decides, shows

AGREED = range(300)
"""The seeds on which `test_solver_agrees_with_the_oracle` compares."""


@pytest.mark.parametrize("feature", FEATURES)
def test_a_case_is_decided_by_the_feature(feature: str) -> None:
    """Without it the best value is another; if what is drawn has changed, `random_features.py` finds a case anew."""
    assert WITNESSES[feature] in AGREED
    assert decides(feature, WITNESSES[feature])


@pytest.mark.parametrize("sight", SIGHTS)
def test_a_best_plan_has_it(sight: str) -> None:
    """Openings, applications, recruits and what follows training are in the plans compared, not in the data alone."""
    assert SEEN_IN[sight] in AGREED
    assert shows(sight, SEEN_IN[sight])


def test_nothing_else_has_a_witness() -> None:
    """A feature that is gone leaves none behind."""
    assert set(WITNESSES) == set(FEATURES)
    assert set(SEEN_IN) == set(SIGHTS)
