"""The canonical optimum: of all plans that are optimal in every tier, the one that is the same on every machine.

HiGHS and CP-SAT break ties by floating point, threads and seed. So the plan is decided by the problem alone: after the
tiers one more objective with a pseudo-random price for every option, by its actor's name and its key, is minimised to
proof (perturbation, `canonical`), and that no other choice costs as little is proven too, by fixing or by a no-good
cut; with the options fixed, the adjustments follow from prices drawn by their names (`completion`). Before the drawn
prices come, if asked for, the `changes` from a plan to stay near to.

Measured against what else is sound: to fix actors one by one, each to its first key that an optimum has, is a program
per actor; this is one program over the few options that reduced costs leave open after the last tier.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from allokering.problem import Integers, Problem, Solution
from allokering.solvers.budget import Budget
from allokering.solvers.canonical import drawn
from allokering.solvers.exact.completion import Completion
from allokering.solvers.exact.enumeration import Columns, all_columns
from allokering.solvers.exact.highs import HighsTiers
from allokering.solvers.exact.objectives import Objective, objective, tiers_of
from allokering.solvers.exact.tier_by_tier import Tiers

DRAWS = 3
"""Times that prices are drawn, each to decide where the one before leaves a tie."""


@dataclass(frozen=True)
class Broken:
    """An optimal plan, and whether ties are resolved: is it the one that everybody finds?"""

    solution: Solution
    is_unique: bool


def break_ties(columns: Columns, model: Tiers, best: Solution, budget: Budget) -> Broken:
    """The canonical one of the optimal plans.

    Args:
        columns: all columns.
        model: the engine, which holds every tier at its optimum.
        best: an optimal plan, which is kept if the time is up first.
        budget: how long it may take.
    """
    problem = columns.problem
    is_unique = False
    for draw in range(DRAWS):
        part = _drawn(columns, model, draw)
        if budget.is_over:
            return Broken(best, is_unique=False)
        answer = model.minimise_uniquely(part)
        if answer.solution is None or problem.values(answer.solution) != problem.values(best):
            return Broken(best, is_unique=False)
        best, is_unique = answer.solution, answer.is_unique
        model.hold(part, part.value(columns, best.options, best.adjustments))
        if is_unique:
            break
    completed = Completion(problem, columns).canonical(best.options, budget)
    if completed is None or problem.values(completed.solution) != problem.values(best):
        return Broken(best, is_unique=False)
    return Broken(completed.solution, is_unique and completed.is_unique)


def _drawn(columns: Columns, model: Tiers, draw: int) -> Objective:
    """A price for every option that is still open."""
    actors = columns.problem.actors
    prices = np.zeros(len(columns.actor) + len(columns.problem.adjustment_most), dtype=np.int64)
    for column in model.open_columns().tolist():
        actor = actors[columns.actor[column]]
        ids = (actor.actor, actor.key(int(columns.option[column])))
        prices[column] = drawn(*ids) if draw == 0 else drawn(*ids, draw)
    return objective(len(columns.problem.tiers) + 1 + draw, "canonical", prices)


def changes(columns: Columns, near: Mapping[str, str]) -> Objective:
    """Distance from a plan (Hamming): 1 for every option that its actor does not have in the plan to stay near to."""
    prices = np.ones(len(columns.actor) + len(columns.problem.adjustment_most), dtype=np.int64)
    kept = columns.of_keys(near)
    prices[: len(columns.actor)][columns.option == kept[columns.actor]] = 0
    prices[len(columns.actor) :] = 0
    return objective(len(columns.problem.tiers), "changes", prices)


def canonical_optimum(
    problem: Problem, allowed: Sequence[Integers], best: Solution, budget: Budget, seed: int = 0
) -> Broken:
    """The canonical one of the optimal plans, where another method has proven the optimum.

    Args:
        problem: what was solved.
        allowed: by actor, ascending, every option that an optimal plan could have (as by reduced costs), and its own.
        best: an optimal plan.
        budget: how long it may take.
        seed: of the engine; it changes nothing if the budget suffices.
    """
    columns = all_columns(problem, allowed)
    best = columns.represented(best)
    model = HighsTiers(columns, seed=seed, workers=1, work_limit=None, budget=budget, start=best)
    for tier, value in zip(tiers_of(columns), problem.values(best), strict=True):
        model.hold(tier, value)
    return break_ties(columns, model, best, budget)
