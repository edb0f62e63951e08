"""CP-SAT answers within its budget, with what it knows when it is stopped."""

from __future__ import annotations

import subprocess
import sys
from textwrap import dedent

import numpy as np
import pytest
from ortools.sat.python import cp_model

from allokering.solvers.budget import Budget
from allokering.solvers.cp_sat_api import solve_cp
from allokering.solvers.outcome import Status


def knapsacks(rows: int, columns: int) -> tuple[cp_model.CpModel, list[cp_model.IntVar]]:
    """So many knapsacks that share their things: too hard to be proven soon."""
    draw = np.random.default_rng(7)
    model = cp_model.CpModel()
    taken = [model.new_bool_var(f"take[{number}]") for number in range(columns)]
    for _ in range(rows):
        weights = draw.integers(0, 100, columns).tolist()
        model.add(cp_model.LinearExpr.weighted_sum(taken, weights) <= sum(weights) // 3)
    model.minimize(cp_model.LinearExpr.weighted_sum(taken, (-draw.integers(50, 100, columns)).tolist()))
    return model, taken


def test_a_small_model_is_solved() -> None:
    """Of two things that do not fit together the better one."""
    model = cp_model.CpModel()
    taken = [model.new_bool_var(name) for name in "ab"]
    model.add(sum(taken) <= 1)
    model.minimize(-3 * taken[0] - 5 * taken[1])

    answer = solve_cp(model, Budget(), seed=0)

    assert (answer.status, answer.value, answer.bound, answer.struck) == (Status.OPTIMAL, -5, -5, False)
    assert answer.values(taken).tolist() == [0, 1]


def test_what_cannot_hold_is_infeasible() -> None:
    """And has no values."""
    model = cp_model.CpModel()
    one = model.new_bool_var("one")
    model.add(one + one == 1)
    model.minimize(one)

    answer = solve_cp(model, Budget(), seed=0)

    assert (answer.status, answer.value, answer.bound) == (Status.INFEASIBLE, None, None)
    with pytest.raises(ValueError, match="no solution"):
        answer.values([one])


def test_a_budget_that_is_over_begins_nothing() -> None:
    """Nothing is known then."""
    answer = solve_cp(knapsacks(5, 20)[0], Budget(0.0), seed=0)

    assert (answer.status, answer.value, answer.bound, answer.struck) == (Status.UNKNOWN, None, None, True)


def test_stopped_in_the_search_it_gives_the_best_it_had() -> None:
    """From its own report of a solution on: this model would take hours."""
    model, taken = knapsacks(40, 300)
    budget, told = Budget(), []

    def report(value: int | None, _: int | None) -> None:
        told.append(value)
        budget.stop()

    answer = solve_cp(model, budget, seed=0, report=report)

    assert (answer.status, answer.struck) == (Status.FEASIBLE, True)
    assert answer.value == min(value for value in told if value is not None)
    assert answer.values(taken).sum() > 0


def test_work_limits_what_is_done_the_same_everywhere() -> None:
    """It is no strike of the clock."""
    first, second = (solve_cp(knapsacks(40, 300)[0], Budget(), seed=0, work_limit=0.2) for _ in range(2))

    assert (first.value, first.bound, first.struck) == (second.value, second.bound, second.struck)
    assert first.struck is False


def test_ctrl_c_stays_with_python() -> None:
    """In the search, which CP-SAT would end alone with nobody else hearing, and after it, where it would kill."""
    program = """
        import signal
        from ortools.sat.python import cp_model
        from allokering.solvers.budget import Budget
        from allokering.solvers.cp_sat_api import solve_cp

        signal.signal(signal.SIGINT, lambda *_: print("heard", flush=True))
        model = cp_model.CpModel()
        number = model.new_int_var(0, 5, "")
        model.add(number >= 2)
        model.minimize(number)
        solve_cp(model, Budget(), seed=0, report=lambda *_: signal.raise_signal(signal.SIGINT))
        signal.raise_signal(signal.SIGINT)
        print("alive")
    """
    done = subprocess.run([sys.executable, "-c", dedent(program)], capture_output=True, text=True, check=False)

    assert done.returncode == 0, done.stderr
    assert done.stdout.split() == ["heard", "heard", "alive"]
