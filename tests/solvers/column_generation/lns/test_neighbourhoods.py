"""Who is freed when, and how plans found side by side are put together."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest
from scenes.problems import jobs_and_agents

from allokering.problem import Problem, Solution
from allokering.solvers.budget import Budget
from allokering.solvers.column_generation.lns.destroy_operators import DestroyOperator, Operator
from allokering.solvers.column_generation.lns.neighbourhoods import DestroyOperators
from allokering.solvers.column_generation.lns.ordered_parallel import (
    Neighbourhood,
    RepairOutcome,
    ordered_parallel_search,
)
from allokering.solvers.column_generation.master.column_pool import ColumnPool
from allokering.solvers.column_generation.parameters import LARGE_SCALE_SEARCH, SearchParameters, regional_search
from allokering.solvers.column_generation.primal.incumbent import Incumbent
from allokering.solvers.column_generation.primal.sub_mip import Effort, SubMip
from allokering.solvers.column_generation.scalarisation import lexicographic
from allokering.solvers.exact.solve import solve_exact


def begun(problem: Problem) -> tuple[ColumnPool, SubMip, Incumbent]:
    """All options as columns, and a plan in which the agents take turns."""
    pool = ColumnPool(problem)
    pool.add([(actor, np.arange(len(options))) for actor, options in enumerate(problem.actors)])
    program = SubMip(pool, np.zeros(len(pool)), lexicographic(problem, 0), {}, seed=0)
    turns = pool.add([(actor, np.array([actor % len(options)])) for actor, options in enumerate(problem.actors)])
    plan, _ = program.restricted_master_heuristic(turns, 0, Budget())
    assert plan is not None
    return pool, program, plan


def neighbourhood(
    pool: ColumnPool, chosen: float = 0.5, search: SearchParameters = LARGE_SCALE_SEARCH
) -> DestroyOperators:
    size = len(pool)
    prices = np.ones(len(pool.problem.resources))
    return DestroyOperators(pool, np.zeros(size), np.full(size, chosen), prices, 0, search)


def test_a_relaxation_that_says_a_little_more_than_one_draws_none_the_less() -> None:
    """As interior points do; with more actors than stand near each other, the first is drawn by its doubt."""
    pool, _, plan = begun(jobs_and_agents(400, 3, seed=1))

    draw = neighbourhood(pool, chosen=1.5).draw(plan, [])

    assert draw.operator is Operator.RINS
    assert 0 < len(draw.freed) < 400


@pytest.mark.parametrize("search", [regional_search(500), LARGE_SCALE_SEARCH])
def test_nobody_is_freed_by_two_at_the_same_time(search: SearchParameters) -> None:
    """While there is somebody else to free."""
    pool, _, plan = begun(jobs_and_agents(400, 3, seed=1))
    drawer = neighbourhood(pool, search=search)
    under_way: list[Neighbourhood] = []
    for _ in range(8):
        under_way.append(drawer.draw(plan, under_way))

    freed = np.concatenate([draw.freed for draw in under_way])
    assert len(freed) == len(set(freed.tolist())) > 8
    assert [draw.operator for draw in under_way] == [Operator.RINS, *[Operator.RELATED] * 6, Operator.RINS]


@pytest.mark.parametrize(("options", "each", "fewest"), [(800, 10, 6), (20, 4, 3), (5, 3, 3)])
def test_of_few_options_a_fifth_is_at_hand(options: float, each: float, fewest: float) -> None:
    rins = DestroyOperator(regional_search(options).rins)
    assert (rins.columns_each, rins.parameters.fewest) == pytest.approx((each, fewest))
    rins.learn(is_better=True, effort=Effort(is_proven=True, steps=10_000))
    assert fewest <= rins.columns_each <= each


def test_the_first_of_one_is_far_from_what_is_under_way() -> None:
    """Of 400 who want the same, 100 stand nearest to the first; where all are near, any will do."""
    pool, _, plan = begun(jobs_and_agents(400, 3, seed=1))
    drawer = neighbourhood(pool)
    one = drawer.draw(plan, [])
    for _ in range(20):
        other = drawer.draw(plan, [one])
        assert len(other.near) == 100
        assert other.operator is Operator.RINS or other.near[0] in other.freed
        assert other.near[0] not in one.near
    everybody = Neighbourhood(np.zeros(0, dtype=np.int64), 1, 1, np.arange(400))
    assert len(drawer.draw(plan, [everybody]).freed) > 0


def test_with_everybody_under_way_somebody_is_freed_again() -> None:
    pool, _, plan = begun(jobs_and_agents(12, 3, seed=1))
    assert len(neighbourhood(pool).draw(plan, [Neighbourhood(np.arange(12), 3, 10)]).freed) > 0


def drawn(problem: Problem, *, workers: int, ahead: int) -> tuple[list[bool], Incumbent]:
    """Sixty pairs and triples: whether each gave a better plan, and the plan in the end."""
    _, program, plan = begun(problem)
    random, count = np.random.default_rng(4), len(problem.actors)
    draws = iter([Neighbourhood(np.sort(random.choice(count, 2 + one % 2, replace=False)), 5, 50) for one in range(60)])
    gave = []

    def draw(_now: Incumbent, under_way: Sequence[Neighbourhood]) -> Neighbourhood | None:
        assert len(under_way) < ahead
        return next(draws, None)

    def tell(told: RepairOutcome, _now: Incumbent) -> None:
        gave.append(told.is_better)

    return gave, ordered_parallel_search(
        program, plan, draw, tell, in_flight=ahead, workers=workers, budget=Budget(None)
    )


@pytest.mark.parametrize("ahead", [1, 3, 8])
@pytest.mark.parametrize("seed", range(3))
def test_side_by_side_the_number_of_workers_changes_nothing(seed: int, ahead: int) -> None:
    problem = jobs_and_agents(30, 4, seed=seed)
    alone, together = (drawn(problem, workers=workers, ahead=ahead) for workers in (1, 2))

    assert alone[0] == together[0]
    assert len(alone[0]) == 60
    assert np.array_equal(alone[1].columns, together[1].columns)
    _, _, plan = begun(problem)
    assert alone[1].values < plan.values


def test_no_time_no_neighbourhood() -> None:
    _, program, plan = begun(jobs_and_agents(12, 3, seed=1))

    def never(_now: Incumbent, _under_way: Sequence[Neighbourhood]) -> Neighbourhood | None:
        raise AssertionError

    assert (
        ordered_parallel_search(program, plan, never, lambda *_: None, in_flight=3, workers=2, budget=Budget(0.0))
        is plan
    )


@pytest.mark.parametrize("seed", range(20))
def test_two_plans_found_from_one_are_joined_without_loss(seed: int) -> None:
    """Never worse than the plan we have; and where both changes go together without overtime, no dearer than both."""
    problem = jobs_and_agents(16, 3, seed=seed)
    pool, program, plan = begun(problem)
    halves = np.arange(8), np.arange(8, 16)
    first, second = (program.repair(plan, half, 3, 1000, Budget())[0] for half in halves)

    joined = program.merge(plan, first, second, Budget())

    assert program.merge(plan, plan, second, Budget()) is second
    assert program.merge(plan, first, plan, Budget()) is first
    assert joined.values <= first.values
    assert problem.values(solution(pool, joined)) == joined.values
    assert problem.is_feasible(solution(pool, joined))
    columns = first.columns.copy()
    columns[8:] = second.columns[8:]
    if np.all(pool.usage[columns].sum(axis=0) <= problem.bounds):
        assert joined.values[0] <= pool.prices[columns].sum()
    assert joined.values[0] >= solve_exact(problem).tiers[0].value


def test_what_was_found_may_be_other_adjustments_alone() -> None:
    """Sixty overtime for nothing in the plan before; where it is gone already, there is nothing to join."""
    problem = jobs_and_agents(16, 3, seed=1)
    _, program, plan = begun(problem)
    spare = np.array([60, 0, 0])
    wasteful = Incumbent(plan.columns, plan.amounts + spare, (plan.values[0] + 6000,))

    assert program.merge(wasteful, plan, plan, Budget()).values == plan.values
    assert program.merge(wasteful, wasteful, plan, Budget()) is plan


def solution(pool: ColumnPool, plan: Incumbent) -> Solution:
    return Solution(pool.option[plan.columns], plan.amounts)
