"""Resources that are left aside: what is short of them can be moved, and moving it is cheap.

Where transfers join resources that no relief touches, such as supervisors in one municipality and the next, they are a
third of the rows of a large problem and most of its columns, and decide little. So they stay out of the relaxation and
are paid for at prices instead (Lagrangian relaxation): the prices of a flow that moves what the relaxation's solution
needs. Any prices give a bound.
"""

from __future__ import annotations

import math

import numpy as np
from scipy import sparse
from scipy.sparse.csgraph import connected_components

from allokering.problem import Floats, Problem
from allokering.solvers.highs_api import model_of, quiet_highs

DEAR = 2.0
"""What no transfer can bring costs so many times the dearest transfer."""


class Aside:
    """The resources of a problem that can be left aside, and the transfers between them."""

    def __init__(self, problem: Problem) -> None:
        self._problem = problem
        reliefs, usage = len(problem.reliefs), abs(problem.adjustment_usage)
        joined = connected_components(usage.T @ usage, directed=False)[1]
        is_short = problem.is_relieved | (problem.bounds < 0)
        is_moved = np.zeros(len(is_short), dtype=bool)
        is_moved[usage[reliefs:].indices] = True
        self.resources = is_moved & ~np.isin(joined, joined[is_short])
        """Which resources are left aside."""
        self.transfers = np.flatnonzero(usage @ self.resources.astype(np.int64) > 0)
        """Adjustments that touch them; they touch no others."""

    def prices(self, used: Floats, weights: Floats) -> Floats:
        """What a unit of each resource is worth when so much is used: 0 for those that are not aside.

        Args:
            used: of every resource, without the transfers here.
            weights: of the tiers.
        """
        problem, rows = self._problem, np.flatnonzero(self.resources)
        found = np.zeros(len(problem.resources))
        if not len(rows):
            return found
        costs = problem.adjustment_prices[self.transfers] @ weights
        usage = problem.adjustment_usage[self.transfers][:, rows]
        table = sparse.csc_array(sparse.hstack([usage.T, -sparse.eye_array(len(rows))]))
        dear = np.full(len(rows), DEAR * max(1.0, float(costs.max(initial=0.0))))
        most = np.concatenate([problem.adjustment_most[self.transfers], np.full(len(rows), math.inf)])
        free, upper = np.full(len(rows), -math.inf), problem.bounds[rows] - used[rows]
        highs = quiet_highs()
        highs.passModel(model_of(table, np.concatenate([costs, dear]), most, free, upper))
        highs.run()
        prices = np.array(highs.getSolution().row_dual)
        if len(prices) == len(rows):
            found[rows] = np.maximum(-prices, 0.0)
        return found
