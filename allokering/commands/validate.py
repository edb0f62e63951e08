"""`allokering validate`: everything that is wrong with an instance, at once."""

from __future__ import annotations

import json
from pathlib import Path

import click

from allokering.commands.arguments import AS_JSON, FAULTS
from allokering.files.reading import read_instance
from allokering.language import say
from allokering.workbook.marking import marking


@click.command()
@click.argument("instance")
@FAULTS
@AS_JSON
def validate(instance: str, faults: Path | None, as_json: bool) -> None:
    """Read INSTANCE and say everything that is wrong with it (exit 3), or what is in it.

    Example: allokering validate alis-vest-2017
    """
    with marking(instance, faults):
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
