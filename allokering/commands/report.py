"""`allokering report`: a plan as one HTML file for people to look at."""

from __future__ import annotations

from pathlib import Path

import click

from allokering.commands.arguments import MODEL_OF_PLAN, PATH
from allokering.commands.given import read_given
from allokering.errors import RuleBroken
from allokering.files.plan_files import read_plan
from allokering.files.publishing import published
from allokering.language import say
from allokering.report.page import report as made_report


@click.command()
@click.argument("instance")
@click.argument("plan", type=PATH)
@click.option("-o", "--output", type=PATH, required=True, help="The HTML file; an earlier file there is replaced.")
@click.option("--against", type=PATH, help="An earlier plan: the report then shows what has changed.")
@MODEL_OF_PLAN
def report(instance: str, plan: Path, output: Path, against: Path | None, model_name: str | None) -> None:
    """Show PLAN for INSTANCE as one HTML file that needs no network and no other file.

    The plan is verified first; of one that breaks a rule no report is made (exit 1).

    Example: allokering report alis-vest-2017 plan -o report.html
    """
    given = read_given(instance, plan, model_name)
    if not given.verdict.ok:
        broken = "\n".join(f"  {violation}" for violation in given.verdict.violations)
        raise RuleBroken(say("The plan breaks a rule; no report is made of it:") + "\n" + broken)
    earlier = None if against is None else read_plan(against)
    text = made_report(given.instance, given.model, given.plan, earlier)
    with published(output, Path.is_file) as new:
        new.write_text(text, encoding="utf-8", newline="\n")
    click.echo(say("Written: {target}", target=output), err=True)
