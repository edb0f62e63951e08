"""Rounding rows cut off fractions and nothing else."""

from __future__ import annotations

import numpy as np
from random_problems import random_problem
from scipy import sparse

from allokering.problem import Floats, Integers, ListedOptions, Problem, Relief, Resource, Tier
from allokering.solvers.exact.enumeration import Columns, all_columns
from allokering.solvers.mir_cuts import MirCut, Separator


def lists_of(*lengths: int, gap: int, reliefs: tuple[Relief, ...] = ()) -> Columns:
    """One town that lacks places on lists; each trainee comes with a list, or stays away."""
    trainees = tuple(
        ListedOptions(
            f"trainee-{number}", ["comes", "stays"], sparse.csr_array(np.array([[-length], [0]])), np.array([[1], [0]])
        )
        for number, length in enumerate(lengths)
    )
    return all_columns(Problem((Tier("cost", "NOK"),), (Resource("coverage", "town", 0, -gap),), trainees, reliefs))


def broken(columns: Columns, chosen: list[float], amounts: list[float]) -> list[tuple[MirCut, Integers, Floats]]:
    """The rows that a point breaks, each with its columns and coefficients."""
    separator = Separator(columns.problem)
    found = separator.broken(columns.usage.tocsc(), columns.rows, np.array(chosen), np.array(amounts))
    return [(row, numbers, coefficients) for row, numbers, coefficients in found]


def test_two_lists_of_700_or_one_and_300_residents_without() -> None:
    """A gap of 1,000 is 10 / 7 lists in the relaxation; with divisor 700 and remainder 300 it is two."""
    columns = lists_of(700, 700, gap=1000, reliefs=(Relief("without", 0, 1000, (1,)),))

    [(row, numbers, coefficients)] = broken(columns, [5 / 7, 2 / 7, 5 / 7, 2 / 7], [0.0])

    assert (row.divisor, row.remainder, row.least) == (700, 300, 2)
    assert numbers.tolist() == [0, 2]
    assert coefficients.tolist() == [1.0, 1.0]
    assert row.helpers.tolist() == [0]
    # One list and 300 residents fill it exactly: 1 + 300 / 300 = 2; with 299 they do not.
    assert 1 + 300 / row.remainder == row.least
    assert not broken(columns, [1.0, 0.0, 0.0, 1.0], [300.0])


def test_a_shorter_list_counts_by_its_part_of_the_remainder() -> None:
    """Beside 700, lists of 150, 300 and 850 close 150 / 300, all, and one and a half of the remainder's lumps."""
    row = MirCut(resource=0, divisor=700, remainder=300, least=2, helpers=np.array([0]))

    assert row.coefficients(np.array([-700, -150, -300, -850, -1400, 0, 40])).tolist() == [1, 0.5, 1, 1.5, 2, 0, 0]


def test_a_relief_may_be_taken_at_its_most() -> None:
    """Locums for 300 at most leave 700 of 1,000: two lists of 400. The row speaks of the dearer relief alone."""
    reliefs = (Relief("without", 0, 1000, (9,)), Relief("locum", 0, 300, (1,)))
    columns = lists_of(400, 400, gap=1000, reliefs=reliefs)

    # 1.75 lists and the locums are 1,000; with the locums counted in the row (1.75 + 300 / 200 >= 3) it would hold.
    [(row, _, coefficients)] = broken(columns, [1.0, 0.0, 0.75, 0.25], [0.0, 300.0])

    assert row.helpers.tolist() == [0]
    assert (row.divisor, row.remainder, row.least) == (400, 300, 2)
    assert coefficients.tolist() == [1.0, 1.0]


def test_a_demand_that_whole_lists_meet_has_the_divisor_as_remainder() -> None:
    """1,400 is two lists of 700; one and a half is not enough."""
    columns = lists_of(700, 700, gap=1400)

    [(row, _, _)] = broken(columns, [1.0, 0.0, 0.5, 0.5], [])

    assert row.remainder == row.divisor
    assert row.least * row.divisor >= 1400


def test_nothing_is_said_of_a_town_that_lacks_no_places() -> None:
    columns = lists_of(700, 700, gap=0)

    assert broken(columns, [0.0] * len(columns.actor), []) == []


def test_no_rounding_row_cuts_off_a_whole_solution() -> None:
    """Of random problems, at random points: every row is broken by its point, and kept by every feasible solution."""
    random = np.random.default_rng(0)
    count = 0
    for raw in map(random_problem, range(200)):
        columns = all_columns(raw.problem)
        pairs = [
            ((found.options[columns.actor] == columns.option).astype(float), found) for _, found in raw.solutions()
        ]
        # A solution with an option whose twin stands in the columns is the same as the one with the twin.
        pairs = [(chosen, found) for chosen, found in pairs if chosen.sum() == len(raw.actors)]
        for taken in (0.0, 0.2, 1.0):
            point = random.random(len(columns.actor))
            point /= np.bincount(columns.actor, weights=point)[columns.actor]
            amounts = taken * random.random(len(raw.adjustments)) * raw.problem.adjustment_most
            for row, numbers, coefficients in broken(columns, point.tolist(), amounts.tolist()):
                count += len(pairs)
                assert coefficients @ point[numbers] + amounts[row.helpers].sum() / row.remainder < row.least
                for chosen, found in pairs:
                    kept = coefficients @ chosen[numbers] + found.adjustments[row.helpers].sum() / row.remainder
                    assert kept >= row.least - 1e-9

    assert count > 1000
