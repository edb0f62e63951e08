"""The command line: one group, and every error turned into its message and its exit code."""

from __future__ import annotations

from typing import Any

import click

from allokering.commands.check import check
from allokering.commands.convert import convert
from allokering.commands.generate import generate
from allokering.commands.list_builtin import list_builtin
from allokering.commands.refresh import refresh
from allokering.commands.report import report
from allokering.commands.schema import schema
from allokering.commands.solve import solve
from allokering.commands.template import template
from allokering.commands.validate import validate
from allokering.errors import AllokeringError
from allokering.language import LANGUAGES, speak


class ErrorsWithExitCodes(click.Group):
    """Turns any of the program's errors into its message, on stderr, and its exit code."""

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command."""
        try:
            return super().invoke(ctx)
        except AllokeringError as error:
            click.echo(str(error), err=True)
            ctx.exit(error.exit_code)


@click.group(cls=ErrorsWithExitCodes)
@click.option(
    "--lang",
    type=click.Choice(LANGUAGES),
    default="en",
    show_default=True,
    envvar="ALLOKERING_LANG",
    help="Language of messages and reports.",
)
@click.version_option(package_name="allokering")
def main(lang: str) -> None:
    """Plan the training of general practitioners.

    Who goes where, when, supervised by whom, and how long every list is. INSTANCE and MODEL are a path or the name of
    a built-in one; `allokering list` shows them.
    """
    speak(lang)


for command in (validate, solve, check, convert, list_builtin, generate, template, schema, refresh, report):
    main.add_command(command)
