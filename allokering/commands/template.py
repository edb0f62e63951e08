"""`allokering template`: a workbook to fill in."""

from __future__ import annotations

from pathlib import Path

import click

from allokering.commands.arguments import PATH
from allokering.language import LANGUAGES, say, speak
from allokering.workbook.template import write_template


@click.command()
@click.option("-o", "--output", type=PATH, required=True, help="The .xlsx file to make; it must not exist.")
@click.option("--lang", type=click.Choice(LANGUAGES), help="Language of the explanations; default: that of messages.")
def template(output: Path, lang: str | None) -> None:
    """Make a workbook with a sheet for every table, explained, to fill in and give to `solve`.

    Example: allokering template -o region.xlsx --lang nb
    """
    if lang is not None:
        speak(lang)
    write_template(output)
    click.echo(say("Written: {target}", target=output), err=True)
