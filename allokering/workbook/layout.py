"""How a sheet made here looks: headers that explain themselves, widths, colours and lists of choices.

A header's unit is part of its number format, so that the cell shows `residents (people)` and holds `residents`.
"""

from __future__ import annotations

from collections.abc import Iterable

from openpyxl.cell import Cell, WriteOnlyCell
from openpyxl.comments import Comment
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.properties import PageSetupProperties
from openpyxl.worksheet.worksheet import Worksheet

from allokering.files.cells import cell_text, expected
from allokering.files.table_columns import Column, Kind
from allokering.language import say

AUTHOR = "allokering"
LAST_ROW = 1_048_576
BOLD = Font(name="Calibri", size=11, bold=True)
REQUIRED = PatternFill("solid", fgColor="FFD9E2F3")
OPTIONAL = PatternFill("solid", fgColor="FFF2F2F2")
WRAPPED = Alignment(wrap_text=True, vertical="top")

_NUMBER_FORMATS = {Kind.ID: "@", Kind.TEXT: "@", Kind.DATE: "yyyy-mm-dd"}
"""Of a whole column: text stays text, so that 0301 keeps its nought, and dates are shown as ISO writes them."""


def commented(cell: Cell, text: str) -> Cell:
    """The cell with a comment large enough to be read at once."""
    lines = sum(1 + len(line) // 45 for line in text.splitlines())
    cell.comment = Comment(text, AUTHOR, height=24 + 18 * lines, width=320)
    return cell


def header(sheet: Worksheet, text: str, comment: str | None = None) -> Cell:
    """A bold cell for the first row."""
    cell = WriteOnlyCell(sheet, text)
    cell.font, cell.fill = BOLD, REQUIRED
    return cell if comment is None else commented(cell, comment)


def column_header(sheet: Worksheet, column: Column) -> Cell:
    """The name of a column, with its unit to be seen and all else about it in a comment."""
    cell = header(sheet, column.name, explanation(column))
    cell.fill = REQUIRED if column.is_required else OPTIONAL
    if column.unit is not None:
        cell.number_format = f'@" ({say(column.unit)})"'
    return cell


def explanation(column: Column) -> str:
    """Meaning, what may stand in a cell, what an empty cell means, and an example: a line each."""
    lines = [say(column.description), expected(column), if_empty(column)]
    if column.example is not None:
        lines.append(say("For example: {example}", example=column.example))
    return "\n".join(lines)


def if_empty(column: Column) -> str:
    """What an empty cell of the column means."""
    if column.is_required:
        return say("Must be filled in")
    if column.default is None:
        return say("May be empty")
    return say("Empty means {default}", default=cell_text(column.default))


def set_widths(sheet: Worksheet, widths: Iterable[float]) -> None:
    """Width of every column, in characters. Before the first row is written."""
    for number, width in enumerate(widths, start=1):
        sheet.column_dimensions[get_column_letter(number)].width = width


def fit_on_page(sheet: Worksheet) -> None:
    """Print the sheet lying down, as wide as a page."""
    sheet.page_setup.orientation = "landscape"
    sheet.page_setup.fitToHeight = 0
    sheet.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)


def lay_out(sheet: Worksheet, columns: Iterable[Column]) -> None:
    """Widths, formats of whole columns and a header that stays in sight. Before the first row is written."""
    described = list(columns)
    set_widths(sheet, (width(column) for column in described))
    for number, column in enumerate(described, start=1):
        if column.kind in _NUMBER_FORMATS:
            sheet.column_dimensions[get_column_letter(number)].number_format = _NUMBER_FORMATS[column.kind]
    sheet.freeze_panes = "A2"
    fit_on_page(sheet)


def width(column: Column) -> float:
    """Wide enough for the header with its unit, and for most values."""
    unit = "" if column.unit is None else f" ({say(column.unit)})"
    return max(len(column.name + unit) + 3, 24 if column.kind in {Kind.ID, Kind.TEXT} else 12)


def offer(sheet: Worksheet, number: int, formula: str, *, row: int | None = None, suggests_only: bool = False) -> None:
    """A drop-down in one row of a column, or in all below the header.

    `formula` is a quoted list, or says where the choices stand.
    """
    validation = DataValidation(
        type="list", formula1=formula, allow_blank=True, showErrorMessage=not suggests_only, errorStyle="warning"
    )
    letter = get_column_letter(number)
    validation.add(f"{letter}2:{letter}{LAST_ROW}" if row is None else f"{letter}{row}")
    sheet.data_validations.append(validation)


def filled_cells(sheet_name: str, number: int) -> str:
    """The formula for the cells under a header that are filled, without gaps from the top."""
    column = get_column_letter(number)
    count = f"MAX(1,COUNTA('{sheet_name}'!${column}:${column})-1)"
    return f"OFFSET('{sheet_name}'!${column}$2,0,0,{count},1)"
