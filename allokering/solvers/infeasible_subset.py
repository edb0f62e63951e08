"""Why there is no solution: a smallest set of actors and resources that cannot hold together.

QuickXplain (Junker, AAAI 2004): split the candidates in halves and keep of each half only what is needed beside the
other. Every answer is checked by a solve of its own, because a solver's core is sufficient but not smallest.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from scipy import sparse

from allokering.problem import ListedOptions, Options, Problem, Tier
from allokering.solvers.exact.solve import solve_exact
from allokering.solvers.outcome import Status


@dataclass(frozen=True, order=True)
class Part:
    """An actor, or all rows of one rule and subject."""

    rule: str
    """Empty for an actor."""
    subject: str


def smallest_conflict(problem: Problem) -> tuple[Part, ...]:
    """Parts of an infeasible problem that cannot hold together, while any of them could be spared.

    An actor without options is a conflict by itself.

    Raises:
        ValueError: the problem has a solution.
    """
    alone = [Part("", actor.actor) for actor in problem.actors if not len(actor)]
    if alone:
        return tuple(alone[:1])
    rows = sorted({Part(resource.rule, resource.subject) for resource in problem.resources})
    parts = [*(Part("", actor.actor) for actor in problem.actors), *rows]
    if not _conflicts(problem, parts):
        raise ValueError("the problem has a solution")
    return tuple(sorted(_needed(problem, [], parts, is_new=True)))


def _needed(problem: Problem, beside: list[Part], parts: Sequence[Part], *, is_new: bool) -> list[Part]:
    """Of the parts, the fewest that conflict beside the given ones; `is_new` if those have grown since a test."""
    if is_new and _conflicts(problem, beside):
        return []
    if len(parts) == 1:
        return list(parts)
    half = len(parts) // 2
    first, second = list(parts[:half]), list(parts[half:])
    of_second = _needed(problem, beside + first, second, is_new=True)
    of_first = _needed(problem, beside + of_second, first, is_new=bool(of_second))
    return of_first + of_second


def _conflicts(problem: Problem, parts: Sequence[Part]) -> bool:
    """Have these actors no choice within these rows? The other rows are opened wide, the other actors use the least."""
    kept = set(parts)
    width = len(problem.resources)
    actors = tuple(
        _unpriced(actor, width) if Part("", actor.actor) in kept else _at_its_best(actor, width)
        for actor in problem.actors
    )
    wide = 1 << 40
    resources = tuple(
        resource if Part(resource.rule, resource.subject) in kept else replace(resource, bound=wide)
        for resource in problem.resources
    )
    only_feasible = Problem(
        (Tier("feasible", ""),),
        resources,
        actors,
        tuple(replace(relief, prices=(0,)) for relief in problem.reliefs),
        tuple(replace(transfer, prices=(0,)) for transfer in problem.transfers),
    )
    return solve_exact(only_feasible, engine="cp-sat").status is Status.INFEASIBLE


def _unpriced(actor: Options, resources: int) -> Options:
    """The same options at no price."""
    every = np.arange(len(actor))
    keys = [actor.key(option) for option in range(len(actor))]
    return ListedOptions(actor.actor, keys, actor.usage(every, resources), np.zeros((len(actor), 1), dtype=np.int64))


def _at_its_best(actor: Options, resources: int) -> Options:
    """One option that supplies of every resource the most that any does, and uses nothing: no plan is lost by it.

    To leave the actor out would lose what it supplies, and another part of a conflict would be blamed for that.
    """
    least = actor.usage(np.arange(len(actor)), resources).tocsc().min(axis=0).toarray().reshape(1, -1)
    usage = sparse.csr_array(np.minimum(least, 0))
    return ListedOptions(actor.actor, ["at its best"], usage, np.zeros((1, 1), dtype=np.int64))
