"""What the clock, Ctrl-C or an engine's error may not do to the large solver: lose what was found, or hide itself."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from random_instances import random_case
from small_problems import jobs_and_agents, values

from allokering.engine.build import build
from allokering.solvers.budget import Budget
from allokering.solvers.column_generation import driver as large_run
from allokering.solvers.column_generation.bounds import row_and_column_generation as large_vast
from allokering.solvers.column_generation.bounds.root_node import Root, tighten
from allokering.solvers.column_generation.master.column_pool import Pool
from allokering.solvers.column_generation.master.pricing import Pricer
from allokering.solvers.column_generation.master.restricted_master import Relaxation
from allokering.solvers.column_generation.primal.sub_mip import Program
from allokering.solvers.column_generation.solve import solve_large
from allokering.solvers.exact.solve import solve_exact
from allokering.solvers.mir_cuts import Separator
from allokering.solvers.outcome import Note, Status


def test_a_bound_found_before_time_was_up_is_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    """Actors without an option make the price of that ten times as high; the round after it has no time to begin."""
    rounds: list[Root] = []

    def short(*given: object, **named: object) -> Root:
        root = tighten(*given, **named)  # type: ignore[arg-type]
        assert root.point is not None
        if rounds:
            root = replace(root, bound=0.0, point=None)
        else:
            root = replace(root, point=replace(root.point, shortages=np.ones(1)))
        rounds.append(root)
        return root

    monkeypatch.setattr(large_run, "tighten", short)
    root = large_run.Run(jobs_and_agents(40, 5, seed=1), 0, 1, 5, Budget(None), lambda *_: None)._bound(0)

    assert len(rounds) == 2
    assert root is not None
    assert root.bound == rounds[0].bound > 0


def test_time_up_after_new_rows_leaves_the_last_point(monkeypatch: pytest.MonkeyPatch) -> None:
    """The search follows what the relaxation said before them."""
    problem = build(*random_case(12), "weighted")
    relaxation = Relaxation(Pool(problem))
    relaxation.minimise(np.ones(1), 1e9)
    add = Relaxation.add_broken

    def late(self: Relaxation, *given: object) -> object:
        monkeypatch.setattr(Relaxation, "solve", lambda *_: None)
        return add(self, *given)  # type: ignore[arg-type]

    monkeypatch.setattr(Relaxation, "add_broken", late)
    root = tighten(relaxation, Pricer(problem), Separator(problem), Budget(None))

    assert relaxation.cuts
    assert root.point is not None
    assert root.bound > 0


@pytest.mark.usefixtures("as_vast")
@pytest.mark.parametrize(("near", "is_told"), [(0.0, True), (1.0, False)])
def test_a_relaxation_solved_less_far_for_want_of_time_is_told(
    near: float, is_told: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nearly solved is enough when time is dear; where time was not what decided, nothing is said."""
    monkeypatch.setattr(large_vast, "CHEAP", 0.0)
    monkeypatch.setattr(large_vast, "NEAR", near)
    monkeypatch.setattr(large_vast, "NEAR_ENOUGH", 1.0)
    outcome = solve_large(jobs_and_agents(40, 5, seed=3), work_limit=5, time_limit=600)

    assert (Note.STRUCK in outcome.notes) == is_told


def test_a_last_program_broken_off_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    """Even where there was time for the rest: on a faster machine it might have found another plan."""
    finish = Program.finish
    clocks: list[Budget] = []

    def part(clock: Budget, share: float) -> Budget:
        clocks.append(Budget(None if clock.left is None else clock.left * share))
        return clocks[-1]

    def slow(self: Program, *given: object) -> object:
        clocks[-1].stop()
        return finish(self, *given)  # type: ignore[arg-type]

    monkeypatch.setattr(large_run.large_time, "part", part)
    monkeypatch.setattr(Program, "finish", slow)
    monkeypatch.setattr(large_run, "search", lambda *_, **__: None)
    outcome = solve_large(jobs_and_agents(40, 5, seed=4), time_limit=600)

    assert Note.STRUCK in outcome.notes


def test_solving_again_for_whole_amounts_has_what_is_left_of_the_time(monkeypatch: pytest.MonkeyPatch) -> None:
    """Not the same time once more; and the steps of both are counted."""
    run = Program._run
    given: list[float] = []
    steps: list[int] = []

    def halves(self: Program, model: object, start: object, seconds: float, how: object) -> object:
        answer = run(self, model, start, seconds, how)  # type: ignore[arg-type]
        given.append(seconds)
        steps.append(answer.steps)
        assert answer.values is not None
        is_first = len(given) % 2 == 1
        return replace(answer, values=np.append(answer.values[:-1], 0.5)) if is_first else answer

    monkeypatch.setattr(Program, "_run", halves)
    problem = jobs_and_agents(6, 2, seed=5)
    pool = Pool(problem)
    pool.add([(actor, np.arange(2)) for actor in range(6)])
    run_of = large_run.Run(problem, 0, 1, 1, Budget(None), lambda *_: None)
    program = Program(pool, np.zeros(len(pool)), run_of._aims[0], {}, 0)
    begun, _ = program.begin(np.arange(len(pool)), 100, 60.0)
    assert begun is not None
    _, effort = program.improve(begun, np.arange(6), 2, 100, 60.0)

    assert len(given) == 4
    assert given[1] < given[0] <= 60.0
    assert given[3] < given[2] <= 15.0
    assert effort.steps == steps[2] + steps[3]


def test_no_engine_is_believed_alone_that_there_is_no_plan(monkeypatch: pytest.MonkeyPatch) -> None:
    """One that says so of a problem with a plan is asked to agree with another, which has one."""
    monkeypatch.setattr(large_run, "dive", lambda *_: None)
    monkeypatch.setattr(large_run.Guide, "first_plan", lambda *_: None)
    monkeypatch.setattr(Program, "begin", lambda *_: (None, True))
    monkeypatch.setattr(large_run, "search", lambda *_, **__: None)
    monkeypatch.setattr(large_run, "FEW", 0)
    problem = jobs_and_agents(6, 2, seed=6)

    outcome = solve_large(problem)

    assert outcome.status is not Status.INFEASIBLE
    assert values(outcome) == values(solve_exact(problem))
