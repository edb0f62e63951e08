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
from allokering.solvers.outcome import Progress, Report, Status, TierAnswer, TierOutcome, UniqueAnswer, silent


class Tiers(Protocol):
    """One engine's model of the columns: minimise one group of objectives after another over the same rows."""

    duals: dict[int, Duals]
    """By the group's first number, what its relaxation gave, for a weight of 1; engines without one have none."""
    is_impossible: bool
    """Is it proven in integers (`certificate`) that there is no solution?"""

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

    def begin(self, objectives: list[Objective]) -> None:
        """What is done once, before the first group of these."""

    def group(self, objectives: list[Objective]) -> Group:
        """Those of the objectives that are left that are minimised next."""

    def minimise(self, group: Group, report: Report) -> TierAnswer:
        """The least sum of prices."""

    def hold(self, part: Objective, value: int) -> None:
        """From now on the sum is at most `value`."""

    def open_columns(self) -> Integers:
        """The columns that may still be in a solution as good."""

    def minimise_uniquely(self, part: Objective) -> UniqueAnswer:
        """The least sum of prices, and whether no other choice of options has it."""


@dataclass(frozen=True)
class Reached:
    """The best solution that an engine found, and what it proved; no solution if there is none, or none was found."""

    status: Status
    solution: Solution | None
    tiers: tuple[TierOutcome, ...] = ()

    is_proven: bool = False
    """Is every objective solved to proof?"""
    bound: int | None = None
    """Without a solution, of the first tier; None where there is none."""


def tier_by_tier(
    columns: Columns, model: Tiers, start: Solution | None, progress: Progress, then: tuple[Objective, ...] = ()
) -> Reached:
    """Minimise the problem's tiers, then what else there is to minimise."""
    problem, best = columns.problem, start
    tiers: list[TierOutcome] = []
    left = [*tiers_of(columns), *then]
    is_proven = True
    model.begin(left)
    while left:
        began = time.monotonic()
        group = model.group(left)
        told = progress if group.numbers[0] < len(problem.tiers) else silent
        answer = model.minimise(group, partial(told, group.parts[0].name))
        left = left[len(group.parts) :]
        best = _better(problem, group.numbers[-1], best, answer.solution)
        if best is None:
            status = Status.INFEASIBLE if answer.status is Status.INFEASIBLE else Status.UNKNOWN
            bound = least_conceivable(columns, group.parts[0])
            if len(group.parts) == 1 and answer.bound is not None:
                bound = max(bound, answer.bound)
            return Reached(status, None, bound=None if status is Status.INFEASIBLE else bound)
        values = tuple(part.value(columns, best.options, best.adjustments) for part in group.parts)
        seconds = (time.monotonic() - began) / len(group.parts)
        for part, value, bound in zip(group.parts, values, _bounds(columns, group, answer.bound, values), strict=True):
            is_proven = is_proven and bound == value
            model.hold(part, value)
            if part.number < len(problem.tiers):
                status = Status.OPTIMAL if bound == value else Status.FEASIBLE
                tiers.append(TierOutcome(problem.tiers[part.number], value, bound, status, seconds))
                progress(part.name, value, bound, best)
    assert best is not None  # noqa: S101 - a problem has at least one tier
    return Reached(Status.FEASIBLE, best, tuple(tiers), is_proven)


def _bounds(columns: Columns, group: Group, weighed: int | None, values: tuple[int, ...]) -> list[int]:
    """The bound of every part of a group, from that of the weighed sum: a part's counts while those before are met.

    A bound above a value that has been reached is proof of nothing but the engine's error.
    """
    is_met = weighed is not None and weighed <= group.weighed(values)
    proven = group.bounds(weighed, values) if is_met and weighed is not None else []
    bounds = []
    for number, (part, value) in enumerate(zip(group.parts, values, strict=True)):
        bound = min(least_conceivable(columns, part), value)
        if is_met:
            bound = max(bound, min(proven[number], value))
        is_met = is_met and bound == value
        bounds.append(bound)
    return bounds


def _better(problem: Problem, tier: int, known: Solution | None, found: Solution | None) -> Solution | None:
    """The better of two solutions in the tiers up to this one; what an engine found counts only if it is feasible."""
    solutions = [] if found is None or not problem.is_feasible(found) else [found]
    solutions += [] if known is None else [known]
    return min(solutions, key=lambda solution: problem.values(solution)[: tier + 1], default=None)


def least_conceivable(columns: Columns, part: Objective) -> int:
    """What an objective would cost if every actor took its cheapest option, and adjustments only paid."""
    everything = np.concatenate([np.ones(len(columns.actor)), columns.problem.adjustment_most]).astype(float)
    return part.limits(columns, everything)[0]
