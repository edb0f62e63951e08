"""That no other choice of options is as good is proven where there are many ties, against trying everything."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from itertools import combinations, product
from random import Random

import numpy as np
from random_problems import RawProblem, listed, random_problem

from allokering.problem import Solution
from allokering.solvers.budget import Budget
from allokering.solvers.exact.enumeration import Columns, all_columns
from allokering.solvers.exact.exchanges import exchanged
from allokering.solvers.exact.highs import HighsTiers
from allokering.solvers.exact.objectives import Objective, objective, tiers_of
from allokering.solvers.exact.program import search
from allokering.solvers.exact.rows import Rows
from allokering.solvers.outcome import Status

Choice = tuple[int, ...]


def tied(seed: int) -> RawProblem:
    """A random problem in which options cost 0 or 1 and adjustments nothing, so that many plans are optimal."""
    raw = random_problem(seed)
    actors = tuple(
        tuple(replace(one, prices=tuple(int(price > 4) for price in one.prices)) for one in options)
        for options in raw.actors
    )
    free = (0,) * len(raw.problem.tiers)
    problem = replace(
        raw.problem,
        actors=tuple(listed(f"actor-{number}", options, len(raw.bounds)) for number, options in enumerate(actors)),
        reliefs=tuple(replace(one, prices=free) for one in raw.problem.reliefs),
        transfers=tuple(replace(one, prices=free) for one in raw.problem.transfers),
    )
    return RawProblem(raw.bounds, actors, tuple(replace(one, prices=free) for one in raw.adjustments), problem)


def coarse(columns: Columns, seed: int) -> Objective:
    """An objective that leaves many plans equal: of every option 0, 1 or 2."""
    draw = Random(seed)
    prices = np.zeros(len(columns.actor) + len(columns.problem.adjustment_most), dtype=np.int64)
    prices[: len(columns.actor)] = [draw.randrange(3) for _ in columns.actor]
    return objective(len(columns.problem.tiers), "coarse", prices)


def standing(raw: RawProblem, columns: Columns) -> list[tuple[Choice, Solution]]:
    """Every solution whose options stand in the columns, after what it costs in every tier."""
    stand = set(zip(columns.actor.tolist(), columns.option.tolist(), strict=True))
    return [
        (value, solution)
        for value, solution in raw.solutions()
        if all(pair in stand for pair in enumerate(solution.options.tolist()))
    ]


def optima(raw: RawProblem, columns: Columns) -> list[Solution]:
    """Every optimal solution whose options stand in the columns."""
    found = standing(raw, columns)
    best = min((value for value, _ in found), default=None)
    return [solution for value, solution in found if value == best]


def with_plans() -> Iterator[tuple[int, Columns, list[Solution]]]:
    """By seed, the columns of the tied problems that have a plan, and every optimal solution."""
    for seed in range(120):
        raw = tied(seed)
        columns = all_columns(raw.problem)
        equal = optima(raw, columns)
        if equal:
            yield seed, columns, equal


def cost(columns: Columns, part: Objective, solution: Solution) -> int:
    """Of a solution."""
    return part.value(columns, solution.options, solution.adjustments)


def choices(solutions: list[Solution]) -> set[Choice]:
    """What options they have."""
    return {tuple(solution.options.tolist()) for solution in solutions}


def held(columns: Columns, start: Solution) -> HighsTiers:
    """The engine, with every tier held at what a plan costs."""
    model = HighsTiers(columns, seed=0, workers=1, work_limit=None, budget=Budget(), start=start)
    for tier in tiers_of(columns):
        model.hold(tier, cost(columns, tier, start))
    return model


def test_one_search_proves_both_the_optimum_and_that_there_is_no_other() -> None:
    """Whatever plan it begins from, and where several are equal in the end, it does not claim that there is one."""
    unique = several = 0
    for seed, columns, equal in with_plans():
        part = coarse(columns, seed)
        least = min(cost(columns, part, solution) for solution in equal)
        best = choices([solution for solution in equal if cost(columns, part, solution) == least])
        for start in (equal[0], equal[-1], max(equal, key=lambda solution: cost(columns, part, solution))):
            answer = held(columns, start).minimise_uniquely(part)

            assert answer.solution is not None
            assert answer.is_unique == (len(best) == 1), seed
            if answer.is_unique:
                assert tuple(answer.solution.options.tolist()) in best, seed
        unique += len(best) == 1 and len(choices(equal)) > 1
        several += len(best) > 1
    assert unique > 5
    assert several > 10


def test_nothing_of_interest_is_infeasible_and_something_is_found() -> None:
    """The search with a value above which nothing is of interest, at the optimum, one below and one above it."""
    found = none = 0
    for seed in range(120):
        raw = tied(seed)
        columns = all_columns(raw.problem)
        rows, part = Rows(columns), coarse(columns, seed)
        least = min((cost(columns, part, solution) for _, solution in standing(raw, columns)), default=None)
        if least is None or not rows.width:
            continue
        # Adjustments that need not be whole would be another problem.
        most = np.concatenate([np.ones(len(columns.actor)), raw.problem.adjustment_most]).astype(float)
        for at_most in (least, least + 1, least - 1):
            answer = search(
                rows, part.prices.astype(float), most, Budget(), unit=part.unit, is_whole=True, at_most=at_most
            )

            # Where presolve alone finds the optimum, that is the answer, of interest or not.
            if at_most >= least:
                assert answer.status is Status.OPTIMAL, (seed, at_most)
            if answer.options is not None:
                assert answer.adjustments is not None
                end = Solution(answer.options, np.rint(answer.adjustments).astype(np.int64))
                assert cost(columns, part, end) == least, (seed, at_most)
                assert raw.problem.is_feasible(end), (seed, at_most)
            none += answer.status is Status.INFEASIBLE
        found += 1
    assert found > 50
    assert none > 10


def test_what_narrows_rules_out_no_optimal_plan() -> None:
    """Every tier relaxed once more: the options of all optimal plans stay open, and some others do not."""
    closed = 0
    for seed, columns, equal in with_plans():
        model = held(columns, equal[0])

        taken = model._narrow()

        still = set(model.open_columns().tolist())
        for solution in equal:
            chosen = set(np.flatnonzero(solution.options[columns.actor] == columns.option).tolist())
            assert chosen <= still, seed
            # What one plan's options take of a tier's room is at most all of it.
            assert taken[sorted(chosen)].sum() <= len(columns.problem.tiers) * (1 + 1e-6), seed
        closed += len(columns.actor) - len(still)
    assert closed > 50


def neighbours(columns: Columns, solution: Solution) -> list[Solution]:
    """With one or two actors' other options, and the same adjustments; also what breaks a bound."""
    of = [columns.option[columns.actor == number].tolist() for number in range(len(columns.problem.actors))]
    found = []
    for one, other in combinations([*range(len(of)), -1], 2):
        moved = [number for number in (one, other) if number >= 0]
        for options in product(*(of[number] for number in moved)):
            changed = solution.options.copy()
            changed[moved] = options
            found.append(Solution(changed, solution.adjustments))
    return found


def test_exchanges_end_where_no_neighbour_is_better() -> None:
    """Feasible, better, nothing that is held is worse, and nobody's and no two's other options are better still."""
    better = 0
    for seed in range(120):
        raw = tied(seed)
        columns = all_columns(raw.problem)
        part, tiers = coarse(columns, seed), tiers_of(columns)
        most = np.ones(len(columns.actor) + len(raw.problem.adjustment_most))
        for start in optima(raw, columns)[:3]:
            found = exchanged(columns, most, start, tiers, part)

            end = start if found is None else found
            assert raw.problem.is_feasible(end), seed
            assert raw.problem.values(end) == raw.problem.values(start), seed
            better += found is not None
            assert found is None or cost(columns, part, found) < cost(columns, part, start), seed
            for one in neighbours(columns, end):
                is_held = all(cost(columns, tier, one) <= cost(columns, tier, end) for tier in tiers)
                if is_held and raw.problem.is_feasible(one):
                    assert cost(columns, part, one) >= cost(columns, part, end), seed
    assert better > 10


def test_what_is_ruled_out_is_not_exchanged_for() -> None:
    """An option that is closed stays where it is, and is taken by nobody."""
    for seed in range(60):
        raw = tied(seed)
        columns = all_columns(raw.problem)
        part = coarse(columns, seed)
        most = np.ones(len(columns.actor) + len(raw.problem.adjustment_most))
        most[: len(columns.actor)][part.prices[: len(columns.actor)] == 0] = 0
        for start in optima(raw, columns)[:2]:
            found = exchanged(columns, most, start, tiers_of(columns), part)
            if found is not None:
                taken = (found.options != start.options)[columns.actor] & (
                    found.options[columns.actor] == columns.option
                )
                assert not np.any(taken & (most[: len(columns.actor)] == 0)), seed
