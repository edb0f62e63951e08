"""Column and cut generation: the root node of a scalarisation, solved until neither columns nor MIR cuts help.

Columns of negative reduced cost come in until the Lagrangian bound meets the restricted master's value, then the MIR
cuts that its solution violates, and so on (Desaulniers, Desrosiers and Spoorendonk, Cutting planes for branch-and-price
algorithms, Networks 58, 2011, pp. 301-310).
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from allokering.problem import Floats, Integers, Problem
from allokering.solvers.budget import Budget
from allokering.solvers.column_generation.master.pricing import Duals, Pricer
from allokering.solvers.column_generation.master.restricted_master import MasterSolution, RestrictedMaster, Simplex
from allokering.solvers.column_generation.master.root import RootNode
from allokering.solvers.column_generation.parameters import DEFAULTS, RootParameters, SelectivePricing
from allokering.solvers.mir_cuts import Separator


def solve_root(
    master: RestrictedMaster,
    pricer: Pricer,
    separator: Separator,
    budget: Budget,
    parameters: RootParameters = DEFAULTS.root,
) -> RootNode:
    """Column and cut generation until the bound stands still.

    After it, `master.pool` holds the columns that were priced in, and the restricted master these and the MIR cuts.
    """
    best = trivial_root(master, pricer)
    simplex: Simplex = "primal"
    for _ in range(parameters.rounds):
        found = _generate_columns(master, pricer, best, simplex, budget, parameters)
        if found.solution is None:  # time was up before the new rows were solved with: the last one is still the best
            break
        before, best = best, found
        is_still = best.bound - before.bound <= parameters.gap * max(1.0, abs(best.bound))
        if is_still or budget.left == 0.0 or not master.separate(separator, found.solution):
            break
        simplex = "dual"
    return best


def trivial_root(master: RestrictedMaster, pricer: Pricer) -> RootNode:
    """The trivial bound, at zero duals: every actor takes what is cheapest for itself; these columns come in."""
    resources = len(master.pool.problem.resources)
    duals = Duals(np.zeros(resources), master.weights, master.constant, np.zeros(len(master.cuts)))
    priced = pricer.price(master.cuts, duals)
    master.add_columns(master.pool.add(priced.wanted), priced.paying)
    return RootNode(priced.bound, tuple(master.cuts), duals, priced, None)


def _generate_columns(
    master: RestrictedMaster,
    pricer: Pricer,
    best: RootNode,
    simplex: Simplex,
    budget: Budget,
    parameters: RootParameters,
) -> RootNode:
    """Column generation with the cuts that there are, until the restricted master is solved; first by this simplex."""
    solution: MasterSolution | None = None
    while budget.left != 0.0:
        solved = master.solve(simplex)
        if solved is None:
            break
        solution, simplex = solved, "primal"
        priced = pricer.price(master.cuts, solution.duals, convexity_duals=solution.convexity_duals)
        if priced.bound > best.bound:
            best = RootNode(priced.bound, tuple(master.cuts), solution.duals, priced, solution)
        is_near = solution.value - best.bound <= parameters.gap * max(1.0, abs(solution.value))
        wanted = price_selectively(master, pricer, solution, priced.wanted, parameters.selective)
        if not master.add_columns(master.pool.add(wanted), priced.paying) or is_near:
            break
    return replace(best, solution=solution)


def price_selectively(
    master: RestrictedMaster,
    pricer: Pricer,
    solution: MasterSolution,
    wanted: list[tuple[int, Integers]],
    parameters: SelectivePricing,
) -> list[tuple[int, Integers]]:
    """Partial pricing: more options of the actors that want some, if these are few; otherwise those wanted.

    All that are alike must come in before duals rise.
    """
    asked = [actor for actor, _ in wanted]
    actors = len(solution.convexity_duals)
    if not asked or len(asked) * parameters.one_in > actors:
        return wanted
    most = round(parameters.columns_of_all * actors / len(asked))
    many = pricer.price(
        master.cuts, solution.duals, convexity_duals=solution.convexity_duals, most=parameters.most, actors=asked
    )
    return [
        (actor, pricer.best_of_each_resource(actor, options, costs, most))
        for (actor, options), costs in zip(many.wanted, many.costs, strict=True)
    ]


def rescaled_root(root: RootNode, pricer: Pricer, tier: int, weights: Floats, constant: float) -> RootNode:
    """The root node of one tier at the duals of the weighted sum, the earlier tiers' objective cuts dualised.

    Args:
        root: of the weighted sum.
        pricer: prices the options.
        tier: whose bound is wanted.
        weights: of the tiers, that of `tier` being 1: shape (tiers,); see `scalarisation.dualised_cuts`.
        constant: what the objective cuts are worth.
    """
    duals, unit = root.duals, root.duals.tiers[tier]
    rescaled = Duals(duals.resources / unit, weights, constant, duals.cuts / unit)
    priced = pricer.price(root.cuts, rescaled)
    return RootNode(priced.bound, root.cuts, rescaled, priced, root.solution)


def trivial_upper_bound(problem: Problem, weights: Floats) -> tuple[float, float]:
    """What no plan weighs more than, and a cost of an artificial column that nobody would pay (big M).

    Args:
        problem: the problem.
        weights: of the tiers, w: shape (tiers,).
    """
    dearest = [actor.dearest(weights) for actor in problem.actors]
    adjusted = np.maximum(problem.adjustment_prices @ weights, 0) @ problem.adjustment_most
    return sum(dearest) + float(adjusted), 1.0 + 2.0 * max((abs(cost) for cost in dearest), default=0.0)
