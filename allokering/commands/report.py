"""`allokering report`: a plan as one HTML file for people to look at."""

from __future__ import annotations

from pathlib import Path

import click

from allokering.commands.arguments import PATH
from allokering.errors import RuleBroken
from allokering.files.plan_files import read_plan
from allokering.files.publishing import published
from allokering.files.reading import read_instance
from allokering.language import say
from allokering.model import load_model
from allokering.report.page import report as made_report
from allokering.verifier.verify import verify


@click.command()
@click.argument("instance")
@click.argument("plan", type=PATH)
@click.option("-o", "--output", type=PATH, required=True, help="The HTML file; an earlier file there is replaced.")
@click.option("--against", type=PATH, help="An earlier plan: the report then shows what has changed.")
def report(instance: str, plan: Path, output: Path, against: Path | None) -> None:
    """Show PLAN for INSTANCE as one HTML file that needs no network and no other file.

    The plan is verified first; of one that breaks a rule no report is made (exit 1).

    Example: allokering report alis-vest-2017 plan -o report.html
    """
    found = read_instance(instance)
    written = read_plan(plan)
    assert written.header is not None  # noqa: S101 - a plan without one is not read
    model = load_model(written.header.model.name, written.header.overrides)
    verdict = verify(found.with_pins(written.header.pins), model, written)
    if not verdict.ok:
        broken = "\n".join(f"  {violation}" for violation in verdict.violations)
        raise RuleBroken(say("The plan breaks a rule; no report is made of it:") + "\n" + broken)
    text = made_report(found, model, written, None if against is None else read_plan(against))
    with published(output, Path.is_file) as new:
        new.write_text(text, encoding="utf-8", newline="\n")
    click.echo(say("Written: {target}", target=output), err=True)
