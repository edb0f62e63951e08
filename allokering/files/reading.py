"""An instance from a folder of CSV files or from a workbook, with every fault found at once."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from allokering.builtin import builtin_folder
from allokering.errors import Fault, InstanceFaulty
from allokering.files.cells import CellFaulty, cell_text, read_cell
from allokering.files.nearest import did_you_mean
from allokering.files.publishing import read_steadily
from allokering.files.rows import Line, read_lines, valid_rows
from allokering.files.settings_file import (
    SETTINGS_FILE,
    SETTINGS_SHEET,
    period_bounds,
    read_settings_file,
    read_settings_sheet,
    unsourced,
)
from allokering.files.sheets import Sheet, read_csv, read_workbook
from allokering.files.table_columns import Kind, column_names, columns
from allokering.files.validation import faults_between_rows
from allokering.instance import Instance, Settings
from allokering.language import say
from allokering.tables import TABLES, Pin, PinWhat, Row

WORKBOOK = ".xlsx"
_A_DATE = next(column for column in columns(Pin) if column.kind is Kind.DATE)


def read_instance(name_or_path: str | Path) -> Instance:
    """The instance in a folder, in a workbook, or of a built-in name.

    Raises:
        InstanceFaulty: with every fault, in the order of the tables and their rows.
    """
    path = _find(name_or_path)
    values, sheets, faults = read_steadily(path, _read)
    rows = rows_of_tables(values, sheets, SETTINGS_SHEET if path.is_file() else SETTINGS_FILE, faults)
    if faults:
        raise InstanceFaulty(say("Faults in {name}: {count}", name=name_or_path, count=len(faults)), in_order(faults))
    name = path.stem if path.is_file() else path.resolve().name
    return Instance.of(name, Settings.model_validate(values), rows).found_valid()


def _read(path: Path) -> tuple[dict[str, Any], dict[str, Sheet | None], list[Fault]]:
    """The settings and the sheets of a folder or a workbook, and every fault in them."""
    faults: list[Fault] = []
    return *(_from_workbook if path.is_file() else _from_folder)(path, faults), faults


def rows_of_tables(
    values: Mapping[str, Any], sheets: Mapping[str, Sheet | None], told_in: str, faults: list[Fault]
) -> dict[str, list[Row]]:
    """The rows of every table that are as they should be; every fault of the others, and between rows, is added.

    Args:
        values: the good ones of the settings.
        sheets: by table; None for one that could not be read.
        told_in: the file or sheet that the settings stand in.
        faults: those found so far.
    """
    lines = _lines(sheets, faults)
    rows = {table: valid_rows(found, TABLES[table], faults) for table, found in lines.items()}
    faults += faults_between_rows(lines, period_bounds(values))
    faults += unsourced(values, [table for table, found in lines.items() if found], told_in)
    return rows


def list_instances() -> dict[str, str]:
    """The built-in instances: title by name."""
    return {
        path.parent.name: tomllib.loads(path.read_text(encoding="utf-8"))["title"]
        for path in sorted(builtin_folder("instances").glob(f"*/{SETTINGS_FILE}"))
    }


def _find(name_or_path: str | Path) -> Path:
    for path in (Path(name_or_path), builtin_folder("instances") / name_or_path):
        if path.is_dir() or (path.is_file() and path.suffix.casefold() == WORKBOOK):
            return path
    name = str(name_or_path)
    message = say("a folder, an .xlsx workbook, or a name that `allokering list` shows")
    fault = Fault(name, None, None, None, message + did_you_mean(name, list_instances()))
    raise InstanceFaulty(say("Faults in {name}: {count}", name=name, count=1), [fault])


def _from_folder(path: Path, faults: list[Fault]) -> tuple[dict[str, Any], dict[str, Sheet | None]]:
    """The settings, and for every table that is there its text, or None if it cannot be read."""
    values = read_settings_file(path / SETTINGS_FILE, faults)
    files = {file.name: file for file in sorted(path.iterdir()) if file.suffix.casefold() == ".csv"}
    tables = _tables({name: file.stem for name, file in files.items()}, faults)
    return values, {
        table: read_csv(files[name], table, column_names(TABLES[table]), faults) for table, name in tables.items()
    }


def _from_workbook(path: Path, faults: list[Fault]) -> tuple[dict[str, Any], dict[str, Sheet | None]]:
    """The same from a workbook."""
    sheets = read_workbook(path, faults)
    if sheets is None:
        raise InstanceFaulty(say("Faults in {name}: {count}", name=path, count=len(faults)), faults)
    settings = next((name for name in sheets if name.casefold() == SETTINGS_SHEET), None)
    sheet = None if settings is None else sheets.pop(settings)
    if sheet is None:
        faults.append(Fault(SETTINGS_SHEET, None, None, None, say("the sheet is missing")))
    values = {} if sheet is None else read_settings_sheet(sheet, faults)
    return values, {table: sheets[name] for table, name in _tables({name: name for name in sheets}, faults).items()}


def _tables(stems: Mapping[str, str], faults: list[Fault]) -> dict[str, str]:
    """The name of the file or sheet of every table."""
    names: dict[str, str] = {}
    for name, stem in stems.items():
        table = stem.casefold()
        if table not in TABLES:
            message = say("a table of an instance") + did_you_mean(table, TABLES)
            faults.append(Fault(name, None, None, None, message))
        elif table in names:
            faults.append(
                Fault(name, None, None, None, say("each table once; {other} is the same", other=names[table]))
            )
        else:
            names[table] = name
    for table, row_type in TABLES.items():
        if row_type.required and table not in names:
            faults.append(Fault(table, None, None, None, say("the table is missing")))
    return names


def _lines(sheets: Mapping[str, Sheet | None], faults: list[Fault]) -> dict[str, list[Line]]:
    """The rows of every table that could be read; an optional table that is absent has none."""
    lines: dict[str, list[Line]] = {}
    for table, row_type in TABLES.items():
        sheet = sheets.get(table)
        if sheet is not None:
            lines[table] = read_lines(sheet, row_type, faults)
        elif table not in sheets and not row_type.required:
            lines[table] = []
    lines["pins"] = [_with_plain_date(line) for line in lines.get("pins", ())]
    return lines


def _with_plain_date(pin: Line) -> Line:
    """A pin on a period says its date as ISO writes it, however it was written."""
    if pin.values.get("what") != PinWhat.PERIOD or not pin.values.get("value"):
        return pin
    try:
        date = read_cell(pin.values["value"], _A_DATE)
    except CellFaulty:
        return pin
    return Line(pin.number, {**pin.values, "value": cell_text(date)})


def in_order(faults: Iterable[Fault]) -> list[Fault]:
    """Each once, by table in the order in which a reader meets them, then by row."""
    places = {table: place for place, table in enumerate(TABLES)}

    def place(fault: Fault) -> tuple[int, str, int, str]:
        row = fault.row if isinstance(fault.row, int) else 0
        return places.get(fault.table, -1), fault.table, row, str(fault)

    return sorted(set(faults), key=place)
