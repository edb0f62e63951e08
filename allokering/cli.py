"""The command line: checks arguments, calls one function, prints. Data goes to stdout, talk to stderr."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import click
from rich.console import Console

from allokering.errors import AllokeringError, RuleBroken, UsageError
from allokering.files.plan_files import read_plan
from allokering.files.reading import list_instances, read_instance
from allokering.files.writing import write_instance
from allokering.formulation.scope import OBJECTIVES
from allokering.language import LANGUAGES, say, speak
from allokering.model import list_models, load_model
from allokering.planning import Wanted, make_plan, publish
from allokering.terminal import summary, watched
from allokering.verifier.verify import Verdict, verify
from allokering.violation import Violation

PLAN = click.Path(path_type=Path)
LANGUAGE = click.Choice(LANGUAGES)
JSON = click.option("--json", "as_json", is_flag=True, help="Print JSON for a script to read.")


class ErrorsWithExitCodes(click.Group):
    """Turns any of the program's errors into its message and its exit code."""

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command; say what is wrong, if anything is, on stderr."""
        try:
            return super().invoke(ctx)
        except AllokeringError as error:
            click.echo(str(error), err=True)
            ctx.exit(error.exit_code)


@click.group(cls=ErrorsWithExitCodes)
@click.option("--lang", type=LANGUAGE, default="en", envvar="ALLOKERING_LANG", help="Language of messages: nb or en.")
@click.version_option(package_name="allokering")
def main(lang: str) -> None:
    """Plan the training of general practitioners.

    Who goes where, when, supervised by whom, and how long every list is. INSTANCE and MODEL are a path or the name of
    a built-in one; `allokering list` shows them.
    """
    speak(lang)


@main.command("list")
@JSON
def list_builtin(as_json: bool) -> None:
    """Show the built-in instances and models.

    Example: allokering list
    """
    found = {"instances": list_instances(), "models": list_models()}
    if as_json:
        click.echo(json.dumps(found, ensure_ascii=False, indent=2))
        return
    for kind, titles in ((say("Instances"), found["instances"]), (say("Models"), found["models"])):
        click.echo(kind)
        for name, title in titles.items():
            click.echo(f"  {name:<20} {title}")


@main.command()
@click.argument("instance")
@JSON
def validate(instance: str, as_json: bool) -> None:
    """Read INSTANCE and say everything that is wrong with it (exit 3), or what is in it.

    Example: allokering validate alis-vest-2017
    """
    found = read_instance(instance)
    counts = {table: len(found.rows(table)) for table in found.settings.provenance if found.rows(table)}
    if as_json:
        click.echo(json.dumps({"instance": found.name, "sha256": found.sha256, "rows": counts}, indent=2))
        return
    click.echo(
        say(
            "{name} is sound: {counts}.",
            name=found.name,
            counts=", ".join(f"{count} {table}" for table, count in counts.items()),
        )
    )


@main.command()
@click.argument("instance")
@click.argument("target", type=PLAN)
def convert(instance: str, target: Path) -> None:
    """Write INSTANCE to TARGET, a folder or an .xlsx workbook, without loss.

    Example: allokering convert narvik-2022 narvik.xlsx
    """
    write_instance(read_instance(instance), target)
    click.echo(say("Written: {target}", target=target), err=True)


@main.command()
@click.argument("instance")
@click.option("-o", "--output", type=PLAN, required=True, help="Folder of the plan; an earlier plan there is replaced.")
@click.option("--model", "model_name", default=None, help="A model by name or path; default: the instance's own.")
@click.option("--objective", type=click.Choice(OBJECTIVES), default="lexicographic", show_default=True)
@click.option("--set", "overrides", multiple=True, metavar="ID.PARAM=VALUE", help="Override one number of the model.")
@click.option("--time-limit", type=click.FloatRange(min=0.1), help="Seconds; a guard, reported where it strikes.")
@click.option("--seed", type=click.IntRange(min=0), default=0, show_default=True)
@click.option("--workers", type=click.IntRange(min=1), default=1, show_default=True, help="Threads of the solver.")
@click.option("--list-solver", default="cbc", show_default=True, help="cbc, highs, or another solver PuLP has.")
@click.option("--start", type=PLAN, help="An earlier plan to begin from; the new one is never worse.")
@JSON
def solve(
    instance: str, output: Path, model_name: str | None, overrides: tuple[str, ...], as_json: bool, **wanted: Any
) -> None:
    """Make a plan for INSTANCE, verify it, and write it to a folder.

    Example: allokering solve alis-vest-2017 -o plan
    """
    found = read_instance(instance)
    model = load_model(model_name or found.settings.model, _overrides(overrides))
    start = wanted.pop("start")
    job = Wanted(**wanted, start=None if start is None else read_plan(start))
    with watched(Console(stderr=True)) as watcher:
        plan = make_plan(found, model, job, progress=watcher.tier, stage=watcher.stage)
        watcher.stage(say("verification"))
        publish(found, model, plan, output)
    assert plan.header is not None  # noqa: S101 - made with one
    if as_json:
        click.echo(plan.header.model_dump_json(indent=2))
    else:
        Console(width=None if Console().is_terminal else 120).print(summary(found, plan))
    click.echo(
        say(
            "The plan is {status} and verified: {folder} ({seconds} s).",
            status=say(plan.header.status),
            folder=output,
            seconds=f"{plan.header.seconds:.1f}",
        ),
        err=True,
    )


@main.command()
@click.argument("instance")
@click.argument("plan", type=PLAN)
@JSON
def check(instance: str, plan: Path, as_json: bool) -> None:
    """Verify PLAN against INSTANCE without any solver, and name every broken rule (exit 1).

    Model, objective and overrides are read from the plan.

    Example: allokering check alis-vest-2017 plan
    """
    found = read_instance(instance)
    written = read_plan(plan)
    assert written.header is not None  # noqa: S101 - a plan without one is not read
    model = load_model(written.header.model.name, written.header.overrides)
    verdict = verify(found, model, written)
    if as_json:
        click.echo(json.dumps([_as_dict(violation) for violation in verdict.violations], ensure_ascii=False, indent=2))
    if not verdict.ok:
        raise RuleBroken(_told(verdict))
    click.echo(say("The plan keeps every rule, and every tier is what it says."), err=True)


def _as_dict(violation: Violation) -> dict[str, str | int]:
    return {
        "rule": violation.rule,
        "subject": violation.subject,
        "amount": violation.amount,
        "limit": violation.limit,
        "message": violation.message,
    }


def _told(verdict: Verdict) -> str:
    lines = [say("The plan breaks {count} times:", count=len(verdict.violations))]
    return "\n".join([*lines, *(f"  {violation}" for violation in verdict.violations)])


def _overrides(texts: tuple[str, ...]) -> dict[str, str]:
    """`id.param=value`, any number of times.

    Raises:
        UsageError: a text is not of that form, or speaks of the same number as another.
    """
    overrides: dict[str, str] = {}
    for text in texts:
        key, equals, value = text.partition("=")
        if not equals or "." not in key:
            raise UsageError(say('--set "{text}": expected id.param=value, such as notice.notice_months=6', text=text))
        if key in overrides:
            raise UsageError(say('--set "{key}" is given twice', key=key))
        overrides[key.strip()] = value.strip()
    return overrides
