"""The smallest conflict names what cannot hold together, and blames nothing for a supplier that it has left out."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import sparse

from allokering.problem import ListedOptions, Problem, Resource, Tier
from allokering.solvers.budget import Budget
from allokering.solvers.infeasible_subset import Part, smallest_conflict


def actor(name: str, *uses: int) -> ListedOptions:
    """An actor whose options use so much of the one resource, at no price."""
    keys = [f"option-{number}" for number in range(len(uses))]
    usage = sparse.csr_array(np.array(uses, dtype=np.int64).reshape(-1, 1))
    return ListedOptions(name, keys, usage, np.zeros((len(uses), 1), dtype=np.int64))


def crowded(*actors: ListedOptions, bound: int = 0) -> Problem:
    """The actors share one resource."""
    return Problem((Tier("cost", "points"),), (Resource("places", "vik", 0, bound),), actors)


def test_two_who_need_the_one_place_that_can_be_opened() -> None:
    """The opening is no part of it: whatever it chooses, one of the two has no place."""
    problem = crowded(actor("ann", 1), actor("bo", 1), actor("opening", 0, -1))

    assert smallest_conflict(problem) == (Part("", "ann"), Part("", "bo"), Part("places", "vik"))


def test_who_supplies_nothing_is_no_part_of_it() -> None:
    """Nobody supplies the place that Ann needs, so nobody but her and the place is named."""
    problem = crowded(actor("ann", 1), actor("closed", 0))

    assert smallest_conflict(problem) == (Part("", "ann"), Part("places", "vik"))


def test_what_has_a_solution_is_no_conflict() -> None:
    """Two places are supplied, and two are needed."""
    with pytest.raises(ValueError, match="solution"):
        smallest_conflict(crowded(actor("ann", 1), actor("bo", 1), actor("opening", 0, -2)))


def test_a_conflict_that_there_was_no_time_for_is_not_guessed() -> None:
    """A set that could be smaller is not called the smallest."""
    assert smallest_conflict(crowded(actor("ann", 1), actor("bo", 1)), Budget(0.0)) is None
