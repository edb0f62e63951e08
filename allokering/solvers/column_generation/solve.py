"""The large solver: the options are priced, not listed, and the plan comes with the bound that proves how good it is.

For every tier, and before them for all at once where that is vast: column generation over the options with rounding
rows gives the bound and its prices; a dive along the relaxation gives a first plan; large-neighbourhood search with
integer programs makes it better. Earlier tiers are held at the values reached. Every limit that decides the result is a
count, so the same seed gives the same plan whatever the machine's speed and number of cores; wall-clock time is a
guard, and the outcome says so where it struck. Another kind of processor, which adds up in another order, may break
ties otherwise.
"""

from __future__ import annotations

import numpy as np

from allokering.problem import Options, Problem, Solution
from allokering.problem_quotas import in_rows
from allokering.solvers.budget import Budget
from allokering.solvers.column_generation.driver import NAME, Run
from allokering.solvers.exact.solve import solve_exact
from allokering.solvers.outcome import Note, Outcome, Progress, Status, silent

TRIES = 1.0
"""Neighbourhoods in a row without a better plan, per actor, after which the search of a tier ends."""


def solve_large(
    problem: Problem,
    *,
    seed: int = 0,
    workers: int = 1,
    work_limit: float | None = None,
    time_limit: float | None = None,
    budget: Budget | None = None,
    start: Solution | None = None,
    progress: Progress = silent,
) -> Outcome:
    """Solve a problem whose options are too many to list.

    Args:
        problem: what to solve.
        seed: of the neighbourhoods; the same seed gives the same plan.
        workers: neighbourhoods, or areas, solved side by side; the plan does not depend on it. The first plan of a vast
            problem has a thread of its own, beside the relaxation.
        work_limit: neighbourhoods in a row that may fail before a tier's search ends; None: one per actor.
        time_limit: seconds in all. A guard: where it strikes, the plan depends on the machine, and the outcome says so.
        budget: seconds and stop token of a whole that this is a part of, instead of `time_limit`.
        start: a feasible solution to begin from; the outcome is never worse.
        progress: told about every better value and bound.
    """
    clock = Budget(time_limit) if budget is None else budget
    problem = in_rows(problem)
    if not problem.actors:  # nothing to generate: reliefs and transfers alone
        return solve_exact(problem, seed=seed, budget=clock, start=start, progress=progress)
    if not all(_has_options(actor, problem) for actor in problem.actors):
        return Outcome(Status.INFEASIBLE, None, (), NAME, clock.seconds)
    run = Run(problem, seed, workers, round(work_limit or TRIES * len(problem.actors)) or 1, clock, progress)
    notes: tuple[Note, ...] = ()
    if start is not None:
        run.take(start)
    try:
        for tier in run.order:
            if not run.solve_tier(tier):
                status = Status.INFEASIBLE if run.is_infeasible else Status.UNKNOWN
                return Outcome(status, None, (), NAME, clock.seconds)
    except KeyboardInterrupt:
        notes = (Note.INTERRUPTED,)
    finally:
        run.stop()
    if run.best is None:
        return Outcome(Status.UNKNOWN, None, (), NAME, clock.seconds, notes)
    return run.outcome(notes)


def _has_options(actor: Options, problem: Problem) -> bool:
    """Has it any? One whose options are not listed is asked for the cheapest."""
    if actor.is_listed:
        return len(actor) > 0
    weights = np.ones(len(problem.tiers))
    return len(actor.cheapest(1, np.zeros(len(problem.resources)), weights)[0]) > 0
