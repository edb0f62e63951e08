"""Medical student scheduling: a tiny file by hand, its optimum by trying every roster, and both solvers."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise, permutations, product
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner

from allokering.problem_check import faults_of_options
from allokering.solvers.column_generation.solve import solve_large
from allokering.solvers.exact.solve import solve_exact
from allokering.solvers.outcome import Status
from benchmarks.published.__main__ import main
from benchmarks.published.rosters import Rosters
from benchmarks.published.students import read_students
from benchmarks.published.students_problem import problem_of

TEXT = (Path(__file__).parent / "tiny_students.txt").read_text("utf-8")

# The same file once more, as a reader of it would write it down.
ABROAD, PERIODS = 9, 4
LASTS = (1, 2, 1)
WARDS = {(0, 0): {0, 2}, (0, 1): {1}, (1, 0): {0}, (1, 1): {1, 2}}
LIKES = ((3, 1, 2), (1, 3, 1), (2, 2, 4))
LIKES_HOSPITAL = ((1, 4), (3, 1), (2, 2))
WEIGHTS = ((2, 1, -2, -1), (1, 2, -1, -2), (3, 1, -3, -1))
OF_PROGRAMME = (1, 2, 0)
RESERVED = {(0, 0): 1}
EMERGENCY = {(0, 0): 1, (0, 1): 1}
LEAST: dict[tuple[int, int, int], int] = {(0, 0, 0): 1, (0, 0, 1): 1, (1, 1, 2): 1, (1, 1, 3): 1}

Leasts = dict[tuple[int, int, int], int]
Roster = tuple[tuple[int, int, int], ...]
"""Discipline, hospital and first period of each internship."""


def may_be(student: int, roster: Roster) -> bool:
    """The rules, student by student."""
    done = [discipline for discipline, _, _ in roster]
    begins = {discipline: begin for discipline, _, begin in roster}
    in_hospital = [sum(hospital == one for _, hospital, _ in roster) for one in (0, 1)]
    wanted = (
        2 in done and 0 in done and begins[0] < begins[2],  # one of the first group, and 2, which 0 comes before
        sorted(done) == [0, 1],
        sorted(done) == [1, 2] and begins[2] < begins[1] == 2,  # 0 is done; 2 before going abroad for 1
    )
    return (
        all(begin + LASTS[one] <= then for (one, _, begin), (_, _, then) in pairwise(roster))
        and all(begin + LASTS[one] <= PERIODS for one, _, begin in roster)
        and all((hospital == ABROAD) == (student == 2 and one == 1) for one, hospital, _ in roster)
        and not (student == 1 and any(one == 1 and hospital == 1 for one, hospital, _ in roster))
        and max(in_hospital[0], in_hospital[1] + (student == 2)) <= 2
        and wanted[student]
    )


def rosters(student: int) -> list[Roster]:
    """Two internships each, in every order, anywhere, at any time."""
    found = []
    for disciplines in permutations(range(3), 2):
        for where in product((0, 1, ABROAD), repeat=2):
            for when in product(range(PERIODS), repeat=2):
                roster = tuple(zip(disciplines, where, when, strict=True))
                if when[0] < when[1] and may_be(student, roster):
                    found.append(roster)
    return found


def desire(student: int, roster: Roster) -> int:
    of_discipline, of_hospital, change, wait = WEIGHTS[student]
    total, end, last = 0, 0, None
    for discipline, hospital, begin in roster:
        total += wait * (begin - end)
        if hospital != ABROAD:
            total += of_discipline * LIKES[student][discipline] + OF_PROGRAMME[discipline]
            total += of_hospital * LIKES_HOSPITAL[student][hospital]
            total += change if last not in (None, hospital) else 0
        end, last = begin + LASTS[discipline], hospital
    return total


def objective(chosen: tuple[Roster, ...], *, hard: Leasts | None = None) -> int | None:
    """What is to be as large as can be; None if a ward is overfull, or short of what a hard least asks for."""
    desires = [desire(student, roster) for student, roster in enumerate(chosen)]
    total = sum(desires) + 2 * min(desires)
    for period in range(PERIODS):
        here = [
            (student, hospital, discipline)
            for student, roster in enumerate(chosen)
            for discipline, hospital, begin in roster
            if hospital != ABROAD and begin <= period < begin + LASTS[discipline]
        ]
        for (hospital, ward), taught in WARDS.items():
            there = [student for student, where, discipline in here if where == hospital and discipline in taught]
            over = max(0, len(there) - 1)
            of_reserve = min(over, RESERVED.get((hospital, ward), 0))
            if over - of_reserve > EMERGENCY.get((hospital, ward), 0):
                return None
            total -= 3 * of_reserve + 7 * (over - of_reserve)
            missing = max(0, LEAST.get((hospital, ward, period), 0) - sum(student < 2 for student in there))
            if hard is None:
                total -= 5 * missing
            elif sum(student < 2 for student in there) < hard.get((hospital, ward, period), 0):
                return None
        in_region = sum(hospital == 1 and student != 1 for student, hospital, _ in here)
        total -= 2 * max(0, (1 if period < 2 else 0) - in_region)
    return total


@pytest.fixture(scope="module")
def best() -> int:
    """By trying every combination of rosters."""
    tried = (objective(chosen) for chosen in product(*(rosters(student) for student in range(3))))
    return max(found for found in tried if found is not None)


def test_every_roster_is_found() -> None:
    """As many as trying everything finds, and each as much wished for."""
    data = read_students(TEXT)
    for student in range(3):
        own = Rosters(data, data.students[student])
        found = sorted(own.desire(roster) for roster in own.every())
        low, high = own.desires()

        assert found == sorted(desire(student, roster) for roster in rosters(student))
        assert low <= found[0] <= found[-1] <= high


def test_the_exact_solver_finds_the_optimum(best: int) -> None:
    outcome = solve_exact(problem_of(read_students(TEXT), is_listed=True))

    assert outcome.status is Status.OPTIMAL
    assert outcome.tiers[0].value == -best


def test_column_generation_finds_it_by_pricing(best: int) -> None:
    """Rosters are found by dynamic programming, never listed; the bound is none too high."""
    outcome = solve_large(problem_of(read_students(TEXT)))

    assert outcome.tiers[0].value == -best
    assert outcome.tiers[0].bound <= -best


@pytest.mark.parametrize("is_listed", [True, False])
def test_pricing_keeps_what_options_promise(is_listed: bool) -> None:
    problem = problem_of(read_students(TEXT), is_listed=is_listed)
    for actor in problem.actors:
        assert faults_of_options(actor, len(problem.resources), 1, rounds=8) == []


@pytest.mark.parametrize("is_kept", [[(0, 0, 0)], [(0, 0, 0), (0, 0, 1)], [(1, 1, 3)], list(LEAST)])
def test_a_least_without_a_price_must_be_kept(is_kept: list[tuple[int, int, int]]) -> None:
    """In earlier files the last coefficient is not there: a quota that nothing makes up for, by both solvers."""
    data = read_students(TEXT.replace("1_Year 1 1 1 2 3 7 2 2 5", "1_Year 1 1 1 2 3 7 2 2"))
    least = np.zeros_like(data.least)
    for hospital, ward, period in is_kept:
        least[hospital, period, ward] = 1
    data = replace(data, least=least)
    hard = {one: LEAST[one] for one in is_kept}
    tried = (objective(one, hard=hard) for one in product(*(rosters(student) for student in range(3))))
    found = max((value for value in tried if value is not None), default=None)

    for outcome in (solve_exact(problem_of(data, is_listed=True)), solve_large(problem_of(data))):
        assert [tier.value for tier in outcome.tiers] == ([] if found is None else [-found])


def test_places_of_a_year_count_internships_that_begin(best: int) -> None:
    """With room for as many as ever come nothing changes; with room for none there is no plan."""
    title = "\n// located in regions"
    wide = TEXT.replace(
        title, "\n// Yearly Max demand [h][w]\n9 9\n9 9\n\n// Yearly Min demand [h][w]\n0 0\n0 0\n" + title
    )
    none = wide.replace("9 9\n9 9", "0 0\n0 0")

    assert solve_exact(problem_of(read_students(wide), is_listed=True)).tiers[0].value == -best
    assert solve_exact(problem_of(read_students(none), is_listed=True)).status is Status.INFEASIBLE


@pytest.mark.parametrize(
    ("spoiled", "fault"),
    [
        ("", "no section"),
        (TEXT.replace("3 3 2 4 1 2 2 1", "3 3 2 4 1 2 2"), "does not begin with eight counts"),
        (TEXT.replace("// Ability 2 [d][h]\n1 1 1 \n1 1 1 \n", ""), "'ability' has 12 numbers, not"),
        (TEXT.replace("1_Year 1 1 1", "1_Year 1 1 1.5"), "not whole numbers"),
        (TEXT.replace("2 0 False 3 1 -3 -1\n", ""), "2 of 3 students"),
    ],
)
def test_another_file_is_refused_in_words(spoiled: str, fault: str) -> None:
    with pytest.raises(ValueError, match=fault):
        read_students(spoiled)


def test_a_folder_of_files_is_solved(tmp_path: Path, best: int) -> None:
    """As the other published problems are; the published value is to be maximised."""
    (tmp_path / "tiny.txt").write_text(TEXT, "utf-8")
    result = CliRunner().invoke(main, [str(tmp_path), "--kind", "students", "--maximise", "--seconds", "600"])

    assert result.exit_code == 0, result.output
    assert f"undesired {-best} " in result.output
