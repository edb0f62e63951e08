"""JSON Schema, draft 2020-12: a row of a table as an object, with typed values and ISO dates."""

from __future__ import annotations

from typing import Any

from allokering.files.table_columns import Column, Kind, columns
from allokering.tables import Row

DRAFT = "https://json-schema.org/draft/2020-12/schema"

_TYPES = {
    Kind.TEXT: "string",
    Kind.ID: "string",
    Kind.CHOICE: "string",
    Kind.DATE: "string",
    Kind.INTEGER: "integer",
    Kind.DECIMAL: "number",
    Kind.BOOLEAN: "boolean",
}


def json_schema(row_type: type[Row]) -> dict[str, Any]:
    """The schema of one row."""
    described = columns(row_type)
    return {
        "$schema": DRAFT,
        "title": row_type.table,
        "type": "object",
        "properties": {column.name: _property(column) for column in described},
        "required": [column.name for column in described if column.is_required],
        "additionalProperties": False,
    }


def _property(column: Column) -> dict[str, Any]:
    kind = _TYPES[column.kind]
    # An empty cell of a column without a default has no value.
    is_nullable = not column.is_required and column.default is None
    found: dict[str, Any] = {"description": column.description, "type": [kind, "null"] if is_nullable else kind}
    if column.choices:
        found["enum"] = [*column.choices, *([None] if is_nullable else [])]
    if column.kind is Kind.DATE:
        found["format"] = "date"
    number = int if column.kind is Kind.INTEGER else float
    told: dict[str, Any] = {
        "minimum": None if column.least is None else number(column.least),
        "maximum": None if column.most is None else number(column.most),
        "maxLength": column.longest,
        "pattern": column.pattern,
        "default": column.default,
        "x-unit": column.unit,
        "x-references": column.reference,
    }
    return found | {name: value for name, value in told.items() if value is not None}
