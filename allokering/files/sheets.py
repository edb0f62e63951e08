"""Tables as text: CSV files and workbook sheets, in the dialects that Norwegian spreadsheets write.

Nothing is typed here: a sheet is a header and numbered rows of text. A file that cannot be read at all gives one fault.
"""

from __future__ import annotations

import codecs
import csv
import datetime as dt
import io
import itertools
import re
import warnings
import zipfile
import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from xml.etree.ElementTree import ParseError

from openpyxl import load_workbook
from openpyxl.utils.exceptions import InvalidFileException

from allokering.errors import Fault
from allokering.files.cells import clean
from allokering.language import say

MOST_BYTES = 100_000_000
"""Of a CSV file, or of a workbook when unpacked."""
MOST_ROWS = 200_000
"""Rows with content in one table."""
MOST_CELLS = 10_000_000
"""In one sheet of a workbook, blank ones between the first column and the last included."""
LAST_ROW = 1_048_576
"""Of any sheet of a workbook."""

_UTF8_LETTER = re.compile(rb"[\xc3-\xc5][\x80-\xbf]")
"""How UTF-8 writes a Norwegian or Sami letter."""
_GUARDED = re.compile(r"'+[=+\-@]")
_UNCALCULATED = re.compile(
    rb'<c\b(?![^>]*\bt="str")(?:[^>]*?\br="[A-Z]+(?P<row>[0-9]+)")?[^>]*>\s*'
    rb"<f\b[^>]*?(?:/>|>(?P<formula>[^<]*)</f>)\s*(?:<v\s*/>|<v>\s*</v>|</c>)"
)
"""A cell with a formula and no value. Text may be empty: a formula can come to that."""
MOST_UNCALCULATED = 20
"""Told of each sheet."""
UNREADABLE = (
    InvalidFileException, zipfile.BadZipFile, zlib.error, ParseError, OSError, EOFError,
    AttributeError, IndexError, KeyError, NotImplementedError, RuntimeError, TypeError, ValueError,
)  # fmt: skip
"""What openpyxl raises for the many ways in which a file can fail to be a workbook."""


@dataclass(frozen=True)
class Record:
    """One row of text; `number` is the row as an editor shows it, or the line where a row of several lines begins.

    Of a row that was made in code it is the row's key.
    """

    number: int | str
    cells: tuple[str, ...]


@dataclass(frozen=True)
class Sheet:
    """A table as text. Blank rows are left out, but counted in the numbers of the others."""

    name: str
    header: Record
    records: tuple[Record, ...]


def read_csv(path: Path, name: str, column_names: Iterable[str], faults: list[Fault]) -> Sheet | None:
    """The table in a CSV file; None, and a fault, if it cannot be read. `column_names` tell the delimiter."""
    if path.stat().st_size > MOST_BYTES:
        faults.append(Fault(name, None, None, None, say("at most {bytes} bytes", bytes=MOST_BYTES)))
        return None
    text = _decoded(path.read_bytes(), name, faults)
    if text is None:
        return None
    delimiter = _delimiter(text, frozenset(column_names))
    records: list[Record] = []
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    line = 1
    try:
        for cells in reader:
            records.append(Record(line, tuple(map(_tidy, cells))))
            line = reader.line_num + 1
    except csv.Error:
        faults.append(Fault(name, line, None, None, say("quotes that are closed before the next delimiter")))
        return None
    return _sheet(name, records, faults)


def read_workbook(path: Path, faults: list[Fault]) -> dict[str, Sheet | None] | None:
    """Every sheet with content by name; None, and a fault, for what is too large or no workbook that can be opened.

    Sheets whose names begin with `_` hold notes and are left out.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            unpacked = sum(part.file_size for part in archive.infolist())
            if unpacked > MOST_BYTES:
                most = say("a workbook of at most {bytes} bytes when unpacked", bytes=MOST_BYTES)
                faults.append(Fault(path.name, None, None, str(unpacked), most))
                return None
            return _sheets(path, archive, faults)
    except UNREADABLE:
        plain = say("an .xlsx workbook that opens in Excel and has no password")
        faults.append(Fault(path.name, None, None, None, plain))
        return None


def _sheets(path: Path, archive: zipfile.ZipFile, faults: list[Fault]) -> dict[str, Sheet | None]:
    # Read-only mode streams rows, so that a cell in the last corner of a sheet costs no memory.
    sheets: dict[str, Sheet | None] = {}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of styles and lists of choices, which do not matter here
        workbook = load_workbook(path, read_only=True, data_only=True)
        try:
            for worksheet in workbook.worksheets:
                if worksheet.title.startswith("_"):
                    continue
                part = worksheet._worksheet_path  # type: ignore[attr-defined]  # openpyxl streams rows from it
                faults += _uncalculated(worksheet.title, archive.read(part))
                worksheet.reset_dimensions()  # the size claimed is often the whole sheet
                records = _records(worksheet.title, worksheet.iter_rows(values_only=True), faults)
                if records != []:
                    sheets[worksheet.title] = None if records is None else _sheet(worksheet.title, records, faults)
        finally:
            workbook.close()
    return sheets


def _uncalculated(name: str, content: bytes) -> Iterator[Fault]:
    """Formulas whose value is not in the file, which would be read as empty cells."""
    for found in itertools.islice(_UNCALCULATED.finditer(content), MOST_UNCALCULATED):
        formula = (found["formula"] or b"").decode("utf-8", errors="replace")
        plain = say("a value instead of a formula without one; a spreadsheet program calculates it and saves it")
        yield Fault(name, int(found["row"]) if found["row"] else None, None, f"={formula}"[:80], plain)


def _records(name: str, rows: Iterable[tuple[object, ...]], faults: list[Fault]) -> list[Record] | None:
    """The rows that have content, each as wide as the header."""
    records: list[Record] = []
    width = cells_seen = 0
    for number, row in enumerate(rows, start=1):
        cells_seen += len(row)
        if cells_seen > MOST_CELLS or number > LAST_ROW or len(records) > MOST_ROWS + 1:
            faults.append(Fault(name, number, None, None, _most_rows()))
            return None
        cells = tuple(_cell(value) for value in row)
        if any(cells):
            width = width or len(cells)
            records.append(Record(number, cells + ("",) * (width - len(cells))))
    return records


def _cell(value: object) -> str:
    """What a workbook's cell says; the workbook may have typed it, rightly or wrongly."""
    if value is None:
        return ""
    if isinstance(value, dt.datetime) and value.time() == dt.time():
        return value.date().isoformat()
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return clean(str(value))


def _sheet(name: str, records: list[Record], faults: list[Fault]) -> Sheet | None:
    filled = [record for record in records if any(record.cells)]
    if not filled:
        faults.append(Fault(name, None, None, None, say("a header with the names of the columns")))
        return None
    header, *rows = filled
    if len(rows) > MOST_ROWS:
        faults.append(Fault(name, None, None, str(len(rows)), _most_rows()))
        return None
    return Sheet(name, header, tuple(rows))


def _most_rows() -> str:
    return say("at most {rows} rows and {cells} cells", rows=MOST_ROWS, cells=MOST_CELLS)


def _decoded(content: bytes, name: str, faults: list[Fault]) -> str | None:
    """The text of a file without a letter lost; None, and a fault, if that cannot be promised."""
    if content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        encoding = "utf-16"
    elif _is_utf8(content) or _UTF8_LETTER.search(content):
        # A file that is UTF-8 in one place and not in another would come out of Windows-1252 with wrong letters.
        encoding = "utf-8-sig"
    else:
        encoding = "cp1252"
    try:
        return content.decode(encoding)
    except UnicodeDecodeError as error:
        line = content[: error.start].count(b"\n") + 1
        plain = say("text in one encoding: UTF-8, UTF-16 or Windows-1252; save the file anew as UTF-8")
        faults.append(Fault(name, line, None, None, plain))
        return None


def _is_utf8(content: bytes) -> bool:
    try:
        content.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


def _delimiter(text: str, column_names: frozenset[str]) -> str:
    """The delimiter that finds most of the table's columns in the first line with content, else most cells."""
    header = next((line for line in text.splitlines() if line.strip()), "")

    def found(delimiter: str) -> tuple[int, int]:
        names = [cell.strip(' "').casefold() for cell in header.split(delimiter)]
        return len(column_names.intersection(names)), len(names)

    return max(",;\t", key=found)


@lru_cache(maxsize=1 << 16)
def _tidy(cell: str) -> str:
    """A cell as it is read. Most say what another says: the same month, the same municipality."""
    return _unguarded(clean(cell))


def _unguarded(cell: str) -> str:
    """Without the apostrophe that keeps a spreadsheet from running text as a formula."""
    return cell[1:] if _GUARDED.match(cell) else cell


def guarded(text: str) -> str:
    """`text` for a CSV file: with an apostrophe before what a spreadsheet would run as a formula."""
    return f"'{text}" if _GUARDED.match(f"'{text}") else text
