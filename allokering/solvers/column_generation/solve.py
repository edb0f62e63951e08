"""Column generation (`--solver large`): options are priced, not listed, and the plan comes with its proven bound.

For every step of a schedule: column and cut generation gives the bound and its duals; a dive or a construction gives a
first plan; large-neighbourhood search with sub-MIPs makes it better. Earlier tiers are held at the values reached.
Every limit that decides the result is a count, so the same seed gives the same plan whatever the machine's speed and
number of cores; wall-clock time is a guard, and the outcome says so where it struck. Another kind of processor, which
adds up in another order, may break ties otherwise, where not everything is proven. Where every tier is, and few enough
options could be part of an optimal plan, it is the exact solver's canonical one.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from allokering.problem import Options, Problem, Solution
from allokering.problem_quotas import in_rows
from allokering.solvers.budget import Budget
from allokering.solvers.column_generation.driver import PriceAndBranch
from allokering.solvers.column_generation.methods import InteriorPointMethod, Method, SimplexMethod, Workspace
from allokering.solvers.column_generation.parameters import DEFAULTS, Parameters
from allokering.solvers.column_generation.schedules import Schedule, TierByTier, WeightedSumFirst
from allokering.solvers.column_generation.state import NAME, SearchState
from allokering.solvers.exact.solve import solve_exact
from allokering.solvers.outcome import Note, Outcome, Progress, Status, silent


def solve_large(
    problem: Problem,
    *,
    seed: int = 0,
    workers: int = 1,
    no_improvement_limit: int | None = None,
    time_limit: float | None = None,
    budget: Budget | None = None,
    start: Solution | None = None,
    progress: Progress = silent,
    parameters: Parameters = DEFAULTS,
) -> Outcome:
    """Solve a problem whose options are too many to list.

    Args:
        problem: what to solve.
        seed: of the neighbourhoods; the same seed gives the same plan.
        workers: neighbourhoods, or blocks, solved side by side; the plan does not depend on it. The first plan of a
            large-scale problem has a thread of its own, beside the root node.
        no_improvement_limit: neighbourhoods in a row that may fail before a step's search ends; None: one per actor.
        time_limit: seconds in all. A guard: where it strikes, the plan depends on the machine, and the outcome says so.
        budget: seconds and stop token of a whole that this is a part of, instead of `time_limit`.
        start: a feasible solution to begin from; the outcome is never worse.
        progress: told about every better value and bound.
        parameters: of the method; for who wants to tune it.
    """
    budget = Budget(time_limit) if budget is None else budget
    problem = in_rows(problem)
    if not problem.actors:  # nothing to generate: reliefs and transfers alone
        return solve_exact(problem, seed=seed, budget=budget, start=start, progress=progress)
    if not all(_has_options(actor, problem) for actor in problem.actors):
        return Outcome(Status.INFEASIBLE, None, (), NAME, budget.seconds)
    space = Workspace(problem, seed, workers, parameters)
    method, schedule = method_and_schedule(space)
    state = SearchState(problem, space.pool, schedule.steps, progress)
    limit = no_improvement_limit or round(parameters.driver.no_improvement * len(problem.actors)) or 1
    search = PriceAndBranch(space, method, schedule, state, limit, budget)
    if start is not None:
        state.begin_from(start)
    try:
        has_plan = search.solve()
    finally:
        method.stop(state, schedule.steps[0])
        state.prefer_start()
    notes: tuple[Note, ...] = ()
    if budget.stopped:
        notes = (Note.INTERRUPTED,)
    elif state.struck or budget.is_over:
        notes = (Note.STRUCK,)
    if state.incumbent is None:
        if not has_plan and state.is_infeasible and not budget.stopped:
            return Outcome(Status.INFEASIBLE, None, (), NAME, budget.seconds)
        return Outcome(Status.UNKNOWN, None, (), NAME, budget.seconds, notes, bound=state.bound_on_first_tier())
    outcome = search.canonical(state.outcome(budget.seconds, notes))
    return replace(outcome, seconds=budget.seconds)


def method_and_schedule(space: Workspace) -> tuple[Method, Schedule]:
    """By the number of actors: simplex tier by tier, or interior points, the weighted sum first if there are tiers."""
    problem, parameters = space.problem, space.parameters
    if len(problem.actors) <= parameters.driver.large_scale:
        return SimplexMethod(space), TierByTier(problem, parameters)
    if len(problem.tiers) == 1:
        return InteriorPointMethod(space), TierByTier(problem, parameters)
    return InteriorPointMethod(space), WeightedSumFirst(problem, space.pricer, parameters)


def _has_options(actor: Options, problem: Problem) -> bool:
    """Has it any? One whose options are not listed is asked for the cheapest."""
    if actor.is_listed:
        return len(actor) > 0
    weights = np.ones(len(problem.tiers))
    return len(actor.cheapest(1, np.zeros(len(problem.resources)), weights)[0]) > 0
