"""All tiers of a vast problem at once, then one by one: what that weighs, what it proves, and that nothing is lost."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from as_vast import AS_VAST
from random_problems import random_problem
from scenes.problems import bounds, values
from scipy import sparse

from allokering.problem import ListedOptions, Problem, Resource, Solution, Tier
from allokering.solvers.budget import Budget
from allokering.solvers.column_generation import driver
from allokering.solvers.column_generation.bounds.root_node import rescaled_root
from allokering.solvers.column_generation.bounds.row_and_column_generation import RowAndColumnGeneration
from allokering.solvers.column_generation.driver import PriceAndBranch
from allokering.solvers.column_generation.master.column_pool import ColumnPool
from allokering.solvers.column_generation.master.pricing import Pricer
from allokering.solvers.column_generation.master.root import RootNode
from allokering.solvers.column_generation.methods import InteriorPointMethod, Method, SimplexMethod, Workspace
from allokering.solvers.column_generation.scalarisation import (
    dualised_cuts,
    lexicographic,
    lexicographic_repair,
    weighted_sum,
)
from allokering.solvers.column_generation.schedules import Schedule, TierByTier, WeightedSumFirst
from allokering.solvers.column_generation.solve import method_and_schedule, solve_large
from allokering.solvers.column_generation.state import SearchState
from allokering.solvers.column_generation.time_shares import TimeShares
from allokering.solvers.exact.solve import solve_exact
from allokering.solvers.integer_bound import rounded_up
from allokering.solvers.mir_cuts import Separator
from allokering.solvers.outcome import Status, silent


def dear_or_short(actors: int) -> Problem:
    """Everybody chooses between one unit of the first tier, which weighs a million all at once, and ten million NOK."""
    option = sparse.csr_array((2, 1), dtype=np.int64)
    return Problem(
        (Tier("short", "residents", worth=100_000), Tier("cost", "NOK")),
        (Resource("row", "town", 0, 0),),
        tuple(
            ListedOptions(f"actor-{number}", ["short", "dear"], option, np.array([[1, 0], [0, 10**7]]))
            for number in range(actors)
        ),
    )


def tier_by_tier(space: Workspace) -> Schedule:
    """Lexicographic."""
    return TierByTier(space.problem, space.parameters)


def weighted_sum_first(space: Workspace) -> Schedule:
    """All tiers, then repair."""
    return WeightedSumFirst(space.problem, space.pricer, space.parameters)


SCHEDULES = {"tiers": tier_by_tier, "sum first": weighted_sum_first}


def searching(
    problem: Problem, method: Callable[[Workspace], Method], schedule: Callable[[Workspace], Schedule], seed: int
) -> tuple[PriceAndBranch, SearchState, Schedule]:
    """A search by this method and schedule."""
    space = Workspace(problem, seed, parameters=AS_VAST)
    order = schedule(space)
    state = SearchState(problem, space.pool, order.steps, silent)
    return PriceAndBranch(space, method(space), order, state, 5, Budget(None)), state, order


def test_a_tier_weighs_ten_times_its_worth_beside_the_next_in_whole_numbers() -> None:
    tiers = (Tier("first", "a", worth=1000), Tier("second", "b", worth=20_000), Tier("third", "c"))
    weights = weighted_sum(Problem(tiers, (), ())).counts

    assert (weights / weights[2]).tolist() == [1000 * 10**2, 20_000 * 10, 1]
    assert np.array_equal(weights, np.rint(weights))


def test_plans_are_compared_tier_by_tier_or_by_what_they_weigh() -> None:
    problem = dear_or_short(1)
    first, second, both = lexicographic(problem, 0), lexicographic(problem, 1), weighted_sum(problem)

    assert not first.is_better((1, 5), (1, 9))
    assert second.is_better((1, 5), (1, 9))
    assert second.is_better((0, 9), (1, 5))
    assert lexicographic_repair(problem, 0).is_better((1, 5), (1, 9))
    assert not lexicographic_repair(problem, 0).is_better((2, 0), (1, 9))
    assert both.is_better((1, 0), (0, 10**7))
    assert both.is_better((0, 10**6 - 1), (1, 0))


@pytest.mark.parametrize("seeds", [range(first, first + 40) for first in range(0, 120, 40)], ids=str)
def test_prices_of_all_at_once_never_prove_too_much_of_one_tier(seeds: range) -> None:
    """With the earlier ones held at their optima, no bound is above the optimum of a tier."""
    asked = 0
    for seed in seeds:
        raw = random_problem(seed)
        optimum = raw.best()
        if optimum is None or len(optimum) == 1:
            continue
        vast, pricer = RowAndColumnGeneration(ColumnPool(raw.problem)), Pricer(raw.problem)
        master = vast.initial_master()
        master.set_objective(weighted_sum(raw.problem).counts, 1e9)
        root, _ = vast.solve_root(master, pricer, Separator(raw.problem), Budget(None))
        for tier, best in enumerate(optimum):
            held = dict(enumerate(optimum[:tier]))
            seen = rescaled_root(root, pricer, tier, *dualised_cuts(raw.problem, tier, held))
            assert seen.bound <= best + 1e-6, (seed, tier)
            asked += 1
    assert asked > 20


def test_what_all_at_once_gave_away_is_mended() -> None:
    """All at once, ten million are dearer than one million; but the first tier comes first.

    The price that holds the first one proves no more than itself of the second.
    """
    problem = dear_or_short(4)
    assert weighted_sum(problem).is_better((4, 0), (0, 4 * 10**7))

    outcome = solve_large(problem, parameters=AS_VAST)

    assert values(outcome) == (0, 4 * 10**7)
    assert bounds(outcome) == (0, 4 * 10**6)


@pytest.mark.parametrize("limit", [0.0, None])
def test_a_start_that_weighs_more_is_kept_where_it_is_better_tier_by_tier(limit: float | None) -> None:
    problem = dear_or_short(4)
    start = Solution(np.ones(4, dtype=np.int64), np.zeros(0, dtype=np.int64))

    outcome = solve_large(problem, start=start, time_limit=limit, parameters=AS_VAST)

    assert values(outcome) == (0, 4 * 10**7)


@pytest.mark.parametrize("with_blocks", [False, True])
@pytest.mark.parametrize("seeds", [range(first, first + 40) for first in range(0, 160, 40)], ids=str)
def test_no_bound_is_above_what_is_possible_with_the_earlier_tiers_as_they_are(seeds: range, with_blocks: bool) -> None:
    """The bounds as they are found: an outcome never shows one above the value, which would hide a false one."""
    asked = 0
    for seed in seeds:
        raw = random_problem(seed)
        solutions = [value for value, _ in raw.solutions()]
        if len(raw.problem.tiers) == 1 or not solutions:
            continue
        search, state, schedule = searching(raw.problem, InteriorPointMethod, weighted_sum_first, seed)
        if not with_blocks:
            search._solve_blocks = lambda *_: None  # type: ignore[method-assign]
        for step in schedule.steps:
            assert search.solve_step(step), seed
            number = step.number
            if number < len(raw.problem.tiers):
                cuts = state.objective_cuts
                possible = [one for one in solutions if all(one[held] <= cuts[held] for held in range(number))]
                bound = state.bounds[number]
                assert bound is not None, seed
                assert bound <= min(one[number] for one in possible), (seed, number)
                asked += 1
    assert asked > 20


@pytest.mark.parametrize("seeds", [range(first, first + 20) for first in range(0, 60, 20)], ids=str)
def test_no_start_is_made_worse(seeds: range) -> None:
    for seed in seeds:
        problem = random_problem(seed).problem
        exact = solve_exact(problem)
        if exact.solution is not None:
            assert values(solve_large(problem, start=exact.solution, parameters=AS_VAST)) == values(exact), seed


def test_the_number_of_workers_changes_nothing() -> None:
    for seed in range(20):
        problem = random_problem(seed).problem
        one, two = (solve_large(problem, seed=1, workers=workers, parameters=AS_VAST) for workers in (1, 2))
        assert (one.status, one.solution is None) == (two.status, two.solution is None)
        if one.solution is not None and two.solution is not None:
            assert one.solution.options.tolist() == two.solution.options.tolist()


def test_what_cannot_be_is_said_to_be_impossible() -> None:
    """Everybody uses one unit of what there is none of."""
    problem = dear_or_short(4)
    using = sparse.csr_array(np.ones((2, 1), dtype=np.int64))
    actors = tuple(ListedOptions(one.actor, ["a", "b"], using, one.prices(np.arange(2))) for one in problem.actors)

    outcome = solve_large(Problem(problem.tiers, problem.resources, actors), parameters=AS_VAST)

    assert outcome.status is Status.INFEASIBLE


@pytest.mark.parametrize("worth", [(0, 1), (0, 0), (1, 0)])
def test_a_tier_worth_nothing_still_comes_in_its_turn(worth: tuple[int, int]) -> None:
    problem = dear_or_short(4)
    tiers = tuple(Tier(tier.name, tier.unit, one) for tier, one in zip(problem.tiers, worth, strict=True))
    actors = tuple(
        ListedOptions(
            one.actor, ["short", "dear"], sparse.csr_array((2, 1), dtype=np.int64), np.array([[1, 0], [0, 7]])
        )
        for one in problem.actors
    )

    outcome = solve_large(Problem(tiers, problem.resources, actors), parameters=AS_VAST)

    assert values(outcome) == (0, 28)
    assert bounds(outcome)[0] <= 0
    assert bounds(outcome)[1] <= 28


def test_a_bound_left_of_a_large_number_gives_away_what_that_may_have_lost() -> None:
    assert rounded_up(300.6) == 301
    assert rounded_up(300.6, 1e12) == 300
    assert rounded_up(float("-inf")) is None


def test_stopped_in_the_weighted_sum_it_returns_a_plan(monkeypatch: pytest.MonkeyPatch) -> None:
    """No tier has been asked about by itself then, so its bound is what everybody's cheapest option costs."""
    budget = Budget()
    monkeypatch.setattr(driver, "large_neighbourhood_search", lambda *_, **__: budget.stop())
    monkeypatch.setattr(SearchState, "is_done", lambda *_: False)
    outcome = solve_large(dear_or_short(4), budget=budget, parameters=AS_VAST)

    assert outcome.notes == ("interrupted",)
    assert values(outcome) == (4, 0)
    assert bounds(outcome) == (0, 0)


def test_stopped_when_the_start_has_been_left_it_returns_to_it(monkeypatch: pytest.MonkeyPatch) -> None:
    """What weighs less in the weighted sum is not better tier by tier."""
    budget, told, lead = Budget(), [], WeightedSumFirst.lead

    def stopping(self: WeightedSumFirst, root: RootNode | None) -> None:
        budget.stop()
        lead(self, root)

    monkeypatch.setattr(WeightedSumFirst, "lead", stopping)
    start = Solution(np.ones(4, dtype=np.int64), np.zeros(0, dtype=np.int64))
    outcome = solve_large(
        dear_or_short(4),
        start=start,
        budget=budget,
        progress=lambda _name, value, *_: told.append((value or 0) / 10**6),
        parameters=AS_VAST,
    )

    assert min(told) == 4
    assert outcome.notes == ("interrupted",)
    assert values(outcome) == (0, 4 * 10**7)


def test_only_what_is_made_for_a_weighted_sum_is_repaired() -> None:
    problem = dear_or_short(4)
    method, schedule = method_and_schedule(Workspace(problem))
    assert isinstance(method, SimplexMethod)
    assert schedule.steps[0].scalarisation.weights.tolist() == [1, 0]
    method, schedule = method_and_schedule(Workspace(problem, parameters=AS_VAST))
    assert isinstance(method, InteriorPointMethod)
    repaired = schedule.steps[1].scalarisation.weights.tolist()
    assert repaired == lexicographic_repair(problem, 0).weights.tolist() == [1e9, 1]
    assert [step.number for step in schedule.steps] == [2, 0, 1]


COMBINATIONS = [(method, order) for method in (SimplexMethod, InteriorPointMethod) for order in ("tiers", "sum first")]


@pytest.mark.parametrize(("method", "order"), COMBINATIONS)
def test_every_method_goes_with_every_schedule(method: type[SimplexMethod | InteriorPointMethod], order: str) -> None:
    """What is found is possible, and no bound is above what is possible with the earlier tiers as they are."""
    asked = 0
    for seed in range(30):
        raw = random_problem(seed)
        solutions = [value for value, _ in raw.solutions()]
        if len(raw.problem.tiers) == 1 or not solutions:
            continue
        search, state, _schedule = searching(raw.problem, method, SCHEDULES[order], seed)
        assert search.solve(), seed
        assert state.incumbent is not None
        assert state.incumbent.values in solutions, seed
        for number, bound in sorted(state.bounds.items())[: len(raw.problem.tiers)]:
            cuts = state.objective_cuts
            possible = [one for one in solutions if all(one[held] <= cuts[held] for held in range(number))]
            assert bound is not None
            assert bound <= min(one[number] for one in possible), (seed, number)
            asked += 1
    assert asked > 20


@pytest.mark.usefixtures("clock_stands_still")
def test_time_is_shared_out_and_what_is_left_of_a_share_goes_to_the_next() -> None:
    whole, shares = Budget(100.0), TimeShares()

    assert shares.of_weighted_sum(whole).left == pytest.approx(60)
    assert shares.of_tier(whole, 5, is_repaired=False).left == pytest.approx(20)
    assert shares.of_tier(whole, 5, is_repaired=True).left == pytest.approx(50)
    assert shares.of_tier(whole, 1, is_repaired=True).left == pytest.approx(100)
    assert shares.of_blocks(whole, is_leading=False).left == pytest.approx(50)
    assert shares.of_blocks(whole, is_leading=True).left == pytest.approx(15)
    assert shares.of_root(whole, is_first_plan_slow=True).left == pytest.approx(50)
    assert shares.of_root(Budget(30.0), is_first_plan_slow=True).left == pytest.approx(5)
    assert shares.of_root(Budget(5.0), is_first_plan_slow=True).left == 0
    assert shares.of_root(Budget(None), is_first_plan_slow=True).left is None
