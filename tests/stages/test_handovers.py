"""The fewest handovers by themselves: bounds that no scene makes strict."""

from __future__ import annotations

from allokering.stages.choices import Choices
from allokering.stages.cpsat import Search
from allokering.stages.handovers import fewest_handovers


def test_places_that_must_be_taken_count_in_what_the_municipality_gives():
    """In period 0 a gives two places, one of them by `must`; `other` alone would have room for the third trainee too.

    So one of three is with `far`, who is gone in period 1: one handover.
    """
    supervisors = ("far", "must", "other")
    choices = Choices(
        candidates={name: {0: supervisors, 1: ("must", "other")} for name in ("t1", "t2", "t3")},
        takes=dict.fromkeys(("t1", "t2", "t3"), 1),
        places={("far", 0): 3, ("must", 0): 1, ("must", 1): 1, ("other", 0): 2, ("other", 1): 2},
        full=frozenset({("must", 0)}),
        twins={name: (name,) for name in supervisors},
        municipality={"far": "b", "must": "a", "other": "a"},
        crowds={("a", 0): 2, ("b", 0): 1},
    )
    found = fewest_handovers(choices, Search(seed=0, work_limit=None))
    first = sorted(found.supervisor[trainee, 0] for trainee in ("t1", "t2", "t3"))
    assert first == ["far", "must", "other"]
    assert (found.value, found.bound) == (1, 1)
