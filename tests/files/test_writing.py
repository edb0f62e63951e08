"""What is written is read back the same, in folders and workbooks, whole or not at all."""

from __future__ import annotations

import datetime as dt
import tempfile
from pathlib import Path

import openpyxl
import pytest
from broken_instances import GOOD
from hypothesis import given, settings
from hypothesis import strategies as st
from row_strategies import TEXTS, tables_of

from allokering.errors import UsageError
from allokering.files import writing
from allokering.files.reading import list_instances, read_instance
from allokering.files.writing import write_instance
from allokering.instance import Instance, Settings, TravelFallback
from allokering.tables import TABLES, Doctor, Municipality


@st.composite
def instances(draw: st.DrawFn) -> Instance:
    """Municipalities with doctors, journeys and borders between them: every kind of value, every reference good."""
    rows = {"municipalities": draw(tables_of(Municipality, {"parent_id": st.none()}))}
    if rows["municipalities"]:
        place = st.sampled_from([getattr(row, "municipality_id") for row in rows["municipalities"]])  # noqa: B009
        lists = {"list_size": st.integers(0, 900), "list_target": st.none(), "list_limit": st.integers(900, 2500)}
        days = {"starts": st.none(), "ends": st.none() | st.dates(dt.date(1901, 1, 1))}
        rows["doctors"] = draw(tables_of(Doctor, {"municipality_id": place, **lists, **days}))
        ends = {"from_municipality_id": place, "to_municipality_id": place}
        rows["travel"] = draw(
            tables_of(TABLES["travel"], {**ends, "minutes": st.just(0), "kilometres": st.none() | st.just(0)})
        )
        rows["cross_border"] = [
            row
            for row in draw(tables_of(TABLES["cross_border"], ends))
            if row.from_municipality_id != row.to_municipality_id  # type: ignore[attr-defined]
        ]
    told = Settings(
        title=draw(TEXTS),
        question=draw(TEXTS),
        start=draw(st.dates(dt.date(1901, 1, 1), dt.date(2300, 1, 1))).replace(day=1),
        periods=draw(st.integers(1, 240)),
        period_months=draw(st.sampled_from([1, 3, 6])),
        model=draw(TEXTS),
        travel_fallback=TravelFallback(detour_percent=draw(st.integers(100, 1000)), source=draw(TEXTS)),
        provenance={table: draw(TEXTS) for table, found in rows.items() if found},
    )
    return Instance.of("drawn", told, rows)


@settings(max_examples=25)
@given(instances())
def test_folder_to_workbook_to_folder_loses_nothing(instance: Instance) -> None:
    """The instance comes back equal from both forms, and the files of both folders are the same bytes."""
    with tempfile.TemporaryDirectory() as scratch:
        first, workbook, second = (Path(scratch) / name for name in ("a/drawn", "drawn.xlsx", "b/drawn"))
        first.parent.mkdir()
        second.parent.mkdir()
        write_instance(instance, first)
        assert read_instance(first) == instance
        write_instance(read_instance(first), workbook)
        assert read_instance(workbook) == instance
        write_instance(read_instance(workbook), second)
        assert contents(first) == contents(second)


def contents(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir()}


@pytest.mark.parametrize(
    "name",
    [
        "tests",
        *(pytest.param(name, marks=[pytest.mark.slow] * (name == "norge-2025")) for name in list_instances()),
    ],
)
def test_real_instances_survive_conversion(name: str, tmp_path: Path) -> None:
    """Every table of every built-in instance, and of the good instance of the tests, comes back."""
    instance = read_instance(GOOD if name == "tests" else name)
    write_instance(instance, tmp_path / f"{instance.name}.xlsx")
    assert read_instance(tmp_path / f"{instance.name}.xlsx") == instance
    assert read_instance(tmp_path / f"{instance.name}.xlsx").sha256 == instance.sha256


def with_formulas() -> Instance:
    instance = read_instance(GOOD)
    rows = {table: list(instance.rows(table)) for table in TABLES}
    rows["sites"] = [
        row.model_copy(update={"name": '=HYPERLINK("http://x")', "department": "@a"}) for row in rows["sites"]
    ]
    return Instance.of("_base", instance.settings, rows)


def test_text_does_not_run_as_a_formula(tmp_path: Path) -> None:
    """A workbook holds it as text marked as such; a CSV file puts an apostrophe before it; both read back unchanged."""
    write_instance(with_formulas(), tmp_path / "_base.xlsx")
    cell = openpyxl.load_workbook(tmp_path / "_base.xlsx")["sites"]["B2"]
    assert (cell.value, cell.data_type, cell.quotePrefix) == ('=HYPERLINK("http://x")', "s", True)
    assert read_instance(tmp_path / "_base.xlsx") == with_formulas()
    write_instance(with_formulas(), tmp_path / "_base")
    assert '"\'=HYPERLINK(""http://x"")"' in (tmp_path / "_base" / "sites.csv").read_text(encoding="utf-8")
    assert read_instance(tmp_path / "_base") == with_formulas()


def test_a_workbook_has_numbers_and_dates(tmp_path: Path) -> None:
    """Excel can reckon with what is written, and an id keeps its leading zeros."""
    write_instance(read_instance(GOOD), tmp_path / "x.xlsx")
    rows = openpyxl.load_workbook(tmp_path / "x.xlsx")["doctors"].iter_rows(min_row=3, max_row=3, values_only=True)
    ended = dt.datetime(2026, 6, 30)  # noqa: DTZ001  # a workbook's dates have no zone
    assert list(next(rows))[:6] == ["gp-vik-1", "0301", 900, 1000, 800, "yes"]
    assert ended in [cell.value for cell in openpyxl.load_workbook(tmp_path / "x.xlsx")["doctors"]["H"]]


def test_only_an_instance_is_replaced(tmp_path: Path) -> None:
    """An instance and an empty folder are replaced; anything else is left as it is."""
    instance = read_instance(GOOD)
    for target in (tmp_path / "folder", tmp_path / "book.xlsx"):
        write_instance(instance, target)
        write_instance(instance, target)
    (tmp_path / "empty").mkdir()
    write_instance(instance, tmp_path / "empty")
    (tmp_path / "folder" / "letter.docx").write_text("mine")
    (tmp_path / "other.xlsx").write_text("mine")
    (tmp_path / "file").write_text("mine")
    openpyxl.Workbook().save(tmp_path / "budget.xlsx")
    before = sorted(tmp_path.rglob("*"))
    for name in ("folder", "other.xlsx", "file", "budget.xlsx", "nowhere/folder"):
        with pytest.raises(UsageError):
            write_instance(instance, tmp_path / name)
    assert sorted(tmp_path.rglob("*")) == before


def test_a_failed_writing_leaves_what_was_there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """When a table cannot be written, the old instance stands and nothing lies beside it."""
    target = tmp_path / "vik"
    write_instance(read_instance(GOOD), target)
    before = contents(target)

    def full(*_: object) -> str:
        raise OSError("no space left")

    monkeypatch.setattr(writing, "table_csv", full)
    with pytest.raises(OSError, match="no space left"):
        write_instance(with_formulas(), target)
    assert contents(target) == before
    assert list(tmp_path.iterdir()) == [target]
