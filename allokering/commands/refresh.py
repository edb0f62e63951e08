"""`allokering refresh`: newer figures into an instance, every change told before it is made."""

from __future__ import annotations

import json
from pathlib import Path

import click

from allokering.commands.arguments import PATH
from allokering.errors import UsageError
from allokering.files.reading import read_instance
from allokering.files.writing import write_instance
from allokering.instance import Instance
from allokering.language import say
from allokering.refresh.changes import Change, Refreshed, refreshed_figures, refreshed_journeys
from allokering.refresh.journeys import read_journeys
from allokering.refresh.statistics import read_statistics

MOST_BYTES = 100_000_000


@click.command()
@click.argument("instance")
@click.option("--from", "source", type=click.Path(path_type=Path, exists=True, dir_okay=False), required=True)
@click.option("-o", "--output", type=PATH, help="Where to write the refreshed instance; default: nothing is written.")
@click.option("--year", type=int, help="Of Statistics Norway's figures; default: the latest in the file.")
@click.option("--yes", is_flag=True, help="Write without asking.")
def refresh(instance: str, source: Path, output: Path | None, year: int | None, yes: bool) -> None:
    """List what a downloaded file changes in INSTANCE, and write it with --output.

    The file is from Statistics Norway, table 07459 (residents) or 12005 (lists), as JSON-stat 2 or CSV; or the table
    response of OSRM or the matrix response of OpenRouteService (travel times).

    Example: allokering refresh narvik-2022 --from 07459.json -o narvik-2025
    """
    found = read_instance(instance)
    refreshed = _read(found, source, year)
    for change in refreshed.changes:
        click.echo(_line(change))
    if refreshed.left:
        click.echo(say("Left as they are: {names}", names=", ".join(refreshed.left)), err=True)
    click.echo(say("Changes: {count}", count=len(refreshed.changes)), err=True)
    if output is None:
        return
    if not yes and not click.confirm(say("Make these changes?"), err=True):
        raise UsageError(say("Nothing is written."))
    write_instance(refreshed.instance, output)
    click.echo(say("Written: {target}", target=output), err=True)


def _read(instance: Instance, source: Path, year: int | None) -> Refreshed:
    if source.stat().st_size > MOST_BYTES:
        raise UsageError(say("{name} is larger than {bytes} bytes", name=source.name, bytes=MOST_BYTES))
    content = source.read_bytes()
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = content.decode("cp1252", errors="replace")  # what Statistics Norway's web pages give
    response = _object(text)
    if "durations" in response:
        return refreshed_journeys(instance, read_journeys(response, instance, source.name), source.name)
    return refreshed_figures(instance, read_statistics(text, source.name), year, source.name)


def _object(text: str) -> dict[str, object]:
    try:
        found = json.loads(text)
    except (ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}


def _line(change: Change) -> str:
    before = say("(new)") if change.before is None else change.before
    return f"{change.table}: {change.key}: {change.column}: {before} -> {change.after}"
