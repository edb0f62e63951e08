"""`allokering list`: what is built in."""

from __future__ import annotations

import json

import click

from allokering.commands.arguments import AS_JSON
from allokering.files.reading import list_instances
from allokering.language import say
from allokering.model import list_models


@click.command("list")
@AS_JSON
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
