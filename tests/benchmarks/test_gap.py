"""The benchmark reads the OR-Library's format for generalised assignment and solves it with the core."""

from __future__ import annotations

from itertools import product
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner

from allokering.solvers.exact.solve import ENGINES, Engine, solve_exact
from benchmarks.gap import GeneralisedAssignment, main, read_gap

TWO_BY_THREE = """
2 3
 4 1 7
 2 5 3
 3 2 4
 2 3 5
 6
 5
"""
"""Two agents, three jobs: costs, amounts, capacities."""
ONE_BY_ONE = "1 1  9  2  2"


def least(problem: GeneralisedAssignment, sign: int) -> int | None:
    """The best sum of costs, by trying every assignment."""
    agents, jobs = problem.costs.shape
    sums = []
    for choice in product(range(agents), repeat=jobs):
        used = [
            sum(problem.amounts[agent, job] for job in range(jobs) if choice[job] == agent) for agent in range(agents)
        ]
        if all(use <= most for use, most in zip(used, problem.capacities, strict=True)):
            sums.append(sign * sum(int(problem.costs[agent, job]) for job, agent in enumerate(choice)))
    return min(sums, default=None)


def test_a_problem_is_read_row_by_row() -> None:
    [found] = read_gap(TWO_BY_THREE)

    assert found.costs.tolist() == [[4, 1, 7], [2, 5, 3]]
    assert found.amounts.tolist() == [[3, 2, 4], [2, 3, 5]]
    assert found.capacities.tolist() == [6, 5]


def test_a_file_may_begin_with_the_number_of_problems() -> None:
    """Line breaks mean nothing."""
    first, second = read_gap(f"2 {' '.join(TWO_BY_THREE.split())} {ONE_BY_ONE}")

    assert first.costs.tolist() == [[4, 1, 7], [2, 5, 3]]
    assert (second.costs.tolist(), second.amounts.tolist(), second.capacities.tolist()) == ([[9]], [[2]], [2])


def test_a_file_of_one_problem_may_begin_with_a_one() -> None:
    [found] = read_gap(f"1 {TWO_BY_THREE}")

    assert found.capacities.tolist() == [6, 5]


@pytest.mark.parametrize(
    "text",
    [
        "",
        "2 3 4 1",  # too few
        TWO_BY_THREE + " 8",  # one too many
        f"4 {ONE_BY_ONE}",  # one problem, not four
        "0 3",  # no agents
        "two by three",
    ],
)
def test_numbers_that_are_no_problem_are_refused(text: str) -> None:
    with pytest.raises(ValueError):
        list(read_gap(text))


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("maximise", [False, True])
def test_the_optimum_is_that_of_trying_everything(engine: Engine, maximise: bool) -> None:
    """Of the literal above and of random ones, some of them impossible."""
    random = np.random.default_rng(1)
    problems = list(read_gap(TWO_BY_THREE))
    for _ in range(12):
        agents, jobs = random.integers(1, 4), random.integers(1, 6)
        problems.append(
            GeneralisedAssignment(
                random.integers(1, 30, (agents, jobs)),
                random.integers(1, 9, (agents, jobs)),
                random.integers(3, 16, agents),
            )
        )
    answers = []
    for problem in problems:
        outcome = solve_exact(problem.problem(maximise=maximise), engine=engine)
        answers.append(outcome.tiers[0].value if outcome.tiers else None)

    # By hand, three ways fit. Agent 1 does jobs 1 and 2 (amount 5 of 6): 4 + 1 + 3 = 8; jobs 2 and 3 (6 of 6):
    # 1 + 7 + 2 = 10; job 3 alone, as agent 2 can do jobs 1 and 2 (5 of 5): 2 + 5 + 7 = 14.
    assert answers[0] == (-14 if maximise else 8)
    assert answers == [least(problem, -1 if maximise else 1) for problem in problems]
    assert None in answers


@pytest.mark.parametrize(("options", "value"), [([], "value 8, bound 8"), (["--maximise"], "value 14, bound 14")])
def test_the_command_prints_value_bound_and_status(tmp_path: Path, options: list[str], value: str) -> None:
    """One line per problem."""
    file = tmp_path / "tiny.txt"
    file.write_text(f"2 {TWO_BY_THREE} 1 1 9 3 2", encoding="utf-8")

    result = CliRunner().invoke(main, [str(file), *options])

    first, second = result.output.splitlines()
    assert f"tiny.txt 1: 2 x 3, {value}, optimal" in first
    assert "tiny.txt 2: 1 x 1, value -, bound -, infeasible" in second
