"""A plan as a folder: `plan.json` and one CSV file per table, in canonical form; the same plan, the same bytes.

A plan workbook, which `allokering.workbook` writes, is read here too.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from allokering.errors import Fault, FaultyData, UsageError
from allokering.files.cells import cell_text
from allokering.files.publishing import holds_only, published, read_steadily, standing
from allokering.files.rows import read_lines, valid_rows
from allokering.files.schema.data_package import PACKAGE_FILE, data_package, package_text
from allokering.files.sheets import Sheet, read_csv, read_workbook
from allokering.files.table_columns import column_names, columns
from allokering.files.validation import repeated_keys
from allokering.files.writing import table_csv
from allokering.language import say
from allokering.plan import PLAN_TABLES, Plan, PlanHeader, RecordedChange
from allokering.tables import Pin, Row

HEADER_FILE = "plan.json"
FACTS_SHEET = "plan"
"""The sheet of a plan workbook that says what `plan.json` says, as keys and values."""
CELL_HOLDS = 30_000
"""Letters that a cell of a workbook surely holds."""
ADDED_LATER = frozenset({"selection"})
"""Tables that plans of earlier versions lack; there are no rows in them."""
LISTED = "tiers", "stages", "notes", "changes"
"""Facts that are lists."""
_PLAN_FILES = frozenset({PACKAGE_FILE, *(f"{table}.csv" for table in PLAN_TABLES)})


class PlanFaulty(FaultyData):
    """The files of a plan cannot be read as a plan."""

    exit_code = 1


def accept(path: Path) -> None:
    """Inspect nothing."""


def write_plan(plan: Plan, folder: str | Path, inspect: Callable[[Path], None] = accept) -> None:
    """Write the plan to `folder`, whole or not at all. Only a plan, or an empty folder, is replaced.

    `inspect` sees what was written before it takes its place; if it raises, nothing is published.

    Raises:
        UsageError: something else stands there, or the folder around it is missing.
    """
    with published(Path(folder), is_plan) as new:
        new.mkdir()
        (new / HEADER_FILE).write_text(f"{plan.header.model_dump_json(indent=2)}\n", encoding="utf-8", newline="\n")
        for table, row_type in PLAN_TABLES.items():
            text = table_csv(by_key(getattr(plan, table)), columns(row_type))
            (new / f"{table}.csv").write_text(text, encoding="utf-8", newline="\n")
        written = {table: columns(row_type) for table, row_type in PLAN_TABLES.items()}
        package = package_text(data_package(f"{plan.header.instance.name}-plan", PLAN_TABLES, written))
        (new / PACKAGE_FILE).write_text(package, encoding="utf-8", newline="\n")
        inspect(new)


def read_plan(path: str | Path) -> Plan:
    """The plan in a folder or in a plan workbook.

    Raises:
        PlanFaulty: with every fault of every file or sheet.
        UsageError: nothing is there.
    """
    if not standing(Path(path)).exists():
        raise UsageError(say("there is no plan at {path}", path=path))
    header, tables, faults = read_steadily(Path(path), _read)
    if faults or header is None:
        raise PlanFaulty(say("Faults in {name}: {count}", name=path, count=len(faults)), faults)
    return Plan(header=header, **tables)


def _read(path: Path) -> tuple[PlanHeader | None, dict[str, Any], list[Fault]]:
    """The header and the tables of a folder or a workbook, and every fault in them."""
    faults: list[Fault] = []
    return *(_from_workbook if path.is_file() else _from_folder)(path, faults), faults


def _from_folder(folder: Path, faults: list[Fault]) -> tuple[PlanHeader | None, dict[str, Any]]:
    header = None
    try:
        content = (folder / HEADER_FILE).read_bytes()
    except FileNotFoundError:
        faults.append(Fault(HEADER_FILE, None, None, None, say("the file is missing")))
    else:
        header = _header(HEADER_FILE, lambda: PlanHeader.model_validate_json(content), faults)
    return header, {table: _read_table(folder, row_type, faults) for table, row_type in PLAN_TABLES.items()}


def _from_workbook(path: Path, faults: list[Fault]) -> tuple[PlanHeader | None, dict[str, Any]]:
    sheets = read_workbook(path, faults) or {}
    if faults:
        return None, {}
    facts = sheets.get(FACTS_SHEET)
    if facts is None:
        faults.append(Fault(FACTS_SHEET, None, None, None, say("the sheet is missing")))
        return None, {}
    pins = _rows(Pin, sheets.get(Pin.table), faults)
    values = _nested({record.cells[0]: record.cells[1] for record in facts.records if any(record.cells[1:2])})
    header = _header(FACTS_SHEET, lambda: PlanHeader.model_validate({**values, "pins": pins}), faults)
    tables = {}
    for table, row_type in PLAN_TABLES.items():
        if table not in sheets and table not in ADDED_LATER:
            faults.append(Fault(table, None, None, None, say("the sheet is missing")))
        tables[table] = by_key(_rows(row_type, sheets.get(table), faults))
    return header, tables


def _nested(texts: Mapping[str, str]) -> dict[str, Any]:
    """Dotted keys as the values that they are parts of. The keys of overrides have dots of their own."""
    values: dict[str, Any] = {field: {} for field in ("overrides", "versions", *LISTED)}
    for key, text in texts.items():
        field, _, name = key.partition(".")
        number, _, part = name.partition(".")
        if not name:
            values[field] = text
        elif isinstance(values.setdefault(field, {}), dict):
            if part and field in LISTED and isinstance(values[field].setdefault(number, {}), dict):
                first, _, named = part.partition(".")
                entry = values[field][number]
                entry[first] = entry.get(first, {}) | {named: text} if named else text
            else:
                values[field][name] = text
    if isinstance(values["changes"], dict):
        values["changes"] = {number: _change(parts) for number, parts in values["changes"].items()}
    listed = {field: values[field] for field in LISTED}
    return values | {field: list(parts.values()) for field, parts in listed.items() if isinstance(parts, dict)}


def change_cells(changes: Sequence[RecordedChange]) -> Iterator[tuple[str, str]]:
    """Changes as keys and values of a plan workbook: their contents as JSON, in parts that cells can hold."""
    for number, change in enumerate(changes):
        yield f"changes.{number}.key", change.key
        if change.direction is not None:
            yield f"changes.{number}.direction", change.direction
        # Without spaces, which are lost at the ends of a cell.
        text = json.dumps(change.contents, separators=(",", ":")).replace(" ", "\\u0020")
        for part, begin in enumerate(range(0, len(text), CELL_HOLDS)):
            yield f"changes.{number}.contents.{part:04}", text[begin : begin + CELL_HOLDS]


def _change(parts: Any) -> Any:
    """A change from the cells that it was written to; as it is, if it is none."""
    texts = parts.get("contents") if isinstance(parts, dict) else None
    if not isinstance(texts, dict):
        return parts
    text = "".join(value for _, value in sorted(texts.items()))
    try:
        return parts | {"contents": json.loads(text)}
    except json.JSONDecodeError:
        return parts | {"contents": text}


def _header(file: str, read: Callable[[], PlanHeader], faults: list[Fault]) -> PlanHeader | None:
    try:
        return read()
    except ValidationError as error:
        for one in error.errors(include_url=False, include_context=False):
            key = ".".join(str(part) for part in one["loc"]) or None
            value = None if key is None or one["type"] == "missing" else str(one["input"])[:80]
            faults.append(Fault(file, None, key, value, _header_message(one["type"], one["msg"])))
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
        if table not in ADDED_LATER:
            faults.append(Fault(table, None, None, None, say("the file is missing")))
        return ()
    return by_key(_rows(row_type, read_csv(file, table, column_names(row_type), faults), faults))


def _rows(row_type: type[Row], sheet: Sheet | None, faults: list[Fault]) -> list[Row]:
    """The rows of a table in the order of its sheet; none of a sheet that could not be read."""
    if sheet is None:
        return []
    lines = read_lines(sheet, row_type, faults)
    faults += repeated_keys(lines, row_type)
    return valid_rows(lines, row_type, faults)


def by_key(rows: Iterable[Row]) -> tuple[Row, ...]:
    """Rows in canonical order."""
    return tuple(sorted(rows, key=lambda row: tuple(cell_text(getattr(row, part)) for part in row.key)))


def is_plan(path: Path) -> bool:
    """Does a plan, or nothing at all, stand here?"""
    return path.is_dir() and holds_only(path, needed=HEADER_FILE, allowed=_PLAN_FILES)
