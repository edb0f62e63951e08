"""The command line: one group, and every error turned into its message and its exit code."""

from __future__ import annotations

import gc
import time
from importlib import import_module
from typing import Any

import click

from allokering.commands.stopping import ignore_signals, signals_held
from allokering.errors import AllokeringError
from allokering.language import LANGUAGES, say, speak

COMMANDS = {
    "validate": "validate",
    "solve": "solve",
    "check": "check",
    "convert": "convert",
    "list": "list_builtin",
    "generate": "generate",
    "template": "template",
    "schema": "schema",
    "refresh": "refresh",
    "report": "report",
}
"""Each command, and the module of `allokering.commands` that holds it under the module's own name."""
SELDOM = 200_000, 20, 50
"""Python's collector comes after so many new objects, and so many rounds. Rows are read by the hundred thousand and
live to the end: with its own 700, a quarter of `check` is looking for garbage among them."""

INTERRUPTED = 130
"""Exit code after Ctrl-C, as shells have it; click's own is 1, which here is a plan that breaks a rule."""


class Commands(click.Group):
    """Loads a command when it is called: solvers and charts take seconds, and most commands need neither.

    Turns any of the program's errors into its message, on stderr, and its exit code.
    """

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click calls it so
        """Names of all commands."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002
        """The command of this name."""
        if (module := COMMANDS.get(cmd_name)) is None:
            return None
        with signals_held():
            command: click.Command = getattr(import_module(f"allokering.commands.{module}"), module)
        return command

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command; it is told when the program was called, before what it needs was loaded."""
        ctx.obj = time.monotonic()
        try:
            return super().invoke(ctx)
        except AllokeringError as error:
            click.echo(str(error), err=True)
            ctx.exit(error.exit_code)
        except KeyboardInterrupt:
            click.echo(say("Interrupted: nothing is published."), err=True)
            ctx.exit(INTERRUPTED)


@click.group(cls=Commands)
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
    gc.set_threshold(*SELDOM)


def run() -> None:
    """The program: a signal that comes when the command has ended does not change how it ended."""
    try:
        main()
    finally:
        ignore_signals()
