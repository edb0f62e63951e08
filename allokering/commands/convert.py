"""`allokering convert`: between a folder and a workbook, without loss."""

from __future__ import annotations

from pathlib import Path

import click

from allokering.commands.arguments import PATH
from allokering.files.reading import read_instance
from allokering.files.writing import write_instance
from allokering.language import say


@click.command()
@click.argument("instance")
@click.argument("target", type=PATH)
def convert(instance: str, target: Path) -> None:
    """Write INSTANCE to TARGET, a folder or an .xlsx workbook, without loss.

    Example: allokering convert narvik-2022 narvik.xlsx
    """
    write_instance(read_instance(instance), target)
    click.echo(say("Written: {target}", target=target), err=True)
