"""The exact solver: every option at hand, tier by tier, to proven optimality.

Each tier is minimised with the earlier tiers held at the values reached. Which of several equally good plans comes out
is decided by the order of actors and options alone, which is canonical: the engines search in a fixed order, whatever
the number of workers.

No engine is believed alone when it says that there is no plan, or hands over one that breaks a bound: both happen in
the versions in use (google/or-tools#5274; HiGHS 1.13, see `highs`). If one finds no plan at all, the other is asked;
what it finds counts only if it keeps every bound, in integers; a bound above a value reached is not believed.
"""

from __future__ import annotations

import time
from dataclasses import replace
from functools import partial
from typing import Literal, Protocol

import numpy as np

from allokering.problem import Integers, Problem, Solution
from allokering.solvers.budget import Budget
from allokering.solvers.exact.cp_sat import CpSatTiers
from allokering.solvers.exact.enumeration import Columns, all_columns
from allokering.solvers.exact.highs import HighsTiers
from allokering.solvers.exact.trim import trimmed
from allokering.solvers.outcome import Note, Outcome, Progress, Report, Status, TierAnswer, TierOutcome, silent

Engine = Literal["cp-sat", "highs"]
OTHER: dict[Engine, Engine] = {"highs": "cp-sat", "cp-sat": "highs"}


class Tiers(Protocol):
    """One solver's model of the columns: minimise one linear objective after another over the same rows."""

    def __init__(
        self,
        columns: Columns,
        *,
        seed: int,
        workers: int,
        work_limit: float | None,
        clock: Budget,
        start: Solution | None,
    ) -> None: ...

    def minimise(self, prices: Integers, adjustment_prices: Integers, report: Report) -> TierAnswer:
        """The least sum of prices."""

    def hold(self, prices: Integers, adjustment_prices: Integers, value: int) -> None:
        """From now on the sum is at most `value`."""


ENGINES: dict[Engine, type[Tiers]] = {"highs": HighsTiers, "cp-sat": CpSatTiers}


def solve_exact(
    problem: Problem,
    *,
    seed: int = 0,
    workers: int = 1,
    work_limit: float | None = None,
    time_limit: float | None = None,
    budget: Budget | None = None,
    engine: Engine = "highs",
    start: Solution | None = None,
    progress: Progress = silent,
) -> Outcome:
    """Solve a problem with all its options.

    Args:
        problem: what to solve.
        seed: of the engine's own randomness.
        workers: threads of the engine; the plan does not depend on them if every tier is solved to optimality.
        work_limit: deterministic work per tier, in the engine's own unit (about seconds); None for no limit.
        time_limit: seconds in all. A guard: where it strikes, the plan depends on the machine, and the outcome says so.
        budget: seconds and stop token of a whole that this is a part of, instead of `time_limit`.
        engine: the solver that does the work; the other one checks it.
        start: a feasible solution to begin from; the outcome is never worse.
        progress: told what is known of each tier, as it becomes known.
    """
    clock = Budget(time_limit) if budget is None else budget
    columns = all_columns(problem)
    known = None if start is None else columns.represented(start)
    outcome: Outcome | None = None
    for name in (engine, OTHER[engine]):
        model = ENGINES[name](columns, seed=seed, workers=workers, work_limit=work_limit, clock=clock, start=known)
        outcome = _tier_by_tier(columns, model, name, clock, known, progress)
        if outcome.status in (Status.OPTIMAL, Status.FEASIBLE):
            break
    assert outcome is not None  # noqa: S101 - there are two engines
    return outcome


def _tier_by_tier(
    columns: Columns, model: Tiers, name: str, clock: Budget, start: Solution | None, progress: Progress
) -> Outcome:
    problem = columns.problem
    best = start
    tiers: list[TierOutcome] = []
    for number, tier in enumerate(problem.tiers):
        began = time.monotonic()
        prices, adjustment_prices = columns.prices[:, number], problem.adjustment_prices[:, number]
        answer = model.minimise(prices, adjustment_prices, partial(progress, tier.name))
        best = _better(problem, number, best, answer.solution)
        if best is None:
            status = Status.INFEASIBLE if answer.status is Status.INFEASIBLE else Status.UNKNOWN
            return Outcome(status, None, (), name, clock.seconds)
        value = problem.values(best)[number]
        bound = _least_conceivable(columns, number)
        if answer.bound is not None and answer.bound <= value:
            # A bound above a value that has been reached is proof of nothing but the engine's error.
            bound = max(bound, answer.bound)
        status = Status.OPTIMAL if bound == value else Status.FEASIBLE
        tiers.append(TierOutcome(tier, value, bound, status, time.monotonic() - began))
        progress(tier.name, value, bound)
        model.hold(prices, adjustment_prices, value)
    assert best is not None  # noqa: S101 - a problem has at least one tier
    best = trimmed(problem, best)
    outcome = Outcome(Status.FEASIBLE, best, tuple(tiers), name, clock.seconds)
    # Where time was up, the search of a later tier may have come upon a better value of an earlier one.
    outcome = outcome.with_solution(problem, best)
    is_cut_short = clock.is_over and outcome.status is Status.FEASIBLE
    return replace(outcome, notes=(Note.STRUCK,)) if is_cut_short else outcome


def _better(problem: Problem, tier: int, known: Solution | None, found: Solution | None) -> Solution | None:
    """The better of two solutions in the tiers up to this one; what an engine found counts only if it is feasible."""
    solutions = [] if found is None or not problem.is_feasible(found) else [found]
    solutions += [] if known is None else [known]
    return min(solutions, key=lambda solution: problem.values(solution)[: tier + 1], default=None)


def _least_conceivable(columns: Columns, tier: int) -> int:
    """What the tier would cost if every actor took its cheapest option, and adjustments only paid."""
    problem = columns.problem
    first = np.flatnonzero(np.diff(columns.actor, prepend=-1))
    options = np.minimum.reduceat(columns.prices[:, tier], first).sum() if len(first) else 0
    return int(options + np.minimum(problem.adjustment_prices[:, tier], 0) @ problem.adjustment_most)
