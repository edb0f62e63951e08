"""Text to rows: a sheet's header matched with the columns of a table, its cells typed, its rows validated."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from pydantic import ValidationError

from allokering.errors import Fault
from allokering.files.cells import CellFaulty, expected, read_cell
from allokering.files.nearest import did_you_mean
from allokering.files.sheets import Record, Sheet
from allokering.files.table_columns import Column, column_names, columns
from allokering.language import say
from allokering.tables import Row


@dataclass(frozen=True)
class Line:
    """One row as far as it could be read: checks between rows still see its good cells when another cell is faulty."""

    number: int | str
    """As an editor shows it; the header is row 1. Of a row made in code, its key."""
    values: Mapping[str, Any]
    """By attribute. A faulty cell is absent; an empty one has its column's default."""


def read_lines(sheet: Sheet, row_type: type[Row], faults: list[Fault]) -> list[Line]:
    """Every row of a sheet, with every fault of its header and cells added to `faults`."""
    places = _places(sheet, row_type, faults)
    whole = _whole(sheet, places, row_type, faults)
    read = set(places.values())
    unread = {
        column.attribute: column.default
        for column in columns(row_type)
        if not column.is_required and column not in read
    }
    known: dict[tuple[int, str], object] = {}
    return [Line(record.number, unread | _values(record, places, row_type, known, faults)) for record in whole]


def valid_rows(lines: Sequence[Line], row_type: type[Row], faults: list[Fault]) -> list[Row]:
    """The rows that keep their own definition; those that do not are added to `faults`."""
    column_of = {name: column for column in columns(row_type) for name in (column.name, column.attribute)}
    rows = []
    for line in lines:
        try:
            rows.append(row_type.model_validate(line.values))
        except ValidationError as error:
            for one in error.errors(include_url=False, include_context=False):
                # What is missing here has been found faulty already, as a cell or as a column.
                if one["type"] != "missing":
                    column = column_of[str(one["loc"][0])]
                    faults.append(cell_fault(row_type.table, line.number, column, str(one["input"]), expected(column)))
    return rows


def cell_fault(table: str, number: int | str, column: Column, text: str, message: str) -> Fault:
    """The fault of one cell, with no more of its text than fits on a line."""
    shown = text if len(text) <= 80 else f"{text[:79]}…"
    return Fault(table, number, column.name, shown.replace("\n", " "), message)


def _places(sheet: Sheet, row_type: type[Row], faults: list[Fault]) -> dict[int, Column]:
    """Which column stands in which place of the header."""
    by_name = {column.name.casefold(): column for column in columns(row_type)}
    places: dict[int, Column] = {}
    table, number = row_type.table, sheet.header.number
    for place, name in enumerate(sheet.header.cells):
        column = by_name.get(name.casefold())
        if not name:
            if any(place < len(record.cells) and record.cells[place] for record in sheet.records):
                faults.append(Fault(table, number, None, None, say("a name for column {place}", place=place + 1)))
        elif column is None:
            hint = did_you_mean(name, column_names(row_type))
            faults.append(Fault(table, number, name, None, say("no such column in this table") + hint))
        elif column in places.values():
            faults.append(Fault(table, number, column.name, None, say("each column once")))
        else:
            places[place] = column
    for column in columns(row_type):
        if column.is_required and column not in places.values():
            faults.append(Fault(table, number, column.name, None, say("the column is missing")))
    return places


def _whole(sheet: Sheet, places: Mapping[int, Column], row_type: type[Row], faults: list[Fault]) -> list[Record]:
    """The records with a cell for every column and none beyond, filled up to the width of the header.

    Excel leaves out delimiters at the end of some rows whose last cells are empty: optional cells may be so missing.
    """
    width = len(sheet.header.cells)
    needed = max((place + 1 for place, column in places.items() if column.is_required), default=0)
    whole = []
    for record in sheet.records:
        count = len(record.cells)
        if count < needed or any(record.cells[width:]):
            message = say("{width} cells, as in the header; here are {count}", width=width, count=count)
            faults.append(Fault(row_type.table, record.number, None, None, message))
        else:
            whole.append(Record(record.number, record.cells + ("",) * (width - count)))
    return whole


def _values(
    record: Record,
    places: Mapping[int, Column],
    row_type: type[Row],
    known: dict[tuple[int, str], object],
    faults: list[Fault],
) -> dict[str, object]:
    """By attribute the values of a record; `known` are those read so far, by place and text, since few are new."""
    values: dict[str, object] = {}
    for place, column in places.items():
        text = record.cells[place]
        if (place, text) in known:
            values[column.attribute] = known[place, text]
        elif text:
            try:
                values[column.attribute] = known[place, text] = read_cell(text, column)
            except CellFaulty as fault:
                faults.append(cell_fault(row_type.table, record.number, column, text, str(fault)))
        elif column.is_required:
            faults.append(Fault(row_type.table, record.number, column.name, None, expected(column)))
        else:
            values[column.attribute] = column.default
    return values
