"""A plan as a folder: `plan.json` and one CSV file per table, in canonical form; the same plan, the same bytes."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from pydantic import ValidationError

from allokering.errors import Fault, FaultyData
from allokering.files.cells import cell_text
from allokering.files.publishing import holds_only, published
from allokering.files.rows import read_lines, valid_rows
from allokering.files.sheets import read_csv
from allokering.files.table_columns import column_names, columns
from allokering.files.validation import repeated_keys
from allokering.files.writing import table_csv
from allokering.language import say
from allokering.plan import PLAN_TABLES, Plan, PlanHeader
from allokering.tables import Row

HEADER_FILE = "plan.json"
_PLAN_FILES = frozenset(f"{table}.csv" for table in PLAN_TABLES)


class PlanFaulty(FaultyData):
    """The files of a plan cannot be read as a plan."""

    exit_code = 1


def write_plan(plan: Plan, folder: str | Path) -> None:
    """Write the plan to `folder`, whole or not at all. Only a plan, or an empty folder, is replaced.

    Raises:
        UsageError: something else stands there, or the folder around it is missing.
        ValueError: the plan has no header.
    """
    if plan.header is None:
        raise ValueError("a plan is written with its header")
    with published(Path(folder), _is_plan) as new:
        new.mkdir()
        (new / HEADER_FILE).write_text(f"{plan.header.model_dump_json(indent=2)}\n", encoding="utf-8", newline="\n")
        for table, row_type in PLAN_TABLES.items():
            text = table_csv(_by_key(getattr(plan, table)), columns(row_type))
            (new / f"{table}.csv").write_text(text, encoding="utf-8", newline="\n")


def read_plan(folder: str | Path) -> Plan:
    """The plan in `folder`.

    Raises:
        PlanFaulty: with every fault of every file.
    """
    path = Path(folder)
    faults: list[Fault] = []
    header = _read_header(path / HEADER_FILE, faults)
    tables: dict[str, Any] = {table: _read_table(path, row_type, faults) for table, row_type in PLAN_TABLES.items()}
    if faults:
        raise PlanFaulty(say("Faults in {name}: {count}", name=folder, count=len(faults)), faults)
    return Plan(header=header, **tables)


def _read_header(file: Path, faults: list[Fault]) -> PlanHeader | None:
    try:
        return PlanHeader.model_validate_json(file.read_bytes())
    except FileNotFoundError:
        faults.append(Fault(HEADER_FILE, None, None, None, say("the file is missing")))
    except ValidationError as error:
        for one in error.errors(include_url=False, include_context=False):
            key = ".".join(str(part) for part in one["loc"]) or None
            value = None if key is None or one["type"] == "missing" else str(one["input"])[:80]
            faults.append(Fault(HEADER_FILE, None, key, value, _header_message(one["type"], one["msg"])))
    return None


def _header_message(error_type: str, error: str) -> str:
    if error_type == "missing":
        return say("the key is missing")
    if error_type == "extra_forbidden":
        return say("no such key")
    return say("what `allokering solve` writes here ({error})", error=error)


def _read_table(folder: Path, row_type: type[Row], faults: list[Fault]) -> tuple[Row, ...]:
    table = row_type.table
    file = folder / f"{table}.csv"
    if not file.is_file():
        faults.append(Fault(table, None, None, None, say("the file is missing")))
        return ()
    sheet = read_csv(file, table, column_names(row_type), faults)
    if sheet is None:
        return ()
    lines = read_lines(sheet, row_type, faults)
    faults += repeated_keys(lines, row_type)
    return _by_key(valid_rows(lines, row_type, faults))


def _by_key(rows: list[Row] | tuple[Row, ...]) -> tuple[Row, ...]:
    return tuple(sorted(rows, key=lambda row: tuple(cell_text(getattr(row, part)) for part in row.key)))


def _is_plan(path: Path) -> bool:
    return path.is_dir() and holds_only(path, needed=HEADER_FILE, allowed=_PLAN_FILES)
