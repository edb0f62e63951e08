"""The workbook of a region with forms, recruits, budgets, applications and trainees who stay."""

from __future__ import annotations

from pathlib import Path

import openpyxl
import pytest
from scenes.openings import instance, model, plan
from workbooks import edited, gantt_place, gantt_value

from allokering.errors import InstanceFaulty
from allokering.files.plan_files import read_plan
from allokering.files.reading import read_instance
from allokering.files.writing import write_instance
from allokering.verifier.verify import verify
from allokering.workbook.pins import read_pins
from allokering.workbook.plan_workbook import write_plan_workbook
from allokering.workbook.template import write_template


@pytest.fixture(scope="module")
def workbook(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The plan's workbook."""
    path = tmp_path_factory.mktemp("openings") / "plan.xlsx"
    write_plan_workbook(instance(), plan(), path)
    return path


def test_the_plan_comes_back(workbook: Path) -> None:
    """With chances, hours, relief and who takes part; what is read verifies."""
    found = read_plan(workbook)

    assert found == plan()
    assert any(row.expected_permille for row in found.placements)
    assert any(row.week_minutes for row in found.lists)
    assert any(row.off_targets for row in found.coverage)
    assert found.selection != ()
    assert verify(instance(), model(), found).violations == ()


def test_the_instance_comes_back(tmp_path: Path) -> None:
    """As a workbook and as a folder, with every new table and column."""
    write_instance(instance(), tmp_path / "vik-nes-oy.xlsx")
    write_instance(instance(), tmp_path / "vik-nes-oy")

    assert read_instance(tmp_path / "vik-nes-oy.xlsx") == instance()
    assert read_instance(tmp_path / "vik-nes-oy") == instance()
    sheets = openpyxl.load_workbook(tmp_path / "vik-nes-oy.xlsx").sheetnames
    assert {"announcements", "budgets", "applications"} <= set(sheets)


def test_the_template_has_the_new_sheets(tmp_path: Path) -> None:
    """Ids of positions are offered where a form, a recruit or an announcement names one."""
    write_template(tmp_path / "region.xlsx")
    found = openpyxl.load_workbook(tmp_path / "region.xlsx")
    for table, column in (
        ("positions", "alternative_to"),
        ("trainees", "recruited_to"),
        ("announcements", "position_id"),
    ):
        letter = next(cell.column_letter for cell in found[table][1] if cell.value == column)
        offered = {str(one.sqref)[0]: one.formula1 for one in found[table].data_validations.dataValidation}
        assert "OFFSET('positions'!$A$2" in offered[letter]
    assert {cell.value for cell in found["budgets"][1]} >= {"budget_id", "from", "to", "amount_nok", "pays"}
    assert [cell.value for cell in found["applications"][1]] == ["application_id", "municipality_id"]


def test_the_gantt_shows_who_stays(workbook: Path) -> None:
    """Ann completes the training after the first half-year: grey from then on, with where; Bo is supervised by her."""
    sheet = openpyxl.load_workbook(workbook)["gantt"]
    rows = {str(row[0].value): row for row in sheet.iter_rows(min_row=2)}

    assert [cell.value for cell in rows["ann"][5:]] == ["alis-vik", *["vik"] * 5]
    assert {cell.fill.fgColor.rgb for cell in rows["ann"][6:]} == {"FFD9D9D9"}
    assert gantt_value(workbook, "bo", "supervisor") == "ann"
    assert gantt_value(workbook, "recruit-nes", "position") == "alis-nes"
    assert {cell.value for cell in rows["recruit-oy-gp"][1:]} == {None}
    # An intern is in hospital first.
    assert [cell.value for cell in rows["intern"][5:]] == ["hospital", "hospital", "lis1-nes", None, None, None]


def test_a_form_can_be_pinned(workbook: Path, tmp_path: Path) -> None:
    """A recruit is held to another form by its id; only doctors can be pinned as supervisors."""
    form = edited(workbook, {gantt_place(workbook, "recruit-nes", "position"): "alis-nes-self"}, tmp_path / "form.xlsx")
    trainee = edited(workbook, {gantt_place(workbook, "bo", "supervisor"): "keep"}, tmp_path / "trainee.xlsx")

    assert [(pin.trainee_id, pin.value) for pin in read_pins(form, instance())] == [("recruit-nes", "alis-nes-self")]
    with pytest.raises(InstanceFaulty) as caught:
        read_pins(trainee, instance())
    assert [str(fault) for fault in caught.value.faults] == ['gantt:3: supervisor: "ann": an id in doctors']
