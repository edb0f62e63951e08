"""`allokering check`: the verdict on a plan."""

from __future__ import annotations

import json
from pathlib import Path

import click

from allokering.commands.arguments import AS_JSON, MODEL_OF_PLAN, PATH
from allokering.commands.given import read_given
from allokering.errors import RuleBroken
from allokering.language import say
from allokering.verifier.verify import Verdict
from allokering.violation import Violation


@click.command()
@click.argument("instance")
@click.argument("plan", type=PATH)
@MODEL_OF_PLAN
@AS_JSON
def check(instance: str, plan: Path, model_name: str | None, as_json: bool) -> None:
    """Verify PLAN against INSTANCE without any solver, and name every broken rule (exit 1).

    Model, objective and overrides are read from the plan.

    Example: allokering check alis-vest-2017 plan
    """
    verdict = read_given(instance, plan, model_name).verdict
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
