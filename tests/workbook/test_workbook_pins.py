"""An edited cell becomes the pins it says, or a fault at its place; never something else in silence."""

from __future__ import annotations

from pathlib import Path

import openpyxl
import pytest
from broken_instances import GOOD
from scenes.one_row_each import HEADER
from workbooks import edited, gantt_place, run

from allokering.errors import InstanceFaulty
from allokering.files.plan_files import PlanFaulty
from allokering.files.reading import read_instance
from allokering.plan import Placement, Plan, Rotation, Supervision
from allokering.tables import Pin
from allokering.workbook.pins import read_pins
from allokering.workbook.plan_workbook import write_plan_workbook

INSTANCE = read_instance(GOOD)
DAYS = {"from": "2025-01-01", "to": "2026-12-31"}
PLAN = Plan(
    placements=tuple(
        Placement.model_validate(row)
        for row in (
            {"trainee_id": "t-1", "status": "placed", "position_id": "alis-vik", "municipality_id": "0301", **DAYS},
            {"trainee_id": "t-2", "status": "unplaced"},
        )
    ),
    rotations=(Rotation.model_validate({"trainee_id": "t-1", "site_id": "h-vik", **DAYS, "from": "2025-07-01"}),),
    supervision=tuple(
        Supervision.model_validate({"trainee_id": "t-1", "supervisor_id": one, **DAYS, "from": day})
        for one, day in (("gp-vik-1", "2025-01-01"), ("gp-nes-1", "2026-01-01"))
    ),
    header=HEADER,
)


@pytest.fixture
def plan(tmp_path: Path) -> Path:
    path = tmp_path / "plan.xlsx"
    write_plan_workbook(INSTANCE, PLAN, path)
    return path


def said(pins: tuple[Pin, ...]) -> list[tuple[str, ...]]:
    return [(pin.trainee_id, pin.what.value, pin.verb.value, pin.value) for pin in pins]


@pytest.mark.parametrize(
    ("trainee", "what", "text", "pins"),
    [
        ("t-1", "site", "=", [("must", "h-vik")]),
        ("t-1", "site", "Keep", [("must", "h-vik")]),
        ("t-1", "supervisor", "behold", [("must", "gp-nes-1"), ("must", "gp-vik-1")]),
        ("t-1", "supervisor", "gp-vik-2;gp-nes-1 ; gp-vik-2", [("must", "gp-nes-1"), ("must", "gp-vik-2")]),
        ("t-1", "supervisor", "! gp-vik-1", [("never", "gp-vik-1")]),
        ("t-1", "site", "", None),
        ("t-1", "period", "1.1.2026", [("must", "2026-01-01")]),
        ("t-1", "period", "!2025-07-01, 2026-01-01", [("must", "2026-01-01"), ("never", "2025-07-01")]),
        ("t-2", "position", "alis-vik, alis-shared", [("must", "alis-shared"), ("must", "alis-vik")]),
        ("t-2", "position", "keep", None),
        ("t-2", "position", "!", None),
        ("t-2", "position", "alis-vig", None),
        ("t-2", "position", "#NAME?", None),
        ("t-2", "period", "2030-01-01", None),
        ("t-2", "period", "soon", None),
        ("t-2", "site", "h-vik, !h-vik", None),
        ("t-2", "supervisor", "x" * 500, None),
    ],
)
def test_an_edited_cell(trainee: str, what: str, text: str, pins: list[tuple[str, str]] | None, plan: Path) -> None:
    """`=` keeps, a list chooses, `!` rules out; what says none of that, or names what is not there, is a fault."""
    place = gantt_place(plan, trainee, what)
    edited(plan, {place: text})
    if pins is not None:
        assert said(read_pins(plan, INSTANCE)) == [(trainee, what, *pin) for pin in pins]
    else:
        with pytest.raises(InstanceFaulty) as caught:
            read_pins(plan, INSTANCE)
        assert {(one.table, one.row, one.column) for one in caught.value.faults} == {("gantt", int(place[1][1:]), what)}


def test_a_formula_without_a_value(plan: Path) -> None:
    """What no spreadsheet program has calculated is not taken for an empty cell, in an instance or a plan."""
    edited(plan, {gantt_place(plan, "t-2", "position"): "=A2&B2"})
    with pytest.raises(PlanFaulty, match='gantt:3: "=A2&amp;B2": a value instead of a formula'):
        read_pins(plan, INSTANCE)


def test_nothing_edited_pins_nothing(plan: Path) -> None:
    """A plan as it was written asks for nothing, and what is pinned in the instance stays there."""
    assert read_pins(plan, INSTANCE) == ()


def test_a_pin_of_the_instance_is_not_overruled(plan: Path) -> None:
    """The instance pins t-1 to alis-vik and keeps its rotation out of the first period: what differs is a fault."""
    edited(
        plan, {gantt_place(plan, "t-1", "position"): "alis-shared", gantt_place(plan, "t-1", "period"): "2025-01-01"}
    )
    with pytest.raises(InstanceFaulty) as caught:
        read_pins(plan, INSTANCE)
    assert [str(fault) for fault in caught.value.faults] == [
        'gantt:2: period: "2025-01-01": nothing against the pins of the instance, which say never 2025-03-01',
        'gantt:2: position: "alis-shared": nothing against the pins of the instance, which say must alis-vik',
    ]
    edited(plan, {gantt_place(plan, "t-1", "position"): "=", gantt_place(plan, "t-1", "period"): "2025-07-01"})
    assert said(read_pins(plan, INSTANCE)) == [("t-1", "position", "must", "alis-vik")]


def test_an_edit_replaces_what_was_recorded(tmp_path: Path) -> None:
    """Pins of earlier plans hold on; those of an edited cell give way, those of the sheet `pins` may be deleted."""
    recorded = tuple(
        Pin.model_validate({"trainee_id": "t-2", "what": what, "verb": "must", "value": value})
        for what, value in (("position", "alis-vik"), ("site", "h-vik"), ("supervisor", "gp-vik-1"))
    )
    path = tmp_path / "plan.xlsx"
    write_plan_workbook(INSTANCE, PLAN.with_pins(recorded), path)
    assert read_pins(path, INSTANCE) == recorded
    workbook = openpyxl.load_workbook(path)
    workbook["pins"].delete_rows(3)
    workbook.save(path)
    edited(path, {gantt_place(path, "t-2", "position"): "alis-shared"})
    assert said(read_pins(path, INSTANCE)) == [
        ("t-2", "position", "must", "alis-shared"),
        ("t-2", "supervisor", "must", "gp-vik-1"),
    ]
    edited(path, {("pins", "D3"): "gp-gone"})
    with pytest.raises(InstanceFaulty, match='pins:3: value: "gp-gone": an id in doctors'):
        read_pins(path, INSTANCE)


def test_a_trainee_that_is_not_there(plan: Path) -> None:
    """A Gantt row of somebody else, or the same row twice, is told at its cell; so is a lost column."""
    edited(plan, {("gantt", "A3"): "t-9", ("gantt", "B3"): "alis-vik"})
    with pytest.raises(InstanceFaulty, match='gantt:3: trainee_id: "t-9": an id in trainees'):
        read_pins(plan, INSTANCE)
    edited(plan, {("gantt", "A4"): "t-2", ("gantt", "B4"): "alis-vik", ("gantt", "A3"): "t-2"})
    with pytest.raises(InstanceFaulty, match="gantt:4: position"):
        read_pins(plan, INSTANCE)
    edited(plan, {("gantt", "C1"): "place"})
    with pytest.raises(InstanceFaulty, match="gantt:1: site: the column is missing"):
        read_pins(plan, INSTANCE)


def test_recorded_pins_that_cannot_be(plan: Path) -> None:
    """A plan that was pinned to what is not there cannot be checked, and says so."""
    edited(
        plan,
        {("pins", f"{column}2"): text for column, text in zip("ABCD", ("t-1", "period", "must", "soon"), strict=True)},
    )
    result = run("check", GOOD, plan)
    assert result.exit_code == 1
    assert 'pins:2: value: "soon": a day from 2025-01-01' in result.stderr


def test_pins_of_what_is_no_plan(tmp_path: Path) -> None:
    """A workbook of another kind, and a file that is none, are told as plans that they are not."""
    assert run("convert", GOOD, tmp_path / "region.xlsx").exit_code == 0
    with pytest.raises(PlanFaulty, match="plan: the sheet is missing"):
        read_pins(tmp_path / "region.xlsx", INSTANCE)
    (tmp_path / "notes.xlsx").write_text("pin everything")
    with pytest.raises(PlanFaulty, match="opens in Excel"):
        read_pins(tmp_path / "notes.xlsx", INSTANCE)


def test_a_faulty_pin_is_marked_in_a_copy(plan: Path, tmp_path: Path) -> None:
    """`solve --pins --faults` gives the plan workbook back with the cell coloured, and makes no plan."""
    assert run("convert", GOOD, tmp_path / "region.xlsx").exit_code == 0
    place = gantt_place(plan, "t-2", "position")
    edited(plan, {place: "alis-vig"})
    result = run(
        "solve", tmp_path / "region.xlsx", "-o", tmp_path / "new.xlsx", "--pins", plan, "--faults", tmp_path / "f.xlsx"
    )
    assert result.exit_code == 3
    assert not (tmp_path / "new.xlsx").exists()
    cell = openpyxl.load_workbook(tmp_path / "f.xlsx")["gantt"][place[1]]
    assert cell.value == "alis-vig"
    assert cell.comment is not None
    assert 'did you mean "alis-vik"?' in cell.comment.text
