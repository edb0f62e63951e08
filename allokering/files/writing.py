"""An instance to a folder of CSV files or to a workbook, in canonical form: the same instance, the same tables."""

from __future__ import annotations

import csv
import datetime as dt
import io
import zipfile
from collections.abc import Sequence
from pathlib import Path

from openpyxl import Workbook, load_workbook
from openpyxl.cell import Cell, WriteOnlyCell
from openpyxl.utils.exceptions import InvalidFileException
from openpyxl.worksheet._write_only import WriteOnlyWorksheet
from openpyxl.worksheet.worksheet import Worksheet

from allokering.files.cells import cell_text
from allokering.files.publishing import holds_only, published
from allokering.files.reading import WORKBOOK
from allokering.files.schema.data_package import PACKAGE_FILE, data_package, package_text
from allokering.files.settings_file import SETTINGS_FILE, SETTINGS_SHEET, settings_items, settings_toml
from allokering.files.sheets import guarded
from allokering.files.table_columns import Column, columns
from allokering.instance import Instance
from allokering.tables import TABLES, Row

_INSTANCE_FILES = frozenset({PACKAGE_FILE, *(f"{table}.csv" for table in TABLES)})


def write_instance(instance: Instance, path: str | Path) -> None:
    """Write the instance whole or not at all: to a workbook if `path` ends in `.xlsx`, else to a folder.

    Only an instance, or an empty folder, is replaced.

    Raises:
        UsageError: something else stands there, or the folder around it is missing.
    """
    target = Path(path)
    if target.suffix.casefold() == WORKBOOK:
        with published(target, _is_workbook) as new:
            _write_workbook(instance, new)
    else:
        with published(target, _is_folder) as new:
            new.mkdir()
            (new / SETTINGS_FILE).write_text(settings_toml(instance.settings), encoding="utf-8", newline="\n")
            written = {
                table: _written_columns(instance.rows(table), row_type)
                for table, row_type in TABLES.items()
                if instance.rows(table) or row_type.required
            }
            for table, described in written.items():
                text = table_csv(instance.rows(table), described)
                (new / f"{table}.csv").write_text(text, encoding="utf-8", newline="\n")
            package = package_text(data_package(target.resolve().name, TABLES, written))
            (new / PACKAGE_FILE).write_text(package, encoding="utf-8", newline="\n")


def table_csv(rows: Sequence[Row], written: Sequence[Column]) -> str:
    """A table in canonical form: comma, line feed, ISO dates, yes and no; no spreadsheet runs a cell as a formula."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow([column.name for column in written])
    for row in rows:
        values = [getattr(row, column.attribute) for column in written]
        writer.writerow([guarded(value) if isinstance(value, str) else cell_text(value) for value in values])
    return text.getvalue()


def _written_columns(rows: Sequence[Row], row_type: type[Row]) -> list[Column]:
    """The required columns, and the others in which some row has more to say than the default."""
    return [
        column
        for column in columns(row_type)
        if column.is_required or any(getattr(row, column.attribute) != column.default for row in rows)
    ]


def _write_workbook(instance: Instance, path: Path) -> None:
    workbook = Workbook(write_only=True)
    settings = workbook.create_sheet(SETTINGS_SHEET)
    settings.append(["key", "value"])
    for key, value in settings_items(instance.settings).items():
        settings.append([workbook_cell(settings, key), workbook_cell(settings, value)])
    for table, row_type in TABLES.items():
        rows = instance.rows(table)
        if rows or row_type.required:
            sheet = workbook.create_sheet(table)
            written = _written_columns(rows, row_type)
            sheet.append([column.name for column in written])
            for row in rows:
                sheet.append([workbook_cell(sheet, getattr(row, column.attribute)) for column in written])
    workbook.save(path)


def workbook_cell(sheet: WriteOnlyWorksheet | Worksheet, value: object) -> object:
    """Numbers and dates as such, the rest as text that the spreadsheet neither runs nor turns into a number."""
    # Spreadsheets keep 15 digits of a number; one that needs more is kept as text.
    is_exact = not isinstance(value, float) or float(f"{value:.15g}") == value
    if value is None or (isinstance(value, (int, float, dt.date)) and not isinstance(value, bool) and is_exact):
        return value
    return text_cell(sheet, cell_text(value))


def text_cell(sheet: WriteOnlyWorksheet | Worksheet, text: str) -> Cell:
    """A cell of text, whatever the text looks like."""
    cell = WriteOnlyCell(sheet, text)
    cell.data_type = "s"
    cell.quotePrefix = True
    return cell


def _is_folder(path: Path) -> bool:
    return path.is_dir() and holds_only(path, needed=SETTINGS_FILE, allowed=_INSTANCE_FILES)


def _is_workbook(path: Path) -> bool:
    try:
        workbook = load_workbook(path, read_only=True)
    except (InvalidFileException, zipfile.BadZipFile, KeyError, OSError):
        return False
    workbook.close()
    return SETTINGS_SHEET in workbook.sheetnames
