"""A workbook to fill in: a sheet per table, every header explained, drop-downs for ids and choices."""

from __future__ import annotations

import inspect
from collections.abc import Iterator
from pathlib import Path

from openpyxl import Workbook
from openpyxl.cell import Cell, WriteOnlyCell
from openpyxl.worksheet.worksheet import Worksheet

from allokering.files.cells import expected
from allokering.files.publishing import published
from allokering.files.settings_file import SETTINGS_SHEET
from allokering.files.table_columns import Column, Kind, columns
from allokering.files.writing import text_cell, workbook_cell
from allokering.instance import Settings, TravelFallback
from allokering.language import say, spoken
from allokering.model import list_models
from allokering.tables import TABLES, Row
from allokering.workbook.layout import (
    BOLD,
    WRAPPED,
    column_header,
    filled_cells,
    fit_on_page,
    header,
    if_empty,
    lay_out,
    offer,
    set_widths,
)


def write_template(path: str | Path) -> None:
    """Write an empty workbook, in the language in use, that is read as an instance once it is filled in.

    Raises:
        UsageError: a file stands there already, or the folder around it is missing.
    """
    with published(Path(path), lambda _: False) as new:
        workbook = Workbook(write_only=True)
        _explain(workbook)
        _settings(workbook)
        for row_type in TABLES.values():
            _table(workbook, row_type)
        workbook.save(new)


def _explain(workbook: Workbook) -> None:
    """The first sheet. Its name begins with `_`, so that it is left alone when the workbook is read."""
    sheet = workbook.create_sheet(say("_explanation"))
    set_widths(sheet, (18, 26, 24, 48, 60, 30))
    fit_on_page(sheet)
    title = WriteOnlyCell(sheet, say("Training positions and trainees of a region"))
    title.font = BOLD
    sheet.append([title])
    for step in (
        say("1. Fill in the sheet instance: title, question, first day, number of periods, where figures come from."),
        say("2. Fill in a sheet per table, one row at a time. Blue headers must be filled in, grey ones may be empty."),
        say("3. Point at a header to read what belongs in the column. Ids are your own choice; no names of persons."),
        say("4. Give the workbook to `allokering solve`. Sheets whose names begin with _ are yours to take notes in."),
    ):
        sheet.append([step])
    sheet.append([])
    heads = (say("Sheet"), say("Column"), say("If empty"), say("What to write"), say("Meaning"), say("Example"))
    sheet.append([header(sheet, head) for head in heads])
    for table, row_type in TABLES.items():
        sheet.append([WriteOnlyCell(sheet, table), None, None, None, _told(sheet, meaning(row_type))])
        for column in columns(row_type):
            texts = (column.name, if_empty(column), expected(column), say(column.description), column.example or "")
            sheet.append([None, *(_told(sheet, text) for text in texts)])


def _told(sheet: Worksheet, text: str) -> Cell:
    cell = text_cell(sheet, text)
    cell.alignment = WRAPPED
    return cell


def meaning(row_type: type[Row]) -> str:
    """What a row of the table is, in a sentence."""
    return say((inspect.getdoc(row_type) or "").splitlines()[0])


def _settings(workbook: Workbook) -> None:
    sheet = workbook.create_sheet(SETTINGS_SHEET)
    set_widths(sheet, (32, 50, 90))
    sheet.freeze_panes = "A2"
    sheet.append([header(sheet, "key"), header(sheet, "value"), header(sheet, say("Meaning"))])
    for row, (key, value, told) in enumerate(_keys(), start=2):
        sheet.append([workbook_cell(sheet, one) for one in (key, value, told)])
        if key == "model":
            offer(sheet, 2, f'"{",".join(list_models())}"', row=row)
        elif key == "period_months":
            offer(sheet, 2, '"1,3,6"', row=row)


def _keys() -> Iterator[tuple[str, object, str]]:
    """Every key of an instance, the value it has when nothing is said, and what it means."""
    for section, record in (("", Settings), ("travel_fallback.", TravelFallback)):
        for column in columns(record):
            told = f"{say(column.description)}. {if_empty(column)}." if column.description else if_empty(column)
            yield section + column.name, column.default, told
    for table in TABLES:
        yield (
            f"provenance.{table}",
            None,
            say("Where the rows of {table} come from: a source, or assumption", table=table),
        )


def _table(workbook: Workbook, row_type: type[Row]) -> None:
    sheet = workbook.create_sheet(row_type.table)
    described = columns(row_type)
    lay_out(sheet, described)
    for number, column in enumerate(described, start=1):
        choices = _choices(column)
        if choices is not None:
            offer(sheet, number, choices)
    sheet.append([column_header(sheet, column) for column in described])


def _choices(column: Column) -> str | None:
    """What a drop-down offers: ids of the other sheet, or the words there are."""
    if column.reference is not None:
        return filled_cells(column.reference, 1)
    if column.kind is Kind.BOOLEAN:
        return '"ja,nei"' if spoken() == "nb" else '"yes,no"'
    return f'"{",".join(column.choices)}"' if column.choices else None
