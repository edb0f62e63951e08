"""A first true sentence at once: is a plan possible, and what does it cost at least? The exact answer comes after.

A plan is possible where one is at hand: the parent's, with other options for the actors who have lost theirs, the
cheapest ones at the duals first. It is impossible only where that is proven in integers, or two engines say so. All
else is "unknown".
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from allokering.problem import Floats, Problem, Solution
from allokering.solvers.budget import Budget
from allokering.solvers.exact.certificate import is_impossible
from allokering.solvers.exact.completion import Completion
from allokering.solvers.exact.enumeration import all_columns
from allokering.solvers.exact.knowledge import Knowledge
from allokering.solvers.exact.objectives import alone, tiers_of
from allokering.solvers.exact.program import Relaxed, relax, search
from allokering.solvers.exact.restricted_pool import restricted_pool
from allokering.solvers.exact.rows import Rows
from allokering.solvers.exact.solve import inheritance, repair, solve_exact
from allokering.solvers.exact.tier_by_tier import least_conceivable
from allokering.solvers.integer_bound import rounded_up
from allokering.solvers.outcome import Status

SECOND = 2.0
"""Seconds that the second engine may take to say that nothing is possible."""


@dataclass(frozen=True)
class FirstSentence:
    """What is true of a problem, as far as it can be said at once."""

    is_possible: bool | None
    """Is there a plan? None: that is not known yet."""
    solution: Solution | None
    """A plan, if one is at hand; not the best one."""
    bound: int | None
    """No plan costs less in the first tier; None where there is no plan."""


def first_sentence(
    problem: Problem, parent: Knowledge | None = None, *, restricts: bool = False, budget: Budget | None = None
) -> FirstSentence:
    """Possible, impossible or not known yet, and a bound on the first tier.

    Args:
        problem: the changed problem.
        parent: what the unchanged one taught.
        restricts: is it claimed to be a restriction of the parent's? Used only if it is one in form.
        budget: how long it may take.
    """
    budget = Budget() if budget is None else budget
    if not all(len(actor) for actor in problem.actors):
        return FirstSentence(is_possible=False, solution=None, bound=None)
    columns = all_columns(problem)
    found = None if parent is None else repair(problem, parent, budget)
    bound = least_conceivable(columns, tiers_of(columns)[0])
    if parent is not None and inheritance(problem, parent, restricts=restricts).is_restricted:
        bound = max(bound, parent.bounds[0])
    if found is not None and problem.values(found)[0] <= bound:
        return FirstSentence(is_possible=True, solution=found, bound=bound)
    rows = Rows(columns)
    if parent is not None:
        rows.inherit(parent.cuts)
    group = alone(tiers_of(columns)[0])
    most = np.concatenate([np.ones(rows.options), problem.adjustment_most]).astype(float)
    relaxed = relax(rows, group.cost, most, budget) if rows.width else None
    if relaxed is not None:
        bound = max(bound, group.up(rounded_up(relaxed.proven.bound)) or bound)
        found = _among_few(rows, group.cost, most, relaxed, budget) if found is None else found
    elif found is None and not budget.is_over:
        # The relaxation has no solution, says HiGHS; no engine is believed alone.
        if is_impossible(columns, budget):
            return FirstSentence(is_possible=False, solution=None, bound=None)
        second = solve_exact(problem, engine="cp-sat", is_canonical=False, budget=budget.part(SECOND))
        if second.status is Status.INFEASIBLE:
            return FirstSentence(is_possible=False, solution=None, bound=None)
        found = second.solution
    return FirstSentence(None if found is None else True, found, bound)


def _among_few(rows: Rows, cost: Floats, most: Floats, relaxed: Relaxed, budget: Budget) -> Solution | None:
    """A plan out of the few options that the relaxation likes best."""
    pool = restricted_pool(rows.columns, most, np.maximum(relaxed.proven.reduced[: rows.options], 0))
    found = search(rows, cost, pool, budget)
    if found.options is None:
        return None
    return Completion(rows.columns.problem, rows.columns).cheapest(found.options, budget)
