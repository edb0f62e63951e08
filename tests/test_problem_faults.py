"""A problem that is written wrongly says so when it is made, everything at once; a solver never sees it."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from scipy import sparse

from allokering.problem import Choice, ListedOptions, Options, Problem, Relief, Resource, Tier, Transfer
from allokering.problem_check import faults_of_options
from allokering.solvers.column_generation.solve import solve_large
from allokering.solvers.outcome import Status

COST = Tier("cost", "NOK")
ROOM = Resource("room", "east", 0, 1)


def ann(uses: int = 0, prices: tuple[int, ...] = (1,)) -> ListedOptions:
    return ListedOptions.of("ann", [Choice("only", {uses: 1}, prices)])


@pytest.mark.parametrize(
    ("make", "fault"),
    [
        (lambda: Problem((), (ROOM,), (ann(),)), "there are no tiers"),
        (lambda: Problem((COST, COST), (), ()), "two tiers have the name cost"),
        (lambda: Problem((COST,), (ROOM,), (ann(), ann())), "two actors have the name ann"),
        (lambda: Problem((COST,), (ROOM,), (ann(uses=1),)), "ann uses resource 1; there are 1, from 0"),
        (
            lambda: Problem((COST,), (ROOM,), (ann(prices=(1, 2)),)),
            "ann have 2 prices; there are 1 tiers",
        ),
        (
            lambda: Problem((COST,), (Resource("room", "east", 0, 1.5),), ()),  # type: ignore[arg-type]
            "room[east,0]: bound and least must be whole numbers: 1.5, None",
        ),
        (
            lambda: Problem((COST,), (ROOM,), (), (Relief("more", 1, 1, (1,)),)),
            "relief more is of resource 1; there are 1, from 0",
        ),
        (
            lambda: Problem((COST,), (ROOM,), (), (Relief("more", 0, -1, (1,)),)),
            "relief more has at most -1 units; that must be a whole number, and not negative",
        ),
        (
            lambda: Problem((COST,), (ROOM,), (), (Relief("more", 0, 1, ()),)),
            "relief more has 0 prices; there are 1 tiers",
        ),
        (
            lambda: Problem((COST,), (ROOM,), (), (Relief("more", 0, 1, (0.5,)),)),  # type: ignore[arg-type]
            "relief more: prices and amounts must be whole numbers, and one is 0.5",
        ),
        (
            lambda: Problem((COST,), (ROOM,), (), (Relief("more", 0, 1, (1,), eases="least"),)),
            "relief more eases the least of room[east,0], which has none",
        ),
        (
            lambda: Problem((COST,), (ROOM,), (), (), (Transfer("away", 0, 2, 1, (1,)),)),
            "transfer away is of resource 2; there are 1, from 0",
        ),
        (
            lambda: Problem((COST,), (ROOM,), (), (), (Transfer("away", 0, 0, 1, (1,), also_uses=((-1, 1),)),)),
            "transfer away is of resource -1; there are 1, from 0",
        ),
    ],
)
def test_what_is_wrong_is_said_in_words(make: Callable[[], Problem], fault: str) -> None:
    with pytest.raises(ValueError, match="the problem is not one") as raised:
        make()

    assert fault in str(raised.value)


def test_all_faults_are_said_at_once() -> None:
    with pytest.raises(ValueError, match="not one") as raised:
        Problem((COST,), (ROOM,), (ann(uses=3),), (Relief("more", 1, -1, (1, 2)),))

    assert len(str(raised.value).splitlines()) == 5


@pytest.mark.parametrize(
    ("keys", "usage", "prices", "fault"),
    [
        (["a", "a"], [[0], [1]], [[1], [2]], "two have the name 'a'"),
        (["a"], [[0], [1]], [[1], [2]], "1 names, and uses of 2; 1 names, and prices of 2"),
        (["a", "b"], [[0], [1]], [1, 2], "prices have 1 axes, and must have two"),
        (["a", "b"], [[0], [1]], [[0.4], [0.5]], "prices must be whole numbers, and one is 0.4"),
        (["a", "b"], [[0], [1.5]], [[1], [2]], "uses must be whole numbers, and one is 1.5"),
        (["a", "b"], [[0], [1]], [[1], [np.nan]], "prices must be whole numbers, and one is nan"),
    ],
)
def test_tables_of_options_go_together_or_say_why(
    keys: list[str], usage: list[list[float]], prices: list[list[float]], fault: str
) -> None:
    with pytest.raises(ValueError, match="the options of ann do not go together") as raised:
        ListedOptions("ann", keys, sparse.csr_array(np.array(usage)), np.array(prices))

    assert fault in str(raised.value)


def test_whole_numbers_may_be_written_as_fractions() -> None:
    """2.0 is 2."""
    found = ListedOptions("ann", ["a"], sparse.csr_array([[1.0]]), np.array([[2.0]]))

    assert found.prices(np.array([0])).dtype == found.usage(np.array([0]), 1).dtype == np.int64


def test_choices_must_have_prices_in_the_same_tiers() -> None:
    with pytest.raises(ValueError, match="different numbers of tiers"):
        ListedOptions.of("ann", [Choice("a", {}, (1,)), Choice("b", {}, (1, 2))])
    with pytest.raises(ValueError, match="ann has no options"):
        ListedOptions.of("ann", [])
    with pytest.raises(ValueError, match="number -1; numbers begin with 0"):
        ListedOptions.of("ann", [Choice("a", {-1: 1}, (1,))])


def test_a_problem_can_be_read_at_a_glance() -> None:
    problem = Problem((COST,), (ROOM,), (ann(),), (Relief("more", 0, 1, (1,)),))

    assert repr(problem) == "Problem(1 actors, 1 options, 1 resources, 1 reliefs, 0 transfers; tiers cost)"
    assert repr(problem.actors) == "(ListedOptions('ann', 1 options),)"
    assert problem.number_of("room[east,0]") == 0


def test_nobody_to_choose_is_no_reason_to_fail() -> None:
    """Two are needed, and reliefs alone can give them."""
    problem = Problem((COST,), (Resource("need", "east", 0, -2),), (), (Relief("locum", 0, 5, (3,)),))
    outcome = solve_large(problem)

    assert outcome.status is Status.OPTIMAL
    assert outcome.tiers[0].value == 6


class Forgetful(ListedOptions):
    """Prices without what resources cost."""

    def values(self, resource_prices, tier_weights, surcharges=None):  # type: ignore[no-untyped-def]  # noqa: ARG002, D102
        return super().values(np.zeros_like(resource_prices), tier_weights)


def test_a_class_of_ones_own_is_tried_out() -> None:
    options: Options = Forgetful("bo", ["a", "b"], sparse.csr_array(np.array([[2, 0], [0, 1]])), np.array([[1], [2]]))

    assert "values are not prices and usage at what they cost" in faults_of_options(options, 2, 1)
    assert faults_of_options(ann(), 1, 1) == []
