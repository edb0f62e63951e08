"""A plan is written whole, read back the same, and a spoilt one is told apart from a good one, fault by fault."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import openpyxl
import pytest
from broken_instances import GOOD
from hypothesis import given, settings
from hypothesis import strategies as st
from row_strategies import tables_of
from scenes.one_row_each import HEADER, sample

from allokering.errors import UsageError
from allokering.files.plan_files import ADDED_LATER, PlanFaulty, read_plan, write_plan
from allokering.files.reading import read_instance
from allokering.plan import PLAN_TABLES, Plan
from allokering.workbook.plan_workbook import write_plan_workbook


@settings(max_examples=25)
@given(st.fixed_dictionaries({table: tables_of(row_type) for table, row_type in PLAN_TABLES.items()}))
def test_any_plan_comes_back(tables: dict[str, list[object]]) -> None:
    """In whatever order its rows were made, a plan has the same bytes, and reading gives it again."""
    with tempfile.TemporaryDirectory() as scratch:
        first, second = Path(scratch) / "first", Path(scratch) / "second"
        write_plan(Plan(header=HEADER, **{name: tuple(rows) for name, rows in tables.items()}), first)
        write_plan(Plan(header=HEADER, **{name: tuple(reversed(rows)) for name, rows in tables.items()}), second)
        assert contents(first) == contents(second)
        assert read_plan(first).header == HEADER
        for name, rows in tables.items():
            assert set(getattr(read_plan(first), name)) == set(rows)


def contents(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def test_columns_have_the_names_of_the_contract(tmp_path: Path) -> None:
    """Dates are `from` and `to`; what does not apply is empty."""
    write_plan(sample(), tmp_path / "plan")
    assert (tmp_path / "plan" / "placements.csv").read_text(encoding="utf-8") == (
        "trainee_id,status,position_id,municipality_id,share_percent,from,to,completes,expected_permille\n"
        "t-1,unplaced,,,,,,,\n"
    )
    assert {path.name for path in (tmp_path / "plan").iterdir()} == {
        "plan.json",
        "datapackage.json",
        *(f"{table}.csv" for table in PLAN_TABLES),
    }


def changed(name: str, old: str, new: str) -> Callable[[Path], None]:
    def change(folder: Path) -> None:
        text = (folder / name).read_text(encoding="utf-8")
        assert old in text
        (folder / name).write_text(text.replace(old, new, 1), encoding="utf-8")

    return change


def without(name: str) -> Callable[[Path], None]:
    return lambda folder: (folder / name).unlink()


@pytest.mark.parametrize(
    ("spoil", "fault"),
    [
        (without("plan.json"), "plan.json: the file is missing"),
        (without("lists.csv"), "lists: the file is missing"),
        (changed("plan.json", '"seed": 1', '"seed": "one"'), 'plan.json: seed: "one": what `allokering solve` writes'),
        (changed("plan.json", '"seed": 1,', ""), "plan.json: seed: the key is missing"),
        (changed("plan.json", '"seed"', '"seeds": 1, "seed"'), 'plan.json: seeds: "1": no such key'),
        (changed("plan.json", "{", ""), "plan.json: what `allokering solve` writes here"),
        (changed("plan.json", '"gap": 0', '"gap": "a", "gab": 0'), 'plan.json: tiers.0.gap: "a": what `allokering'),
        (changed("lists.csv", "patients", "people"), "lists:1: patients: the column is missing"),
        (changed("lists.csv", "doctor,", "dentist,"), 'lists:2: kind: "dentist": one of doctor, trainee'),
        (changed("groups.csv", "2025-06-30", "30.6.25"), 'groups:2: to: "30.6.25": a day such as'),
        (
            changed("rotations.csv", "2025-06-30\n", "2025-06-30\nt-1,h,2025-01-01,2025-02-01\n"),
            "rotations:3: trainee_id",
        ),
        (changed("openings.csv", "p,", '"p'), "openings:2: quotes that are closed"),
    ],
)
def test_a_spoilt_plan_is_told(spoil: Callable[[Path], None], fault: str, tmp_path: Path) -> None:
    """Every file that is missing and every value that cannot be, at its place, with the exit code of a bad plan."""
    write_plan(sample(), tmp_path / "plan")
    spoil(tmp_path / "plan")
    with pytest.raises(PlanFaulty) as caught:
        read_plan(tmp_path / "plan")
    assert caught.value.exit_code == 1
    assert any(str(found).startswith(fault) for found in caught.value.faults)


def test_all_faults_of_a_plan_at_once(tmp_path: Path) -> None:
    """An empty folder misses every file of a plan; where there is no folder, there is no plan to speak of."""
    with pytest.raises(UsageError):
        read_plan(tmp_path / "plan")
    (tmp_path / "plan").mkdir()
    with pytest.raises(PlanFaulty) as caught:
        read_plan(tmp_path / "plan")
    assert len(caught.value.faults) == 1 + len(PLAN_TABLES) - len(ADDED_LATER)


def test_a_plan_of_an_earlier_version_is_read(tmp_path: Path) -> None:
    """Without the table of applications and the columns that came with it: there is nothing in them."""
    write_plan(sample(), tmp_path / "plan")
    (tmp_path / "plan" / "selection.csv").unlink()
    without_last_column("placements", "expected_permille", tmp_path / "plan")
    without_last_column("lists", "week_minutes", tmp_path / "plan")
    without_last_column("coverage", "off_targets", tmp_path / "plan")

    assert read_plan(tmp_path / "plan") == replace(sample(), selection=())


def test_a_plan_workbook_of_an_earlier_version_is_read(tmp_path: Path) -> None:
    """Its sheet may be missing too; any other may not."""
    write_plan_workbook(read_instance(GOOD), sample(), tmp_path / "plan.xlsx")
    workbook = openpyxl.load_workbook(tmp_path / "plan.xlsx")
    del workbook["selection"]
    workbook.save(tmp_path / "earlier.xlsx")
    del workbook["openings"]
    workbook.save(tmp_path / "spoilt.xlsx")

    assert read_plan(tmp_path / "earlier.xlsx") == replace(sample(), selection=())
    with pytest.raises(PlanFaulty, match="openings: the sheet is missing"):
        read_plan(tmp_path / "spoilt.xlsx")


def without_last_column(table: str, column: str, folder: Path) -> None:
    path = folder / f"{table}.csv"
    lines = path.read_text(encoding="utf-8").splitlines()
    assert lines[0].endswith(f",{column}")
    path.write_text("".join(f"{line.rpartition(',')[0]}\n" for line in lines), encoding="utf-8")


def test_only_a_plan_is_replaced(tmp_path: Path) -> None:
    """A plan and an empty folder are replaced; a folder with a foreign file is left as it is."""
    (tmp_path / "plan").mkdir()
    write_plan(Plan(header=HEADER), tmp_path / "plan")
    write_plan(sample(), tmp_path / "plan")
    assert read_plan(tmp_path / "plan") == sample()
    (tmp_path / "plan" / "minutes.txt").write_text("mine")
    with pytest.raises(UsageError):
        write_plan(Plan(header=HEADER), tmp_path / "plan")
    assert (tmp_path / "plan" / "minutes.txt").read_text() == "mine"
    assert list(tmp_path.iterdir()) == [tmp_path / "plan"]
