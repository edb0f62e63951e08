"""`allokering check`: the verdict on a plan."""

from __future__ import annotations

import json
from pathlib import Path

import click

from allokering.commands.arguments import AS_JSON, PATH
from allokering.errors import RuleBroken
from allokering.files.plan_files import read_plan
from allokering.files.reading import read_instance
from allokering.language import say
from allokering.model import load_model
from allokering.verifier.verify import Verdict, verify
from allokering.violation import Violation
from allokering.workbook.pins import with_recorded_pins


@click.command()
@click.argument("instance")
@click.argument("plan", type=PATH)
@click.option("--model", "model_name", default=None, help="The model, where the plan was made with one of your own.")
@AS_JSON
def check(instance: str, plan: Path, model_name: str | None, as_json: bool) -> None:
    """Verify PLAN against INSTANCE without any solver, and name every broken rule (exit 1).

    Model, objective and overrides are read from the plan.

    Example: allokering check alis-vest-2017 plan
    """
    found = read_instance(instance)
    written = read_plan(plan)
    assert written.header is not None  # noqa: S101 - a plan without one is not read
    model = load_model(model_name or written.header.model.name, written.header.overrides)
    verdict = verify(with_recorded_pins(found, written), model, written)
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
