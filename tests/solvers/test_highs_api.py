"""HiGHS answers within its budget, with what it knows when it is stopped."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy import sparse

from allokering.problem import Floats
from allokering.solvers.budget import Budget, Stop
from allokering.solvers.highs_api import model_of, quiet_highs, solve_lp, solve_mip
from allokering.solvers.outcome import Status


def knapsacks(rows: int, columns: int, *, whole: bool) -> tuple[sparse.csc_array, Floats, Floats, object]:
    """So many knapsacks that share their things: far too hard to be proven."""
    draw = np.random.default_rng(7)
    table = sparse.csc_array(draw.integers(1, 100, (rows, columns)) * (draw.random((rows, columns)) < 0.2))
    costs, most = -draw.integers(50, 100, columns).astype(float), np.asarray(table.sum(axis=1)).ravel() // 3.0
    is_whole = np.ones(columns, dtype=bool) if whole else None
    model = model_of(table, costs, np.ones(columns), np.full(rows, -math.inf), most, is_whole)
    return table, costs, most, model


def test_a_small_program_is_solved() -> None:
    """The least x + 2 y with x + y >= 3 (as -x - y <= -3), x <= 2: x = 2, y = 1, and the row is worth 2."""
    highs = quiet_highs()
    table = sparse.csc_array(np.array([[-1.0, -1.0]]))
    free = np.array([-math.inf])
    highs.passModel(model_of(table, np.array([1, 2]), np.array([2.0, 9.0]), free, np.array([-3.0]), np.ones(2, bool)))

    relaxed, whole = solve_lp(highs, Budget()), solve_mip(highs, Budget())

    assert relaxed.status is Status.OPTIMAL
    assert relaxed.values is not None
    assert relaxed.duals is not None
    assert (relaxed.values.tolist(), relaxed.duals.tolist(), relaxed.value) == ([2, 1], [-2], 4)
    assert whole.values is not None
    assert (whole.status, whole.values.tolist(), whole.bound, whole.struck) == (Status.OPTIMAL, [2, 1], 4, False)


def test_what_cannot_hold_is_infeasible() -> None:
    """No x >= 0 is at most -1, relaxed or not."""
    highs = quiet_highs()
    one = sparse.csc_array(np.array([[1.0]]))
    highs.passModel(model_of(one, np.ones(1), np.ones(1), np.array([-math.inf]), np.array([-1.0]), np.ones(1, bool)))

    assert solve_lp(highs, Budget()).status is Status.INFEASIBLE
    answer = solve_mip(highs, Budget())
    assert (answer.status, answer.values) == (Status.INFEASIBLE, None)


@pytest.mark.parametrize("way", ["time", "stop"])
def test_a_budget_that_is_over_begins_nothing(way: str) -> None:
    """HiGHS would take seconds for its root."""
    highs, budget = quiet_highs(), Budget(0.0 if way == "time" else None)
    highs.passModel(knapsacks(40, 300, whole=True)[3])
    if way == "stop":
        budget.stop()

    answer = solve_mip(highs, budget)

    assert (answer.status, answer.values, answer.bound, answer.struck) == (Status.UNKNOWN, None, -math.inf, True)
    assert solve_lp(highs, budget).status is Status.UNKNOWN
    assert highs.getRunTime() == 0


def test_stopped_in_the_search_it_gives_the_best_it_had() -> None:
    """From its own report of a better solution on: this program would take hours."""
    table, costs, most, model = knapsacks(40, 300, whole=True)
    highs, stop = quiet_highs(), Stop()
    highs.passModel(model)
    told: list[float] = []

    def improved(value: float) -> None:
        told.append(value)
        if len(told) >= 2:
            stop.set()

    answer = solve_mip(highs, Budget(None, stop), improved=improved)

    assert answer.status is Status.FEASIBLE
    assert answer.struck
    assert answer.values is not None
    assert np.all(table @ np.rint(answer.values) <= most)
    assert costs @ answer.values == pytest.approx(min(told))
    assert answer.bound <= min(told)


def test_a_large_linear_program_is_stopped_in_its_simplex() -> None:
    """It has no answer then; let go again, it has."""
    highs, budget = quiet_highs(presolve="off"), Budget()
    highs.passModel(knapsacks(300, 1_000, whole=False)[3])

    def stop(_: object) -> None:
        budget.stop()

    highs.cbSimplexInterrupt += stop
    broken_off = solve_lp(highs, budget)
    highs.cbSimplexInterrupt -= stop

    assert (broken_off.status, broken_off.values, broken_off.struck) == (Status.UNKNOWN, None, True)
    assert solve_lp(highs, Budget()).status is Status.OPTIMAL


def test_an_interior_point_is_stopped() -> None:
    """In an iteration."""
    highs, budget = quiet_highs(presolve="off", solver="ipm", run_crossover="off"), Budget()
    highs.passModel(knapsacks(100, 1_000, whole=False)[3])

    def stop(_: object) -> None:
        budget.stop()

    highs.cbIpmInterrupt += stop

    assert solve_lp(highs, budget).struck
