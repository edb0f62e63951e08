"""Diving: fix what the restricted master likes best, re-optimise, price again, until every actor has one column.

(Sadykov, Vanderbeck, Pessoa, Tahiri and Uchoa, Primal heuristics for branch and price: the assets of diving methods,
INFORMS Journal on Computing 31, 2019, pp. 251-267.) Where the restricted master then leaves an actor without any
column, or cannot keep an objective cut, what was fixed last is let go and half as much is fixed; a single column that
cannot stand is not tried again in this dive (a tabu list of one dive).
"""

from __future__ import annotations

import numpy as np

from allokering.problem import Booleans, Integers
from allokering.solvers.budget import Budget
from allokering.solvers.column_generation.master.pricing import Pricer
from allokering.solvers.column_generation.master.restricted_master import MasterSolution, RestrictedMaster
from allokering.solvers.column_generation.parameters import DEFAULTS, DivingParameters


def dive(
    master: RestrictedMaster, pricer: Pricer, budget: Budget, parameters: DivingParameters = DEFAULTS.diving
) -> tuple[Integers, Integers] | None:
    """Diving: the chosen columns, one per actor in order, and the adjustments; None if it went dry or time was up.

    After it, the restricted master may use all columns again, and has those that were priced in.
    """
    pool = master.pool
    fixed: dict[int, int] = {}
    tabu: set[int] = set()
    last: dict[int, int] = {}
    most = len(pool.problem.actors)
    found = None
    for _ in range(1 + 2 * len(pool.problem.actors)):
        master.restrict_columns(_allowed(pool.actor, fixed, tabu))
        solution = _reoptimised(master, pricer, fixed, parameters.columns_each)
        if budget.left == 0.0:
            break
        if solution is None or np.any(solution.shortages > parameters.shortage):
            if not last:
                break
            fixed = {actor: column for actor, column in fixed.items() if actor not in last}
            tabu |= set(last.values()) if len(last) == 1 else set()
            most = max(1, len(last) // 2)
            last = {}
            continue
        if len(fixed) == len(pool.problem.actors):
            columns = np.array([fixed[actor] for actor in range(len(fixed))], dtype=np.int64)
            found = columns, np.rint(solution.amounts).astype(np.int64)
            break
        last = _next(solution, pool.actor, fixed, tabu, most, parameters)
        fixed |= last
        most *= 2
    master.restrict_columns(np.ones(len(pool), dtype=bool))
    return found


def _reoptimised(
    master: RestrictedMaster, pricer: Pricer, fixed: dict[int, int], columns_each: int
) -> MasterSolution | None:
    """The restricted master as it is now, after one pricing of the actors that are not fixed."""
    solution = master.solve("dual")
    free = [actor for actor in range(len(master.pool.problem.actors)) if actor not in fixed]
    if solution is None or not free:
        return solution
    convexity_duals = solution.convexity_duals
    priced = pricer.price(master.cuts, solution.duals, convexity_duals=convexity_duals, most=columns_each, actors=free)
    if master.add_columns(master.pool.add(priced.wanted), priced.paying):
        return master.solve("primal")
    return solution


def _next(
    solution: MasterSolution,
    actor: Integers,
    fixed: dict[int, int],
    tabu: set[int],
    most: int,
    parameters: DivingParameters,
) -> dict[int, int]:
    """Rounding: the columns to fix now, at most so many: all that are sure, and the likeliest of the others."""
    new: dict[int, int] = {}
    unsure = 0
    for column in np.argsort(-solution.chosen, kind="stable").tolist():
        value, who = solution.chosen[column], int(actor[column])
        if who in fixed or who in new or column in tabu:
            continue
        if value < parameters.sure:
            enough = max(1, len(solution.convexity_duals) // parameters.one_in)
            if unsure >= enough or (unsure and value < parameters.likely):
                break
            unsure += 1
        new[who] = column
        if len(new) == most:
            break
    return new


def _allowed(actor: Integers, fixed: dict[int, int], tabu: set[int]) -> Booleans:
    """The fixed columns, and of the actors that are not fixed all but the tabu ones: shape (N,)."""
    allowed = ~np.isin(actor, list(fixed))
    allowed[list(fixed.values())] = True
    allowed[list(tabu)] = False
    return allowed
