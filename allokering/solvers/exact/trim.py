"""Take back what a solution pays for and does not need."""

from __future__ import annotations

import numpy as np

from allokering.problem import Problem, Solution


def trimmed(problem: Problem, solution: Solution) -> Solution:
    """The same options, with no unit of a relief or transfer beyond what the bounds ask for; never at a higher price.

    Where a unit costs nothing an engine may take any number of them, and a plan would say that residents are cared for
    by locums while doctors have room. The dearest go first; a transfer taken back may make another needless. What pays
    stays.
    """
    amounts = solution.adjustments.copy()
    usage = problem.adjustment_usage
    slack = problem.bounds - problem.use(solution)
    prices, nothing = problem.adjustment_prices.tolist(), [0] * len(problem.tiers)
    used = [number for number in np.flatnonzero(amounts).tolist() if prices[number] >= nothing]
    order = sorted(used, key=lambda number: (prices[number], number))
    changed = True
    while changed:
        changed = False
        for number in reversed(order):
            begin, end = usage.indptr[number : number + 2]
            rows, per_unit = usage.indices[begin:end], usage.data[begin:end]
            lowered = per_unit < 0
            needless = int((slack[rows[lowered]] // -per_unit[lowered]).min(initial=amounts[number]))
            if needless > 0:
                amounts[number] -= needless
                slack[rows] += needless * per_unit
                changed = True
    return Solution(solution.options, amounts)
