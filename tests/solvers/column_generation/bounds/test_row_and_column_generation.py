"""A problem too large for the simplex: groups of actors, what is left aside, and every promise of the solver."""

from __future__ import annotations

import numpy as np
import pytest
from as_vast import AS_VAST
from random_instances import random_case
from random_problems import random_problem
from scenes.problems import bounds, jobs_and_agents, values
from scipy import sparse

from allokering.engine.build import build
from allokering.problem import ListedOptions, Problem, Relief, Resource, Tier, Transfer
from allokering.solvers.budget import Budget
from allokering.solvers.column_generation.bounds.lagrangian_relaxation import LagrangianRelaxation
from allokering.solvers.column_generation.bounds.row_and_column_generation import RowAndColumnGeneration
from allokering.solvers.column_generation.lns.neighbourhoods import DestroyOperators
from allokering.solvers.column_generation.lns.spectral_clusters import spectral_clusters
from allokering.solvers.column_generation.master.column_pool import ColumnPool
from allokering.solvers.column_generation.master.minimal_duals import minimal_duals
from allokering.solvers.column_generation.master.pricing import Duals, Pricer
from allokering.solvers.column_generation.master.restricted_master import RestrictedMaster
from allokering.solvers.column_generation.parameters import DEFAULTS, LARGE_SCALE_SEARCH
from allokering.solvers.column_generation.primal.incumbent import incumbent_of
from allokering.solvers.column_generation.primal.sub_mip import SubMip
from allokering.solvers.column_generation.scalarisation import lexicographic
from allokering.solvers.column_generation.solve import solve_large
from allokering.solvers.exact.solve import solve_exact
from allokering.solvers.mir_cuts import Separator
from allokering.solvers.outcome import Status


def test_everybody_is_in_one_group_and_no_group_is_too_large() -> None:
    groups = spectral_clusters(jobs_and_agents(40, 5, seed=1), 6)

    assert sorted(np.concatenate(groups).tolist()) == list(range(40))
    assert max(map(len, groups)) <= 6


def test_who_wants_different_things_is_in_different_groups() -> None:
    """Two jobs that fit the agents 0 and 1, and two that fit 2 and 3, in the order 0, 2, 1, 3."""
    whole = jobs_and_agents(4, 4, seed=2)
    actors = []
    for actor, allowed in zip(whole.actors, ([0, 1], [2, 3], [0, 1], [2, 3]), strict=True):
        options = np.array(allowed)
        keys = [actor.key(option) for option in allowed]
        actors.append(ListedOptions(actor.actor, keys, actor.usage(options, 4), actor.prices(options)))

    groups = spectral_clusters(Problem(whole.tiers, whole.resources, tuple(actors), whole.reliefs), 2)

    assert sorted(group.tolist() for group in groups) == [[0, 2], [1, 3]]


def test_freed_again_everybody_is_in_one_group_of_those_who_want_the_same() -> None:
    """Twelve actors who want one resource each, of three; four of them want the same."""
    usage = sparse.csr_array(np.eye(3, dtype=np.int64))
    actors = [ListedOptions(f"a{n}", ("it",), usage[[n % 3]], np.array([[1]])) for n in range(12)]
    problem = Problem((Tier("cost", "NOK"),), tuple(Resource("r", str(n), 0, 9) for n in range(3)), tuple(actors))
    pool = ColumnPool(problem)
    pool.add([(actor, np.array([0])) for actor in range(12)])
    neighbourhood = DestroyOperators(pool, np.zeros(12), np.zeros(12), np.ones(3), 1, LARGE_SCALE_SEARCH)

    exact, uneven = neighbourhood.partition(4), neighbourhood.partition(5)

    assert sorted(group.tolist() for group in exact) == [[0, 3, 6, 9], [1, 4, 7, 10], [2, 5, 8, 11]]
    assert sorted(np.concatenate(uneven).tolist()) == list(range(12))
    assert sorted(map(len, uneven)) == [2, 5, 5]


@pytest.mark.parametrize("seeds", [range(first, first + 20) for first in range(0, 60, 20)], ids=str)
def test_as_vast_no_bound_is_above_the_optimum(seeds: range) -> None:
    for seed in seeds:
        raw = random_problem(seed)
        expected, outcome = raw.best(), solve_large(raw.problem, parameters=AS_VAST)
        if expected is None:
            assert outcome.solution is None, seed
            continue
        assert outcome.solution is not None, seed
        assert raw.problem.is_feasible(outcome.solution), seed
        assert values(outcome)[0] >= expected[0] >= bounds(outcome)[0], seed
        # A later tier's bound holds beside the earlier tiers' values, which here may be above their optima.
        assert all(low <= value for low, value in zip(bounds(outcome), values(outcome), strict=True)), seed


@pytest.mark.parametrize("seed", range(6))
def test_as_vast_training_paths_end_near_the_optimum(seed: int) -> None:
    instance, model = random_case(seed)
    problem = build(instance, model, "weighted")
    exact, found = solve_exact(problem), solve_large(problem, parameters=AS_VAST)

    assert (found.solution is None) == (exact.solution is None)
    if exact.solution is not None:
        assert bounds(found)[0] <= values(exact)[0] <= values(found)[0]


def test_as_vast_a_larger_problem_is_solved_within_its_gap() -> None:
    problem = jobs_and_agents(40, 5, seed=3)
    optimum = values(solve_exact(problem))[0]

    outcome = solve_large(problem, no_improvement_limit=10, parameters=AS_VAST)

    assert outcome.status in {Status.OPTIMAL, Status.FEASIBLE}
    assert bounds(outcome)[0] <= optimum <= values(outcome)[0]
    assert outcome.tiers[0].gap < 0.05


@pytest.mark.parametrize("seed", range(6))
def test_touched_is_what_some_option_uses(seed: int) -> None:
    """Nothing that an option uses is left out."""
    instance, model = random_case(seed)
    problem = build(instance, model, "weighted")
    for actor in problem.actors:
        used = np.unique(actor.usage(np.arange(len(actor)), len(problem.resources)).indices)

        assert np.isin(used, actor.touched()).all()


def test_the_best_for_each_resource_are_the_cheapest_that_use_it() -> None:
    """Of four options on agents 0 to 3, two are asked for: the two cheapest, and every agent has one of its own."""
    problem = jobs_and_agents(3, 4, seed=5)
    pricer, costs = Pricer(problem), np.array([4.0, 1.0, 3.0, 2.0])

    assert pricer.best_of_each_resource(0, np.arange(4), costs, 9).tolist() == [0, 1, 2, 3]
    assert pricer.best_of_each_resource(0, np.arange(4), costs, 2).tolist() == [1, 3]


def test_a_price_that_nobody_asks_for_falls_until_a_transfer_would_pay() -> None:
    """A unit that is short costs 10; moving it to the supply costs 3; so no supply is worth more than 7."""
    rows = (Resource("demand", "here", 0, -1), Resource("supply", "there", 0, 0))
    usage = sparse.csr_array(np.array([[0, 0], [0, -1]]))
    actor = ListedOptions("a", ("stays out", "supplies"), usage, np.array([[0], [8]]))
    problem = Problem(
        (Tier("cost", "NOK"),), rows, (actor,), (Relief("short", 0, 5, (10,)),), (Transfer("move", 0, 1, 1, (3,)),)
    )
    master = RestrictedMaster(ColumnPool(problem), is_interior=True)
    master.set_objective(np.ones(1), 1e6)
    master.add_columns(master.pool.add([(0, np.array([0]))]), [1])

    point = master.solve("primal")

    assert point is not None
    assert point.duals.resources[0] == pytest.approx(10, abs=1e-3)
    assert point.duals.resources[1] == pytest.approx(7, abs=1e-3)
    assert Pricer(problem).price((), point.duals).bound == pytest.approx(10, abs=1e-3)


@pytest.mark.parametrize("seed", range(20))
def test_least_prices_are_as_good_and_no_higher(seed: int) -> None:
    """Lowered, they ask nothing of a column that it did not have, and what they prove is no less."""
    random = np.random.default_rng(seed)
    usage = random.integers(-2, 3, (30, 8)).astype(float)
    bounds, prices = random.integers(-1, 3, 8), random.uniform(0, 10, 8) * (random.random(8) < 0.7)
    reduced = random.uniform(0, 5, 30) * (random.random(30) < 0.8)

    least = minimal_duals(prices, bounds, sparse.csc_array(usage), reduced, passes=4)

    assert np.all((least >= 0) & (least <= prices))
    assert np.all(reduced + usage @ (least - prices) >= -1e-9)
    assert -least @ bounds >= -prices @ bounds - 1e-9
    assert least[bounds < 0].tolist() == prices[bounds < 0].tolist()


def moving() -> Problem:
    """A town's demand is met by its own supply, at 3 a unit, or by another's, at 5; patients can be short."""
    rows = (
        Resource("patients", "here", 0, -4),
        Resource("demand", "here", 0, 0),
        Resource("supply", "here", 0, 1),
        Resource("supply", "there", 0, 2),
    )
    usage = sparse.csr_array(np.array([[0, 0, 0, 0], [-4, 2, 0, 0]]))
    actor = ListedOptions("a", ("stays out", "works"), usage, np.array([[0], [1]]))
    return Problem(
        (Tier("cost", "NOK"),),
        rows,
        (actor,),
        (Relief("short", 0, 4, (10,)),),
        (Transfer("own", 1, 2, 9, (3,)), Transfer("lent", 1, 3, 9, (5,))),
    )


@pytest.mark.parametrize(
    ("at_hand", "cost"),
    [((True, True, True), 9), ((True, False, True), 11), ((False, False, False), 11), ((True, True, False), 9)],
)
def test_a_neighbourhood_may_use_what_is_worth_having_and_what_is_in_use(at_hand: tuple[bool, ...], cost: int) -> None:
    """Both units are lent, at 5; one of them could be the town's own, at 3."""
    problem = moving()
    pool = ColumnPool(problem)
    columns = pool.add([(0, np.arange(2))])
    now = incumbent_of(pool, columns[1:], np.array([0, 0, 2]))
    assert now is not None
    program = SubMip(pool, np.zeros(2), lexicographic(problem, 0), {}, 0, restricted=np.array(at_hand))

    found, effort = program.repair(now, np.array([0]), 2, 100, Budget())

    assert now.values == (11,)
    assert found.values == (cost,)
    assert effort.is_proven


def test_worth_having_are_the_cheapest_that_relieve_a_resource() -> None:
    """At a price of 4 for what is lent, the relief costs 10 - 7, "own" 3 - 6 and "lent" 5 + 4 - 6."""
    problem, prices = moving(), Duals(np.array([7.0, 6.0, 0.0, 4.0]), np.ones(1), 0.0, np.zeros(0))

    assert Pricer(problem).cheapest_adjustments((), prices, 1).tolist() == [True, True, False]
    assert Pricer(problem).cheapest_adjustments((), prices, 2).tolist() == [True, True, True]


def lists() -> Problem:
    """Lists of 700, at 500 each, for 1,000 residents: 714 in parts; 800 for one list and 300 residents at 1 each."""
    usage = sparse.csr_array(np.array([[0], [-700]]))
    actors = tuple(ListedOptions(f"a{n}", ("out", "works"), usage, np.array([[0], [500]])) for n in range(3))
    rows = (Resource("residents", "here", 0, -1000),)
    return Problem((Tier("cost", "NOK"),), rows, actors, (Relief("short", 0, 1000, (1,)),))


def test_rounding_rows_stay_when_a_relaxation_is_renewed() -> None:
    problem = lists()
    master = RestrictedMaster(ColumnPool(problem), is_interior=True)
    master.set_objective(np.ones(1), 1e6)
    master.add_columns(master.pool.add([(actor, np.arange(2)) for actor in range(3)]))
    plain = master.solve("primal")
    assert plain is not None
    cuts = master.violated_cuts(Separator(problem), plain)

    whole = master.rebuilt(master.columns, master.rows, cuts)
    again = whole.rebuilt(whole.columns, whole.rows, whole.cuts).solve("primal")

    assert plain.value == pytest.approx(5000 / 7, rel=1e-4)
    assert again is not None
    assert again.value == pytest.approx(800, rel=1e-4)
    assert Pricer(problem).price(whole.cuts, again.duals).bound == pytest.approx(800, rel=1e-3)


def test_the_relaxation_of_the_vast_has_rounding_rows() -> None:
    """Its bound is near 800; without them no prices prove more than 714."""
    problem = lists()
    vast = RowAndColumnGeneration(ColumnPool(problem))
    master = vast.initial_master()
    master.set_objective(np.ones(1), 1e6)

    root, _ = vast.solve_root(master, Pricer(problem), Separator(problem), Budget(None))

    assert len(root.cuts) == 1
    assert 800 * (1 - DEFAULTS.row_and_column.gap) - 1e-3 <= root.bound <= 800


@pytest.mark.parametrize(("limit", "cheap", "is_enough"), [(None, 0.0, False), (1e6, 0.5, False), (1e6, 0.0, True)])
def test_when_time_is_dear_less_is_near_enough(
    limit: float | None, cheap: float, is_enough: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without a limit, and while little of the time is used, the master goes on until it is solved: here, never."""
    changes = {"gap": -1.0, "dear_gap": 0.5, "cheap_share": cheap, "rounds": 12}
    parameters = DEFAULTS.changed({f"row_and_column.{name}": value for name, value in changes.items()})
    problem, solved, solve = jobs_and_agents(40, 5, seed=1), [], RestrictedMaster.solve
    monkeypatch.setattr(RestrictedMaster, "solve", lambda self, method: solved.append(method) or solve(self, method))
    vast = RowAndColumnGeneration(ColumnPool(problem), parameters)
    master = vast.initial_master()
    master.set_objective(np.ones(1), 1e6)

    vast.solve_root(master, Pricer(problem), Separator(problem), Budget(limit))

    assert len(solved) < 12 if is_enough else len(solved) == 12


def test_what_can_only_be_moved_is_left_aside() -> None:
    aside = LagrangianRelaxation(moving(), DEFAULTS.row_and_column.penalty)

    assert aside.resources.tolist() == [False, True, True, True]
    assert aside.transfers.tolist() == [1, 2]


@pytest.mark.parametrize(
    ("demand", "prices"), [(0, [0, 0, 0, 0]), (0.5, [0, 3, 0, 0]), (2, [0, 5, 2, 0]), (4, [0, 10, 7, 5])]
)
def test_the_price_of_what_is_aside_is_what_the_last_unit_costs(demand: float, prices: list[float]) -> None:
    """The own supply is 1, at 3 a unit; 2 more may be lent, at 5; the rest costs twice the dearest."""
    found = LagrangianRelaxation(moving(), DEFAULTS.row_and_column.penalty).multipliers(
        np.array([0, demand, 0, 0]), np.ones(1), Budget()
    )

    assert found == pytest.approx(prices, abs=1e-6)


def test_rows_left_out_and_charges_never_prove_too_much() -> None:
    """Whichever resources are no rows, and whatever their uses cost: the bound is no higher than the optimum."""
    proven = 0
    for seed in range(60):
        raw, random = random_problem(seed), np.random.default_rng(seed)
        expected, problem = raw.best(), raw.problem
        if expected is None:
            continue
        rows = random.random(len(problem.resources)) < 0.5
        master = RestrictedMaster(ColumnPool(problem), is_interior=True, rows=rows)
        master.dualise(np.where(rows, 0.0, random.uniform(0, 5, len(rows))))
        master.set_objective(np.eye(len(problem.tiers))[0], 1e6)
        every = [(actor, np.arange(len(options))) for actor, options in enumerate(problem.actors)]
        master.add_columns(master.pool.add(every), np.arange(len(problem.adjustment_most)))
        point = master.solve("primal")
        if point is not None:
            proven += 1
            assert Pricer(problem).price((), point.duals).bound <= expected[0] + 1e-6, seed
    assert proven > 20
