"""Draws are the same everywhere, and a total is apportioned whole."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from allokering.generation.apportionment import apportioned
from allokering.generation.draws import Draws

BOUNDED_PARTS = st.lists(
    st.tuples(st.integers(1, 2**20), st.integers(0, 900), st.integers(0, 900)).map(
        lambda part: (part[0], min(part[1:]), max(part[1:]))
    ),
    min_size=1,
    max_size=20,
)


def test_draws_are_these_on_every_machine() -> None:
    """The first draws of a stream, written down once: an instance made elsewhere is the same."""
    draws = Draws(1, "doctors", "0301")

    assert [draws.below(1000) for _ in range(5)] == [942, 308, 395, 383, 413]


def test_subjects_have_streams_of_their_own() -> None:
    """What is drawn for one does not depend on the others; another seed draws otherwise."""
    once, again, other, seed = (
        [draws.below(10**9) for _ in range(3)]
        for draws in (Draws(1, "a", 1), Draws(1, "a", 1), Draws(1, "a", 2), Draws(2, "a", 1))
    )

    assert once == again
    assert len({*once, *other, *seed}) == 9


def test_weights_are_probabilities() -> None:
    """A third of the draws has a third of the weight; what weighs nothing is never drawn."""
    draws = Draws(1, "weights")
    drawn = [draws.one_of({"rare": 1, "never": 0, "common": 2}) for _ in range(3000)]

    assert "never" not in drawn
    # Three standard deviations of 3,000 draws of 1 in 3 are 78.
    assert abs(drawn.count("rare") - 1000) < 78


def test_a_sample_takes_each_value_once() -> None:
    """As many as asked for, or all there are."""
    assert sorted(Draws(1, "sample").some(range(9), 9)) == list(range(9))
    assert len(set(Draws(1, "sample").some(range(9), 4))) == 4
    assert Draws(1, "sample").some([7], 3) == [7]


def test_parts_follow_the_weights() -> None:
    """Ten in proportion 1 : 1 : 3 is two, two and six."""
    assert apportioned(10, [1, 1, 3], [0, 0, 0], [10, 10, 10]) == [2, 2, 6]


def test_what_one_part_may_not_have_goes_to_the_others() -> None:
    """The third may have four: the six left are shared by two of equal weight."""
    assert apportioned(10, [1, 1, 3], [0, 0, 0], [10, 10, 4]) == [3, 3, 4]


def test_a_total_outside_the_bounds_is_refused() -> None:
    """Two parts of at most three never make seven."""
    with pytest.raises(ValueError, match="7 is not between 0 and 6"):
        apportioned(7, [1, 1], [0, 0], [3, 3])


@given(BOUNDED_PARTS, st.data())
def test_parts_keep_total_and_bounds(parts: list[tuple[int, int, int]], data: st.DataObject) -> None:
    """Whatever the weights, and one of greater weight and the same bounds never has less."""
    weights, least, most = (list(column) for column in zip(*parts, strict=True))
    total = data.draw(st.integers(sum(least), sum(most)))

    given_parts = apportioned(total, weights, least, most)

    assert sum(given_parts) == total
    assert all(low <= part <= high for part, low, high in zip(given_parts, least, most, strict=True))
    # The last whole parts go to the first in order, hence the one.
    assert all(
        mine + 1 >= yours
        for (weight, *bounds), mine in zip(parts, given_parts, strict=True)
        for (other, *others), yours in zip(parts, given_parts, strict=True)
        if bounds == others and weight >= other
    )
