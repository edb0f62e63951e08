"""An instance is read the same from every dialect that spreadsheets write, and no file can exhaust the machine."""

from __future__ import annotations

import csv
import datetime as dt
import io
import shutil
import zipfile
from collections.abc import Callable
from pathlib import Path

import openpyxl
import pytest
from broken_instances import GOOD

from allokering.errors import InstanceFaulty
from allokering.files import sheets
from allokering.files.reading import list_instances, read_instance
from allokering.files.writing import write_instance
from allokering.instance import Instance


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return shutil.copytree(GOOD, tmp_path / "_base")


def rewritten(folder: Path, delimiter: str, change: Callable[[str], str] = str) -> dict[Path, str]:
    """Every table with another delimiter and its cells changed."""
    texts = {}
    for path in folder.glob("*.csv"):
        text = io.StringIO()
        writer = csv.writer(text, delimiter=delimiter, lineterminator="\r\n")
        with path.open(encoding="utf-8", newline="") as file:
            writer.writerows([change(cell) for cell in row] for row in csv.reader(file))
        texts[path] = text.getvalue()
    return texts


def norwegian(cell: str) -> str:
    """The cell as Norwegian Excel shows it."""
    try:
        return dt.date.fromisoformat(cell).strftime("%d.%m.%Y")
    except ValueError:
        return {"yes": "Ja", "no": "USANN", "61.08": "61,08", "1800": "1\u00a0800"}.get(cell, cell)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_dialects_say_the_same(folder: Path, encoding: str, delimiter: str) -> None:
    """Encodings, delimiters, decimal comma, spaced thousands, day-first dates and Norwegian truth change nothing."""
    for path, text in rewritten(folder, delimiter, norwegian).items():
        path.write_bytes(text.encode(encoding))
    assert read_instance(folder) == read_instance(GOOD)


def test_latin_1_with_carriage_returns_only(folder: Path) -> None:
    """Old files: one byte per letter, lines ended by carriage returns."""
    for path, text in rewritten(folder, ";").items():
        path.write_bytes(text.replace("\r\n", "\r").encode("latin-1"))
    assert read_instance(folder) == read_instance(GOOD)


def test_sami_letters_survive(folder: Path) -> None:
    """Letters outside Windows-1252 are read from UTF-8, composed or not, with or without a mark at the beginning."""
    name = "Kárášjohka-Deatnu đŧŋžčšÆØÅ"
    for encoding, spelling in (("utf-8", name), ("utf-8-sig", name.replace("á", "a\u0301")), ("utf-16", name)):
        text = f"municipality_id,name,residents,parent_id\n0301,{spelling},1,\n1001,Nes,1,\n1002,Vik,1,1001\n"
        (folder / "municipalities.csv").write_bytes(text.encode(encoding))
        assert read_instance(folder).municipalities[0].name == name


def test_headers_in_any_case_and_order(folder: Path) -> None:
    """A header is known by its letters, not their case, the space around them or their order."""
    (folder / "TRAVEL.CSV").write_text(
        " Minutes ;TO_municipality_id;From_Municipality_Id;;\n45;1001;0301;;\n;;;;\n", encoding="utf-8"
    )
    (folder / "travel.csv").unlink()
    assert read_instance(folder) == read_instance(GOOD)


def test_excel_leaves_out_delimiters_after_the_last_cells(folder: Path) -> None:
    """Optional cells at the end of a row may be absent with their delimiters."""
    text = (folder / "doctors.csv").read_text(encoding="utf-8").replace("yes,,\n", "yes\n")
    (folder / "doctors.csv").write_text(text, encoding="utf-8")
    assert read_instance(folder) == read_instance(GOOD)


@pytest.mark.parametrize(
    ("cell", "number"),
    [("1800", 1800), ("1 800", 1800), ("1\u202f800", 1800), ("1800,0", 1800), ("+1800", 1800), ("0", 0)],
)
def test_whole_numbers(folder: Path, cell: str, number: int) -> None:
    """Thousands may stand apart, and a spreadsheet's decimal nought does not matter."""
    text = (folder / "municipalities.csv").read_text(encoding="utf-8").replace("Vik,1800", f'Vik,"{cell}"')
    (folder / "municipalities.csv").write_text(text, encoding="utf-8")
    assert read_instance(folder).municipalities[0].residents == number


@pytest.mark.parametrize("cell", ["1.800", "18 00", "1e3", "9" * 5000, "٣", "1800,5", "NaN"])
def test_what_is_not_a_whole_number(folder: Path, cell: str) -> None:
    """A number that could mean two things, or nothing, is refused at its place."""
    text = (folder / "municipalities.csv").read_text(encoding="utf-8").replace("Vik,1800", f'Vik,"{cell}"')
    (folder / "municipalities.csv").write_text(text, encoding="utf-8")
    with pytest.raises(InstanceFaulty) as caught:
        read_instance(folder)
    assert [(one.table, one.row, one.column) for one in caught.value.faults] == [("municipalities", 2, "residents")]


def workbook_of(instance: Instance, tmp_path: Path) -> Path:
    path = tmp_path / "_base.xlsx"
    write_instance(instance, path)
    return path


def test_a_workbook_says_the_same_as_its_folder(tmp_path: Path) -> None:
    """Sheets of the same names, and a sheet of keys and values for the settings."""
    assert read_instance(workbook_of(read_instance(GOOD), tmp_path)) == read_instance(GOOD)


def test_a_workbook_typed_by_hand(tmp_path: Path) -> None:
    """Numbers as 3.0, dates and truth typed by Excel, dates as text, blank sheets and notes change nothing."""
    path = workbook_of(read_instance(GOOD), tmp_path)
    workbook = openpyxl.load_workbook(path)
    workbook["municipalities"]["C2"] = 1800.0
    workbook["doctors"].cell(2, [cell.value for cell in workbook["doctors"][1]].index("is_specialist") + 1).value = True
    workbook["site_slots"]["B2"] = "1.1.2025"
    workbook["site_slots"]["C2"] = dt.datetime(2026, 12, 31)  # noqa: DTZ001  # a workbook's dates have no zone
    workbook["travel"].title = "moved"
    workbook["moved"].title = "Travel"
    workbook.create_sheet("Sheet1")
    workbook.create_sheet("_notes")["A1"] = "Ask Nes about 2026"
    workbook.save(path)
    assert read_instance(path) == read_instance(GOOD)


def test_faults_of_a_workbook_have_the_rows_of_the_sheet(tmp_path: Path) -> None:
    """Rows are numbered as Excel shows them, blank ones included; settings too."""
    path = workbook_of(read_instance(GOOD), tmp_path)
    workbook = openpyxl.load_workbook(path)
    workbook["travel"].insert_rows(2)
    workbook["travel"]["C3"] = -1
    workbook["instance"]["B5"] = "many"
    workbook["instance"].append(["title", "again"])
    workbook["instance"].append(["provenance", "none"])
    workbook.create_sheet("doktors")["A1"] = "doctor_id"
    workbook.save(path)
    with pytest.raises(InstanceFaulty) as caught:
        read_instance(path)
    assert [str(fault) for fault in caught.value.faults] == [
        'doktors: a table of an instance; did you mean "doctors"?',
        'instance:5: periods: "many": a whole number from 1 to 240',
        'instance:25: title: "again": each key once; it stands in row 2 too',
        'instance:26: provenance: "none": keys and texts',
        'travel:3: minutes: "-1": a whole number from 0 to 10000 (minutes)',
    ]


def test_a_sheet_that_claims_a_million_rows(tmp_path: Path) -> None:
    """A claimed size, and blank cells down to the last corner, cost nothing and mean nothing."""
    path = workbook_of(read_instance(GOOD), tmp_path)
    workbook = openpyxl.load_workbook(path)
    workbook["travel"]["XFD1048576"].number_format = "0.00"
    workbook["travel"]["C1048576"] = " "
    workbook.save(path)
    assert read_instance(path) == read_instance(GOOD)


def test_too_many_rows(folder: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """More rows than the limit are one fault, in a file as in a workbook."""
    path = workbook_of(read_instance(GOOD), tmp_path)
    monkeypatch.setattr(sheets, "MOST_ROWS", 2)
    for place in (folder, path):
        with pytest.raises(InstanceFaulty) as caught:
            read_instance(place)
        assert 'doctors: "3": at most 2 rows and 10000000 cells' in [str(fault) for fault in caught.value.faults]


def test_rows_as_wide_as_a_sheet(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Cells in the last column of many rows stop the reading at the limit of cells."""
    path = workbook_of(read_instance(GOOD), tmp_path)
    workbook = openpyxl.load_workbook(path)
    workbook["travel"]["XFD3"] = workbook["travel"]["XFD4"] = "x"
    workbook.save(path)
    monkeypatch.setattr(sheets, "MOST_CELLS", 20_000)
    with pytest.raises(InstanceFaulty) as caught:
        read_instance(path)
    assert "travel:4: at most 200000 rows and 20000 cells" in [str(fault) for fault in caught.value.faults]


def test_a_zip_bomb_is_not_unpacked(tmp_path: Path) -> None:
    """A small file that says it unpacks to 200 MB is refused by what it says."""
    path = tmp_path / "bomb.xlsx"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive, archive.open("xl/workbook.xml", "w") as part:
        for _ in range(200):
            part.write(bytes(1_000_000))
    with pytest.raises(InstanceFaulty, match="at most 100000000 bytes when unpacked"):
        read_instance(path)


@pytest.mark.parametrize("content", [b"", b"not a zip", b"PK\x03\x04 cut off", b"\xd0\xcf\x11\xe0 with a password"])
def test_what_is_no_workbook(tmp_path: Path, content: bytes) -> None:
    """Anything else called .xlsx is one fault."""
    path = tmp_path / "x.xlsx"
    path.write_bytes(content)
    with pytest.raises(InstanceFaulty, match=r"x\.xlsx: an \.xlsx workbook that opens in Excel"):
        read_instance(path)


def test_a_workbook_without_its_parts(tmp_path: Path) -> None:
    """A zip that holds no workbook is one fault."""
    path = tmp_path / "x.xlsx"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("readme.txt", "hello")
    with pytest.raises(InstanceFaulty, match=r"an \.xlsx workbook that opens in Excel"):
        read_instance(path)


def test_a_file_too_large_to_read(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A file beyond the limit is one fault and is not read."""
    monkeypatch.setattr(sheets, "MOST_BYTES", 100)
    with pytest.raises(InstanceFaulty, match="at most 100 bytes"):
        read_instance(folder)


def test_built_in_instances_by_name() -> None:
    """Every built-in instance has a title and is read by its name."""
    titles = list_instances()
    assert titles
    for name, title in titles.items():
        assert read_instance(name).name == name
        assert read_instance(name).settings.title == title


def test_a_name_nobody_knows() -> None:
    """The nearest built-in name is offered."""
    with pytest.raises(InstanceFaulty, match='did you mean "alis-vest-2017"'):
        read_instance("alis-vest-2071")
