"""A hand-made problem: what a solution uses and costs, and whether it is feasible."""

from __future__ import annotations

import numpy as np
import pytest
from random_problems import random_problem
from scipy import sparse

from allokering.problem import ListedOptions, Problem, Relief, Resource, Solution, Surcharges, Tier, Transfer


def problem() -> Problem:
    """Two towns with 10 and 4 residents; list places are negative use. Ann has three options, Bo one."""
    return Problem(
        tiers=(Tier("first", "residents"), Tier("second", "NOK")),
        resources=(
            Resource("coverage", "east", 0, -10),
            Resource("coverage", "west", 0, -4),
            Resource("movable", "east", 0, 3),
        ),
        actors=(
            ListedOptions(
                "ann",
                ["east", "west", "nowhere"],
                sparse.csr_array(np.array([[-7, 0, 0], [0, -5, 0], [0, 0, 0]])),
                np.array([[0, 20], [0, 30], [1, 0]]),
            ),
            ListedOptions("bo", ["west"], sparse.csr_array(np.array([[0, -2, 0]])), np.array([[0, -4]])),
        ),
        reliefs=(Relief("without", 0, 6, (1, 0)), Relief("locum", 1, 5, (0, 8))),
        transfers=(Transfer("across", 0, 1, 9, (0, 2), also_uses=((2, 1),)), Transfer("back", 1, 0, 1, (0, 3))),
    )


def solution(options: tuple[int, int], *adjustments: int) -> Solution:
    """Options of Ann and Bo; residents without, locum's patients, residents across, residents back."""
    return Solution(np.array(options), np.array(adjustments))


def test_use_counts_options_reliefs_and_transfers() -> None:
    # East: -7 - 2 without - 3 across + 1 back. West: -2 - 4 locum + 3 across - 1 back. Movable: 3 across.
    assert problem().use(solution((0, 0), 2, 4, 3, 1)).tolist() == [-11, -4, 3]


def test_values_add_up_in_every_tier() -> None:
    # First: 2 without. Second: 20 - 4 + 4 x 8 + 3 x 2 + 1 x 3.
    assert problem().values(solution((0, 0), 2, 4, 3, 1)) == (2, 57)
    assert problem().values(solution((2, 0), 0, 0, 0, 0)) == (1, -4)


@pytest.mark.parametrize(
    ("adjustments", "is_feasible"),
    [
        ((0, 5, 3, 0), True),  # east -7 - 3 = -10; west -2 - 5 + 3 = -4; movable 3
        ((3, 2, 0, 0), True),  # east -7 - 3 = -10; west -2 - 2 = -4
        ((2, 2, 0, 0), False),  # a resident of east too many
        ((3, 1, 0, 0), False),  # a resident of west too many
        ((0, 6, 3, 0), False),  # a sixth patient of the locum
        ((0, 5, 4, 0), False),  # a fourth who may not move, and a resident of west too many
        ((7, 2, 0, 0), False),  # a seventh without
        ((4, 4, 0, -1), False),  # backwards against the stream
    ],
)
def test_feasible_means_every_bound_is_kept(adjustments: tuple[int, ...], is_feasible: bool) -> None:
    assert problem().is_feasible(solution((0, 0), *adjustments)) is is_feasible


def test_what_adjustments_use_and_cost_stands_in_their_order() -> None:
    """Reliefs first, then transfers."""
    found = problem()

    assert found.adjustment_usage.toarray().tolist() == [[-1, 0, 0], [0, -1, 0], [-1, 1, 1], [1, -1, 0]]
    assert found.adjustment_prices.tolist() == [[1, 0], [0, 8], [0, 2], [0, 3]]
    assert found.adjustment_most.tolist() == [6, 5, 9, 1]
    assert found.bounds.tolist() == [-10, -4, 3]


def test_a_problem_without_adjustments_has_none() -> None:
    bare = Problem(problem().tiers, problem().resources, problem().actors)

    assert bare.adjustment_usage.shape == (0, 3)
    assert bare.adjustment_prices.shape == (0, 2)
    assert not bare.is_feasible(Solution(np.array([0, 0]), np.zeros(0, dtype=np.int64)))


def test_listed_options_know_their_names() -> None:
    ann = problem().actors[0]

    assert [ann.find(ann.key(option)) for option in range(len(ann))] == [0, 1, 2]
    assert ann.find("elsewhere") is None
    assert ann.amounts().tolist() == [-7, -5]


def test_values_of_listed_options_follow_the_prices_of_resources_and_tiers() -> None:
    """East: 20 x 0.5 - 7 x 2. West: 30 x 0.5 - 5 x 3. Nowhere: 100. With a surcharge of 0.25 on a use of -7 of east."""
    ann = problem().actors[0]
    prices, weights = np.array([2.0, 3.0, 9.0]), np.array([100.0, 0.5])
    surcharges = Surcharges(np.array([-7, -5]), np.array([[0.25, 0.5], [0, 0], [0, 0], [0, 0]]))

    assert ann.values(prices, weights).tolist() == [-4.0, 0.0, 100.0]
    assert ann.values(prices, weights, surcharges).tolist() == [-3.75, 0.0, 100.0]


@pytest.mark.parametrize("seed", range(40))
def test_random_solutions_are_counted_as_by_hand(seed: int) -> None:
    """What the enumeration calls feasible is feasible, at the value that it says."""
    raw = random_problem(seed)
    for number, (value, found) in enumerate(raw.solutions()):
        if number % 17 == 0:
            assert raw.problem.is_feasible(found)
            assert raw.problem.values(found) == value
