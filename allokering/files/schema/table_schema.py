"""Frictionless Table Schema: what a CSV file of a table holds, as the program writes it.

https://specs.frictionlessdata.io/table-schema/
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any

from allokering.files.cells import cell_text
from allokering.files.table_columns import Column, Kind, columns
from allokering.tables import TABLES, Row

_TYPES = {
    Kind.TEXT: "string",
    Kind.ID: "string",
    Kind.CHOICE: "string",
    Kind.INTEGER: "integer",
    Kind.DECIMAL: "number",
    Kind.BOOLEAN: "boolean",
    Kind.DATE: "date",
}


def table_schema(
    row_type: type[Row], written: Sequence[Column] | None = None, tables: Collection[str] = TABLES.keys()
) -> dict[str, Any]:
    """The schema of a table with these columns, or all, which refers to those of `tables` only."""
    described = columns(row_type) if written is None else written
    schema: dict[str, Any] = {"fields": [_field(column) for column in described], "missingValues": [""]}
    key = [column for column in columns(row_type) if column.attribute in row_type.key]
    # The key of a plan's unplaced trainee has empty parts, which a primary key may not have.
    if all(column.is_required for column in key):
        schema["primaryKey"] = [column.name for column in key]
    foreign = [_foreign_key(row_type, column) for column in described if column.reference in tables]
    return schema | ({"foreignKeys": foreign} if foreign else {})


def _field(column: Column) -> dict[str, Any]:
    field: dict[str, Any] = {"name": column.name, "type": _TYPES[column.kind], "description": column.description}
    if column.kind is Kind.BOOLEAN:
        field |= {"trueValues": ["yes"], "falseValues": ["no"]}
    if column.unit is not None:
        field["unit"] = column.unit
    if column.example is not None:
        field["example"] = column.example
    if column.default is not None:
        field["default"] = cell_text(column.default)
    field["constraints"] = _constraints(column)
    return field


def _constraints(column: Column) -> dict[str, Any]:
    found: dict[str, Any] = {"required": column.is_required}
    if column.choices:
        found["enum"] = list(column.choices)
    number = int if column.kind is Kind.INTEGER else float
    if column.least is not None:
        found["minimum"] = number(column.least)
    if column.most is not None:
        found["maximum"] = number(column.most)
    # A file has an apostrophe before text that a spreadsheet would run as a formula.
    if column.longest is not None:
        found["maxLength"] = column.longest + 1
    if column.pattern is not None:
        found["pattern"] = column.pattern.replace("^", "^'?", 1)
    return found


def _foreign_key(row_type: type[Row], column: Column) -> dict[str, Any]:
    table = column.reference or ""
    (key,) = TABLES[table].key
    # An empty name is the table itself.
    return {"fields": column.name, "reference": {"resource": "" if table == row_type.table else table, "fields": key}}
