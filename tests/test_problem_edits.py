"""Every edit of a problem leaves exactly the solutions that it should, at the values that it should.

The solutions of a small random problem are all enumerated from raw numbers; what an edit leaves of them is worked out
from the enumeration, and held against the edited problem's own word on every choice and amount, and both engines'.
"""

from __future__ import annotations

from collections.abc import Callable
from itertools import product

import numpy as np
import pytest
from random_problems import RawOption, RawProblem, random_problem

from allokering.problem import ListedOptions, Problem, Solution
from allokering.problem_edits import (
    HOLD,
    add_distance_tier,
    fix_adjustments,
    fix_options,
    fix_solution,
    forbid_options,
    hold_tier,
    in_terms_of,
    keep_options,
    relax_actors,
    relax_rows,
    relax_rule,
    rows_of,
    rules_of,
    unprice,
)
from allokering.solvers.exact.solve import ENGINES, Engine, solve_exact
from allokering.solvers.outcome import Status

SEEDS = range(40)
Found = dict[tuple[tuple[str, ...], tuple[int, ...]], tuple[int, ...]]
"""What every solution costs, by the keys of its options and its amounts."""


def enumerated(raw: RawProblem) -> Found:
    """Every solution of the problem before any edit."""
    return {
        (keys(raw.problem, solution), tuple(solution.adjustments.tolist())): values
        for values, solution in raw.solutions()
    }


def keys(problem: Problem, solution: Solution) -> tuple[str, ...]:
    """The options chosen, by name."""
    return tuple(actor.key(int(option)) for actor, option in zip(problem.actors, solution.options, strict=True))


def feasible(problem: Problem) -> Found:
    """Every solution that an edited problem calls feasible."""
    choices = [*product(*(range(len(actor)) for actor in problem.actors))]
    amounts = [*product(*(range(int(most) + 1) for most in problem.adjustment_most))]
    every = (Solution(np.array(choice), np.array(amount, dtype=np.int64)) for choice in choices for amount in amounts)
    return {
        (keys(problem, one), tuple(one.adjustments.tolist())): problem.values(one)
        for one in every
        if problem.is_feasible(one)
    }


def solved(problem: Problem) -> set[tuple[int, ...] | None]:
    """The values of the best solution by each engine; None if there is none."""
    engines: list[Engine] = [*ENGINES]
    outcomes = [solve_exact(problem, engine=engine) for engine in engines]
    assert {outcome.status for outcome in outcomes} <= {Status.OPTIMAL, Status.INFEASIBLE}
    return {None if one.solution is None else problem.values(one.solution) for one in outcomes}


def kept(found: Found, keeps: Callable[[tuple[str, ...], tuple[int, ...]], bool]) -> Found:
    """The solutions whose options and values are kept."""
    return {key: values for key, values in found.items() if keeps(key[0], values)}


@pytest.mark.parametrize("seed", SEEDS)
def test_an_option_that_is_fixed_is_in_every_solution_left(seed: int) -> None:
    """And one that is forbidden in none; the others stay as they were."""
    raw = random_problem(seed)
    actor, found = raw.problem.actors[-1], enumerated(raw)
    key = actor.key(len(actor) - 1)

    fixed = fix_options(raw.problem, {actor.actor: key})
    forbidden = forbid_options(raw.problem, {actor.actor: [key]})
    whole = keep_options(raw.problem, {actor.actor: [actor.key(number) for number in range(len(actor))]})

    assert feasible(fixed) == kept(found, lambda options, _: options[-1] == key)
    assert feasible(forbidden) == kept(found, lambda options, _: options[-1] != key)
    assert feasible(whole) == found
    if len(actor) > 1:
        assert solved(forbidden) == {min(feasible(forbidden).values(), default=None)}


@pytest.mark.parametrize("seed", SEEDS)
def test_a_tier_that_is_held_costs_no_more(seed: int) -> None:
    """With slack, so much more; whatever pays for it, options, reliefs or transfers."""
    raw = random_problem(seed)
    found = enumerated(raw)
    best = raw.best()
    if best is None:
        return
    for number, tier in enumerate(raw.problem.tiers):
        for slack in (0, 2):
            held = hold_tier(raw.problem, tier.name, best[number], slack)
            expected = kept(found, lambda _, values, most=best[number] + slack, tier=number: values[tier] <= most)

            assert feasible(held) == expected
            assert solved(held) == {min(expected.values(), default=None)}
            assert str(held.resources[-1]) == f"{HOLD}[{tier.name},0]"


@pytest.mark.parametrize("seed", SEEDS)
def test_rows_that_are_relaxed_bind_later_or_not_at_all(seed: int) -> None:
    """The same as a problem that was made with those bounds; a row of another subject binds as before."""
    raw = random_problem(seed)
    subject = raw.problem.resources[0].subject
    for by in (3, None):
        most = raw.bounds[0] + 3 if by else 10**6
        other = RawProblem((most, *raw.bounds[1:]), raw.actors, raw.adjustments, raw.problem)
        all_rows = tuple(bound + 3 if by else 10**6 for bound in raw.bounds)
        everything = RawProblem(all_rows, raw.actors, raw.adjustments, raw.problem)

        assert feasible(relax_rule(raw.problem, "row", by=by, subject=subject)) == enumerated(other)
        assert feasible(relax_rows(raw.problem, [0], by=by)) == enumerated(other)
        assert feasible(relax_rule(raw.problem, "row", by=by)) == enumerated(everything)


@pytest.mark.parametrize("seed", SEEDS)
def test_without_prices_the_same_is_possible(seed: int) -> None:
    """All of it at nothing, in one tier."""
    raw = random_problem(seed)

    assert feasible(unprice(raw.problem)) == dict.fromkeys(enumerated(raw), (0,))


@pytest.mark.parametrize("seed", SEEDS)
def test_the_distance_is_how_many_choose_otherwise(seed: int) -> None:
    """As a last tier, each actor by its weight; nothing else is dearer or cheaper."""
    raw = random_problem(seed)
    near = Solution(np.zeros(len(raw.problem.actors), dtype=np.int64), np.zeros(len(raw.adjustments), dtype=np.int64))
    names = keys(raw.problem, near)
    first = raw.problem.actors[0].actor

    plain = feasible(add_distance_tier(raw.problem, near))
    weighed = feasible(add_distance_tier(raw.problem, near, weights={first: 5}))

    for found, weight in ((plain, 1), (weighed, 5)):
        assert found == {
            (options, amounts): (
                *values,
                sum((weight if number == 0 else 1) * (one != names[number]) for number, one in enumerate(options)),
            )
            for (options, amounts), values in enumerated(raw).items()
        }
    assert solved(add_distance_tier(raw.problem, near)) == {min(plain.values(), default=None)}


@pytest.mark.parametrize("seed", SEEDS)
def test_every_option_fixed_leaves_only_amounts(seed: int) -> None:
    """And amounts that are fixed too leave what the others may be; their cost is not counted any more."""
    raw = random_problem(seed)
    found = enumerated(raw)
    options = np.array([len(actor) - 1 for actor in raw.problem.actors], dtype=np.int64)
    chosen = tuple(actor.key(len(actor) - 1) for actor in raw.problem.actors)
    fixed = fix_solution(raw.problem, options)

    assert feasible(fixed) == kept(found, lambda names, _: names == chosen)
    if not raw.adjustments:
        return
    which = np.arange(len(raw.adjustments)) == 0
    settled = fix_adjustments(raw.problem, np.ones(len(raw.adjustments), dtype=np.int64), which)
    prices = raw.adjustments[0].prices

    assert feasible(settled) == {
        (names, amounts[1:]): tuple(value - price for value, price in zip(values, prices, strict=True))
        for (names, amounts), values in found.items()
        if amounts[0] == 1
    }


@pytest.mark.parametrize("seed", SEEDS)
def test_an_actor_that_is_relaxed_is_in_nobodys_way(seed: int) -> None:
    """It supplies of every row the most that an option of its own does, uses nothing and costs nothing."""
    raw = random_problem(seed)
    best = RawOption(
        tuple(
            min(0, *uses)
            for uses in zip(*(option.uses for option in raw.actors[0]), (0,) * len(raw.bounds), strict=True)
        ),
        (0,) * len(raw.problem.tiers),
    )
    other = RawProblem(raw.bounds, ((best,), *raw.actors[1:]), raw.adjustments, raw.problem)
    relaxed = feasible(relax_actors(raw.problem, {raw.problem.actors[0].actor}))

    assert {(options[1:], amounts): values for (options, amounts), values in relaxed.items()} == {
        (options[1:], amounts): values for (options, amounts), values in enumerated(other).items()
    }


def test_a_solution_is_told_in_the_first_problems_numbers() -> None:
    """After an edit that leaves fewer options; that of a relaxed actor is none of the first's."""
    raw = random_problem(3)
    actor = raw.problem.actors[-1]
    last = len(actor) - 1
    fixed = fix_options(raw.problem, {actor.actor: actor.key(last)})
    solution = Solution(
        np.zeros(len(raw.problem.actors), dtype=np.int64), np.zeros(len(raw.adjustments), dtype=np.int64)
    )

    assert in_terms_of(raw.problem, fixed, solution).options.tolist() == [*solution.options[:-1].tolist(), last]
    with pytest.raises(KeyError):
        in_terms_of(raw.problem, relax_actors(raw.problem, {actor.actor}), solution)


def test_what_is_not_there_is_not_edited() -> None:
    """Neither actor, option, tier nor rule."""
    problem = random_problem(0).problem
    actor = problem.actors[0].actor

    with pytest.raises(KeyError, match="nobody"):
        fix_options(problem, {"nobody": "option-0"})
    with pytest.raises(KeyError, match="nothing"):
        forbid_options(problem, {actor: ["nothing"]})
    with pytest.raises(KeyError, match="no tier"):
        hold_tier(problem, "no tier", 0)
    with pytest.raises(KeyError, match="no rule"):
        relax_rule(problem, "no rule")


def test_rows_are_found_by_rule_subject_and_period() -> None:
    """And the rules that have any, once each."""
    problem = random_problem(1).problem
    subjects = [row.subject for row in problem.resources]

    assert rules_of(problem) == ("row",)
    assert rows_of(problem, "row").tolist() == [*range(len(subjects))]
    assert rows_of(problem, "row", subjects[-1], 0).tolist() == [len(subjects) - 1]
    assert rows_of(problem, "row", subjects[-1], 1).tolist() == []


def test_the_first_problem_stays_as_it_is() -> None:
    """Its actors and rows are the same objects after every edit, and what is not edited is shared."""
    problem = random_problem(5).problem
    held = hold_tier(problem, problem.tiers[0].name, 0)
    fixed = fix_options(problem, {problem.actors[0].actor: problem.actors[0].key(0)})

    assert len(problem.resources) == len(held.resources) - 1
    assert all(isinstance(actor, ListedOptions) for actor in held.actors)
    assert [one is other for one, other in zip(problem.actors[1:], fixed.actors[1:], strict=True)] == [True] * (
        len(problem.actors) - 1
    )
