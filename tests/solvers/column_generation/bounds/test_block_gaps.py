"""Where the gap of a plan lies: areas share it out among them, and who is freed follows it."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from random_instances import random_case
from random_problems import random_problem
from scipy import sparse

from allokering.engine.build import build
from allokering.problem import ListedOptions, Problem, Relief, Resource, Solution, Tier
from allokering.solvers.budget import Budget
from allokering.solvers.column_generation.bounds.block_gaps import BlockGaps
from allokering.solvers.column_generation.bounds.lagrangian_decomposition import BlockBounds, LagrangianDecomposition
from allokering.solvers.column_generation.bounds.root_node import solve_root
from allokering.solvers.column_generation.lns.destroy_operators import Operator
from allokering.solvers.column_generation.lns.neighbourhoods import TURNS, DestroyOperators
from allokering.solvers.column_generation.lns.ordered_parallel import Neighbourhood, RepairOutcome
from allokering.solvers.column_generation.master.column_pool import ColumnPool
from allokering.solvers.column_generation.master.pricing import Pricer
from allokering.solvers.column_generation.master.restricted_master import RestrictedMaster
from allokering.solvers.column_generation.master.root import RootNode
from allokering.solvers.column_generation.parameters import DEFAULTS, LARGE_SCALE_SEARCH
from allokering.solvers.column_generation.primal.incumbent import Incumbent, incumbent_of
from allokering.solvers.column_generation.primal.sub_mip import Effort, SubMip
from allokering.solvers.column_generation.scalarisation import lexicographic
from allokering.solvers.exact.solve import solve_exact
from allokering.solvers.mir_cuts import Separator


def asked(problem: Problem, *, rounds: int = 5) -> tuple[ColumnPool, RootNode, BlockBounds]:
    """All options as columns, the master's prices, and what areas say at them."""
    pool = ColumnPool(problem)
    pool.add([(actor, np.arange(len(options))) for actor, options in enumerate(problem.actors)])
    master = RestrictedMaster(pool)
    master.set_objective(np.ones(len(problem.tiers)), 1e6)
    root = solve_root(master, Pricer(problem), Separator(problem), Budget(None), replace(DEFAULTS.root, rounds=rounds))
    return (
        pool,
        root,
        LagrangianDecomposition(problem, 1).bound(root.cuts, root.duals, root.priced.cheapest, Budget(None)),
    )


def as_columns(pool: ColumnPool, solution: Solution) -> Incumbent:
    columns = pool.add([(actor, np.array([option])) for actor, option in enumerate(solution.options.tolist())])
    plan = incumbent_of(pool, columns, solution.adjustments)
    assert plan is not None
    return plan


@pytest.mark.parametrize("seed", range(60))
def test_areas_share_out_no_more_than_the_gap_and_none_costs_less_than_the_least(seed: int) -> None:
    """Of the best plan, and of one that is freed by chance and so has larger gaps."""
    problem = build(*random_case(seed), "weighted") if seed % 2 else random_problem(seed).problem
    best = solve_exact(problem).solution
    if best is None or len(problem.tiers) > 1:
        return  # no plan, or more than one number
    pool, root, bounds = asked(problem, rounds=1 + seed % 4)
    gaps, plan = BlockGaps(pool, root, bounds), as_columns(pool, best)
    small = 1e-3 + 1e-6 * abs(bounds.total)

    assert gaps.of(plan).min(initial=0.0) >= -small
    assert gaps.of(plan).sum() <= plan.values[0] - bounds.total + small
    assert len(gaps) == len(bounds.by_block)
    for area in range(len(gaps)):
        assert np.all(gaps.block[gaps.columns(area)] == area)


def four_places() -> Problem:
    """Eight lists of 50 for four places of 100 residents, a fifth place for which there is no list; 5 a resident.

    Two lists go to each place at 1 each and to the next at 2; to another than these, at 90.
    """
    rows = [Resource("coverage", f"place-{place}", 0, -100) for place in range(5)]
    usage = sparse.csr_array(-50 * np.eye(5, dtype=np.int64)[:4])
    actors = []
    for actor in range(8):
        prices = np.full((4, 1), 90)
        prices[actor // 2], prices[(actor // 2 + 1) % 4] = 1, 2
        actors.append(ListedOptions(f"list-{actor}", [f"place-{place}" for place in range(4)], usage, prices))
    reliefs = [Relief("without", row, 100, (5,)) for row in range(5)]
    return Problem((Tier("cost", "NOK"),), tuple(rows), tuple(actors), tuple(reliefs))


def one_place_short() -> tuple[BlockGaps, DestroyOperators, Incumbent, SubMip]:
    """Everybody at home, but for one of the first place's, who is in the second's."""
    problem = four_places()
    pool, root, bounds = asked(problem)
    gaps = BlockGaps(pool, root, bounds)
    chosen = np.arange(8) // 2
    chosen[1] = 1
    plan = as_columns(pool, Solution(chosen, np.array([50, 0, 0, 0, 100])))
    excess = np.zeros(len(pool))
    block_gap = replace(LARGE_SCALE_SEARCH.block_gap, size=3)
    search = replace(LARGE_SCALE_SEARCH, block_gap=block_gap)
    drawer = DestroyOperators(pool, excess, np.ones(len(pool)), root.duals.resources, 0, search, gaps)
    return gaps, drawer, plan, SubMip(pool, excess, lexicographic(problem, 0), {}, 0)


def test_the_gap_lies_where_residents_are_without_a_doctor_for_no_reason() -> None:
    """In the first two places: 250 for 50 residents, and the doctor costs 2 there instead of 1."""
    gaps, _, plan, _ = one_place_short()
    of = gaps.of(plan)
    home = gaps.block[plan.columns]

    assert of.sum() == pytest.approx(251, abs=0.01)
    assert of[[home[0], home[1]]].sum() == pytest.approx(251, abs=0.01)
    assert len(gaps) == 5
    assert plan.values == (759,)


def test_who_is_freed_follows_the_gap() -> None:
    """In the turns of areas, one that is short: those placed in it come first."""
    gaps, drawer, plan, program = one_place_short()
    short = {gaps.block[plan.columns[0]], gaps.block[plan.columns[1]]}
    draws = [drawer.draw(plan, []) for _ in range(2 * len(TURNS))]

    assert [draw.operator for draw in draws] == [*TURNS, *TURNS]
    for draw in draws:
        assert len(draw.freed) > 0
        assert (draw.block in short) == (draw.operator is Operator.BLOCK_GAP)
        if draw.operator is Operator.BLOCK_GAP and len(draw.freed) < 8:
            placed = np.flatnonzero(gaps.block[plan.columns] == draw.block)
            assert np.isin(placed, draw.freed).all() or len(placed) > len(draw.freed)
    found, _ = program.repair(plan, np.arange(8), 4, 100, Budget())
    assert found.values == (508,)
    assert np.allclose(gaps.of(found), 0.0, atol=0.01)


def test_without_a_gap_elsewhere_rivals_are_freed_instead() -> None:
    """The areas that lack something are under way."""
    _, drawer, plan, _ = one_place_short()
    under_way = [Neighbourhood(np.array([0, 1, 2, 3]), 4, 10)]
    for _ in TURNS:
        draw = drawer.draw(plan, under_way)
        assert draw.operator is not Operator.BLOCK_GAP
        assert not np.isin(draw.freed, [0, 1, 2, 3]).any()


def test_an_area_that_gave_nothing_is_drawn_less_often() -> None:
    _, drawer, plan, _ = one_place_short()
    counts: dict[int, int] = {}
    for _ in range(140):
        draw = drawer.draw(plan, [])
        counts[draw.block] = counts.get(draw.block, 0) + 1
        if draw.operator is Operator.BLOCK_GAP:
            drawer.learn(RepairOutcome(draw, False, Effort(is_proven=True, steps=600)))
    counts.pop(-1)

    assert len(counts) == 2
    assert min(counts.values()) >= 3  # by its gap alone, one in 250


def test_where_nobody_can_go_nobody_is_freed() -> None:
    """The fifth place is short whatever is done: no gap, and no columns."""
    gaps, drawer, plan, _ = one_place_short()
    (empty,) = [area for area in range(5) if not len(gaps.columns(area))]

    assert gaps.of(plan)[empty] == pytest.approx(0.0, abs=0.01)
    drawer._block_fatigue[:] = np.inf
    drawer._block_fatigue[empty] = 0.0
    assert all(draw.block != empty and len(draw.freed) for draw in (drawer.draw(plan, []) for _ in TURNS))
