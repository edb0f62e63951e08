"""Arguments and options that several commands share."""

from __future__ import annotations

from pathlib import Path

import click

PATH = click.Path(path_type=Path)
AS_JSON = click.option("--json", "as_json", is_flag=True, help="Print JSON for a script to read.")
FAULTS = click.option(
    "--faults",
    type=PATH,
    metavar="FILE",
    help="If the .xlsx workbook is faulty, write a copy of it here with every fault marked at its cell.",
)
MODEL_OF_PLAN = click.option(
    "--model", "model_name", default=None, help="The model's file, where the plan was made with one of your own."
)
