"""A problem with something changed: what every question about a solved problem is asked with. No domain.

Every edit takes a problem and gives another; the first stays as it is. Actors, rows, reliefs and transfers keep their
order and names, new rows and tiers come last, so that a solution of the edited problem can be read as one of the first
(`in_terms_of`). An edit of an actor's options lists them one by one: these are edits for the exact solver.

| here | in the literature |
|---|---|
| fix, forbid | variable fixing |
| hold a tier | epsilon-constraint (objective cut) |
| relax a rule | right-hand-side relaxation |
| relax an actor | elastic variable: the actor takes from nobody and gives what it can |
| distance tier | local-branching distance (Fischetti and Lodi, 2003), as an objective |
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import replace

import numpy as np
from scipy import sparse

from allokering.problem import Booleans, Integers, ListedOptions, Options, Problem, Resource, Solution, Tier
from allokering.problem_quotas import in_rows

WIDE = 1 << 40
"""A bound that no use reaches."""
HOLD = "hold"
"""The rule in whose name rows stand that hold a tier; the subject is the tier's name."""


def rules_of(problem: Problem) -> tuple[str, ...]:
    """The rules that have rows, each once, in order."""
    return tuple(sorted({resource.rule for resource in problem.resources}))


def rows_of(problem: Problem, rule: str, subject: str | None = None, period: int | None = None) -> Integers:
    """The rows of a rule, of one subject or period if asked for."""
    return np.array(
        [
            number
            for number, row in enumerate(problem.resources)
            if row.rule == rule and subject in {None, row.subject} and period in {None, row.period}
        ],
        dtype=np.int64,
    )


def fix_options(problem: Problem, options: Mapping[str, str]) -> Problem:
    """Each of these actors has this one option, by its key, and no other.

    Raises:
        KeyError: there is no such actor, or the actor has no such option.
    """
    return keep_options(problem, {actor: [key] for actor, key in options.items()})


def keep_options(problem: Problem, options: Mapping[str, Collection[str]]) -> Problem:
    """Each of these actors has of its options only those with these keys; none means that there is no solution.

    Raises:
        KeyError: there is no such actor, or the actor has no such option.
    """
    return _with_options(problem, {actor: sorted(_numbers(problem, actor, keys)) for actor, keys in options.items()})


def forbid_options(problem: Problem, options: Mapping[str, Collection[str]]) -> Problem:
    """Each of these actors has its options but those with these keys.

    Raises:
        KeyError: there is no such actor, or the actor has no such option.
    """
    return _with_options(
        problem,
        {
            actor: [number for number in range(len(_actor(problem, actor))) if number not in gone]
            for actor, keys in options.items()
            for gone in [_numbers(problem, actor, keys)]
        },
    )


def fix_solution(problem: Problem, options: Integers) -> Problem:
    """Every actor has the option of this number and no other: what is left to decide are reliefs and transfers."""
    chosen = zip(problem.actors, options, strict=True)
    width = len(problem.resources)
    return replace(problem, actors=tuple(listed(actor, width, np.array([option])) for actor, option in chosen))


def fix_adjustments(problem: Problem, amounts: Integers, which: Booleans) -> Problem:
    """Some reliefs and transfers have these amounts and are gone from the problem, with what they cost.

    Quotas are rows of their own in what comes back.
    """
    problem = in_rows(problem)
    used = problem.adjustment_usage.T @ np.where(which, amounts, 0)
    reliefs = len(problem.reliefs)
    return replace(
        problem,
        resources=tuple(
            replace(row, bound=row.bound - int(use)) for row, use in zip(problem.resources, used, strict=True)
        ),
        reliefs=tuple(one for one, gone in zip(problem.reliefs, which[:reliefs], strict=True) if not gone),
        transfers=tuple(one for one, gone in zip(problem.transfers, which[reliefs:], strict=True) if not gone),
    )


def hold_tier(problem: Problem, tier: str, value: int, slack: int = 0) -> Problem:
    """A tier costs at most `value` + `slack`: a new row, of which everything uses what it costs in the tier.

    Raises:
        KeyError: the problem has no such tier.
    """
    number, row = _tier(problem, tier), len(problem.resources)
    return replace(
        problem,
        resources=(*problem.resources, Resource(HOLD, tier, 0, value + slack)),
        actors=tuple(_using_price(actor, row, number) for actor in problem.actors),
        reliefs=tuple(
            replace(one, also_uses=(*one.also_uses, *_cost(row, one.prices[number]))) for one in problem.reliefs
        ),
        transfers=tuple(
            replace(one, also_uses=(*one.also_uses, *_cost(row, one.prices[number]))) for one in problem.transfers
        ),
    )


def relax_rule(problem: Problem, rule: str, *, by: int | None = None, subject: str | None = None) -> Problem:
    """The rows of a rule, or those of one subject of it, bind later by so much; None: not at all.

    Raises:
        KeyError: there are no such rows.
    """
    rows = rows_of(problem, rule, subject)
    if not len(rows):
        raise KeyError((rule, subject))
    return relax_rows(problem, rows, by=by)


def relax_rows(problem: Problem, rows: Iterable[int], *, by: int | None = None) -> Problem:
    """These rows bind later by so much, and so do their leasts; None: not at all."""
    relaxed = {int(row) for row in rows}
    return replace(
        problem,
        resources=tuple(
            _relaxed(row, by) if number in relaxed else row for number, row in enumerate(problem.resources)
        ),
    )


def _relaxed(row: Resource, by: int | None) -> Resource:
    if by is None:
        return replace(row, bound=WIDE, least=None if row.least is None else -WIDE)
    return replace(row, bound=row.bound + by, least=None if row.least is None else row.least - by)


def relax_actors(problem: Problem, actors: Collection[str]) -> Problem:
    """Each of these has one option, free, that supplies of every resource the most that any of its options does.

    It uses nothing, so no solution of the others is lost. To leave the actor out would lose what it supplies, and of a
    quota what it makes up: quotas are rows of their own in what comes back.
    """
    problem = in_rows(problem)
    width = len(problem.resources)
    return replace(
        problem,
        actors=tuple(
            _at_its_best(actor, width, len(problem.tiers)) if actor.actor in actors else actor
            for actor in problem.actors
        ),
    )


def unprice(problem: Problem) -> Problem:
    """Everything is free, in one tier: what is left is whether there is a solution."""
    width = len(problem.resources)
    return replace(
        problem,
        tiers=(Tier("feasible", ""),),
        actors=tuple(
            ListedOptions(
                actor.actor, keys_of(actor), actor.usage(every, width), np.zeros((len(actor), 1), dtype=np.int64)
            )
            for actor in problem.actors
            for every in [np.arange(len(actor))]
        ),
        reliefs=tuple(replace(relief, prices=(0,)) for relief in problem.reliefs),
        transfers=tuple(replace(transfer, prices=(0,)) for transfer in problem.transfers),
    )


def add_distance_tier(
    problem: Problem, near: Solution, name: str = "distance", weights: Mapping[str, int] | None = None
) -> Problem:
    """A last tier counts the actors who choose otherwise than in a solution (Hamming distance), each by its weight.

    `weights` by actor are 1 where nothing is said; an actor of weight 0 may choose freely.
    """
    weights = weights or {}
    return replace(
        problem,
        tiers=(*problem.tiers, Tier(name, "choices")),
        actors=tuple(
            _priced_away(actor, len(problem.resources), int(option), weights.get(actor.actor, 1))
            for actor, option in zip(problem.actors, near.options, strict=True)
        ),
        reliefs=tuple(replace(one, prices=(*one.prices, 0)) for one in problem.reliefs),
        transfers=tuple(replace(one, prices=(*one.prices, 0)) for one in problem.transfers),
    )


def in_terms_of(problem: Problem, edited: Problem, solution: Solution) -> Solution:
    """A solution of an edited problem, as one of the problem it was made from: options are found by their keys.

    Raises:
        KeyError: an option is not one of the first problem's, as that of a relaxed actor is not.
    """
    chosen = [actor.key(int(option)) for actor, option in zip(edited.actors, solution.options, strict=True)]
    options = [_number(actor, key) for actor, key in zip(problem.actors, chosen, strict=True)]
    return Solution(np.array(options, dtype=np.int64), solution.adjustments)


def listed(actor: Options, resources: int, options: Integers) -> ListedOptions:
    """Some of an actor's options, one by one."""
    keys = [actor.key(int(option)) for option in options]
    return ListedOptions(actor.actor, keys, actor.usage(options, resources), actor.prices(options))


def keys_of(actor: Options) -> list[str]:
    """The names of an actor's options, in order."""
    return [actor.key(option) for option in range(len(actor))]


def _with_options(problem: Problem, options: Mapping[str, Collection[int]]) -> Problem:
    width = len(problem.resources)
    return replace(
        problem,
        actors=tuple(
            listed(actor, width, np.array([*options[actor.actor]], dtype=np.int64)) if actor.actor in options else actor
            for actor in problem.actors
        ),
    )


def _actor(problem: Problem, name: str) -> Options:
    found = next((actor for actor in problem.actors if actor.actor == name), None)
    if found is None:
        raise KeyError(name)
    return found


def _numbers(problem: Problem, actor: str, keys: Iterable[str]) -> set[int]:
    return {_number(_actor(problem, actor), key) for key in keys}


def _number(actor: Options, key: str) -> int:
    found = actor.find(key)
    if found is None:
        raise KeyError((actor.actor, key))
    return found


def _tier(problem: Problem, name: str) -> int:
    names = [tier.name for tier in problem.tiers]
    if name not in names:
        raise KeyError(name)
    return names.index(name)


def _cost(row: int, price: int) -> tuple[tuple[int, int], ...]:
    return ((row, price),) if price else ()


def _using_price(actor: Options, row: int, tier: int) -> ListedOptions:
    """The same options, each using of a new row what it costs in a tier."""
    every = np.arange(len(actor))
    prices = actor.prices(every)
    usage = sparse.hstack([actor.usage(every, row), sparse.csr_array(prices[:, [tier]])], format="csr")
    return ListedOptions(actor.actor, keys_of(actor), sparse.csr_array(usage), prices)


def _priced_away(actor: Options, resources: int, near: int, weight: int) -> ListedOptions:
    """The same options, each but one at a price in a new tier."""
    every = np.arange(len(actor))
    away = np.where(every == near, 0, weight)[:, None]
    prices = np.concatenate([actor.prices(every), away], axis=1).astype(np.int64)
    return ListedOptions(actor.actor, keys_of(actor), actor.usage(every, resources), prices)


def _at_its_best(actor: Options, resources: int, tiers: int) -> ListedOptions:
    least = actor.usage(np.arange(len(actor)), resources).tocsc().min(axis=0).toarray().reshape(1, -1)
    usage = sparse.csr_array(np.minimum(least, 0))
    return ListedOptions(actor.actor, ["at its best"], usage, np.zeros((1, tiers), dtype=np.int64))
