"""Whenever a job is stopped, in whatever phase: a plan that verifies, or none in time."""

from __future__ import annotations

import os
import signal
import sys
import time
from functools import cache
from pathlib import Path
from random import Random
from subprocess import PIPE, Popen
from threading import Timer

import pytest

from allokering.engine.job import Job, SolveOptions
from allokering.engine.run import Result, run
from allokering.errors import NoPlanInTime
from allokering.events import Event, Improved
from allokering.files.plan_files import read_plan
from allokering.files.reading import read_instance
from allokering.model import load_model
from allokering.solvers.budget import Budget
from allokering.verifier.verify import verify

SOLVERS = "exact", "large"


@cache
def job(solver: str) -> Job:
    """Narvik, which has every stage."""
    instance = read_instance("narvik-2022")
    return Job(instance, load_model(instance.settings.model), SolveOptions(solver=solver))


@cache
def events(solver: str) -> int:
    """How many there are when nobody stops it."""
    told: list[Event] = []
    run(job(solver), told.append)
    return len(told)


def stopped_at(solver: str, moment: int) -> Result | None:
    """What comes of it when somebody asks to stop at one of its events; None: no plan was found in time."""
    budget, told = Budget(), []

    def observer(event: Event) -> None:
        told.append(event)
        if len(told) == moment:
            budget.stop()

    try:
        return run(job(solver), observer, budget)
    except NoPlanInTime:
        return None


@pytest.mark.parametrize("solver", SOLVERS)
@pytest.mark.parametrize("tenth", range(10))
def test_stopped_at_an_event(solver: str, tenth: int) -> None:
    """From the first to the last of them; once there has been a plan, there is one."""
    moment = 1 + tenth * (events(solver) - 1) // 9
    result = stopped_at(solver, moment)

    if result is not None:
        assert verify(result.job.instance, result.job.model, result.plan).ok
    if tenth == 9:
        assert result is not None
        assert result.plan.header.notes == ()
        assert result.plan.header.unique


@pytest.mark.parametrize("solver", SOLVERS)
def test_stopped_when_there_is_a_plan_it_is_not_lost(solver: str) -> None:
    """At the first better value there is one; and a reader is told that the search was not finished."""
    budget = Budget()

    def observer(event: Event) -> None:
        if isinstance(event, Improved):
            budget.stop()

    result = run(job(solver), observer, budget)

    assert verify(result.job.instance, result.job.model, result.plan).ok
    assert result.plan.header.status == "feasible"
    assert "stopped" in {note.id for note in result.plan.header.notes}
    assert result.plan.header.unique is False


@pytest.mark.parametrize("seed", range(4))
def test_stopped_by_the_clock_of_somebody_else(seed: int) -> None:
    """At any moment: of those that a timer happens to meet."""
    budget = Budget()
    timer = Timer(Random(seed).uniform(0.0, 1.0), budget.stop)
    timer.start()
    try:
        result = run(job(SOLVERS[seed % 2]), budget=budget)
    except NoPlanInTime:
        return
    finally:
        timer.cancel()
    assert verify(result.job.instance, result.job.model, result.plan).ok


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_to_the_process_stops_it(number: signal.Signals, tmp_path: Path) -> None:
    """Ctrl-C, or a service manager: a verified plan is there, or the exit code says that none was found."""
    plan = tmp_path / "plan"
    code = "import sys; from allokering.cli import main; main(sys.argv[1:])"
    arguments = [sys.executable, "-c", code, "solve", "alis-vest-2017", "--solver", "large", "-o", str(plan)]
    with Popen(arguments, stderr=PIPE, stdout=PIPE, env=dict(os.environ)) as process:
        while process.poll() is None and not list(tmp_path.iterdir()):
            time.sleep(0.05)  # until it holds its lock
        process.send_signal(number)
        _, talk = process.communicate()

    assert process.returncode in {0, 6}, talk
    assert plan.exists() == (process.returncode == 0)
    if plan.exists():
        assert read_plan(plan).header.notes
