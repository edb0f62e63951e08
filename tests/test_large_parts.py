"""Parts share out what there is and no more; solved in parts first, a problem keeps every promise of the solver."""

from __future__ import annotations

import numpy as np
import pytest
from random_instances import random_case
from random_problems import random_problem
from scipy import sparse
from test_large import bounds, jobs_and_agents, values

from allokering.formulation.build import build
from allokering.problem import ListedOptions, Problem, Relief, Resource, Solution, Tier, Transfer
from allokering.solvers import large, large_parts
from allokering.solvers.exact import solve_exact
from allokering.solvers.large import solve_large
from allokering.solvers.large_parts import groups_of, shared
from allokering.solvers.large_pool import Pool
from allokering.solvers.large_pricing import Pricer
from allokering.solvers.large_relaxation import PRIMAL, Relaxation
from allokering.solvers.outcome import Status


@pytest.fixture
def in_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    """Even two actors are many, and no part has more than two."""
    monkeypatch.setattr(large, "VAST", 1)
    monkeypatch.setattr(large, "FEW", 0)
    monkeypatch.setattr(large_parts, "MOST", 2)
    monkeypatch.setattr(large, "groups_of", lambda problem: groups_of(problem, 2))


def test_everybody_is_in_one_group_and_no_group_is_too_large() -> None:
    groups = groups_of(jobs_and_agents(40, 5, seed=1), 6)

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

    groups = groups_of(Problem(whole.tiers, whole.resources, tuple(actors), whole.reliefs), 2)

    assert sorted(group.tolist() for group in groups) == [[0, 2], [1, 3]]


@pytest.mark.parametrize("seed", range(20))
def test_the_parts_have_what_the_whole_has(seed: int) -> None:
    """Bounds and reliefs sum to those of the whole; plans of the parts, side by side, are feasible."""
    problem = random_problem(seed).problem
    parts = shared(problem, groups_of(problem, 1))

    assert sum(part.problem.bounds for part in parts).tolist() == problem.bounds.tolist()
    most = np.zeros_like(problem.adjustment_most)
    options, amounts = np.zeros(len(problem.actors), dtype=np.int64), np.zeros_like(most)
    solved = [solve_exact(part.problem) for part in parts]
    for part, outcome in zip(parts, solved, strict=True):
        most[part.adjustments] += part.problem.adjustment_most
        if outcome.solution is not None:
            options[part.actors] = outcome.solution.options
            amounts[part.adjustments] += outcome.solution.adjustments
    reliefs = len(problem.reliefs)
    assert most[:reliefs].tolist() == problem.adjustment_most[:reliefs].tolist()
    if all(outcome.solution is not None for outcome in solved):
        assert problem.is_feasible(Solution(options, amounts))


@pytest.mark.usefixtures("in_parts")
@pytest.mark.parametrize("seeds", [range(first, first + 20) for first in range(0, 60, 20)], ids=str)
def test_in_parts_too_no_bound_is_above_the_optimum(seeds: range) -> None:
    for seed in seeds:
        raw = random_problem(seed)
        expected, outcome = raw.best(), solve_large(raw.problem)
        if expected is None:
            assert outcome.solution is None, seed
            continue
        assert outcome.solution is not None, seed
        assert raw.problem.is_feasible(outcome.solution), seed
        assert values(outcome)[0] >= expected[0] >= bounds(outcome)[0], seed
        # A later tier's bound holds beside the earlier tiers' values, which here may be above their optima.
        assert all(low <= value for low, value in zip(bounds(outcome), values(outcome), strict=True)), seed


@pytest.mark.usefixtures("in_parts")
@pytest.mark.parametrize("seed", range(6))
def test_in_parts_too_training_paths_end_near_the_optimum(seed: int) -> None:
    instance, model = random_case(seed)
    problem = build(instance, model, "weighted")
    exact, found = solve_exact(problem), solve_large(problem)

    assert (found.solution is None) == (exact.solution is None)
    if exact.solution is not None:
        assert bounds(found)[0] <= values(exact)[0] <= values(found)[0]


@pytest.mark.usefixtures("in_parts")
def test_in_parts_too_a_larger_problem_is_solved_within_its_gap() -> None:
    problem = jobs_and_agents(40, 5, seed=3)
    optimum = values(solve_exact(problem))[0]

    outcome = solve_large(problem, work_limit=10)

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
    relaxation = Relaxation(Pool(problem), is_interior=True)
    relaxation.minimise(np.ones(1), 1e6)
    relaxation.grow(relaxation.pool.add([(0, np.array([0]))]), [1])

    point = relaxation.solve(PRIMAL)

    assert point is not None
    assert point.prices.resources[0] == pytest.approx(10, abs=1e-3)
    assert point.prices.resources[1] == pytest.approx(7, abs=1e-3)
    assert Pricer(problem).price((), point.prices).bound == pytest.approx(10, abs=1e-3)
