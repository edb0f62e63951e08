"""What the budget, a stop or an engine's error may not do to column generation: lose what was found, or hide itself."""

from __future__ import annotations

import time
from dataclasses import replace

import numpy as np
import pytest
from as_vast import AS_VAST
from random_instances import random_case
from scenes.problems import jobs_and_agents, values

from allokering.engine.build import build
from allokering.problem import Problem
from allokering.solvers.budget import Budget
from allokering.solvers.column_generation import driver, methods
from allokering.solvers.column_generation.bounds.root_node import solve_root
from allokering.solvers.column_generation.driver import PriceAndBranch
from allokering.solvers.column_generation.master.column_pool import ColumnPool
from allokering.solvers.column_generation.master.pricing import Pricer
from allokering.solvers.column_generation.master.restricted_master import RestrictedMaster
from allokering.solvers.column_generation.master.root import RootNode
from allokering.solvers.column_generation.methods import SimplexMethod, Workspace
from allokering.solvers.column_generation.parameters import DEFAULTS
from allokering.solvers.column_generation.primal.reduced_costs import ReducedCosts
from allokering.solvers.column_generation.primal.sub_mip import SubMip
from allokering.solvers.column_generation.scalarisation import lexicographic
from allokering.solvers.column_generation.schedules import TierByTier
from allokering.solvers.column_generation.solve import solve_large
from allokering.solvers.column_generation.state import SearchState
from allokering.solvers.exact.solve import solve_exact
from allokering.solvers.mir_cuts import Separator
from allokering.solvers.outcome import Note, Status, silent

NO_ENUMERATION = DEFAULTS.changed({"driver.enumerated": 0})


def regional(problem: Problem) -> tuple[PriceAndBranch, TierByTier]:
    """A search by the simplex, tier by tier."""
    space, schedule = Workspace(problem), TierByTier(problem)
    state = SearchState(problem, space.pool, schedule.steps, silent)
    return PriceAndBranch(space, SimplexMethod(space), schedule, state, 5, Budget(None)), schedule


def test_a_bound_found_before_time_was_up_is_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    """Actors without an option make the price of that ten times as high; the round after it has no time to begin."""
    rounds: list[RootNode] = []

    def short(*given: object, **named: object) -> RootNode:
        root = solve_root(*given, **named)  # type: ignore[arg-type]
        assert root.solution is not None
        if rounds:
            root = replace(root, bound=0.0, solution=None)
        else:
            root = replace(root, solution=replace(root.solution, shortages=np.ones(1)))
        rounds.append(root)
        return root

    monkeypatch.setattr(methods, "solve_root", short)
    search, schedule = regional(jobs_and_agents(40, 5, seed=1))
    root = search.bound(schedule.steps[0])

    assert len(rounds) == 2
    assert root is not None
    assert root.bound == rounds[0].bound > 0


def test_time_up_after_new_rows_leaves_the_last_solution(monkeypatch: pytest.MonkeyPatch) -> None:
    """The search follows what the restricted master said before them."""
    problem = build(*random_case(12), "weighted")
    master = RestrictedMaster(ColumnPool(problem))
    master.set_objective(np.ones(1), 1e9)
    separate = RestrictedMaster.separate

    def late(self: RestrictedMaster, *given: object) -> object:
        monkeypatch.setattr(RestrictedMaster, "solve", lambda *_: None)
        return separate(self, *given)  # type: ignore[arg-type]

    monkeypatch.setattr(RestrictedMaster, "separate", late)
    root = solve_root(master, Pricer(problem), Separator(problem), Budget(None))

    assert master.cuts
    assert root.solution is not None
    assert root.bound > 0


@pytest.mark.parametrize(("gap", "is_told"), [(0.0, True), (1.0, False)])
def test_a_root_node_solved_less_far_for_want_of_time_is_told(gap: float, is_told: bool) -> None:
    """Nearly solved is enough when time is dear; where time was not what decided, nothing is said."""
    changes = {"cheap_share": 0.0, "gap": gap, "dear_gap": 1.0}
    parameters = AS_VAST.changed({f"row_and_column.{name}": value for name, value in changes.items()})
    outcome = solve_large(jobs_and_agents(40, 5, seed=3), no_improvement_limit=5, time_limit=600, parameters=parameters)

    assert (Note.STRUCK in outcome.notes) == is_told


def test_a_last_program_broken_off_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    """Even where there was time for the rest: on a faster machine it might have found another plan."""
    branch_and_bound = SubMip.branch_and_bound
    given: list[float] = []

    def slow(self: SubMip, incumbent: object, columns: object, nodes: int, budget: Budget) -> object:
        given.append(budget.left or 0.0)
        if len(given) == 1:
            time.sleep(given[0])
        return branch_and_bound(self, incumbent, columns, nodes, budget)  # type: ignore[arg-type]

    monkeypatch.setattr(SubMip, "branch_and_bound", slow)
    monkeypatch.setattr(driver, "large_neighbourhood_search", lambda *_, **__: None)
    parameters = DEFAULTS.changed({"time.enumeration": 1e-4})
    outcome = solve_large(jobs_and_agents(40, 5, seed=4), time_limit=600, parameters=parameters)

    assert given[0] <= 0.06
    assert Note.STRUCK in outcome.notes


def test_solving_again_for_whole_amounts_has_what_is_left_of_the_time(monkeypatch: pytest.MonkeyPatch) -> None:
    """Not the same time once more; and the steps of both are counted."""
    run = SubMip._run
    given: list[float] = []
    steps: list[int] = []

    def halves(self: SubMip, model: object, start: object, budget: Budget, limits: object) -> object:
        given.append(budget.left or 0.0)
        answer = run(self, model, start, budget, limits)  # type: ignore[arg-type]
        steps.append(answer.steps)
        assert answer.values is not None
        is_first = len(given) % 2 == 1
        return answer._replace(values=np.append(answer.values[:-1], 0.5)) if is_first else answer

    monkeypatch.setattr(SubMip, "_run", halves)
    problem = jobs_and_agents(6, 2, seed=5)
    pool = ColumnPool(problem)
    pool.add([(actor, np.arange(2)) for actor in range(6)])
    sub_mip = SubMip(pool, np.zeros(len(pool)), lexicographic(problem, 0), {}, 0)
    begun, _ = sub_mip.restricted_master_heuristic(np.arange(len(pool)), 100, Budget(60.0))
    assert begun is not None
    _, effort = sub_mip.repair(begun, np.arange(6), 2, 100, Budget(60.0))

    assert len(given) == 4
    assert given[1] < given[0] <= 60.0
    assert given[3] < given[2] <= 15.0
    assert effort.steps == steps[2] + steps[3]


def test_no_engine_is_believed_alone_that_there_is_no_plan(monkeypatch: pytest.MonkeyPatch) -> None:
    """One that says so of a problem with a plan is asked to agree with another, which has one."""
    monkeypatch.setattr(methods, "dive", lambda *_: None)
    monkeypatch.setattr(ReducedCosts, "first_fit", lambda *_: None)
    monkeypatch.setattr(SubMip, "restricted_master_heuristic", lambda *_: (None, True))
    monkeypatch.setattr(driver, "large_neighbourhood_search", lambda *_, **__: None)
    problem = jobs_and_agents(6, 2, seed=6)

    outcome = solve_large(problem, parameters=NO_ENUMERATION)

    assert outcome.status is not Status.INFEASIBLE
    assert values(outcome) == values(solve_exact(problem))


def test_without_a_plan_in_time_the_bound_and_the_reason_are_told() -> None:
    """Of what was proven until then: as good as nothing, but not above the optimum; or the root node's."""
    problem = jobs_and_agents(40, 5, seed=3)
    best = values(solve_large(problem, no_improvement_limit=5))[0]
    stopped = Budget()
    stopped.stop()

    for budget, note in ((Budget(0.0), Note.STRUCK), (stopped, Note.INTERRUPTED)):
        outcome = solve_large(problem, budget=budget)
        if outcome.solution is None:
            assert (outcome.status, outcome.notes) == (Status.UNKNOWN, (note,))
            assert outcome.bound is not None
            assert 0 <= outcome.bound <= best
