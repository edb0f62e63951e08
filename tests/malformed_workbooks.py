"""Workbooks that somebody, or something, has spoilt: made from a good one, each by a way of spoiling and a seed."""

from __future__ import annotations

import datetime as dt
import io
import random
import struct
import zipfile
from collections.abc import Callable

import openpyxl
from openpyxl.worksheet.worksheet import Worksheet

Parts = dict[str, bytes]
"""The files inside a workbook by name."""

VALUES: tuple[object, ...] = (
    "", " ", "=1/0", "=A1:XFD1048576", "#REF!", -1, 10**30, 1e308, 0.1, True, "ja", "x" * 32_000, "\u202e", "😀",
    dt.date(1899, 12, 31), dt.date(9999, 12, 31), dt.time(12), "'=cmd()", "\n", "0301 ", "1 000", "_x0000_",
)  # fmt: skip
SHEET = (
    b'<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">'
    b"%s<sheetData>%s</sheetData></worksheet>"
)
MOST_ROWS = (20_000, 20_000, 1_000_000)
ENTITIES = b"".join(b'<!ENTITY a%d "%s">' % (level, b"&a%d;" % (level - 1) * 10) for level in range(1, 12))


def unpacked(workbook: bytes) -> Parts:
    with zipfile.ZipFile(io.BytesIO(workbook)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def packed(parts: Parts) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return file.getvalue()


def with_sheets(good: bytes, draw: random.Random, spoil: Callable[[Worksheet], None]) -> bytes:
    """One to three sheets spoilt as a spreadsheet program could."""
    workbook = openpyxl.load_workbook(io.BytesIO(good))
    for sheet in draw.sample(workbook.worksheets, draw.randint(1, 3)):
        spoil(sheet)
    file = io.BytesIO()
    workbook.save(file)
    return file.getvalue()


def a_sheet(parts: Parts, draw: random.Random) -> str:
    return draw.choice(sorted(name for name in parts if name.startswith("xl/worksheets/sheet")))


def truncated(good: bytes, draw: random.Random) -> bytes:
    return good[: draw.randrange(len(good))]


def with_bytes_changed(good: bytes, draw: random.Random) -> bytes:
    changed = bytearray(good)
    for _ in range(draw.choice((1, 10, 300))):
        changed[draw.randrange(len(changed))] = draw.randrange(256)
    return bytes(changed)


def with_wrong_values(good: bytes, draw: random.Random) -> bytes:
    def spoil(sheet: Worksheet) -> None:
        for _ in range(draw.randint(1, 30)):
            sheet.cell(draw.randint(1, sheet.max_row + 2), draw.randint(1, sheet.max_column + 1)).value = draw.choice(
                VALUES
            )  # type: ignore[assignment]

    return with_sheets(good, draw, spoil)


def with_merged_cells(good: bytes, draw: random.Random) -> bytes:
    def spoil(sheet: Worksheet) -> None:
        row, column = draw.randint(1, 4), draw.randint(1, 3)
        sheet.merge_cells(None, row, column, row + draw.randint(0, 5), column + draw.randint(1, 3))

    return with_sheets(good, draw, spoil)


def with_sheets_hidden(good: bytes, draw: random.Random) -> bytes:
    def spoil(sheet: Worksheet) -> None:
        sheet.sheet_state = draw.choice(("hidden", "veryHidden", "visible"))
        sheet.title = draw.choice((sheet.title, sheet.title.upper(), f"_{sheet.title}", "Sheet1", "Ark é", "instance "))

    return with_sheets(good, draw, spoil)


def with_formulas(good: bytes, draw: random.Random) -> bytes:
    parts = unpacked(good)
    name = a_sheet(parts, draw)
    cell = draw.choice(
        (b"<f>1/0</f><v>#DIV/0!</v>", b"<f>A1</f>", b"<f/><v/>", b'<f t="array" ref="A1:Z9">A1</f><v>3</v>')
    )
    kind = draw.choice((b"e", b"n", b"b", b"d", b"s", b"str", b"inlineStr", b"nonsense"))
    row = b'<row r="3"><c r="%s" t="%s">%s</c></row>' % (draw.choice((b"A3", b"Z3", b"A99", b"3", b"")), kind, cell)
    return packed({**parts, name: parts[name].replace(b"</sheetData>", row + b"</sheetData>")})


def with_rows_claimed(good: bytes, draw: random.Random) -> bytes:
    """A sheet that says it is as large as a sheet can be, by its dimension, its last cell or a million rows."""
    parts = unpacked(good)
    head = b'<row r="1"><c t="inlineStr" r="A1"><is><t>site_id</t></is></c></row>'
    dimension, rows = draw.choice(
        (
            (b'<dimension ref="A1:XFD1048576"/>', head),
            (b'<dimension ref="A1:A0"/>', head + b'<row r="1048576"><c r="XFD1048576"><v>1</v></c></row>'),
            (b"", head + b'<row r="99999999999"><c r="A99999999999"><v>1</v></c></row>'),
            (b"", head + b'<row r="2"><c r="ZZZZZZ2"><v>1</v></c></row>'),
            (b"", head + b"".join(b'<row r="%d"/>' % row for row in range(2, draw.choice(MOST_ROWS)))),
            (b"", head + b"<row>%s</row>" % b"<c><v>1</v></c>" * 30_000),
            (b"", head + b'<row r="-5"><c r="A-5"><v>1</v></c></row><row r="x"/>'),
        )
    )
    return packed({**parts, a_sheet(parts, draw): SHEET % (dimension, rows)})


def a_bomb(good: bytes, draw: random.Random) -> bytes:
    """Small when packed, large when not: by more than is read, or by less than its table of contents says."""
    parts = unpacked(good)
    bomb = draw.choice(
        (
            {a_sheet(parts, draw): SHEET % (b"", b" " * 120_000_000)},
            {"xl/media/image1.png": bytes(150_000_000)},
            {"xl/sharedStrings.xml": b"<sst>" + b"<si><t>a</t></si>" * 1_000_000 + b"</sst>"},
            {"xl/styles.xml": b"<styleSheet>" + b"<numFmt/>" * 1_000_000 + b"</styleSheet>"},
            {
                a_sheet(parts, draw): b'<!DOCTYPE x [<!ENTITY a0 "aaaaaaaaaa">'
                + ENTITIES
                + b"]>"
                + SHEET % (b"", b"&a11;")
            },
            {"xl/workbook.xml": b"<a>" * 500_000},
        )
    )
    file = packed({**parts, **bomb})
    if draw.random() < 0.3:
        # The table of contents says that the first part is small: unpacked size is 24 bytes into its entry.
        place = file.index(b"PK\x01\x02") + 24
        file = file[:place] + struct.pack("<I", 10) + file[place + 4 :]
    return file


def with_parts_spoilt(good: bytes, draw: random.Random) -> bytes:
    parts = unpacked(good)
    for name in draw.sample(sorted(parts), draw.randint(1, 3)):
        change = draw.choice(("gone", "empty", "no xml", "cut", "foreign", "doctype"))
        content = parts.pop(name)
        if change != "gone":
            parts[name] = {
                "empty": b"",
                "no xml": b"\x00\xff not xml",
                "cut": content[: len(content) // 2],
                "foreign": b"<html><body/></html>",
                "doctype": b'<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]><x>&e;</x>',
            }[change]
    return packed(parts)


def with_attributes_changed(good: bytes, draw: random.Random) -> bytes:
    """Numbers in the XML replaced: styles, string indices, sheet ids and references that lead nowhere."""
    parts = unpacked(good)
    name = draw.choice(sorted(parts))
    content = bytearray(parts[name])
    digits = [place for place, byte in enumerate(content) if 48 <= byte <= 57]
    for place in draw.sample(digits, min(len(digits), draw.randint(1, 40))):
        content[place : place + 1] = draw.choice((b"9", b"0", b"-", b"x", b"99999", b""))[:1] or b"7"
    return packed({**parts, name: bytes(content)})


def another_file(good: bytes, draw: random.Random) -> bytes:
    return draw.choice(
        (
            b"",
            b"PK",
            b"PK\x05\x06" + bytes(18),
            b"\xd0\xcf\x11\xe0" + bytes(2000),
            good[::-1],
            b"a,b\n1,2\n",
            packed({"a": b"b"}),
        )
    )


WAYS = (
    truncated, with_bytes_changed, with_wrong_values, with_merged_cells, with_sheets_hidden, with_formulas,
    with_rows_claimed, a_bomb, with_parts_spoilt, with_attributes_changed, another_file,
)  # fmt: skip


def malformed(good: bytes, number: int) -> bytes:
    """The workbook of this number: the same each time."""
    return WAYS[number % len(WAYS)](good, random.Random(number))
