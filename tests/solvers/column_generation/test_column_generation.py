"""The large solver: never better than the optimum, never below its bound, and on small problems the optimum itself."""

from __future__ import annotations

from random import Random

import numpy as np
import pytest
from as_vast import AS_VAST
from random_instances import random_case
from random_problems import random_problem
from scenes.problems import bounds, jobs_and_agents, values

from allokering.engine.build import build
from allokering.problem import Solution, Surcharges
from allokering.solvers import solve as choice
from allokering.solvers.budget import Budget
from allokering.solvers.column_generation.lns.neighbourhoods import DestroyOperators
from allokering.solvers.column_generation.master.column_pool import ColumnPool
from allokering.solvers.column_generation.master.pricing import Pricer
from allokering.solvers.column_generation.parameters import DEFAULTS, Parameters, regional_search
from allokering.solvers.column_generation.primal.sub_mip import SubMip
from allokering.solvers.column_generation.scalarisation import lexicographic
from allokering.solvers.column_generation.solve import solve_large
from allokering.solvers.exact.solve import solve_exact
from allokering.solvers.outcome import Note, Status
from allokering.tables import TABLES

NO_ENUMERATION = DEFAULTS.changed({"driver.enumerated": 0})
"""So that there is something to search for."""
WITH_TWO_TIERS = 17
"""A seed of a random problem that has a plan and two tiers."""


@pytest.mark.parametrize("seeds", [range(first, first + 10) for first in range(0, 100, 10)], ids=str)
def test_it_finds_what_trying_everything_finds(seeds: range) -> None:
    """So few actors fit into one neighbourhood. No bound is above the optimum, the earlier tiers being at theirs."""
    for seed in seeds:
        raw = random_problem(seed)
        expected = raw.best()
        outcome = solve_large(raw.problem)
        if expected is None:
            assert (outcome.status, outcome.solution, outcome.tiers) == (Status.INFEASIBLE, None, ()), seed
            continue
        assert values(outcome) == expected, seed
        assert outcome.solution is not None
        assert raw.problem.is_feasible(outcome.solution), seed
        assert raw.problem.values(outcome.solution) == expected, seed
        assert all(bound <= value for bound, value in zip(bounds(outcome), expected, strict=True)), seed


@pytest.mark.parametrize("seed", range(12))
def test_it_agrees_with_the_exact_solver_on_training_paths(seed: int) -> None:
    """Both objectives, on instances in which the rules bind."""
    instance, model = random_case(seed)
    for objective in ("weighted", "lexicographic"):
        problem = build(instance, model, objective)
        exact, found = solve_exact(problem), solve_large(problem)

        assert (found.solution is None) == (exact.solution is None)
        assert values(found) == values(exact)
        assert all(bound <= value for bound, value in zip(bounds(found), values(exact), strict=True))


@pytest.mark.parametrize("parameters", [DEFAULTS, AS_VAST], ids=["region", "large scale"])
def test_where_all_is_proven_the_plan_is_the_exact_solvers(parameters: Parameters) -> None:
    """The canonical one: whatever the seed of either, options and adjustments."""
    proven = 0
    for seed in range(40):
        problem = random_problem(seed).problem
        exact, found = solve_exact(problem, seed=1), solve_large(problem, seed=seed, parameters=parameters)
        if found.status is not Status.OPTIMAL or not exact.is_unique:
            continue
        proven += 1
        assert found.is_unique, seed
        assert found.solution is not None
        assert exact.solution is not None
        assert found.solution.options.tolist() == exact.solution.options.tolist(), seed
        assert found.solution.adjustments.tolist() == exact.solution.adjustments.tolist(), seed
    assert proven > 10


def test_where_the_options_are_too_many_to_look_at_the_plan_is_not_said_to_be_unique() -> None:
    problem = jobs_and_agents(12, 3, seed=1)
    outcome = solve_large(problem, parameters=DEFAULTS.changed({"driver.listed": 0}))

    assert outcome.status is Status.OPTIMAL
    assert not outcome.is_unique


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_a_larger_problem_is_solved_within_the_gap_it_reports(seed: int) -> None:
    """Forty jobs: bound <= optimum <= value, and the two are near."""
    problem = jobs_and_agents(40, 5, seed)
    optimum = values(solve_exact(problem))[0]

    outcome = solve_large(problem, no_improvement_limit=10)

    assert bounds(outcome)[0] <= optimum <= values(outcome)[0]
    assert outcome.tiers[0].gap < 0.01


def test_the_same_seed_gives_the_same_solution_with_any_number_of_workers() -> None:
    """Of the neighbourhoods too, which a problem as small as this would not need."""
    problem = jobs_and_agents(40, 5, seed=4)
    first, second = (
        solve_large(problem, seed=7, workers=workers, no_improvement_limit=10, parameters=NO_ENUMERATION)
        for workers in (1, 2)
    )

    assert first.solution is not None
    assert second.solution is not None
    assert first.solution.options.tolist() == second.solution.options.tolist()
    assert first.solution.adjustments.tolist() == second.solution.adjustments.tolist()


def test_the_order_of_rows_in_the_tables_does_not_matter() -> None:
    """The same instance read from shuffled tables gives the same solution."""
    instance, model = random_case(5)
    shuffled = {table: list(instance.rows(table)) for table in TABLES}
    for rows in shuffled.values():
        Random(1).shuffle(rows)
    again = type(instance).of(instance.name, instance.settings, shuffled)

    first, second = (solve_large(build(one, model, "weighted")) for one in (instance, again))

    assert values(first) == values(second)
    assert (first.solution is None) == (second.solution is None)
    if first.solution is not None and second.solution is not None:
        assert first.solution.options.tolist() == second.solution.options.tolist()


def test_a_start_is_never_made_worse() -> None:
    """With no time to do better it comes back; given time, something better does."""
    problem = jobs_and_agents(40, 5, seed=5)
    options = np.zeros(40, dtype=np.int64)
    used = sum(int(actor.usage(np.array([0]), 5).sum()) for actor in problem.actors)
    overtime = np.array([used - problem.bounds[0], 0, 0, 0, 0], dtype=np.int64)
    start = Solution(options, overtime)

    at_once = solve_large(problem, start=start, time_limit=0.0)
    later = solve_large(problem, start=start, no_improvement_limit=5)

    assert at_once.solution is not None
    assert values(at_once) == problem.values(start)
    assert values(later) < problem.values(start)


def test_no_time_at_all_gives_no_false_promise() -> None:
    """The plan of those who came first is feasible and not below its bound; the outcome says that time was up."""
    problem = jobs_and_agents(40, 5, seed=6)
    outcome = solve_large(problem, time_limit=0.0)

    assert outcome.status is Status.FEASIBLE
    assert outcome.solution is not None
    assert problem.is_feasible(outcome.solution)
    assert bounds(outcome)[0] <= values(outcome)[0] == problem.values(outcome.solution)[0]
    assert outcome.notes == ("the time limit struck",)


def test_a_search_that_is_asked_to_stop_returns_the_best_plan(monkeypatch: pytest.MonkeyPatch) -> None:
    """When the second neighbourhood is drawn."""
    problem, budget = jobs_and_agents(40, 5, seed=7), Budget()
    draw, calls = DestroyOperators.draw, [0]

    def stopping(self: DestroyOperators, incumbent: object, in_flight: object) -> object:
        calls[0] += 1
        if calls[0] == 2:
            budget.stop()
        return draw(self, incumbent, in_flight)  # type: ignore[arg-type]

    monkeypatch.setattr(DestroyOperators, "draw", stopping)
    outcome = solve_large(problem, budget=budget, parameters=NO_ENUMERATION)

    assert calls[0] == 2
    assert outcome.solution is not None
    assert problem.is_feasible(outcome.solution)
    assert outcome.notes == ("interrupted",)
    assert bounds(outcome)[0] <= values(outcome)[0]


@pytest.mark.parametrize("asked", range(1, 8))
@pytest.mark.parametrize("parameters", [NO_ENUMERATION, AS_VAST], ids=["region", "large scale"])
def test_whenever_it_is_asked_to_stop_it_has_a_plan_or_says_that_it_has_none(
    asked: int, parameters: Parameters, monkeypatch: pytest.MonkeyPatch
) -> None:
    """At the first, second, ... pricing; two tiers, so that there is something left to be done."""
    raw = random_problem(WITH_TWO_TIERS)
    budget, price, calls = Budget(), Pricer.price, [0]

    def stopping(self: Pricer, *given: object, **named: object) -> object:
        calls[0] += 1
        if calls[0] == asked:
            budget.stop()
        return price(self, *given, **named)  # type: ignore[arg-type]

    monkeypatch.setattr(Pricer, "price", stopping)
    outcome = solve_large(raw.problem, budget=budget, parameters=parameters)

    assert outcome.status is not Status.INFEASIBLE
    if outcome.solution is not None:
        assert raw.problem.is_feasible(outcome.solution)
        assert all(bound <= value for bound, value in zip(bounds(outcome), values(outcome), strict=True))
        assert (Note.INTERRUPTED in outcome.notes) == (calls[0] >= asked)


@pytest.mark.parametrize("seed", range(6))
def test_paths_are_priced_as_their_usage_says(seed: int) -> None:
    """Cost by arrays is cost by the table of uses, surcharges by amount included."""
    instance, model = random_case(seed)
    problem = build(instance, model, "lexicographic")
    random = np.random.default_rng(seed)
    prices, weights = random.uniform(0, 9, len(problem.resources)), random.uniform(0, 9, len(problem.tiers))
    for actor in problem.actors:
        amounts = np.unique(np.append(actor.amounts(), 0))
        table = random.uniform(-9, 9, (len(problem.resources) + 1, len(amounts)))
        table[-1] = 0
        table[:, amounts == 0] = 0
        # A budget's row is used in several periods at once, and no cutting plane charges it.
        table[[number for number, row in enumerate(problem.resources) if row.rule == "budget"]] = 0
        surcharges = Surcharges(amounts, table)
        every = np.arange(len(actor))
        usage = actor.usage(every, len(problem.resources))
        expected = usage @ prices + actor.prices(every) @ weights + surcharges.of(usage)

        assert np.allclose(actor.values(prices, weights, surcharges), expected)


def test_auto_goes_by_the_number_of_options(monkeypatch: pytest.MonkeyPatch) -> None:
    """Two hundred options are few; where a hundred are many, they are priced."""
    problem = jobs_and_agents(40, 5, seed=8)

    assert choice.solve(problem).solver == "highs"
    assert choice.solve(problem, solver="large").solver == "large"
    monkeypatch.setattr(choice, "MANY", 100)
    assert choice.solve(problem).solver == "large"
    assert choice.solve(problem, solver="exact").solver == "highs"


@pytest.mark.parametrize("seed", range(5))
def test_beside_a_wide_gap_a_sub_problem_is_solved_no_further_than_a_tenth_of_its_share(seed: int) -> None:
    """With everybody free that is a tenth of the gap; with no bound known, it is the optimum."""
    problem = jobs_and_agents(25, 4, seed=seed)
    optimum = values(solve_exact(problem))[0]
    pool = ColumnPool(problem)
    pool.add([(actor, np.arange(len(options))) for actor, options in enumerate(problem.actors)])
    program = SubMip(pool, np.zeros(len(pool)), lexicographic(problem, 0), {}, seed=0)
    begun, _ = program.restricted_master_heuristic(
        pool.add([(actor, np.array([0])) for actor in range(25)]), 0, Budget()
    )
    assert begun is not None
    everybody = np.arange(25)

    exact, effort = program.repair(begun, everybody, 4, 100_000, Budget())
    bound = -2.0 * optimum
    rough_program = SubMip(pool, np.zeros(len(pool)), lexicographic(problem, 0), {}, 0, bound=bound)
    rough, _ = rough_program.repair(begun, everybody, 4, 100_000, Budget())

    assert effort.is_proven
    assert exact.values[0] == optimum
    assert optimum <= rough.values[0] <= optimum + (begun.values[0] - bound) / 10


def test_with_few_options_heuristics_prove_the_same_optimum_sooner() -> None:
    """So they are left out only where options are many."""
    steps = {True: 0, False: 0}
    for seed in range(5):
        problem = jobs_and_agents(30, 4, seed=seed)
        pool = ColumnPool(problem)
        pool.add([(actor, np.arange(len(options))) for actor, options in enumerate(problem.actors)])
        optima = set()
        for heuristics in steps:
            program = SubMip(pool, np.zeros(len(pool)), lexicographic(problem, 0), {}, seed=0)
            begun, _ = program.restricted_master_heuristic(
                pool.add([(actor, np.array([0])) for actor in range(30)]), 0, Budget()
            )
            assert begun is not None
            best, effort = program.repair(begun, np.arange(30), 4, 100_000, Budget(), heuristics=heuristics)
            assert effort.is_proven
            optima.add(best.values)
            steps[heuristics] += effort.steps
        assert len(optima) == 1
    assert steps[True] < steps[False]
    assert regional_search(4).related.heuristics
    assert not regional_search(800).related.heuristics
