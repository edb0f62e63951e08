"""Where the gap of a plan lies: areas share it out among them, and who is freed follows it."""

from __future__ import annotations

import numpy as np
import pytest
from random_instances import random_case
from random_problems import random_problem
from scipy import sparse

from allokering.engine.build import build
from allokering.problem import ListedOptions, Problem, Relief, Resource, Solution, Tier
from allokering.solvers.budget import Budget
from allokering.solvers.column_generation.bounds.block_gaps import Gaps
from allokering.solvers.column_generation.bounds.lagrangian_decomposition import AreaBounds, Areas
from allokering.solvers.column_generation.bounds.root_node import Root, tighten
from allokering.solvers.column_generation.lns.adaptive_size import vast
from allokering.solvers.column_generation.lns.neighbourhoods import TURNS, Neighbourhood
from allokering.solvers.column_generation.lns.ordered_parallel import Draw, Told, Why
from allokering.solvers.column_generation.master.column_pool import Pool
from allokering.solvers.column_generation.master.pricing import Pricer
from allokering.solvers.column_generation.master.restricted_master import Relaxation
from allokering.solvers.column_generation.primal.sub_mip import Effort, Incumbent, Program, incumbent
from allokering.solvers.column_generation.scalarisation import of_tier
from allokering.solvers.exact.solve import solve_exact
from allokering.solvers.mir_cuts import Separator


def asked(problem: Problem, *, rounds: int = 5) -> tuple[Pool, Root, AreaBounds]:
    """All options as columns, the relaxation's prices, and what areas say at them."""
    pool = Pool(problem)
    pool.add([(actor, np.arange(len(options))) for actor, options in enumerate(problem.actors)])
    relaxation = Relaxation(pool)
    relaxation.minimise(np.ones(len(problem.tiers)), 1e6)
    root = tighten(relaxation, Pricer(problem), Separator(problem), Budget(None), rounds=rounds)
    return pool, root, Areas(problem, 1).bound(root.cuts, root.prices, root.priced.cheapest, Budget(None))


def as_columns(pool: Pool, solution: Solution) -> Incumbent:
    columns = pool.add([(actor, np.array([option])) for actor, option in enumerate(solution.options.tolist())])
    plan = incumbent(pool, columns, solution.adjustments)
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
    gaps, plan = Gaps(pool, root, bounds), as_columns(pool, best)
    small = 1e-3 + 1e-6 * abs(bounds.total)

    assert gaps.of(plan).min(initial=0.0) >= -small
    assert gaps.of(plan).sum() <= plan.values[0] - bounds.total + small
    assert len(gaps) == len(bounds.by_area)
    for area in range(len(gaps)):
        assert np.all(gaps.area[gaps.columns(area)] == area)


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


def one_place_short() -> tuple[Gaps, Neighbourhood, Incumbent, Program]:
    """Everybody at home, but for one of the first place's, who is in the second's."""
    problem = four_places()
    pool, root, bounds = asked(problem)
    gaps = Gaps(pool, root, bounds)
    chosen = np.arange(8) // 2
    chosen[1] = 1
    plan = as_columns(pool, Solution(chosen, np.array([50, 0, 0, 0, 100])))
    excess = np.zeros(len(pool))
    ways = vast()
    ways.area.size = 3
    drawer = Neighbourhood(pool, excess, np.ones(len(pool)), root.prices.resources, 0, ways, gaps)
    return gaps, drawer, plan, Program(pool, excess, of_tier(problem, 0), {}, 0)


def test_the_gap_lies_where_residents_are_without_a_doctor_for_no_reason() -> None:
    """In the first two places: 250 for 50 residents, and the doctor costs 2 there instead of 1."""
    gaps, _, plan, _ = one_place_short()
    of = gaps.of(plan)
    home = gaps.area[plan.columns]

    assert of.sum() == pytest.approx(251, abs=0.01)
    assert of[[home[0], home[1]]].sum() == pytest.approx(251, abs=0.01)
    assert len(gaps) == 5
    assert plan.values == (759,)


def test_who_is_freed_follows_the_gap() -> None:
    """In the turns of areas, one that is short: those placed in it come first."""
    gaps, drawer, plan, program = one_place_short()
    short = {gaps.area[plan.columns[0]], gaps.area[plan.columns[1]]}
    draws = [drawer.draw(plan, []) for _ in range(2 * len(TURNS))]

    assert [draw.why for draw in draws] == [*TURNS, *TURNS]
    for draw in draws:
        assert len(draw.freed) > 0
        assert (draw.area in short) == (draw.why is Why.AREA)
        if draw.why is Why.AREA and len(draw.freed) < 8:
            placed = np.flatnonzero(gaps.area[plan.columns] == draw.area)
            assert np.isin(placed, draw.freed).all() or len(placed) > len(draw.freed)
    found, _ = program.improve(plan, np.arange(8), 4, 100, None)
    assert found.values == (508,)
    assert np.allclose(gaps.of(found), 0.0, atol=0.01)


def test_without_a_gap_elsewhere_rivals_are_freed_instead() -> None:
    """The areas that lack something are under way."""
    _, drawer, plan, _ = one_place_short()
    under_way = [Draw(np.array([0, 1, 2, 3]), 4, 10)]
    for _ in TURNS:
        draw = drawer.draw(plan, under_way)
        assert draw.why is not Why.AREA
        assert not np.isin(draw.freed, [0, 1, 2, 3]).any()


def test_an_area_that_gave_nothing_is_drawn_less_often() -> None:
    _, drawer, plan, _ = one_place_short()
    counts: dict[int, int] = {}
    for _ in range(140):
        draw = drawer.draw(plan, [])
        counts[draw.area] = counts.get(draw.area, 0) + 1
        if draw.why is Why.AREA:
            drawer.learn(Told(draw, False, Effort(is_proven=True, steps=600)))
    counts.pop(-1)

    assert len(counts) == 2
    assert min(counts.values()) >= 3  # by its gap alone, one in 250


def test_where_nobody_can_go_nobody_is_freed() -> None:
    """The fifth place is short whatever is done: no gap, and no columns."""
    gaps, drawer, plan, _ = one_place_short()
    (empty,) = [area for area in range(5) if not len(gaps.columns(area))]

    assert gaps.of(plan)[empty] == pytest.approx(0.0, abs=0.01)
    drawer._tired_areas[:] = np.inf
    drawer._tired_areas[empty] = 0.0
    assert all(draw.area != empty and len(draw.freed) for draw in (drawer.draw(plan, []) for _ in TURNS))
