"""Lagrangian relaxation: resources whose shortage can be moved, cheaply, are dualised into the objective.

Where transfers join resources that no relief touches, such as supervisors in one municipality and the next, they are a
third of the rows of a large problem and most of its columns, and decide little. So they are no rows of the restricted
master but have multipliers: the duals of the min-cost flow that moves what its solution needs. Any multipliers give a
bound (Fisher, The Lagrangian relaxation method for solving integer programming problems, Management Science 27, 1981,
pp. 1-18).
"""

from __future__ import annotations

import math

import numpy as np
from scipy import sparse
from scipy.sparse.csgraph import connected_components

from allokering.problem import Floats, Problem
from allokering.solvers.budget import Budget
from allokering.solvers.highs_api import model_of, quiet_highs, solve_lp


class LagrangianRelaxation:
    """Lagrangian relaxation: the resources of a problem that are dualised, and the transfers between them.

    Args:
        problem: the problem.
        penalty: what no transfer can bring costs so many times the dearest transfer.
    """

    def __init__(self, problem: Problem, penalty: float) -> None:
        self._problem = problem
        self._penalty = penalty
        reliefs, usage = len(problem.reliefs), abs(problem.adjustment_usage)
        joined = connected_components(usage.T @ usage, directed=False)[1]
        is_short = problem.is_relieved | (problem.bounds < 0)
        is_moved = np.zeros(len(is_short), dtype=bool)
        is_moved[usage[reliefs:].indices] = True
        self.resources = is_moved & ~np.isin(joined, joined[is_short])
        """Which resources are dualised: shape (resources,)."""
        self.transfers = np.flatnonzero(usage @ self.resources.astype(np.int64) > 0)
        """Adjustments that touch them; they touch no others."""

    def multipliers(self, activity: Floats, weights: Floats, budget: Budget) -> Floats:
        """Multipliers: duals of the flow that moves what is used; 0 for resources not dualised: shape (resources,).

        Args:
            activity: what is used of every resource, without the transfers here: shape (resources,).
            weights: of the tiers, w: shape (tiers,).
            budget: when it is over, all are 0.
        """
        problem, rows = self._problem, np.flatnonzero(self.resources)
        found = np.zeros(len(problem.resources))
        if not len(rows):
            return found
        costs = problem.adjustment_prices[self.transfers] @ weights
        usage = problem.adjustment_usage[self.transfers][:, rows]
        table = sparse.csc_array(sparse.hstack([usage.T, -sparse.eye_array(len(rows))]))
        penalties = np.full(len(rows), self._penalty * max(1.0, float(costs.max(initial=0.0))))
        most = np.concatenate([problem.adjustment_most[self.transfers], np.full(len(rows), math.inf)])
        free, upper = np.full(len(rows), -math.inf), problem.bounds[rows] - activity[rows]
        highs = quiet_highs()
        highs.passModel(model_of(table, np.concatenate([costs, penalties]), most, free, upper))
        duals = solve_lp(highs, budget).duals
        if duals is not None:
            found[rows] = np.maximum(-duals, 0.0)
        return found
