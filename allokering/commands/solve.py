"""`allokering solve`: a verified plan for an instance."""

from __future__ import annotations

import time
from functools import partial
from pathlib import Path
from typing import Any

import click
from rich.console import Console

from allokering.commands.arguments import AS_JSON, FAULTS, PATH
from allokering.commands.stopping import in_a_thread, stoppable
from allokering.engine.job import Job, SolveOptions, parse_overrides
from allokering.engine.publish import check_target, publish
from allokering.engine.recorded_changes import changed_instance, changed_model, read_changes, recorded
from allokering.engine.run import run
from allokering.events import Began, Observer, Stage
from allokering.files.lock import locked
from allokering.files.plan_files import read_plan
from allokering.files.reading import read_instance
from allokering.formulation.scope import OBJECTIVES
from allokering.instance import Instance
from allokering.language import say
from allokering.model import load_model
from allokering.plan import Plan
from allokering.solvers.budget import Budget, Stop
from allokering.solvers.solve import SOLVERS
from allokering.tables import Pin
from allokering.terminal import summary, watched
from allokering.workbook.marking import marking
from allokering.workbook.pins import read_pins


@click.command()
@click.argument("instance")
@click.option("-o", "--output", type=PATH, required=True, help="Folder or .xlsx of the plan; replaces an earlier one.")
@click.option("--model", "model_name", default=None, help="A model by name or path; default: the instance's own.")
@click.option("--objective", type=click.Choice(OBJECTIVES), default="lexicographic", show_default=True)
@click.option("--set", "overrides", multiple=True, metavar="ID.PARAM=VALUE", help="Override one number of the model.")
@click.option(
    "--change",
    "changes",
    type=PATH,
    multiple=True,
    help="TOML or JSON: a change of instance or model; any number, in order.",
)
@click.option("--time-limit", type=click.FloatRange(min=0.1), help="Seconds of all of it; reported where it strikes.")
@click.option("--seed", type=click.IntRange(min=0), default=0, show_default=True)
@click.option(
    "--workers", type=click.IntRange(min=1), default=1, show_default=True, help="Threads of the large solver."
)
@click.option(
    "--solver", type=click.Choice(SOLVERS), default="auto", show_default=True, help="By size, unless you say."
)
@click.option("--list-solver", default="cbc", show_default=True, help="cbc, highs, or another solver PuLP has.")
@click.option("--start", "start_path", type=PATH, help="An earlier plan to begin from; where it can be kept, no worse.")
@click.option("--pins", "pinned", type=PATH, help="A plan workbook whose edited cells, and earlier pins, must hold.")
@FAULTS
@AS_JSON
@click.pass_obj
def solve(
    began: float,
    /,
    instance: str,
    output: Path,
    model_name: str | None,
    overrides: tuple[str, ...],
    changes: tuple[Path, ...],
    pinned: Path | None,
    faults: Path | None,
    time_limit: float | None,
    start_path: Path | None,
    as_json: bool,
    **options: Any,
) -> None:
    """Make a plan for INSTANCE, verify it, and write it to a folder or a workbook.

    Example: allokering solve alis-vest-2017 -o plan
    """
    with marking(instance, faults):
        found = read_instance(instance)
    made = read_changes(changes)
    records = recorded(made, found)
    found = changed_instance(found, made)
    pins: tuple[Pin, ...] = ()
    if pinned is not None:
        with marking(pinned, faults):
            pins = read_pins(pinned, found)
        found = found.with_pins(pins)
    model = changed_model(load_model(model_name or found.settings.model, parse_overrides(overrides)), made)
    start = None if start_path is None else read_plan(start_path)
    job = Job(found, model, SolveOptions(**options), start, pins, records)
    check_target(output)
    stop = Stop()
    budget = Budget(None if time_limit is None else time_limit - (time.monotonic() - began), stop)
    # Until all is told: what is published is not called interrupted.
    with stoppable(stop):
        with locked(output), watched(Console(stderr=True)) as watcher:
            plan = in_a_thread(partial(_made, job, watcher, budget, output))
        _tell(found, plan, output, as_json=as_json)


def _made(job: Job, observer: Observer, budget: Budget, output: Path) -> Plan:
    """The plan, solved, verified and published."""
    result = run(job, observer, budget)
    observer(Began(Stage.WRITING, budget.seconds))
    publish(result, output)
    return result.plan


def _tell(instance: Instance, plan: Plan, output: Path, *, as_json: bool) -> None:
    """Say what has come of it: the plan's record or a summary, the notes, and where the plan is."""
    if as_json:
        click.echo(plan.header.model_dump_json(indent=2))
    else:
        Console(width=None if Console().is_terminal else 120).print(summary(instance, plan))
    for note in plan.header.notes:
        click.echo(say("Note: {note}", note=note.told()), err=True)
    click.echo(
        say(
            "The plan is {status} and verified: {folder} ({seconds} s).",
            status=say(plan.header.status),
            folder=output,
            seconds=f"{plan.header.seconds:.1f}",
        ),
        err=True,
    )
