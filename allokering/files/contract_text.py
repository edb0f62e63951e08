"""The tables of columns in `docs/data-contract.md`, made from the definitions.

`python -m allokering.files.contract_text docs/data-contract.md` brings the document up to date.
"""

from __future__ import annotations

import re
import sys
from pathlib import Path

from pydantic import BaseModel

from allokering.files.cells import cell_text
from allokering.files.table_columns import Column, Kind, columns
from allokering.instance import Settings, TravelFallback
from allokering.plan import PLAN_TABLES
from allokering.tables import TABLES

_BLOCK = re.compile(r"(<!-- columns: (?P<name>[\w.]+) -->\n).*?(<!-- end -->)", re.DOTALL)

RECORDS: dict[str, type[BaseModel]] = {
    "instance": Settings,
    "instance.travel_fallback": TravelFallback,
    **TABLES,
    **{f"plan.{table}": row_type for table, row_type in PLAN_TABLES.items()},
}
"""What a marker `<!-- columns: NAME -->` may name."""


def with_columns(document: str) -> str:
    """`document` with the lines between every marker and its end made anew."""
    return _BLOCK.sub(lambda block: f"{block[1]}{column_table(RECORDS[block['name']])}{block[3]}", document)


def column_table(record: type[BaseModel]) -> str:
    """A Markdown table with a row per column."""
    described = columns(record)
    has_examples = any(column.example for column in described)
    heads = ["column", "value", "if empty", "meaning", *(["example"] if has_examples else [])]
    rows = [heads, ["---"] * len(heads)]
    for column in described:
        example = [f"`{column.example}`" if column.example else ""] if has_examples else []
        rows.append([f"`{column.name}`", _value(column), _if_empty(column), column.description, *example])
    return "".join(f"| {' | '.join(row)} |\n" for row in rows)


def _value(column: Column) -> str:
    if column.reference is not None:
        return f"id in `{column.reference}`"
    if column.kind is Kind.CHOICE:
        return ", ".join(f"`{choice}`" for choice in column.choices)
    bounds = "" if column.least is None or column.most is None else f", {column.least:.0f} to {column.most:.0f}"
    unit = "" if column.unit is None else f" ({column.unit})"
    return f"{column.kind}{bounds}{unit}"


def _if_empty(column: Column) -> str:
    if column.is_required:
        return "**required**"
    return "-" if column.default is None else f"`{cell_text(column.default)}`"


if __name__ == "__main__":
    path = Path(sys.argv[1])
    path.write_text(with_columns(path.read_text(encoding="utf-8")), encoding="utf-8")
