"""From an empty template to a plan that keeps what a planner pinned in it, without leaving the spreadsheet."""

from __future__ import annotations

import zipfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import openpyxl
import pytest
from broken_instances import GOOD
from scenes.one_row_each import HEADER
from workbooks import edited, gantt_place, gantt_value, run, saved_by_libreoffice

from allokering.errors import InstanceFaulty, UsageError
from allokering.files.plan_files import read_plan, write_plan
from allokering.files.reading import read_instance
from allokering.files.settings_file import settings_items
from allokering.files.table_columns import columns
from allokering.instance import Instance
from allokering.notes import Note
from allokering.plan import Placement, Plan
from allokering.tables import TABLES
from allokering.workbook.plan_workbook import write_plan_workbook
from allokering.workbook.template import write_template


def filled(template: Path, instance: Instance) -> Path:
    """The template with the instance's rows typed in under its headers."""
    workbook = openpyxl.load_workbook(template)
    items = settings_items(instance.settings)
    for key, value, _ in workbook["instance"].iter_rows(min_row=2):
        value.value = items.get(key.value)
    for table, row_type in TABLES.items():
        attribute = {column.name: column.attribute for column in columns(row_type)}
        heads = [attribute[str(cell.value)] for cell in workbook[table][1]]
        for row in instance.rows(table):
            workbook[table].append([getattr(row, head) for head in heads])
    workbook.save(template)
    return template


@pytest.fixture(scope="module")
def region(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Narvik 2022 in a filled template."""
    path = tmp_path_factory.mktemp("region") / "region.xlsx"
    write_template(path)
    return filled(path, read_instance("narvik-2022"))


@pytest.fixture(scope="module")
def plan(region: Path) -> Path:
    """A plan workbook for it."""
    path = region.with_name("plan.xlsx")
    assert run("solve", region, "-o", path).exit_code == 0
    return path


@pytest.mark.parametrize("language", ["en", "nb"])
def test_an_empty_template_lacks_only_what_must_be_told(language: str, tmp_path: Path) -> None:
    """Its sheets and headers are read as they are, in either language; four keys have no default."""
    assert run("template", "-o", tmp_path / "region.xlsx", "--lang", language).exit_code == 0
    with pytest.raises(InstanceFaulty) as caught:
        read_instance(tmp_path / "region.xlsx")
    assert [fault.column for fault in caught.value.faults] == ["title", "question", "start", "periods"]


def test_a_filled_template_is_the_instance(region: Path) -> None:
    """What is typed in under the headers is read as it was meant."""
    assert read_instance(region) == replace(read_instance("narvik-2022"), name="region")


def test_a_template_explains_itself(tmp_path: Path) -> None:
    """Units stand in the headers, meanings in comments, examples on the first sheet; columns of ids are text."""
    write_template(tmp_path / "region.xlsx")
    workbook = openpyxl.load_workbook(tmp_path / "region.xlsx")
    told = {cell.value for row in workbook.worksheets[0].iter_rows() for cell in row}
    for table, row_type in TABLES.items():
        sheet = workbook[table]
        assert sheet.freeze_panes == "A2"
        for cell, column in zip(sheet[1], columns(row_type), strict=True):
            assert cell.value == column.name
            assert cell.comment is not None
            assert column.description in cell.comment.text
            assert column.unit is None or cell.number_format == f'@" ({column.unit})"'
            assert {column.name, column.description, column.example} <= told
    assert workbook["municipalities"].column_dimensions["A"].number_format == "@"


def test_a_template_offers_ids_and_words(tmp_path: Path) -> None:
    """Every reference and every enumeration has a drop-down; ids are offered from the other sheet."""
    write_template(tmp_path / "region.xlsx")
    workbook = openpyxl.load_workbook(tmp_path / "region.xlsx")
    for table, row_type in TABLES.items():
        offered = {
            cells.split(":")[0][:-1]: one.formula1
            for one in workbook[table].data_validations.dataValidation
            for cells in str(one.sqref).split()
        }
        for cell, column in zip(workbook[table][1], columns(row_type), strict=True):
            formula = offered.get(cell.column_letter)
            if column.reference is not None:
                assert formula is not None
                assert f"OFFSET('{column.reference}'!$A$2" in formula
            elif column.choices:
                assert formula == f'"{",".join(column.choices)}"'
    assert run("template", "-o", tmp_path / "nb.xlsx", "--lang", "nb").exit_code == 0
    doctors = openpyxl.load_workbook(tmp_path / "nb.xlsx")["doctors"]
    assert '"ja,nei"' in [one.formula1 for one in doctors.data_validations.dataValidation]


def as_it_is(path: Path, _folder: Path) -> Path:
    return path


@pytest.mark.parametrize("saved", [as_it_is, saved_by_libreoffice])
def test_three_pins_are_kept(saved: Callable[[Path, Path], Path], region: Path, plan: Path, tmp_path: Path) -> None:
    """Pins edited into the Gantt hold in the next plan, are recorded there, and hold in the plan after that."""
    position = gantt_value(plan, "alis-narvik-3", "position")
    period = gantt_value(plan, "alis-narvik-2", "period")
    supervisors = {"gp-narvik-1", "gp-narvik-2"}
    cells = {
        gantt_place(plan, "alis-narvik-3", "position"): f"!{position}",
        gantt_place(plan, "alis-narvik-2", "period"): "=",
        gantt_place(plan, "alis-narvik-4", "supervisor"): ", ".join(sorted(supervisors)),
    }
    pinned = saved(edited(plan, cells, tmp_path / "pinned.xlsx"), tmp_path / "saved")
    instance = saved(region, tmp_path / "saved")
    first, second = tmp_path / "first.xlsx", tmp_path / "second.xlsx"
    assert run("solve", instance, "-o", first, "--pins", pinned).exit_code == 0
    assert run("solve", instance, "-o", second, "--pins", first).exit_code == 0
    for made in (first, second):
        assert gantt_value(made, "alis-narvik-3", "position") != position
        assert gantt_value(made, "alis-narvik-2", "period") == period
        assert set(str(gantt_value(made, "alis-narvik-4", "supervisor")).split(", ")) <= supervisors
        header = read_plan(made).header
        assert header is not None
        assert len(header.pins) == 4
        assert run("check", instance, made).exit_code == 0


def test_a_plan_workbook_is_the_plan(region: Path, plan: Path, tmp_path: Path) -> None:
    """Its sheets say what the files of a plan folder say, and it verifies; spoilt, it does not."""
    write_plan(read_plan(plan), tmp_path / "folder")
    assert read_plan(tmp_path / "folder") == read_plan(plan)
    assert read_plan(tmp_path / "folder").header == read_plan(plan).header
    assert run("check", region, plan).exit_code == 0
    spoilt = edited(plan, {("supervision", "B2"): "gp-narvik-3"}, tmp_path / "spoilt.xlsx")
    assert run("check", region, spoilt).exit_code == 1
    missing = edited(plan, {("plan", "B2"): None}, tmp_path / "missing.xlsx")
    assert "plan: status" in run("check", region, missing).stderr


def test_the_gantt_has_a_coloured_cell_per_period(plan: Path) -> None:
    """Each period in practice or in rotation says where, on a colour of its own."""
    made = read_plan(plan)
    sheet = openpyxl.load_workbook(plan)["gantt"]
    starts = [str(cell.value) for cell in sheet[1]][5:]
    for row in sheet.iter_rows(min_row=2):
        trainee = row[0].value
        for cell, start in zip(row[5:], starts, strict=True):
            inside = [
                one
                for one in (*made.rotations, *made.placements)
                if one.trainee_id == trainee and one.from_date and str(one.from_date) <= start <= str(one.to_date)
            ]
            stays = [
                one.municipality_id for one in made.lists if (one.holder_id, str(one.from_date)) == (trainee, start)
            ]
            if not inside and stays:
                assert (cell.value, cell.fill.fgColor.rgb) == (", ".join(stays), "FFD9D9D9")
                continue
            place = None if not inside else getattr(inside[0], "site_id", getattr(inside[0], "position_id", None))
            assert cell.value == place
            assert cell.fill.fgColor.rgb == (
                "00000000" if place is None else "FF9DC3E6" if hasattr(inside[0], "site_id") else "FFC6E0B4"
            )


def test_nothing_else_is_overwritten(region: Path, tmp_path: Path) -> None:
    """A template takes no file's place, and a plan takes only a plan's."""
    before = region.read_bytes()
    assert run("template", "-o", region).exit_code == 2
    with pytest.raises(UsageError):
        write_plan_workbook(read_instance(GOOD), Plan(header=HEADER), region)
    assert region.read_bytes() == before
    assert list(tmp_path.iterdir()) == []


HOSTILE = ("-cmd|' /C calc'!A0", "<script>alert(1)</script>", "😀-Kárášjohka-đŧŋžčš", "x" * 80, "-1+1")


def test_hostile_ids_are_text(tmp_path: Path) -> None:
    """No cell of a plan workbook or of a plan's CSV files is run, and every text comes back as it was."""
    ids = [text.replace("|", "").replace("'", "") for text in HOSTILE]
    placements = tuple(
        {"trainee_id": one, "status": "placed", "position_id": one, "municipality_id": "m"} for one in ids
    )
    plan = Plan(
        placements=tuple(Placement.model_validate(row) for row in placements),
        header=HEADER.model_copy(update={"notes": tuple(Note.model_validate(text) for text in ("=1+1", *HOSTILE))}),
    )
    write_plan_workbook(read_instance(GOOD), plan, tmp_path / "plan.xlsx")
    write_plan(plan, tmp_path / "plan")
    with zipfile.ZipFile(tmp_path / "plan.xlsx") as archive:
        sheets = [archive.read(name) for name in archive.namelist() if name.startswith("xl/worksheets/sheet")]
    assert len(sheets) > 10
    assert all(b"<f>" not in sheet and b"<script>" not in sheet for sheet in sheets)
    for found in (read_plan(tmp_path / "plan.xlsx"), read_plan(tmp_path / "plan")):
        assert {row.trainee_id for row in found.placements} == set(ids)
        assert found.header == plan.header
    cells = (tmp_path / "plan" / "placements.csv").read_text(encoding="utf-8").replace("\n", ",").split(",")
    assert not [cell for cell in cells if cell.startswith(("=", "+", "-", "@"))]
