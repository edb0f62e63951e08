"""That there is no plan, proven in integers: a weighed sum of rows that every choice breaks (Farkas 1902).

With weights y >= 0 of the rows "use <= bound", every plan has y @ use <= y @ bounds. If even the option of each actor
and the adjustments that use least, weighed so, use more, there is none. The weights are the duals of a relaxation in
which every bound may be passed at a price, as a linear program gives them, rounded; that they prove it is checked in
integers, so that no tolerance is believed. Where only whole options are impossible, there are no such weights.
"""

from __future__ import annotations

import numpy as np
from scipy import sparse

from allokering.problem import Integers
from allokering.solvers.budget import Budget
from allokering.solvers.exact.enumeration import Columns
from allokering.solvers.exact.rows import Rows
from allokering.solvers.highs_api import model_of, quiet_highs, solve_lp

SCALE = 1 << 20
"""The largest weight."""
LARGEST = 1 << 61
"""Sums that might be larger are not made: 64 bits would not hold them."""


def is_impossible(columns: Columns, budget: Budget) -> bool:
    """Is it proven that no solution keeps every bound? False: that is not known."""
    if not all(len(actor) for actor in columns.problem.actors):
        return True
    weights = _weights(columns, budget)
    return weights is not None and proves(columns, weights)


def proves(columns: Columns, weights: Integers) -> bool:
    """Do the weights, by row, prove that no solution keeps every bound?"""
    most = columns.problem.adjustment_most
    if np.any(weights < 0) or _largest(columns, weights) >= LARGEST:
        return False
    # Every actor has an option, and columns are in the order of actors.
    starts = np.flatnonzero(np.diff(columns.actor, prepend=-1))
    used = columns.usage @ weights
    least = int(np.minimum.reduceat(used, starts).sum()) if len(starts) else 0
    least += int(np.minimum(columns.adjustment_usage @ weights, 0) @ most)
    return least > int(columns.bounds @ weights)


def _largest(columns: Columns, weights: Integers) -> float:
    """What none of the sums is above."""
    of_options = abs(columns.usage).astype(float) @ weights.astype(float)
    of_adjustments = abs(columns.adjustment_usage).astype(float) @ weights.astype(float)
    of_bounds = np.abs(columns.bounds).astype(float) @ weights.astype(float)
    actors = len(columns.problem.actors)
    adjusted = of_adjustments @ columns.problem.adjustment_most
    return float(of_options.max(initial=0.0) * actors + adjusted + of_adjustments.max(initial=0.0) + of_bounds)


def _weights(columns: Columns, budget: Budget) -> Integers | None:
    """Duals of the relaxation in which the bounds may be passed, as whole numbers; None without an answer."""
    rows, actors = Rows(columns), len(columns.problem.actors)
    number = len(columns.rows)
    if not number or not rows.options:
        return np.zeros(number, dtype=np.int64)
    one_each = sparse.csr_array(
        (np.ones(rows.options), (columns.actor, np.arange(rows.options))), shape=(actors, rows.width)
    )
    passed = sparse.vstack([sparse.csr_array((actors, number)), -sparse.eye_array(number)])
    table = sparse.csc_array(sparse.hstack([sparse.vstack([one_each, rows.table]), passed]))
    costs = np.concatenate([np.zeros(rows.width), np.ones(number)])
    most = np.concatenate([np.ones(rows.options), columns.problem.adjustment_most, np.full(number, np.inf)])
    highs = quiet_highs()
    lower = np.concatenate([np.ones(actors), rows.lower])
    highs.passModel(model_of(table, costs, most.astype(float), lower, np.concatenate([np.ones(actors), rows.upper])))
    answer = solve_lp(highs, budget)
    if answer.duals is None or answer.value <= 0:
        return None
    # A row of the relaxation is divided by what its uses are multiples of.
    duals = np.maximum(-answer.duals[actors:], 0) / rows.units
    return np.rint(duals * (SCALE / duals.max())).astype(np.int64) if duals.max() > 0 else None
