"""`allokering schema`: the tables described for other tools."""

from __future__ import annotations

import json

import click

from allokering.errors import UsageError
from allokering.files.nearest import did_you_mean
from allokering.files.schema.json_schema import json_schema
from allokering.files.schema.table_schema import table_schema
from allokering.language import say
from allokering.plan import PLAN_TABLES
from allokering.tables import TABLES

FORMATS = {"frictionless": table_schema, "json-schema": json_schema}
RECORDS = {**TABLES, **{f"plan.{table}": row_type for table, row_type in PLAN_TABLES.items()}}


@click.command()
@click.argument("table", required=False)
@click.option("--format", "form", type=click.Choice(list(FORMATS)), default="frictionless", show_default=True)
def schema(table: str | None, form: str) -> None:
    """Print the schema of TABLE, or of every table, as Frictionless Table Schema or JSON Schema.

    Tables of an instance have plain names, those of a plan begin with `plan.`.

    Example: allokering schema doctors
    """
    if table is not None and table not in RECORDS:
        raise UsageError(say("no such table: {name}", name=table) + did_you_mean(table, RECORDS))
    described = FORMATS[form]
    found = {name: described(row_type) for name, row_type in RECORDS.items() if table in {None, name}}
    click.echo(json.dumps(found if table is None else found[table], ensure_ascii=False, indent=2))
