"""The exact solver: every option at hand, tier by tier, to proven optimality.

Each tier is minimised with the earlier tiers held at the values reached. Which of several equally good plans comes out
is decided
by the order of actors and options alone, which is canonical: the engines search in a fixed order, whatever the number
of workers.
"""

from __future__ import annotations

import time
from typing import Literal, Protocol

import numpy as np

from allokering.problem import Integers, Problem, Solution
from allokering.solvers.clock import Clock
from allokering.solvers.columns import Columns, all_columns
from allokering.solvers.cp_sat import CpSatTiers
from allokering.solvers.highs import HighsTiers
from allokering.solvers.outcome import Outcome, Progress, Status, TierAnswer, TierOutcome, silent

Engine = Literal["cp-sat", "highs"]


class Tiers(Protocol):
    """One solver's model of the columns: minimise one linear objective after another over the same rows."""

    def __init__(
        self, columns: Columns, *, seed: int, workers: int, work_limit: float | None, clock: Clock, progress: Progress
    ) -> None: ...

    def minimise(self, prices: Integers, adjustment_prices: Integers) -> TierAnswer:
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
    engine: Engine = "highs",
    start: Solution | None = None,
    progress: Progress = silent,
) -> Outcome:
    """Solve a problem with all its options.

    Args:
        problem: what to solve.
        seed: of the engine's own randomness; the plan does not depend on it if every tier is solved to optimality.
        workers: threads of the engine; likewise.
        work_limit: deterministic work per tier, in the engine's own unit (about seconds); None for no limit.
        time_limit: seconds in all. A guard: where it strikes, the plan depends on the machine, and the outcome says so.
        engine: the solver that does the work.
        start: a feasible solution to begin from; the outcome is never worse.
        progress: told about every better value and bound.
    """
    clock = Clock(time_limit)
    columns = all_columns(problem)
    model: Tiers = ENGINES[engine](
        columns, seed=seed, workers=workers, work_limit=work_limit, clock=clock, progress=progress
    )
    best = start
    tiers: list[TierOutcome] = []
    for number, tier in enumerate(problem.tiers):
        began = time.monotonic()
        prices, adjustment_prices = columns.prices[:, number], problem.adjustment_prices[:, number]
        answer = model.minimise(prices, adjustment_prices)
        if answer.status is Status.INFEASIBLE and best is None:
            return Outcome(Status.INFEASIBLE, None, (), engine, clock.seconds)
        best = _better(problem, number, best, answer.solution)
        if best is None:
            return Outcome(Status.UNKNOWN, None, (), engine, clock.seconds)
        value = problem.values(best)[number]
        bound = min(
            value, max(_least_conceivable(problem, columns, number), -(2**62) if answer.bound is None else answer.bound)
        )
        status = Status.OPTIMAL if bound == value else Status.FEASIBLE
        tiers.append(TierOutcome(tier, value, bound, status, time.monotonic() - began))
        progress(tier.name, value, bound)
        model.hold(prices, adjustment_prices, value)
    assert best is not None  # noqa: S101 - a problem has at least one tier
    notes: tuple[str, ...] = ()
    status = Status.OPTIMAL if all(tier.status is Status.OPTIMAL for tier in tiers) else Status.FEASIBLE
    if clock.struck:
        notes = (*notes, "time limit struck")
    return Outcome(status, best, tuple(tiers), engine, clock.seconds, notes)


def _better(problem: Problem, tiers: int, first: Solution | None, second: Solution | None) -> Solution | None:
    """The better of two solutions in the tiers up to the numbered one."""
    found = [solution for solution in (second, first) if solution is not None]
    return min(found, key=lambda solution: problem.values(solution)[: tiers + 1], default=None)


def _least_conceivable(problem: Problem, columns: Columns, tier: int) -> int:
    """What the tier would cost if every actor took its cheapest option and adjustments only paid."""
    first = np.flatnonzero(np.diff(columns.actor, prepend=-1))
    options = np.minimum.reduceat(columns.prices[:, tier], first).sum() if len(first) else 0
    return int(options + np.minimum(problem.adjustment_prices[:, tier], 0) @ problem.adjustment_most)
