"""`allokering solve`: a verified plan for an instance."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click
from rich.console import Console

from allokering.commands.arguments import AS_JSON, FAULTS, PATH
from allokering.engine.run import Wanted, check_wanted, make_plan, publish
from allokering.errors import UsageError
from allokering.files.lock import locked
from allokering.files.plan_files import read_plan
from allokering.files.reading import read_instance
from allokering.formulation.scope import OBJECTIVES
from allokering.language import say
from allokering.model import load_model
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
@click.option("--time-limit", type=click.FloatRange(min=0.1), help="Seconds; a guard, reported where it strikes.")
@click.option("--seed", type=click.IntRange(min=0), default=0, show_default=True)
@click.option(
    "--workers", type=click.IntRange(min=1), default=1, show_default=True, help="Threads of the large solver."
)
@click.option(
    "--solver", type=click.Choice(SOLVERS), default="auto", show_default=True, help="By size, unless you say."
)
@click.option("--list-solver", default="cbc", show_default=True, help="cbc, highs, or another solver PuLP has.")
@click.option("--start", type=PATH, help="An earlier plan to begin from; where it can be kept, no worse.")
@click.option("--pins", "pinned", type=PATH, help="A plan workbook whose edited cells, and earlier pins, must hold.")
@FAULTS
@AS_JSON
def solve(
    instance: str,
    output: Path,
    model_name: str | None,
    overrides: tuple[str, ...],
    pinned: Path | None,
    faults: Path | None,
    as_json: bool,
    **wanted: Any,
) -> None:
    """Make a plan for INSTANCE, verify it, and write it to a folder or a workbook.

    Example: allokering solve alis-vest-2017 -o plan
    """
    with marking(instance, faults):
        found = read_instance(instance)
    pins: tuple[Pin, ...] = ()
    if pinned is not None:
        with marking(pinned, faults):
            pins = read_pins(pinned, found)
        found = found.with_pins(pins)
    model = load_model(model_name or found.settings.model, _overrides(overrides))
    start = wanted.pop("start")
    job = Wanted(**wanted, start=None if start is None else read_plan(start))
    check_wanted(job, output)
    with locked(output), watched(Console(stderr=True)) as watcher:
        plan = make_plan(found, model, job, progress=watcher.tier, stage=watcher.stage)
        plan = plan.with_pins(pins)
        watcher.stage(say("verification"))
        publish(found, model, plan, output)
    assert plan.header is not None  # noqa: S101 - made with one
    if as_json:
        click.echo(plan.header.model_dump_json(indent=2))
    else:
        Console(width=None if Console().is_terminal else 120).print(summary(found, plan))
    for note in plan.header.notes:
        click.echo(say("Note: {note}", note=note), err=True)
    click.echo(
        say(
            "The plan is {status} and verified: {folder} ({seconds} s).",
            status=say(plan.header.status),
            folder=output,
            seconds=f"{plan.header.seconds:.1f}",
        ),
        err=True,
    )


def _overrides(texts: tuple[str, ...]) -> dict[str, str]:
    """`id.param=value`, any number of times.

    Raises:
        UsageError: a text is not of that form, or speaks of the same number as another.
    """
    overrides: dict[str, str] = {}
    for text in texts:
        key, equals, value = text.partition("=")
        key = key.strip()
        if not equals or "." not in key:
            raise UsageError(say('--set "{text}": expected id.param=value, such as notice.notice_months=6', text=text))
        if key in overrides:
            raise UsageError(say('--set "{key}" is given twice', key=key))
        overrides[key] = value.strip()
    return overrides
