"""The program as a library: a plan in one call, verified like the command line's, and progress in plain lines."""

from __future__ import annotations

import sys
from pathlib import Path

from allokering.engine.job import Job, SolveOptions
from allokering.engine.run import Result, run
from allokering.events import Began, Bounded, Event, Improved, Noted, Observer, unheard
from allokering.files.reading import read_instance
from allokering.instance import Instance
from allokering.language import say
from allokering.model import Model, load_model
from allokering.plan import Plan
from allokering.solvers.budget import Budget
from allokering.solvers.outcome import relative_gap


def solve(
    instance: Instance | str | Path,
    model: Model | str | None = None,
    options: SolveOptions | None = None,
    *,
    time_limit: float | None = None,
    budget: Budget | None = None,
    start: Plan | None = None,
    observer: Observer = unheard,
) -> Result:
    """Make a plan and verify it: what comes back keeps every rule, and says what is proven.

    Args:
        instance: one that has been read or made, or the path or name of one.
        model: one that has been loaded, or its name or path; None: the instance's own.
        options: objective, seed, workers and solvers.
        time_limit: seconds for everything. When they are over, the best plan known is finished and verified.
        budget: a time limit with a stop token, instead.
        start: an earlier plan to begin from.
        observer: is told what happens, such as `print_progress`.

    Raises:
        InstanceFaulty, ModelFaulty: with every fault.
        NoPlanPossible: no plan can satisfy the hard rules; those in conflict are named.
        NoPlanInTime: the time was over before a first plan.
        StageFailed: the plan does not verify.
    """
    known = instance if isinstance(instance, Instance) else read_instance(instance)
    if not isinstance(model, Model):
        model = load_model(model or known.settings.model)
    job = Job(known, model, options or SolveOptions(), start)
    return run(job, observer, Budget(time_limit) if budget is None else budget)


def print_progress(event: Event) -> None:
    """An observer: prints each stage, and what becomes known of a tier, as a line on stderr."""
    match event:
        case Began(stage, seconds):
            told = say(stage.value)
        case Improved(tier, value, bound, seconds) | Bounded(tier, value, bound, seconds):
            gap = "" if value is None or bound is None else f" ({relative_gap(value, bound):.2%})"
            best, least = ("-" if number is None else f"{number:,}" for number in (value, bound))
            told = f"{say(tier)}: {best} >= {least}{gap}"
        case Noted(note, seconds):
            told = note.id
        case _:
            return
    print(f"{seconds:8.2f} s  {told}", file=sys.stderr)  # noqa: T201 - that is what it is for
