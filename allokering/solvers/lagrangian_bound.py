"""Lagrangian bound: duals, none negative, prove what every plan costs at least, by weak duality.

For a program "one option per actor k; adjustments j from 0 to m_j; rows A x <= b", with reduced costs c(π) = c + A'π:

    L(π) = sum_k min_{o in k} c_o(π)  +  sum_j min(c_j(π), 0) m_j  -  π b

is no more than any plan costs, whatever π >= 0 (Geoffrion, Lagrangean relaxation for integer programming, Mathematical
Programming Study 2, 1974, pp. 82-114). No tolerance of a solver enters: what it rounds in π gives another bound, not a
false one. At π = 0 it is the trivial bound.
"""

from __future__ import annotations

import numpy as np

from allokering.problem import Floats, Integers, Problem


def lagrangian_bound(
    cheapest: Floats, adjustment_costs: Floats | Integers, most: Floats | Integers, constant: float
) -> float:
    """The Lagrangian bound L(π): every actor takes its cheapest option, every adjustment is taken whole if it pays.

    Args:
        cheapest: reduced cost of each actor's cheapest option, min_o c_o(π): shape (actors,).
        adjustment_costs: reduced cost of a unit of each adjustment, c_j(π): shape (adjustments,).
        most: most units of each, m_j: shape (adjustments,).
        constant: what the right-hand sides are worth at the duals, π b, dualised objective cuts included.
    """
    return float(cheapest.sum() + np.minimum(adjustment_costs, 0) @ most - constant)


def trivial_bound(problem: Problem, tier: int) -> int:
    """The trivial bound of a tier, L(0): as if no row bound anybody, and adjustments were made only where they earn."""
    unit = np.eye(len(problem.tiers))[tier]
    cheapest = np.array([actor.least(unit, len(problem.resources)) for actor in problem.actors])
    return round(lagrangian_bound(cheapest, problem.adjustment_prices[:, tier], problem.adjustment_most, 0.0))
