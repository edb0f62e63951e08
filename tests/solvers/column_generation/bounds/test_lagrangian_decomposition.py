"""What blocks say is never above the optimum, at any prices, and never below the master they begin from."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from random_instances import random_case
from random_problems import random_problem
from scipy import sparse

from allokering.engine.build import build
from allokering.problem import ListedOptions, Problem, Relief, Resource, Tier, Transfer
from allokering.solvers.budget import Budget
from allokering.solvers.column_generation.bounds.lagrangian_decomposition import LagrangianDecomposition
from allokering.solvers.column_generation.bounds.root_node import solve_root
from allokering.solvers.column_generation.master.column_pool import ColumnPool
from allokering.solvers.column_generation.master.pricing import Duals, Pricer
from allokering.solvers.column_generation.master.restricted_master import RestrictedMaster
from allokering.solvers.column_generation.master.root import RootNode
from allokering.solvers.column_generation.parameters import DEFAULTS
from allokering.solvers.exact.solve import solve_exact
from allokering.solvers.mir_cuts import Separator
from allokering.solvers.outcome import Status

ENOUGH = 1e6
"""What an actor without an option costs in the master."""


def relaxed(problem: Problem, rounds: int) -> RootNode:
    master = RestrictedMaster(ColumnPool(problem))
    master.set_objective(np.ones(len(problem.tiers)), ENOUGH)
    return solve_root(master, Pricer(problem), Separator(problem), Budget(None), replace(DEFAULTS.root, rounds=rounds))


def any_prices(problem: Problem, seed: int) -> tuple[Duals, np.ndarray]:
    random = np.random.default_rng(seed)
    resources = random.uniform(0, 20, len(problem.resources)) * random.integers(0, 2, len(problem.resources))
    prices = Duals(resources, np.ones(len(problem.tiers)), 0.0, np.zeros(0))
    return prices, random.uniform(-50, 50, len(problem.actors))


def problems(seed: int) -> Problem:
    """Of every tier a problem in one tier, so that one number says what it costs."""
    if seed % 2:
        return build(*random_case(seed), "weighted")
    return random_problem(seed).problem


USUAL = DEFAULTS.decomposition
SETTINGS = {"whole": USUAL, "split": replace(USUAL, rows=1), "few classes": replace(USUAL, classes=1)}
"""Blocks as they are; no two rows joined by transfers; no more than one class in a program at first."""


@pytest.mark.parametrize("seeds", [range(first, first + 20) for first in range(0, 80, 20)], ids=str)
def test_no_prices_whatever_prove_more_than_the_optimum(seeds: range) -> None:
    for seed in seeds:
        problem = problems(seed)
        optimum = solve_exact(problem)
        if optimum.status is not Status.OPTIMAL or len(problem.tiers) > 1:
            continue
        root = relaxed(problem, rounds=1 + seed % 4)
        best = optimum.tiers[0].value + 1e-3
        for name, settings in SETTINGS.items():
            blocks = LagrangianDecomposition(problem, 1, settings)

            assert blocks.bound(root.cuts, root.duals, root.priced.cheapest, Budget(None)).total <= best, (seed, name)
            for draw in range(3):
                assert blocks.bound((), *any_prices(problem, draw), Budget(None)).total <= best, (seed, name, draw)


@pytest.mark.parametrize("seeds", [range(first, first + 20) for first in range(1, 81, 20)], ids=str)
def test_blocks_say_no_less_than_the_relaxation(seeds: range) -> None:
    for seed in seeds:
        problem = problems(seed)
        if solve_exact(problem).solution is None:
            continue
        root = relaxed(problem, rounds=1)
        for name, settings in SETTINGS.items():
            blocks = LagrangianDecomposition(problem, 1, settings)
            bound = blocks.bound(root.cuts, root.duals, root.priced.cheapest, Budget(None)).total

            assert bound >= root.bound - 1e-4 * max(1.0, abs(root.bound)), (seed, name)


def test_without_time_the_relaxations_of_the_blocks_count() -> None:
    problem = build(*random_case(4), "weighted")  # has a plan: the relaxation of a block that has none says anything
    root = relaxed(problem, rounds=1)
    blocks = LagrangianDecomposition(problem, 1)

    bound = blocks.bound(root.cuts, root.duals, root.priced.cheapest, Budget(0.0)).total

    assert blocks.struck
    assert bound == pytest.approx(root.bound, rel=1e-4)


def two_places(most: int) -> Problem:
    """Two actors with lists of 70, two places with 100 residents, 5 a resident without; 30 may move at 1 each.

    The master gives each place a mix; whole, each has one actor, and 60 are without.
    """
    rows = [Resource("coverage", place, 0, -100) for place in ("here", "there")]
    usage = sparse.csr_array(np.array([[-70, 0], [0, -70], [0, 0]]))
    actors = [ListedOptions(name, ("here", "there", "none"), usage, np.array([[9], [9], [0]])) for name in "ab"]
    reliefs = [Relief("without", row, 100, (5,)) for row in (0, 1)]
    transfers = [Transfer("across", 0, 1, most, (1,)), Transfer("back", 1, 0, most, (1,))]
    return Problem((Tier("cost", "NOK"),), tuple(rows), tuple(actors), tuple(reliefs), tuple(transfers))


def test_a_block_decides_on_whole_options() -> None:
    """Duals of nothing say nothing; a block that pays 200 for an option that costs 9 takes it whole."""
    problem = two_places(0)
    nothing = Duals(np.zeros(2), np.ones(1), 0.0, np.zeros(0))
    free = LagrangianDecomposition(problem, 1).bound((), nothing, np.array([0.0, 0.0]), Budget(None)).total
    # For each place two lists of 70 at 9 beat one and 30 residents at 5; nobody says yet that there are two actors.
    assert free == pytest.approx(36, abs=1e-3)

    paid = LagrangianDecomposition(problem, 1).bound((), nothing, np.array([-150.0, -150.0]), Budget(None)).total
    # At 159 each: a list of 70 and 30 residents at 5, 309; less the 150 that each of two actors is paid.
    assert paid == pytest.approx(2 * 309 - 300, abs=1e-3)
    assert solve_exact(problem).tiers[0].value == 318


def test_rows_joined_by_transfers_are_one_block_unless_it_grows_too_large() -> None:
    assert len(LagrangianDecomposition(two_places(30), 1)) == 1
    assert len(LagrangianDecomposition(two_places(30), 1, SETTINGS["split"])) == 2


@pytest.mark.parametrize("seed", range(8))
def test_options_that_are_alike_use_the_same_but_for_what_is_beside(seed: int) -> None:
    problem = build(*random_case(seed), "weighted")
    for actor in problem.actors:
        usage = actor.usage(np.arange(len(actor)), len(problem.resources)).toarray()
        usage[:, actor.beside()] = 0
        for number in np.unique(actor.alike()):
            same = usage[actor.alike() == number]
            assert (same == same[0]).all()
