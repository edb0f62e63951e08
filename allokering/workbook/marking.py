"""Faults shown where they are: a copy of the planner's own workbook with coloured cells and comments."""

from __future__ import annotations

import warnings
import zipfile
from collections import defaultdict
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from openpyxl import Workbook, load_workbook
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE, Cell
from openpyxl.comments import Comment
from openpyxl.styles import Alignment, PatternFill
from openpyxl.worksheet.worksheet import Worksheet

from allokering.errors import Fault, FaultyData, UsageError
from allokering.files.publishing import published
from allokering.files.reading import WORKBOOK
from allokering.files.sheets import UNREADABLE
from allokering.language import say
from allokering.workbook.layout import AUTHOR, BOLD, LAST_ROW

MOST_BYTES_MARKED = 25_000_000
"""Of a workbook when unpacked. To keep formatting, the whole of it is held in memory, at some 20 times the size."""
FAULTY = PatternFill("solid", fgColor="FFFF9F9A")
FAULTS_SHEET = "_faults"


@contextmanager
def marking(source: str | Path, copy: Path | None) -> Iterator[None]:
    """If reading the workbook `source` in the block finds faults, mark them in a copy of it before they are told.

    Raises:
        UsageError: the copy would take the place of `source`.
    """
    if copy is not None and copy.resolve() == Path(source).resolve():
        raise UsageError(say("--faults makes a copy: give it another name than {source}", source=source))
    try:
        yield
    except FaultyData as found:
        if copy is not None and Path(source).is_file() and Path(source).suffix.casefold() == WORKBOOK:
            mark_faults(Path(source), found.faults, copy)
        raise


def mark_faults(source: Path, faults: Sequence[Fault], copy: Path) -> None:
    """Write a copy of the workbook with every fault at its cell, and all of them on a sheet of their own.

    Everything else in the workbook stays, but for charts and pictures. Marks of an earlier time go. What cannot be
    opened as a workbook, or is too large, is not copied: the faults say so themselves, or are told on the screen.

    Raises:
        UsageError: something other than an earlier copy stands there, or the folder around it is missing.
    """
    workbook = _opened(source)
    if workbook is None:
        return
    _unmark(workbook)
    summary = workbook.create_sheet(FAULTS_SHEET, 0)
    summary.append([say("Sheet"), say("Row"), say("Column"), say("What stands there"), say("What was expected")])
    for cell in summary[1]:
        cell.font = BOLD
    for letter, width in zip("ABCDE", (22, 8, 26, 40, 90), strict=True):
        summary.column_dimensions[letter].width = width
    at: dict[tuple[str, str], list[str]] = defaultdict(list)
    for fault in faults:
        cell = _cell_of(workbook, fault)
        _list(summary, fault, cell)
        if cell is not None:
            at[cell.parent.title, cell.coordinate].append(fault.expected)
    for (title, place), messages in at.items():
        cell = workbook[title][place]
        before = [] if cell.comment is None else [cell.comment.text]
        cell.comment = Comment("\n".join([*before, *messages]), AUTHOR, height=80 + 20 * len(messages), width=360)
        cell.fill = FAULTY
    workbook.active = 0
    for sheet in workbook.worksheets:
        sheet.sheet_view.tabSelected = sheet is summary
    with published(copy, _is_copy) as new:
        workbook.save(new)


def _opened(path: Path) -> Workbook | None:
    try:
        with zipfile.ZipFile(path) as archive:
            if sum(part.file_size for part in archive.infolist()) > MOST_BYTES_MARKED:
                return None
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of parts that the copy will not have
            return load_workbook(path)
    except UNREADABLE:
        return None


def _unmark(workbook: Workbook) -> None:
    if FAULTS_SHEET in workbook.sheetnames:
        del workbook[FAULTS_SHEET]
    for sheet in workbook.worksheets:
        for cell in _existing(sheet):
            if cell.comment is not None and cell.comment.author == AUTHOR and cell.fill == FAULTY:
                cell.comment = None
                cell.fill = PatternFill()


def _existing(sheet: Worksheet) -> list[Cell]:
    """The cells that there are, row by row. Between them and a cell in the last corner are billions that are not."""
    return [cell for _, cell in sorted(sheet._cells.items()) if isinstance(cell, Cell)]


def _cell_of(workbook: Workbook, fault: Fault) -> Cell | None:
    """The cell to mark: the faulty one, or the header of its column, or the first of its row or sheet."""
    sheet = next((one for one in workbook.worksheets if one.title.casefold() == fault.table.casefold()), None)
    if sheet is None:
        return None
    filled = [cell for cell in _existing(sheet) if str(cell.value or "").strip()]
    top = filled[0].row if filled else 1
    names = {str(cell.value).strip().casefold(): cell.column for cell in filled if cell.row == top}
    number = fault.row if isinstance(fault.row, int) else None
    if "key" in names and "value" in names:
        rows = {str(cell.value).strip(): cell.row for cell in filled if cell.column == names["key"]}
        row = number or rows.get(fault.column or "")
        return None if row is None else _unmerged(sheet, row, names["value"])
    column = names.get((fault.column or "").split(", ")[0].casefold(), 1)
    return _unmerged(sheet, number or top, column)


def _unmerged(sheet: Worksheet, row: int, column: int) -> Cell:
    """A cell, or the one that stands for all of the range that it is merged into."""
    row = min(row, LAST_ROW)  # a file may claim rows that no sheet has
    for held in sheet.merged_cells.ranges:
        if held.min_row <= row <= held.max_row and held.min_col <= column <= held.max_col:
            row, column = held.min_row, held.min_col
    cell = sheet.cell(row, column)
    assert isinstance(cell, Cell)  # noqa: S101 - the first of a merged range is a cell of its own
    return cell


def _list(summary: Worksheet, fault: Fault, cell: Cell | None) -> None:
    """A row about the fault; text that looks like a formula stays text."""
    summary.append([None])
    row = summary.max_row
    for number, text in enumerate((fault.table, fault.row, fault.column, fault.value, fault.expected), start=1):
        listed = summary.cell(row, number)
        if isinstance(text, str):
            listed.value = ILLEGAL_CHARACTERS_RE.sub("�", text)
            listed.data_type = "s"
            listed.quotePrefix = True
        else:
            listed.value = text
        listed.alignment = Alignment(wrap_text=True, vertical="top")
    if cell is not None:
        summary.cell(row, 1).hyperlink = f"#'{cell.parent.title}'!{cell.coordinate}"


def _is_copy(path: Path) -> bool:
    workbook = _opened(path)
    return workbook is not None and FAULTS_SHEET in workbook.sheetnames
