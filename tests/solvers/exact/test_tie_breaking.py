"""Of all optimal plans the same one comes out, whatever engine, seed, threads and start."""

from __future__ import annotations

import pytest
from random_problems import RawProblem, random_problem

from allokering.builtin import builtin_folder
from allokering.engine.build import build
from allokering.files.reading import read_instance
from allokering.model import load_model
from allokering.problem import Solution
from allokering.solvers.canonical import drawn
from allokering.solvers.exact.completion import Completion
from allokering.solvers.exact.enumeration import all_columns
from allokering.solvers.exact.solve import Engine, solve_exact
from allokering.solvers.exact.trim import trimmed
from allokering.solvers.outcome import Status

Plan = tuple[list[int], list[int]]


def optima(raw: RawProblem) -> list[Solution]:
    """Every optimal solution whose options are the first of their twins, by trying everything."""
    columns = all_columns(raw.problem)
    firsts = set(zip(columns.actor.tolist(), columns.option.tolist(), strict=True))
    found = list(raw.solutions())
    best = min((value for value, _ in found), default=None)
    return [
        solution
        for value, solution in found
        if value == best and all(pair in firsts for pair in enumerate(solution.options.tolist()))
    ]


def price(raw: RawProblem, solution: Solution) -> tuple[int, int]:
    """What drawn prices say of a solution: of its options by actor and key, then of its adjustments by name."""
    chosen = zip(raw.problem.actors, solution.options.tolist(), strict=True)
    of_options = sum(drawn(actor.actor, actor.key(option)) for actor, option in chosen)
    return of_options, int(Completion(raw.problem).draw(0) @ solution.adjustments)


def plan(solution: Solution | None) -> Plan:
    """A solution that can be compared."""
    assert solution is not None
    return solution.options.tolist(), solution.adjustments.tolist()


def changes(solution: Solution, keys: dict[str, str], raw: RawProblem) -> int:
    """How many actors have another option than these."""
    chosen = zip(raw.problem.actors, solution.options.tolist(), strict=True)
    return sum(keys[actor.actor] != actor.key(option) for actor, option in chosen)


@pytest.mark.parametrize("engine", ["highs", "cp-sat"])
def test_the_plan_is_the_one_that_drawn_prices_choose(engine: Engine) -> None:
    """Trying everything finds the same one, and nothing in it is needless."""
    tied = 0
    for seed in range(60):
        raw = random_problem(seed)
        expected = min(optima(raw), key=lambda solution: price(raw, solution), default=None)
        tied += len(optima(raw)) > 1

        outcome = solve_exact(raw.problem, engine=engine)

        assert outcome.is_unique == (expected is not None), seed
        if expected is not None:
            assert outcome.solution is not None
            assert plan(outcome.solution) == plan(expected), seed
            assert plan(trimmed(raw.problem, outcome.solution)) == plan(expected), seed
    assert tied > 10


def test_seeds_threads_and_starts_change_nothing() -> None:
    """All that an engine may be told, varied."""
    for seed in range(20):
        raw = random_problem(seed)
        starts = [None, *optima(raw)[:2]]
        if not optima(raw):
            continue
        engines: tuple[Engine, ...] = ("highs", "cp-sat")
        plans = {
            str(plan(solve_exact(raw.problem, engine=engine, seed=number, workers=workers, start=start).solution))
            for engine in engines
            for number, workers in ((0, 1), (7, 2))
            for start in starts
        }
        assert len(plans) == 1, seed


def test_a_plan_stays_near_to_another_where_that_costs_nothing() -> None:
    """Among equal plans the fewest other options come first, and drawn prices after them."""
    moved = 0
    for seed in range(120):
        raw = random_problem(seed)
        found = optima(raw)
        if len({tuple(solution.options.tolist()) for solution in found}) < 2:
            continue
        dearest = max(found, key=lambda solution: price(raw, solution))
        chosen = zip(raw.problem.actors, dearest.options.tolist(), strict=True)
        near = {actor.actor: actor.key(option) for actor, option in chosen}
        expected = min(found, key=lambda solution: (changes(solution, near, raw), price(raw, solution)))
        moved += plan(expected) != plan(min(found, key=lambda solution: price(raw, solution)))

        outcome = solve_exact(raw.problem, near=near)

        assert plan(outcome.solution) == plan(expected), seed
        assert outcome.is_unique
    assert moved > 3


def test_a_plan_that_is_not_proven_is_not_called_unique() -> None:
    """Without time nothing is proven, and ties are left as they are."""
    raw = random_problem(3)
    start = optima(raw)[0]

    outcome = solve_exact(raw.problem, time_limit=0.0, start=start)

    assert outcome.status is Status.FEASIBLE
    assert not outcome.is_unique


def test_a_situation_has_one_plan_by_both_engines_and_any_seed() -> None:
    """Narvik, where equal plans differ in who is placed how and where the locum is."""
    problem = build(read_instance(builtin_folder("instances") / "narvik-2022"), load_model("alis"))
    engines: tuple[tuple[Engine, int, int], ...] = (("highs", 0, 1), ("highs", 7, 2), ("cp-sat", 3, 1))

    outcomes = [solve_exact(problem, engine=engine, seed=seed, workers=workers) for engine, seed, workers in engines]

    assert all(outcome.is_unique for outcome in outcomes)
    assert len({str(plan(outcome.solution)) for outcome in outcomes}) == 1
