"""Both list solvers end when they are asked to, in the middle of a program that would take them long."""

from __future__ import annotations

from pathlib import Path
from threading import Thread, Timer

import pulp
import pytest

from allokering.solvers.budget import Budget
from allokering.stages import list_program
from allokering.stages.list_solvers import available_solver, begin, stop

NAMES = "cbc", "highs"


def hard() -> pulp.LpProblem:
    """A market split: no branch and bound is done with it in minutes."""
    program = pulp.LpProblem("hard", pulp.LpMinimize)
    take = [program.add_variable(f"take_{place}", 0, 1, pulp.LpInteger) for place in range(50)]
    slack = []
    for row in range(6):
        sizes = [(37 * place * place + 101 * row * place + 7919 * row) % 100 for place in range(50)]
        slack += [program.add_variable(f"off_{row}_{side}", 0) for side in (0, 1)]
        program += pulp.lpDot(sizes, take) + slack[-1] - slack[-2] == sum(sizes) // 2
    program.setObjective(pulp.lpSum(slack))
    return program


@pytest.mark.parametrize("name", NAMES)
def test_asked_in_the_middle_it_ends(name: str, tmp_path: Path) -> None:
    """Its thread is over, and no file is left."""
    solver = available_solver(name)
    solver.tmpDir = str(tmp_path)
    program = hard()
    begin(solver)
    solving = Thread(target=program.solve, args=[solver], daemon=True)
    solving.start()
    solving.join(0.5)
    assert solving.is_alive()

    stop(solver)
    solving.join(60)

    assert not solving.is_alive()
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("name", NAMES)
def test_a_stopped_search_proves_nothing_and_the_next_one_is_not_stopped(name: str) -> None:
    """The solver is the same."""
    solver, budget = available_solver(name), Budget()
    hardly = hard()
    timer = Timer(0.2, budget.stop)
    timer.start()

    assert not list_program._minimise(hardly, [hardly.objective], solver, budget)

    easy = pulp.LpProblem("easy", pulp.LpMinimize)
    number = easy.add_variable("number", 0, 9, pulp.LpInteger)
    easy += 2 * number >= 5
    assert list_program._minimise(easy, [number], solver, Budget())
    assert number.value() == 3
