"""Lexicographic optimisation: tier by tier, each with the earlier ones held at the values reached."""

from __future__ import annotations

import time
from dataclasses import dataclass
from functools import partial
from typing import Protocol

import numpy as np

from allokering.problem import Integers, Problem, Solution
from allokering.solvers.budget import Budget
from allokering.solvers.exact.enumeration import Columns
from allokering.solvers.exact.knowledge import CutName, Duals, Inherited
from allokering.solvers.exact.objectives import Group, Objective, tiers_of
from allokering.solvers.outcome import Progress, Report, Status, TierAnswer, TierOutcome


class Tiers(Protocol):
    """One engine's model of the columns: minimise one group of objectives after another over the same rows."""

    duals: dict[tuple[int, ...], Duals]
    """By the group's numbers, what its relaxation gave; engines without one have none."""

    def __init__(
        self,
        columns: Columns,
        *,
        seed: int,
        workers: int,
        work_limit: float | None,
        budget: Budget,
        start: Solution | None,
        inherited: Inherited | None = None,
    ) -> None: ...

    @property
    def cuts(self) -> tuple[CutName, ...]:
        """The MIR cuts that were needed."""

    def begin(self) -> None:
        """What is done once, before the first group."""

    def group(self, objectives: list[Objective]) -> Group:
        """Those of the objectives that are left that are minimised next."""

    def minimise(self, group: Group, report: Report) -> TierAnswer:
        """The least sum of prices."""

    def hold(self, part: Objective, value: int) -> None:
        """From now on the sum is at most `value`."""

    def open_columns(self) -> Integers:
        """The columns that may still be in a solution as good."""

    def is_only_one(self) -> bool:
        """Is the last choice of options the only one of its values?"""


@dataclass(frozen=True)
class Reached:
    """The best solution that an engine found, and what it proved; no solution if there is none, or none was found."""

    status: Status
    solution: Solution | None
    tiers: tuple[TierOutcome, ...] = ()

    @property
    def is_proven(self) -> bool:
        """Is every tier solved to proof?"""
        return bool(self.tiers) and all(tier.status is Status.OPTIMAL for tier in self.tiers)


def tier_by_tier(columns: Columns, model: Tiers, start: Solution | None, progress: Progress) -> Reached:
    """Minimise the problem's tiers."""
    problem, best = columns.problem, start
    tiers: list[TierOutcome] = []
    left = tiers_of(columns)
    model.begin()
    while left:
        began = time.monotonic()
        group = model.group(left)
        answer = model.minimise(group, partial(progress, group.parts[0].name))
        left = left[len(group.parts) :]
        best = _better(problem, group.numbers[-1], best, answer.solution)
        if best is None:
            status = Status.INFEASIBLE if answer.status is Status.INFEASIBLE else Status.UNKNOWN
            return Reached(status, None)
        values = problem.values(best)
        bounds = _bounds(columns, group, answer.bound, values)
        seconds = (time.monotonic() - began) / len(group.parts)
        for part, bound in zip(group.parts, bounds, strict=True):
            value = values[part.number]
            status = Status.OPTIMAL if bound == value else Status.FEASIBLE
            tiers.append(TierOutcome(problem.tiers[part.number], value, bound, status, seconds))
            progress(part.name, value, bound, best)
            model.hold(part, value)
    assert best is not None  # noqa: S101 - a problem has at least one tier
    return Reached(Status.FEASIBLE, best, tuple(tiers))


def _bounds(columns: Columns, group: Group, weighed: int | None, values: tuple[int, ...]) -> list[int]:
    """The bound of every part of a group, from that of the weighed sum: a part's counts while those before are met.

    A bound above a value that has been reached is proof of nothing but the engine's error.
    """
    bounds = [least_conceivable(columns, part.number) for part in group.parts]
    own = tuple(values[number] for number in group.numbers)
    if weighed is None or weighed > group.weighed(own):
        return bounds
    bounds[0] = max(bounds[0], min(group.first(weighed), own[0]))
    if len(own) == 2 and bounds[0] == own[0]:
        bounds[1] = max(bounds[1], weighed - group.weights[0] * own[0])
    return bounds


def _better(problem: Problem, tier: int, known: Solution | None, found: Solution | None) -> Solution | None:
    """The better of two solutions in the tiers up to this one; what an engine found counts only if it is feasible."""
    solutions = [] if found is None or not problem.is_feasible(found) else [found]
    solutions += [] if known is None else [known]
    return min(solutions, key=lambda solution: problem.values(solution)[: tier + 1], default=None)


def least_conceivable(columns: Columns, tier: int) -> int:
    """What the tier would cost if every actor took its cheapest option, and adjustments only paid."""
    problem = columns.problem
    first = np.flatnonzero(np.diff(columns.actor, prepend=-1))
    options = np.minimum.reduceat(columns.prices[:, tier], first).sum() if len(first) else 0
    return int(options + np.minimum(problem.adjustment_prices[:, tier], 0) @ problem.adjustment_most)
