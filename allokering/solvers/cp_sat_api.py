"""CP-SAT, called here and nowhere else: one deterministic search within a budget, and what it answers.

A stop token reaches CP-SAT by `stop_search`, called by a thread that watches the token while CP-SAT runs. What is known
at that moment is the answer.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from threading import Event, Thread
from typing import Any, NamedTuple

import numpy as np
from ortools.sat.python import cp_model

from allokering.problem import Integers
from allokering.solvers.budget import Budget
from allokering.solvers.outcome import Report, Status

NEAR = 0.01
"""Bounds are floats near integers: far above their error, and far below a step."""
LOOKS = 0.05
"""Seconds from one look at the stop token to the next."""
OF_CP_SAT = {
    cp_model.OPTIMAL: Status.OPTIMAL,
    cp_model.FEASIBLE: Status.FEASIBLE,
    cp_model.INFEASIBLE: Status.INFEASIBLE,
    cp_model.UNKNOWN: Status.UNKNOWN,
}


class CpAnswer(NamedTuple):
    """What a search came to."""

    status: Status
    value: int | None
    """Of the objective; None without a solution."""
    bound: int | None
    """On the objective; None if there is no solution at all."""
    values: Callable[[Sequence[cp_model.IntVar]], Integers]
    """Gives the values of these variables in the solution found; there must be one."""
    struck: bool
    """Did the budget end it, by time or by a stop?"""


class _Told(cp_model.CpSolverSolutionCallback):  # type: ignore[misc]
    """Reports every better solution."""

    def __init__(self, report: Report) -> None:
        super().__init__()
        self._report = report

    def on_solution_callback(self) -> None:
        """A better solution has been found."""
        self._report(round(self.objective_value), math.ceil(self.best_objective_bound - NEAR))


def solve_cp(
    model: cp_model.CpModel,
    budget: Budget,
    *,
    seed: int,
    workers: int = 1,
    work_limit: float | None = None,
    report: Report | None = None,
    **parameters: float,
) -> CpAnswer:
    """Solve a model with a linear objective.

    Args:
        model: with its objective and its hints.
        budget: ends the search with the best solution known; when it is over already, nothing is begun.
        seed: of CP-SAT's own randomness.
        workers: threads, which take turns: parallel search is deterministic in no other way.
        work_limit: in CP-SAT's deterministic seconds; None: until optimality is proven.
        report: told of every better solution.
        parameters: of CP-SAT, as it names them.
    """
    if budget.is_over:
        return CpAnswer(Status.UNKNOWN, None, None, _no_values, struck=True)
    solver = cp_model.CpSolver()
    solver.parameters.random_seed = seed
    # Left to itself CP-SAT takes Ctrl-C from Python: it would end this search alone, and after it kill the process.
    solver.parameters.catch_sigint_signal = False
    solver.parameters.num_workers = workers
    solver.parameters.interleave_search = workers > 1
    if work_limit is not None:
        solver.parameters.max_deterministic_time = work_limit
    if budget.left is not None:
        solver.parameters.max_time_in_seconds = budget.left
    for name, value in parameters.items():
        setattr(solver.parameters, name, value)
    with _watched(solver, budget):
        ended = solver.solve(model, None if report is None else _Told(report))
    if ended == cp_model.MODEL_INVALID:
        raise ValueError(model.validate())
    status = OF_CP_SAT[ended]
    struck = status in (Status.FEASIBLE, Status.UNKNOWN) and budget.is_over
    bound = None if status is Status.INFEASIBLE else math.ceil(solver.best_objective_bound - NEAR)
    if status not in (Status.OPTIMAL, Status.FEASIBLE):
        return CpAnswer(status, None, bound, _no_values, struck)

    def values(variables: Sequence[cp_model.IntVar]) -> Integers:
        return np.array([solver.value(variable) for variable in variables], dtype=np.int64)

    return CpAnswer(status, round(solver.objective_value), bound, values, struck)


def _no_values(_: Sequence[cp_model.IntVar]) -> Integers:
    raise ValueError("no solution, so no values")


@contextmanager
def _watched(solver: Any, budget: Budget) -> Iterator[None]:
    """Stop the search when somebody asks to; a search is stopped again until it has begun and ended."""
    is_done = Event()

    def watch() -> None:
        while not is_done.wait(LOOKS):
            if budget.stopped:
                solver.stop_search()

    watcher = Thread(target=watch, daemon=True)
    watcher.start()
    try:
        yield
    finally:
        is_done.set()
        watcher.join()
