"""Whole adjustments for given options by CP-SAT, where linear programs end between whole numbers."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from ortools.sat.python import cp_model

from allokering.problem import Integers, Problem, Solution
from allokering.solvers.budget import Budget
from allokering.solvers.cp_sat_api import solve_cp
from allokering.solvers.outcome import Status


def cheapest_whole(
    problem: Problem, options: Integers, budget: Budget, then: Sequence[Integers] = ()
) -> Solution | None:
    """The cheapest whole adjustments, tier by tier; None if there are none, or none were proven before time was up.

    Args:
        problem: what they are of.
        options: one per actor.
        budget: how long it may take.
        then: more prices by adjustment, minimised after the tiers.
    """
    slack = problem.bounds.copy()
    for actor, option in zip(problem.actors, options, strict=True):
        row = actor.usage(np.array([option]), len(problem.resources))
        slack[row.indices] -= row.data
    model = cp_model.CpModel()
    amounts = [model.new_int_var(0, int(most), "") for most in problem.adjustment_most]
    table = problem.adjustment_usage.tocsc()
    for row, side in enumerate(slack):
        begin, end = table.indptr[row : row + 2]
        used = [amounts[number] for number in table.indices[begin:end]]
        model.add(cp_model.LinearExpr.weighted_sum(used, table.data[begin:end].tolist()) <= int(side))
    found = np.zeros(0, dtype=np.int64)
    for prices in [*problem.adjustment_prices.T, *then]:
        total = cp_model.LinearExpr.weighted_sum(amounts, prices.tolist())
        model.minimize(total)
        model.clear_hints()
        for name, amount in zip(amounts, found.tolist(), strict=False):
            model.add_hint(name, amount)
        answer = solve_cp(model, budget, seed=0)
        if answer.status is not Status.OPTIMAL or answer.value is None:
            return None
        found = answer.values(amounts)
        model.add(total <= answer.value)
    return Solution(np.asarray(options, dtype=np.int64), found)
