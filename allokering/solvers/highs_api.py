"""HiGHS, called here and nowhere else: how it is set up, given a model, run within a budget, and what it answers.

A stop token reaches HiGHS by its interrupt callbacks: the simplex looks after every step, the interior point after
every iteration, the branch and bound at its nodes and within its root. What a mixed-integer program knew at that moment
is its answer; a linear program that was broken off has none. The linear programs inside a branch and bound are not
asked.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any, NamedTuple

import highspy
import numpy as np
from scipy import sparse

from allokering.problem import Booleans, Floats, Integers
from allokering.solvers.budget import Budget
from allokering.solvers.outcome import Status

NO_GAP = 0.999
"""Prices are whole numbers: a gap below 1 is none."""

LARGE = 50_000
"""Numbers in a model from which on a step of the simplex takes longer than to ask whether to stop."""
OVER = highspy.HighsModelStatus.kTimeLimit, highspy.HighsModelStatus.kInterrupt
INFEASIBLE = highspy.HighsModelStatus.kInfeasible, highspy.HighsModelStatus.kUnboundedOrInfeasible
OF_LP = {highspy.HighsModelStatus.kOptimal: Status.OPTIMAL, **dict.fromkeys(INFEASIBLE, Status.INFEASIBLE)}
HEURISTICS = "mip_heuristic_run_rens", "mip_heuristic_run_rins", "mip_heuristic_run_root_reduced_cost"
"""What HiGHS looks for better values with by programs inside the program."""


def quiet_highs(*, heuristics: bool = True, **options: float | str) -> highspy.Highs:
    """A solver that prints nothing, has one thread, stops at no gap, and loses no solutions.

    Args:
        heuristics: may it look for better values by programs inside the program? Without them what can be proven is
            proven in less than half the time, but what is too hard to be proven gives less (docs/performance-tried.md).
        options: of HiGHS, as it names them.
    """
    highs = highspy.Highs()
    for option, value in {
        "output_flag": False,
        "threads": 1,
        "mip_rel_gap": 0.0,
        # Presolve's parallel rows and columns (bit 13) lose feasible solutions in HiGHS 1.12 and 1.13: with them,
        # seed 251 of the random instances is called infeasible.
        "presolve_rule_off": 1 << 13,
        **dict.fromkeys(HEURISTICS, heuristics),
        **options,
    }.items():
        highs.setOptionValue(option, value)
    return highs


def model_of(
    table: sparse.csc_array,
    costs: Floats | Integers,
    most: Floats,
    lower: Floats,
    upper: Floats,
    whole: Booleans | None = None,
) -> highspy.HighsLp:
    """Minimise `costs` @ values with 0 <= values <= `most` and `lower` <= `table` @ values <= `upper`.

    Args:
        table: shape (rows, columns).
        costs: by column.
        most: by column.
        lower: by row.
        upper: by row.
        whole: by column, must it be a whole number? None: no column must.
    """
    model = highspy.HighsLp()
    model.num_row_, model.num_col_ = table.shape
    model.col_cost_, model.col_lower_, model.col_upper_ = costs.astype(float), np.zeros(len(costs)), most.astype(float)
    model.row_lower_, model.row_upper_ = lower.astype(float), upper.astype(float)
    model.a_matrix_.format_ = highspy.MatrixFormat.kColwise
    model.a_matrix_.start_, model.a_matrix_.index_ = table.indptr, table.indices
    model.a_matrix_.value_ = table.data.astype(float)
    if whole is not None:
        kinds = highspy.HighsVarType.kContinuous, highspy.HighsVarType.kInteger
        model.integrality_ = [kinds[is_whole] for is_whole in whole.tolist()]
    return model


class LpAnswer(NamedTuple):
    """What a linear program came to. Arrays are None unless the status is optimal or feasible."""

    status: Status
    """Optimal; feasible: an interior point that stopped near the optimum; infeasible; unknown."""
    value: float
    """Of the objective."""
    values: Floats | None
    """By column."""
    duals: Floats | None
    """By row: what the objective gains when the row's bound rises by one (negative for a binding "<=")."""
    reduced: Floats | None
    """Reduced costs, by column."""
    struck: bool
    """Did the budget end it, by time or by a stop?"""


class MipAnswer(NamedTuple):
    """What a mixed-integer program came to."""

    status: Status
    """Optimal; feasible: a limit, a gap or the budget ended it with a solution at hand; infeasible; unknown."""
    values: Floats | None
    """By column, of the best solution known: as HiGHS gives them, so whole only within its tolerance."""
    bound: float
    """On the objective; -inf if nothing was proven."""
    steps: int
    """Of the simplex: the same on every machine, as seconds are not."""
    struck: bool
    """Did the budget end it, by time or by a stop?"""


def solve_lp(highs: highspy.Highs, budget: Budget) -> LpAnswer:
    """Minimise the linear relaxation of the model that was passed, from the basis at hand."""
    if budget.is_over:
        return LpAnswer(Status.UNKNOWN, math.nan, None, None, None, struck=True)
    highs.setOptionValue("solve_relaxation", True)
    # The simplex asks after every step, and pays the interpreter's lock for it: only where a step takes long enough.
    is_large = highs.getNumNz() >= LARGE
    _run(highs, budget, [highs.cbSimplexInterrupt, highs.cbIpmInterrupt] if is_large else [highs.cbIpmInterrupt])
    solution, ended = highs.getSolution(), highs.getModelStatus()
    value = highs.getInfo().objective_function_value
    highs.setOptionValue("solve_relaxation", False)
    struck = ended in OVER
    status = OF_LP.get(ended, Status.UNKNOWN)
    if ended == highspy.HighsModelStatus.kUnknown and solution.value_valid:
        status = Status.FEASIBLE
    if status not in (Status.OPTIMAL, Status.FEASIBLE):
        return LpAnswer(status, math.nan, None, None, None, struck)
    arrays = np.array(solution.col_value), np.array(solution.row_dual), np.array(solution.col_dual)
    return LpAnswer(status, value, *arrays, struck)


def solve_mip(
    highs: highspy.Highs,
    budget: Budget,
    *,
    start: Floats | Integers | None = None,
    improved: Callable[[float], None] | None = None,
) -> MipAnswer:
    """Minimise the model that was passed, in whole numbers where it says so.

    Args:
        highs: with the model, and with all limits but time (`quiet_highs`).
        budget: ends the search with the best solution known; when it is over already, nothing is begun.
        start: values to begin from, by column.
        improved: told the value of every better solution, in the thread that solves.
    """
    if budget.is_over:
        # Asked for no time at all, HiGHS still takes seconds for its root.
        return MipAnswer(Status.UNKNOWN, None, -math.inf, 0, struck=True)
    if start is not None:
        solution = highspy.HighsSolution()
        solution.col_value = start.astype(float).tolist()
        highs.setSolution(solution)

    def tell(event: Any) -> None:
        if improved is not None:
            improved(event.data_out.mip_primal_bound)

    highs.cbMipImprovingSolution += tell
    _run(highs, budget, [highs.cbMipInterrupt])
    highs.cbMipImprovingSolution -= tell
    info, ended = highs.getInfo(), highs.getModelStatus()
    bound = info.mip_dual_bound if math.isfinite(info.mip_dual_bound) else -math.inf
    if ended in INFEASIBLE:
        return MipAnswer(Status.INFEASIBLE, None, -math.inf, info.simplex_iteration_count, struck=False)
    values, status = None, Status.UNKNOWN
    if info.primal_solution_status == highspy.SolutionStatus.kSolutionStatusFeasible:
        values = np.array(highs.getSolution().col_value)
        status = Status.OPTIMAL if ended == highspy.HighsModelStatus.kOptimal else Status.FEASIBLE
    return MipAnswer(status, values, bound, info.simplex_iteration_count, ended in OVER)


def _run(highs: highspy.Highs, budget: Budget, asked: list[Any]) -> None:
    """Run HiGHS until it is done or the budget is over."""

    def look(event: Any) -> None:
        event.interrupt(budget.stopped)  # what an earlier run was told stays said until it is taken back

    left = budget.left
    # HiGHS counts from the first run of the model, not from this one.
    highs.setOptionValue("time_limit", math.inf if left is None else highs.getRunTime() + left)
    for callback in asked:
        callback += look  # noqa: PLW2901 - highspy's way to subscribe
    highs.run()
    for callback in asked:
        callback -= look  # noqa: PLW2901 - and to leave
