"""An instance from tables in memory, as a notebook has them: validated like files, the row numbers counted from 1."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

from allokering.errors import Fault, InstanceFaulty
from allokering.files.cells import cell_text, clean
from allokering.files.reading import in_order, rows_of_tables
from allokering.files.settings_file import SETTINGS_SHEET, checked_settings
from allokering.files.sheets import Record, Sheet
from allokering.instance import Instance, Settings
from allokering.language import say
from allokering.tables import TABLES

if TYPE_CHECKING:
    import pandas as pd


def instance_from_tables(
    name: str, settings: Mapping[str, Any], tables: Mapping[str, Iterable[Mapping[str, Any]] | pd.DataFrame]
) -> Instance:
    """An instance from rows (mappings of column to value) or data frames, named and typed as the data contract says.

    Args:
        name: of the instance.
        settings: what `instance.toml` would hold, `provenance` as a mapping of its own.
        tables: by name; those left out are empty. A value that is None or not a number is an empty cell.

    Raises:
        InstanceFaulty: with every fault: table, row, column, value, and what was expected.
    """
    faults = [Fault(table, None, None, None, say("a table of an instance")) for table in tables if table not in TABLES]
    values = checked_settings(settings, faults)
    sheets: dict[str, Sheet | None] = {table: _sheet(table, tables.get(table, ())) for table in TABLES}
    rows = rows_of_tables(values, sheets, SETTINGS_SHEET, faults)
    if faults:
        raise InstanceFaulty(say("Faults in {name}: {count}", name=name, count=len(faults)), in_order(faults))
    return Instance.of(name, Settings.model_validate(values), rows).found_valid()


def _sheet(table: str, given: Iterable[Mapping[str, Any]] | pd.DataFrame) -> Sheet:
    """A table as text: columns in the order in which rows first name them; all of them if there are no rows."""
    rows: list[Mapping[str, Any]] = given.to_dict("records") if hasattr(given, "to_dict") else list(given)
    named = dict.fromkeys(str(column) for row in rows for column in row)
    columns = list(named) if rows else [field.alias or key for key, field in TABLES[table].model_fields.items()]
    records = [
        Record(number, tuple(_text(row.get(column)) for column in columns)) for number, row in enumerate(rows, start=1)
    ]
    return Sheet(table, Record(0, tuple(columns)), tuple(records))


def _text(value: object) -> str:
    """A cell. In a data frame what is missing is no number, or no time; whole numbers may have become fractions."""
    if isinstance(value, float):
        if math.isnan(value):
            return ""
        return str(int(value)) if value.is_integer() else cell_text(value)
    if value is None or str(value) in ("<NA>", "NaT"):
        return ""
    date = getattr(value, "date", None)  # a data frame's dates are times
    return clean(cell_text(date() if callable(date) else value))
