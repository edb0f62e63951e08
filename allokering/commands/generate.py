"""`allokering generate`: an instance of the real figures, with doctors and trainees drawn."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import click

from allokering.commands.arguments import PATH
from allokering.files.writing import write_instance
from allokering.generation.figures import REGIONS
from allokering.generation.region import generate_country, generate_region
from allokering.instance import Instance
from allokering.language import say

Command = Callable[..., None]


def _drawn(command: Command) -> Command:
    """The options that every drawn instance has."""
    for option in (
        click.option("-o", "--output", type=PATH, required=True, help="Folder, or .xlsx workbook, of the instance."),
        click.option(
            "--period-months", type=click.Choice(["6", "3"]), default="6", show_default=True, help="Length of a period."
        ),
        click.option("--seed", type=click.IntRange(min=0), default=1, show_default=True),
        click.option("--trainees", type=click.IntRange(1, 100_000), required=True, help="How many trainees to draw."),
    ):
        command = option(command)
    return command


@click.group()
def generate() -> None:
    """Draw an instance on real figures: municipalities, residents, sums of lists and hospitals are real.

    The same seed gives the same instance, on every machine.
    """


@generate.command()
@click.option("--region", type=click.Choice(list(REGIONS)), required=True, help="Health region.")
@click.option("--municipalities", type=click.IntRange(min=1), help="Only so many, around one of the hospitals.")
@_drawn
def region(region: str, municipalities: int | None, trainees: int, seed: int, period_months: str, output: Path) -> None:
    """Draw an instance of a health region, or of a part of it.

    Example: allokering generate region --region helse-nord --trainees 250 --seed 1 -o nord
    """
    _write(generate_region(region, trainees, seed, int(period_months), municipalities), output)


@generate.command()
@_drawn
def norge(trainees: int, seed: int, period_months: str, output: Path) -> None:
    """Draw an instance of the whole country.

    Example: allokering generate norge --trainees 2000 --seed 1 -o norge
    """
    _write(generate_country(trainees, seed, int(period_months)), output)


def _write(instance: Instance, output: Path) -> None:
    write_instance(instance, output)
    click.echo(say("Written: {target}", target=output), err=True)
