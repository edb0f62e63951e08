"""The placement leaves time for what follows it, more where there is more to do, and never all of it."""

from __future__ import annotations

import pytest

from allokering.engine.reserve import Reserve
from allokering.solvers.budget import Budget

pytestmark = pytest.mark.usefixtures("clock_stands_still")


def left(budget: Budget) -> float:
    """Seconds, of a budget that has a limit."""
    assert budget.left is not None
    return budget.left


def test_a_region_keeps_little_back() -> None:
    """Of a minute, with 162 people and 11 periods: 0.3 s, 0.5346 s for them, and a share of 1782 / 400,000."""
    placement = Reserve(Budget(60.0), 1782).placement()

    assert left(placement) == pytest.approx(60 - 0.3 - 0.5346 - 60 * 1782 / 400_000)


@pytest.mark.parametrize(("slowness", "needed"), [(0.2, 0.3), (1.0, 0.3), (3.0, 0.9), (100.0, 1.5)])
def test_a_busy_machine_keeps_more_back(slowness: float, needed: float) -> None:
    """Three times slower, three times the reserve; a clock that is not believed counts as no more than five."""
    assert Reserve(Budget(60.0), 0, slowness).needed == pytest.approx(needed)


@pytest.mark.parametrize("seconds", [1.0, 600.0])
def test_the_placement_has_two_fifths_at_least(seconds: float) -> None:
    """Even where the rest could use all of it."""
    assert left(Reserve(Budget(seconds), 10**6).placement()) == pytest.approx(0.4 * seconds)


def test_stages_share_what_is_left_but_for_verification_and_writing() -> None:
    """Of 10 s with a reserve of 2 s: three stages have 3 s each, if those before them take so much; a third of 9 s."""
    reserve = Reserve(Budget(10.0), 5667)  # 0.3 + 5667 * 0.0003 = 2.0

    assert left(reserve.stage(2)) == pytest.approx(3.0, rel=1e-4)
    assert left(reserve.stage(0)) == pytest.approx(9.0, rel=1e-4)


def test_without_time_a_stage_has_a_moment() -> None:
    """So it has when somebody asked to stop: then it is a moment that nobody can stop."""
    stopped = Budget()
    stopped.stop()

    for budget in (Budget(0.0), stopped):
        moment = Reserve(budget, 0).stage(1)
        assert 0.0 < left(moment) <= 0.3
        assert not moment.stopped


def test_without_a_limit_nothing_is_kept_back() -> None:
    """The job's own budget is everybody's."""
    budget = Budget()

    assert Reserve(budget, 1000).placement() is budget
    assert Reserve(budget, 1000).stage(2) is budget
