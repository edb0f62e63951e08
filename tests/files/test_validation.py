"""Every fault is found, at its exact place, together with all others, in the user's language."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from broken_instances import FAULTS, GOOD, expected_faults, lay

import allokering
from allokering.errors import InstanceFaulty
from allokering.files.reading import read_instance
from allokering.files.settings_file import SETTINGS_FILE
from allokering.tables import TABLES

PACKAGE = Path(allokering.__file__).parent
CONTRACT = (
    "cells", "contract_text", "nearest", "plan_files", "publishing", "reading", "rows", "settings_file", "sheets",
    "table_columns", "validation", "writing",
)  # fmt: skip


def faults_in(path: Path) -> list[str]:
    with pytest.raises(InstanceFaulty) as caught:
        read_instance(path)
    assert caught.value.exit_code == 3
    return [str(fault) for fault in caught.value.faults]


@pytest.mark.parametrize("fault", FAULTS)
def test_a_broken_instance_gives_exactly_its_faults(fault: str, tmp_path: Path) -> None:
    """The good instance with one thing wrong gives the faults of `expected.txt` and no other."""
    assert faults_in(lay(fault, tmp_path)) == expected_faults(fault)


def test_the_good_instance_is_good() -> None:
    """What the broken ones are made from has no fault, and every table has rows."""
    instance = read_instance(GOOD)
    assert all(instance.rows(table) for table in TABLES)


def test_faults_are_counted_from_the_first_line_of_the_file(tmp_path: Path) -> None:
    """Blank lines and quoted line breaks count; a row of several lines is known by its first."""
    folder = shutil.copytree(GOOD, tmp_path / "vik")
    # Line 1 header, 2 blank, 3-4 one row of two lines, 5 blank, 6 the faulty row.
    text = 'site_id,name,kind,municipality_id\n\nh-vik,"Vik\nhospital",hospital,0301\n;;\n'.replace(";;", ",,,")
    (folder / "sites.csv").write_text(f'{text}h-nes,"Nes\nhome",home,0301\n', encoding="utf-8")
    assert faults_in(folder) == ['sites:6: kind: "home": one of hospital, nursing_home, kad']


def test_a_void_pin_may_name_a_period_before_the_plan(tmp_path: Path) -> None:
    """A pin that ended before the plan begins is no fault, whatever it says of periods."""
    folder = shutil.copytree(GOOD, tmp_path / "vik")
    with (folder / "pins.csv").open("a", encoding="utf-8") as file:
        file.write("t-1,period,must,2023-03-01,2024-12-31\n")
    assert len(read_instance(folder).pins) == 4


def test_a_list_below_500_and_a_municipality_without_residents_are_allowed(tmp_path: Path) -> None:
    """Lists under 500 exist by agreement; site slots may lie outside the horizon."""
    folder = shutil.copytree(GOOD, tmp_path / "vik")
    (folder / "doctors.csv").write_text(
        "doctor_id,municipality_id,list_size,list_limit\ngp-nes-1,1001,0,300\n", encoding="utf-8"
    )
    (folder / "municipalities.csv").write_text(
        "municipality_id,name,residents\n0301,Vik,0\n1001,Nes,900\n", encoding="utf-8"
    )
    (folder / "site_slots.csv").write_text("site_id,from,to,slots\nh-vik,2015-01-01,2016-01-01,1\n", encoding="utf-8")
    assert read_instance(folder).doctors[0].list_limit == 300


def test_a_faulty_cell_does_not_hide_the_other_faults_of_its_row(tmp_path: Path) -> None:
    """One row with a bad date, a list above its limit and an unknown municipality gives three faults."""
    folder = shutil.copytree(GOOD, tmp_path / "vik")
    with (folder / "doctors.csv").open("a", encoding="utf-8") as file:
        file.write("gp-9,9999,900,800,,no,1.13.2020,\n")
    assert faults_in(folder) == [
        'doctors:5: list_size: "900": at most list_limit, which is 800',
        'doctors:5: municipality_id: "9999": an id in municipalities',
        'doctors:5: starts: "1.13.2020": a day that exists in the calendar',
    ]


@pytest.mark.parametrize(
    ("line", "fault"),
    [
        ("start = 2025-01-01T00:00:00", 'instance.toml: start: "2025-01-01 00:00:00": a day such as'),
        ('start = "2025-02-30"', 'instance.toml: start: "2025-02-30": a day that exists in the calendar'),
        ("start = 2999-01-01", 'instance.toml: start: "2999-01-01": the first day of a month, no later than'),
        ("periods = 1.5", 'instance.toml: periods: "1.5": a whole number from 1 to 240'),
        ('title = "  "', 'instance.toml: title: "  ": text of at most 4000 characters'),
        ("period_months = true", 'instance.toml: period_months: "true": a whole number'),
        ("provenance = 3", 'instance.toml: provenance: "3": keys and texts'),
        ("[travel_fallback]\nkm_per_hour = 0", 'instance.toml: travel_fallback.km_per_hour: "0": a whole number'),
        ("[a.b]\nc = 1", 'instance.toml: a.b: "{'),
        ("[title]\nnb = 1", 'instance.toml: title.nb: "1": no such key'),
        ("[period_months]\nx = 1", 'instance.toml: period_months.x: "1": no such key'),
        ("period_months = [6]", 'instance.toml: period_months: "[6]": a whole number'),
        ("travel_fallback = 7", 'instance.toml: travel_fallback: "7": keys and texts'),
    ],
)
def test_settings_of_the_wrong_type_are_faults(line: str, fault: str, tmp_path: Path) -> None:
    """Whatever TOML can say, the key at fault is named."""
    folder = shutil.copytree(GOOD, tmp_path / "vik")
    key = line.removeprefix("[").partition("]")[0].partition(" = ")[0]
    lines = (folder / SETTINGS_FILE).read_text(encoding="utf-8").splitlines()
    kept = "\n".join(one for one in lines if not one.startswith(f"{key} ="))
    if key == "provenance":
        kept = kept.split("[provenance]")[0]
    # Plain keys go to the top, before any section; sections to the end.
    text = f"{kept}\n{line}\n" if line.startswith("[") else f"{line}\n{kept}\n"
    (folder / SETTINGS_FILE).write_text(text, encoding="utf-8")
    assert any(found.startswith(fault) for found in faults_in(folder))
