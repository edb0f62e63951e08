"""Faults come back at their cells in a copy of the planner's own workbook, which is otherwise as it was."""

from __future__ import annotations

from pathlib import Path

import openpyxl
import pytest
from broken_instances import FAULTS, GOOD, lay
from openpyxl.comments import Comment
from openpyxl.styles import Font, PatternFill
from openpyxl.worksheet.worksheet import Worksheet
from workbooks import edited, run

from allokering.errors import Fault, InstanceFaulty
from allokering.files.reading import read_instance
from allokering.workbook.marking import FAULTY, mark_faults

RED = FAULTY.fgColor.rgb


@pytest.fixture
def own(tmp_path: Path) -> Path:
    """A planner's own workbook: faulty in three cells and one key, with colours, formulas and notes."""
    path = tmp_path / "region.xlsx"
    assert run("convert", GOOD, path).exit_code == 0
    workbook = openpyxl.load_workbook(path)
    municipalities = workbook["municipalities"]
    municipalities["C2"] = "many"
    municipalities["B2"].font = Font(italic=True, color="FF00AA00")
    municipalities["B3"].fill = PatternFill("solid", fgColor="FFABCDEF")
    municipalities["H1"] = "Ring"
    municipalities["H2"] = 12345678
    municipalities.column_dimensions["B"].width = 33
    travel = workbook["travel"]
    travel["A2"] = "0303"
    travel["A2"].comment = Comment("From the map", "a planner")
    workbook["instance"]["B5"] = 0
    notes = workbook.create_sheet("_notes")
    notes["A1"] = "=SUM(B1:B2)"
    notes.merge_cells("A3:C3")
    workbook.save(path)
    return path


def marked(sheet: Worksheet) -> dict[str, str]:
    """The text of the comment at each coloured cell."""
    return {
        cell.coordinate: "" if cell.comment is None else cell.comment.text
        for row in sheet.iter_rows()
        for cell in row
        if cell.fill.fgColor.rgb == RED
    }


def test_faults_are_at_their_cells(own: Path, tmp_path: Path) -> None:
    """Each faulty cell, key or header is coloured and says what was expected; the user's file is as it was."""
    before = own.read_bytes()
    result = run("validate", own, "--faults", tmp_path / "faults.xlsx")
    assert result.exit_code == 3
    assert own.read_bytes() == before
    copy = openpyxl.load_workbook(tmp_path / "faults.xlsx")
    assert marked(copy["municipalities"]) == {
        "C2": "a whole number from 0 to 2000000 (residents)",
        "H1": "no such column in this table",
    }
    assert marked(copy["travel"]) == {
        "A2": 'From the map\nan id in municipalities; did you mean "0301"?',
    }
    assert marked(copy["instance"]) == {"B5": "a whole number from 1 to 240"}
    assert copy.worksheets[0].title == "_faults"
    listed = [[cell.value for cell in row] for row in copy["_faults"].iter_rows(min_row=2, max_col=4)]
    assert ["travel", 2, "from_municipality_id", "0303"] in listed
    assert len(listed) == 4
    assert copy["_faults"]["A2"].hyperlink is not None


def test_the_rest_of_the_copy_is_as_it_was(own: Path, tmp_path: Path) -> None:
    """Values, formulas, unknown columns and sheets, fonts, colours, widths, comments and merged cells are kept."""
    run("validate", own, "--faults", tmp_path / "faults.xlsx")
    copy, original = openpyxl.load_workbook(tmp_path / "faults.xlsx"), openpyxl.load_workbook(own)
    assert copy.sheetnames[1:] == original.sheetnames
    for sheet in original.worksheets:
        for row in sheet.iter_rows():
            for cell in row:
                twin = copy[sheet.title][cell.coordinate]
                assert (twin.value, twin.number_format) == (cell.value, cell.number_format)
                assert repr(twin.font) == repr(cell.font)
                if twin.fill.fgColor.rgb != RED:
                    assert repr(twin.fill) == repr(cell.fill)
        assert copy[sheet.title].column_dimensions["B"].width == sheet.column_dimensions["B"].width
        assert copy[sheet.title].merged_cells == sheet.merged_cells


def test_a_copy_can_be_corrected_and_marked_anew(own: Path, tmp_path: Path) -> None:
    """Marks of what has been put right are gone from the next copy, and a planner's own comment stays until then."""
    first, second = tmp_path / "first.xlsx", tmp_path / "second.xlsx"
    run("validate", own, "--faults", first)
    edited(first, {("municipalities", "C2"): 1800, ("instance", "B5"): 4, ("municipalities", "H1"): None})
    edited(first, {("municipalities", "H2"): None})
    assert run("validate", first, "--faults", second).exit_code == 3
    copy = openpyxl.load_workbook(second)
    assert marked(copy["municipalities"]) == marked(copy["instance"]) == {}
    assert list(marked(copy["travel"])) == ["A2"]
    edited(second, {("travel", "A2"): "0301"})
    assert run("validate", second, "--faults", tmp_path / "third.xlsx").exit_code == 0
    assert not (tmp_path / "third.xlsx").exists()


@pytest.mark.parametrize("fault", FAULTS)
def test_every_known_fault_can_be_marked(fault: str, tmp_path: Path) -> None:
    """Whatever is wrong with an instance, marking it in a workbook gives a list as long as that of the faults."""
    with pytest.raises(InstanceFaulty) as caught:
        read_instance(lay(fault, tmp_path))
    assert run("convert", GOOD, tmp_path / "good.xlsx").exit_code == 0
    mark_faults(tmp_path / "good.xlsx", caught.value.faults, tmp_path / "faults.xlsx")
    copy = openpyxl.load_workbook(tmp_path / "faults.xlsx")
    assert copy["_faults"].max_row == 1 + len(caught.value.faults)
    at_cells = [one for one in caught.value.faults if one.row is not None and one.table in copy.sheetnames]
    assert sum(len(marked(sheet)) for sheet in copy.worksheets) >= min(1, len(at_cells))


def test_hostile_text_in_a_fault(tmp_path: Path) -> None:
    """A faulty value that looks like a formula is text on the list, and what XML cannot hold is shown as lost."""
    assert run("convert", GOOD, tmp_path / "good.xlsx").exit_code == 0
    fault = Fault("sites", 2, "name", "=HYPERLINK(\x07)", "<script>")
    mark_faults(tmp_path / "good.xlsx", [fault], tmp_path / "faults.xlsx")
    listed = openpyxl.load_workbook(tmp_path / "faults.xlsx")["_faults"]["D2"]
    assert (listed.value, listed.data_type) == ("=HYPERLINK(�)", "s")


def test_a_fault_in_a_merged_cell(own: Path, tmp_path: Path) -> None:
    """The cell that stands for the range is marked."""
    mark_faults(own, [Fault("_notes", 3, None, None, "no notes")], tmp_path / "faults.xlsx")
    assert marked(openpyxl.load_workbook(tmp_path / "faults.xlsx")["_notes"])["A3"] == "no notes"


def test_a_copy_takes_no_other_file(own: Path, tmp_path: Path) -> None:
    """Neither the workbook itself nor another one is overwritten; a folder has no cells to mark."""
    other = tmp_path / "other.xlsx"
    assert run("convert", GOOD, other).exit_code == 0
    for target in (own, other):
        before = target.read_bytes()
        assert run("validate", own, "--faults", target).exit_code == 2
        assert target.read_bytes() == before
    assert run("validate", lay(FAULTS[0], tmp_path), "--faults", tmp_path / "faults.xlsx").exit_code == 3
    assert not (tmp_path / "faults.xlsx").exists()


def test_the_guide_shows_real_faults(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What `docs/guide-workbook.md` shows is printed of Narvik 2022 with two cells spoilt."""
    monkeypatch.chdir(tmp_path)
    assert run("convert", "narvik-2022", "region.xlsx").exit_code == 0
    edited(tmp_path / "region.xlsx", {("doctors", "C3"): "1 2OO", ("travel", "B4"): "1860"})
    guide = (Path(__file__).parents[2] / "docs" / "guide-workbook.md").read_text(encoding="utf-8")
    result = run("validate", "region.xlsx", "--faults", "region-faults.xlsx")
    assert f"--faults region-faults.xlsx\n{result.stderr}```" in guide
