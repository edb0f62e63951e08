"""The placement leaves time for what follows it, more where there is more to do, and never all of it."""

from __future__ import annotations

import pytest

from allokering.engine.reserve import for_placement


def test_a_region_keeps_little_back() -> None:
    """Of a minute, with 162 people and 11 periods: 0.3 s, 0.5346 s for them, and a share of 1782 / 400,000."""
    assert for_placement(60.0, 1782) == pytest.approx(60 - 0.3 - 0.5346 - 60 * 1782 / 400_000)


def test_a_busy_machine_keeps_more_back() -> None:
    """Three times slower, three times the reserve; a clock that is not believed counts as no more than five."""
    assert for_placement(60.0, 0, 3.0) == pytest.approx(60 - 0.9)
    assert for_placement(60.0, 0, 100.0) == pytest.approx(60 - 1.5)
    assert for_placement(60.0, 0, 0.2) == pytest.approx(60 - 0.3)


@pytest.mark.parametrize("left", [0.0, 0.1, 1.0, 600.0])
def test_the_placement_has_two_fifths_at_least(left: float) -> None:
    """Even where the rest could use all of it."""
    assert for_placement(left, 10**6) == pytest.approx(0.4 * left)
