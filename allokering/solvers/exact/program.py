"""Restricted programs: the open columns and the rows that can bind among them, as a linear or mixed-integer program."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from scipy import sparse

from allokering.problem import Floats, Integers, Solution
from allokering.solvers.budget import Budget
from allokering.solvers.exact.rows import LagrangianBound, Rows
from allokering.solvers.highs_api import NO_GAP, model_of, quiet_highs, solve_lp, solve_mip
from allokering.solvers.outcome import Status

ROUNDS = 20
"""Rounds of MIR cuts per relaxation; the bound has always stood still earlier."""
LEAN = {"mip_heuristic_effort": 0.0, "mip_allow_restart": False, "mip_detect_symmetry": False}
"""Where an incumbent is at hand and proof is what is wanted: 0.83 of the time (docs/performance-tried.md)."""


@dataclass(frozen=True)
class Restricted:
    """The columns and adjustments that are open, and the rows that can bind among them."""

    kept: Integers
    """Columns, then adjustments, that are open (numbers below N + J)."""
    options: int
    """How many of them are columns."""
    live: Integers
    """Rows that the kept ones could break."""
    table: sparse.csc_array
    """Actors' convexity rows, then the live rows, by kept."""
    lower: Floats
    upper: Floats


def restricted(rows: Rows, most: Floats) -> Restricted:
    """The restricted program of what `most` (N + J) leaves open."""
    columns = rows.columns
    kept = np.flatnonzero(most > 0)
    table = sparse.csr_array(sparse.csc_array(rows.table)[:, kept])
    upward, downward = table.maximum(0) @ most[kept], table.minimum(0) @ most[kept]
    live = np.flatnonzero((upward > rows.upper + 1e-9) | (downward < rows.lower - 1e-9))
    options, actors = int(np.searchsorted(kept, rows.options)), len(columns.problem.actors)
    place = (columns.actor[kept[:options]], np.arange(options))
    one_each = sparse.csr_array((np.ones(options), place), shape=(actors, len(kept)))
    return Restricted(
        kept,
        options,
        live,
        sparse.csc_array(sparse.vstack([one_each, table[live]])),
        np.concatenate([np.ones(actors), rows.lower[live]]),
        np.concatenate([np.ones(actors), rows.upper[live]]),
    )


@dataclass(frozen=True)
class Relaxed:
    """The linear relaxation, solved: the best Lagrangian bound of its rounds and the last point (N + J)."""

    proven: LagrangianBound
    values: Floats


def relax(
    rows: Rows, cost: Floats, most: Floats, budget: Budget, is_enough: Callable[[float], bool] = lambda _: False
) -> Relaxed | None:
    """Cutting planes: the relaxation over what is open, tightened by MIR cuts in rounds; None without a solution.

    Args:
        rows: cuts are added to them.
        cost: of every column and adjustment (N + J).
        most: upper bounds (N + J).
        budget: when it is up, what is known so far is the answer.
        is_enough: is a bound all that is asked for?
    """
    program = restricted(rows, most)
    actors = len(rows.columns.problem.actors)
    highs = quiet_highs(presolve="off")
    highs.passModel(model_of(program.table, cost[program.kept], most[program.kept], program.lower, program.upper))
    row_of = program.live.tolist()
    place = np.full(rows.width, -1)
    place[program.kept] = np.arange(len(program.kept))
    best: LagrangianBound | None = None
    values = np.zeros(rows.width)
    for _ in range(ROUNDS):
        answer = solve_lp(highs, budget)
        if answer.values is None or answer.duals is None:
            break
        values = np.zeros(rows.width)
        values[program.kept] = answer.values
        duals = np.zeros(len(rows))
        duals[row_of] = -answer.duals[actors:]
        proven = rows.lagrangian(cost, duals, most)
        if best is None or proven.bound > best.bound:
            best = proven
        if is_enough(best.bound) or budget.is_over:
            break
        before = len(rows)
        if not rows.separate(values):
            break
        for row in range(before, len(rows)):
            begin, end = rows.table.indptr[row : row + 2]
            used, amounts = place[rows.table.indices[begin:end]], rows.table.data[begin:end]
            inside = used >= 0
            highs.addRow(rows.lower[row], math.inf, int(inside.sum()), used[inside].astype(np.int32), amounts[inside])
            row_of.append(row)
    if best is None:
        return None
    missing = len(rows) - len(best.duals)
    return Relaxed(LagrangianBound(best.bound, best.reduced, np.append(best.duals, np.zeros(missing))), values)


@dataclass(frozen=True)
class Searched:
    """What branch and cut says of a restricted program."""

    status: Status
    bound: float
    """-inf if it has none."""
    options: Integers | None
    """One option per actor, of the best found."""
    adjustments: Floats | None
    """Amounts that go with them; whole numbers only if they had to be."""


def search(
    rows: Rows,
    cost: Floats,
    most: Floats,
    budget: Budget,
    *,
    seed: int = 0,
    unit: int = 1,
    start: Solution | None = None,
    is_lean: bool = True,
    is_whole: bool = False,
    at_most: int | None = None,
    told: Callable[[float], None] | None = None,
) -> Searched:
    """Branch and cut over what is open.

    Args:
        rows: the rows.
        cost: of every column and adjustment (N + J).
        most: upper bounds (N + J).
        budget: how long it may take.
        seed: of the engine.
        unit: what every value is a multiple of, so that a gap below it is none.
        start: a solution to begin from.
        is_lean: without searches for better solutions: most of the time goes to proof.
        is_whole: must adjustments be whole numbers? As continuous ones they halve the time, and only relax the program.
        at_most: what a solution may cost to be of interest; the bound need not be above it.
        told: hears of every better value.
    """
    columns = rows.columns
    program = restricted(rows, most)
    whole = np.full(len(program.kept), is_whole)
    whole[: program.options] = True
    highs = quiet_highs(
        heuristics=not is_lean, random_seed=seed, mip_abs_gap=NO_GAP * unit, **(LEAN if is_lean else {})
    )
    if at_most is not None:
        # A node is cut off as it would be by an incumbent of this value, without one being at hand.
        highs.setOptionValue("objective_bound", at_most + unit / 2)
    highs.passModel(
        model_of(program.table, cost[program.kept], most[program.kept], program.lower, program.upper, whole)
    )
    known = None
    if start is not None:
        chosen = start.options[columns.actor] == columns.option
        known = np.concatenate([chosen, start.adjustments]).astype(float)[program.kept]
    answer = solve_mip(highs, budget, start=known, improved=told)
    if answer.values is None:
        return Searched(answer.status, answer.bound, None, None)
    values = np.zeros(rows.width)
    values[program.kept] = answer.values
    chosen = np.flatnonzero(values[: rows.options] > 0.5)
    options = np.zeros(len(columns.problem.actors), dtype=np.int64)
    options[columns.actor[chosen]] = columns.option[chosen]
    return Searched(answer.status, answer.bound, options, values[rows.options :])
