"""The tables described for other tools say what the reader accepts, and no less."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import jsonschema
import pytest
from broken_instances import FAULTS, GOOD, lay
from frictionless import Package, Schema
from scenes.one_row_each import sample
from workbooks import run

from allokering.files.plan_files import write_plan
from allokering.files.reading import list_instances, read_instance
from allokering.files.schema.data_package import PACKAGE_FILE, described, package_text
from allokering.files.schema.json_schema import json_schema
from allokering.files.schema.table_schema import table_schema
from allokering.files.table_columns import columns
from allokering.files.writing import write_instance
from allokering.plan import PLAN_TABLES
from allokering.tables import TABLES

RECORDS = {**TABLES, **{f"plan.{table}": row_type for table, row_type in PLAN_TABLES.items()}}
REAL = ("narvik-2022", "bergen-2018", "alis-nord-2019")
"""Together they have rows in every table."""
BUILT_IN = Path(__file__).parents[2] / "instances"


def errors_of(folder: Path) -> list[str]:
    """What frictionless finds wrong with a folder."""
    report = Package(str(folder / PACKAGE_FILE)).validate()
    return [" ".join(map(str, error)) for error in report.flatten(["type", "title", "note"])]


@pytest.mark.parametrize("name", list_instances())
def test_a_built_in_instance_is_described(name: str) -> None:
    """Its `datapackage.json` is up to date and valid."""
    told = (BUILT_IN / name / PACKAGE_FILE).read_text(encoding="utf-8")
    assert told == package_text(described(BUILT_IN / name)), (
        f"python -m allokering.files.schema.data_package instances/{name}"
    )
    assert errors_of(BUILT_IN / name) == []


def test_an_instance_is_described_when_written(tmp_path: Path) -> None:
    """With the columns that its files have, which leave out what is as by default."""
    write_instance(read_instance("narvik-2022"), tmp_path / "narvik")
    assert errors_of(tmp_path / "narvik") == []


def test_a_plan_is_described(tmp_path: Path) -> None:
    """Its `datapackage.json` is valid, for full tables and for empty ones."""
    write_plan(sample(), tmp_path / "plan")
    assert errors_of(tmp_path / "plan") == []


@pytest.mark.parametrize(
    ("fault", "error"),
    [
        ("list-limit-above-law", "constraint-error"),
        ("empty-required-cell", "constraint-error"),
        ("duplicate-row", "primary-key"),
        ("dangling-reference", "foreign-key"),
        ("not-a-number", "type-error"),
    ],
)
def test_frictionless_finds_what_the_reader_finds(fault: str, error: str, tmp_path: Path) -> None:
    """Types, bounds, keys and references of the description catch the same fault."""
    assert fault in FAULTS
    folder = lay(fault, tmp_path)
    (folder / PACKAGE_FILE).write_text(package_text(described(folder)), encoding="utf-8")
    assert any(error in found for found in errors_of(folder))


def test_text_that_is_guarded_is_described(tmp_path: Path) -> None:
    """The apostrophe that a file has before `-` keeps neither pattern nor length."""
    folder = shutil.copytree(GOOD, tmp_path / "vik")
    sites = (folder / "sites.csv").read_text(encoding="utf-8").replace("h-vik,Vik hospital", f"-vik,={'x' * 399}")
    slots = (folder / "site_slots.csv").read_text(encoding="utf-8").replace("h-vik", "-vik")
    (folder / "sites.csv").write_text(sites, encoding="utf-8")
    (folder / "site_slots.csv").write_text(slots, encoding="utf-8")
    write_instance(read_instance(folder), tmp_path / "written")
    assert "'-vik" in (tmp_path / "written" / "sites.csv").read_text(encoding="utf-8")
    assert errors_of(tmp_path / "written") == []


@pytest.mark.parametrize("table", RECORDS)
def test_both_schemas_are_valid_and_whole(table: str) -> None:
    """Each column is in both, with the same bounds, and each schema is one by its own standard."""
    row_type = RECORDS[table]
    frictionless = json.loads(run("schema", table).stdout)
    standard = json.loads(run("schema", table, "--format", "json-schema").stdout)
    assert (frictionless, standard) == (table_schema(row_type), json_schema(row_type))
    Schema.from_descriptor(frictionless)
    jsonschema.Draft202012Validator.check_schema(standard)
    names = [column.name for column in columns(row_type)]
    assert [field["name"] for field in frictionless["fields"]] == list(standard["properties"]) == names
    for field in frictionless["fields"]:
        told = standard["properties"][field["name"]]
        for bound in ("minimum", "maximum"):
            assert field["constraints"].get(bound) == told.get(bound)
    required = [field["name"] for field in frictionless["fields"] if field["constraints"]["required"]]
    assert standard["required"] == required


@pytest.mark.parametrize("table", TABLES)
def test_rows_are_valid_json(table: str) -> None:
    """Every row of real instances, as JSON, fits its JSON Schema; one with a column too many does not."""
    check = jsonschema.Draft202012Validator(json_schema(TABLES[table]))
    real = [row for name in REAL for row in read_instance(name).rows(table)]
    rows = [json.loads(row.model_dump_json(by_alias=True)) for row in real]
    assert rows != []
    assert [error.message for row in rows for error in check.iter_errors(row)] == []
    assert not check.is_valid({**rows[0], "colour": "red"})


def test_all_schemas_at_once() -> None:
    """Without a name, every table of instances and plans is described; an unknown name is told."""
    assert list(json.loads(run("schema").stdout)) == list(RECORDS)
    unknown = run("schema", "doktors")
    assert unknown.exit_code == 2
    assert 'did you mean "doctors"?' in unknown.stderr
