"""A change in plain values, as TOML and JSON hold it: what is written in either is the same, and read alike.

Every fault is found at once and told with its place, such as `set 2 values.ends`, and what was expected there.
"""

from __future__ import annotations

import datetime as dt
import json
import re
import tomllib
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, cast

from allokering.engine.edits import (
    ROUNDINGS,
    AddRow,
    Cell,
    Cells,
    Edit,
    RemoveRows,
    Rounding,
    ScaleColumn,
    SetCells,
    cells,
    column_of,
    key_names,
)
from allokering.errors import Fault
from allokering.files.cells import LONGEST_TEXT, CellFaulty, cell_text, clean, expected, read_cell
from allokering.files.nearest import did_you_mean
from allokering.files.settings_file import SETTINGS_COLUMNS
from allokering.files.table_columns import Column, Kind, columns
from allokering.language import say
from allokering.tables import TABLES, Pin, PinWhat

PERMILLE_MOST = 100_000
"""A hundredfold."""
_DATE = next(column for column in columns(Pin) if column.kind is Kind.DATE)


@dataclass
class Parts:
    """What a change says, as far as it could be read, and every fault of the rest."""

    name: str
    """Of the file, or whatever the faults are to be told of."""
    title: str | None = None
    edits: list[Edit] = field(default_factory=list)
    settings: dict[str, Cell] = field(default_factory=dict)
    overrides: dict[str, str] = field(default_factory=dict)
    pins: list[Pin] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)

    def fault(self, place: str, value: object, message: str) -> None:
        """Something at `place` is not as it must be."""
        text = None if value is None else value if isinstance(value, str) else json.dumps(value, default=str)
        shown = None if text is None else text[:80].replace("\n", " ")
        self.faults.append(Fault(self.name, None, place, shown, message))


def read_parts(raw: Mapping[str, Any], name: str) -> Parts:
    """Everything that a change in plain values says."""
    parts = Parts(name)
    readers: dict[str, Callable[[Parts, str, Mapping[str, Any]], None]] = {
        "set": _set,
        "add": _add,
        "remove": _remove,
        "scale": _scale,
        "pin": _pin,
    }
    for key, value in raw.items():
        if key == "title":
            parts.title = _title(parts, value)
        elif key in {"settings", "model"} and isinstance(value, Mapping):
            _named(parts, key, value)
        elif key in readers and isinstance(value, list) and all(isinstance(one, Mapping) for one in value):
            for number, one in enumerate(value, start=1):
                readers[key](parts, f"{key} {number}", one)
        elif key in readers:
            parts.fault(key, value, say("entries that begin with [[{section}]]", section=key))
        elif key in {"settings", "model"}:
            parts.fault(key, value, say("keys and values"))
        else:
            known = ("title", *readers, "settings", "model")
            parts.fault(key, None, say("one of {names}", names=", ".join(known)) + did_you_mean(key, known))
    return parts


def plain(
    title: str | None,
    edits: Iterable[Edit],
    settings: Mapping[str, Cell],
    overrides: Mapping[str, str],
    pins: Iterable[Pin],
) -> dict[str, Any]:
    """A change in plain values, in canonical order: JSON as it is; what is empty is left out."""
    written: dict[str, list[dict[str, Any]]] = {"set": [], "add": [], "remove": [], "scale": []}
    for edit in edits:
        match edit:
            case SetCells(table, where, values):
                written["set"].append({"table": table, **_found(table, where), "values": _plain_cells(values)})
            case AddRow(table, values):
                written["add"].append({"table": table, "values": _plain_cells(values)})
            case RemoveRows(table, where, dependents):
                also = {"dependents": True} if dependents else {}
                written["remove"].append({"table": table, **_found(table, where), **also})
            case ScaleColumn(table, column, permille, where, rounding):
                how = {"column": column, "permille": permille, "rounding": rounding}
                written["scale"].append({"table": table, **_found(table, where), **how})
    written["pin"] = [
        _plain_cells(cells({column.name: getattr(pin, column.attribute) for column in columns(Pin)}), drop_empty=True)
        for pin in pins
    ]
    whole: dict[str, Any] = {"title": title} if title else {}
    whole |= {verb: sorted(entries, key=_canonical) for verb, entries in written.items() if entries}
    whole |= {"settings": _plain_cells(cells(settings))} if settings else {}
    return whole | ({"model": dict(sorted(overrides.items()))} if overrides else {})


def canonical_value(text: str) -> str:
    """One spelling of a parameter's value: `[1,2]` and `[1, 2]` are the same."""
    text = text.strip()
    value = _toml_value(text)
    if value is None or isinstance(value, dt.date | dt.datetime | dt.time):
        return text
    if isinstance(value, str):
        return value if _toml_value(value) is None and value == value.strip() else json.dumps(value, ensure_ascii=False)
    return json.dumps(value, ensure_ascii=False, default=str)


def _toml_value(text: str) -> object:
    """What TOML reads as a value; None if it reads none, and the text stands for itself."""
    if "\n" in text:
        return None
    try:
        return tomllib.loads(f"value = {text}")["value"]
    except tomllib.TOMLDecodeError:
        return None


def _canonical(entry: Mapping[str, Any]) -> str:
    return json.dumps(entry, sort_keys=True, ensure_ascii=False)


def _found(table: str, where: Cells) -> dict[str, Any]:
    """How rows are found: by the key, if by nothing else."""
    if not where:
        return {}
    written = _plain_cells(where)
    names = key_names(table)
    if set(written) != set(names):
        return {"where": written}
    return {"key": written[names[0]] if len(names) == 1 else written}


def _plain_cells(values: Cells, *, drop_empty: bool = False) -> dict[str, Any]:
    return {name: _plain_cell(value) for name, value in values if not (drop_empty and value is None)}


def _plain_cell(value: Cell) -> object:
    return value if isinstance(value, bool | int | float) else cell_text(value)


def _title(parts: Parts, value: object) -> str | None:
    if not isinstance(value, str) or not value.strip() or len(value) > LONGEST_TEXT:
        parts.fault("title", value, say("text of at most {longest} characters", longest=LONGEST_TEXT))
        return None
    return clean(value)


def _set(parts: Parts, place: str, raw: Mapping[str, Any]) -> None:
    table = _table(parts, place, raw, {"key", "where", "values"})
    if table is None:
        return
    where = _where(parts, place, table, raw, is_needed=True)
    values = _values(parts, f"{place} values", table, raw.get("values"))
    keys = [name for name, _ in values or () if name in key_names(table)]
    for name in keys:
        parts.fault(f"{place} values.{name}", None, say("no column of the key: remove the row, and add another"))
    if where is not None and values and not keys:
        parts.edits.append(SetCells(table, where, values))


def _add(parts: Parts, place: str, raw: Mapping[str, Any]) -> None:
    table = _table(parts, place, raw, {"values"})
    values = None if table is None else _values(parts, f"{place} values", table, raw.get("values"))
    if table is None or values is None:
        return
    named = {name for name, value in values if value is not None}
    missing = [column for column in columns(TABLES[table]) if column.is_required and column.name not in named]
    for column in missing:
        if column.name not in (raw.get("values") or {}):
            parts.fault(f"{place} values.{column.name}", None, expected(column))
    if not missing:
        parts.edits.append(AddRow(table, values))


def _remove(parts: Parts, place: str, raw: Mapping[str, Any]) -> None:
    table = _table(parts, place, raw, {"key", "where", "dependents"})
    if table is None:
        return
    where = _where(parts, place, table, raw, is_needed=True)
    dependents = raw.get("dependents", False)
    if not isinstance(dependents, bool):
        parts.fault(f"{place} dependents", dependents, say("true or false"))
    elif where is not None:
        parts.edits.append(RemoveRows(table, where, dependents))


def _scale(parts: Parts, place: str, raw: Mapping[str, Any]) -> None:
    table = _table(parts, place, raw, {"key", "where", "column", "permille", "rounding"})
    if table is None:
        return
    where = _where(parts, place, table, raw, is_needed=False)
    numbers = [
        column.name
        for column in columns(TABLES[table])
        if column.kind is Kind.INTEGER and column.name not in key_names(table)
    ]
    name, permille, rounding = raw.get("column"), raw.get("permille"), raw.get("rounding", "nearest")
    is_number = isinstance(permille, int) and not isinstance(permille, bool) and 0 <= permille <= PERMILLE_MOST
    if name not in numbers:
        message = say("a column of whole numbers: {names}", names=", ".join(numbers) or "-")
        parts.fault(f"{place} column", name, message + did_you_mean(str(name), numbers))
    if not is_number:
        words = say("a whole number from {least} to {most}; 1000 changes nothing", least=0, most=PERMILLE_MOST)
        parts.fault(f"{place} permille", permille, words)
    if rounding not in ROUNDINGS:
        parts.fault(f"{place} rounding", rounding, say("one of {names}", names=", ".join(ROUNDINGS)))
    if where is not None and name in numbers and is_number and rounding in ROUNDINGS:
        parts.edits.append(ScaleColumn(table, str(name), cast("int", permille), where, cast("Rounding", rounding)))


def _pin(parts: Parts, place: str, raw: Mapping[str, Any]) -> None:
    found = _values(parts, place, Pin.table, raw)
    if found is None:
        return
    values = {name: value for name, value in found if value is not None}
    missing = [column for column in columns(Pin) if column.is_required and column.name not in values]
    for column in missing:
        if column.name not in raw:
            parts.fault(f"{place}.{column.name}", None, expected(column))
    if values.get("what") == PinWhat.PERIOD and isinstance(values.get("value"), str):
        try:
            values["value"] = cell_text(read_cell(str(values["value"]), _DATE))
        except CellFaulty as error:
            parts.fault(f"{place}.value", values["value"], str(error))
            return
    if not missing:
        parts.pins.append(Pin.model_validate(values))


def _named(parts: Parts, section: str, raw: Mapping[str, Any]) -> None:
    """Settings by their dotted key, or parameters of the model by `id.param`; sections may be nested."""
    flat: dict[str, Any] = {}
    for key, value in raw.items():
        nested = value.items() if isinstance(value, Mapping) else ()
        flat |= {f"{key}.{name}": one for name, one in nested} if nested else {key: value}
    for key, value in flat.items():
        place = f"{section}.{key}"
        if section == "model":
            if "." not in key or isinstance(value, Mapping | dt.date | dt.time):
                parts.fault(place, value, say("id.param = value, such as notice.notice_months = 6"))
            else:
                text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
                parts.overrides[key] = canonical_value(text)
        elif key not in SETTINGS_COLUMNS:
            parts.fault(place, None, say("no such key") + did_you_mean(key, SETTINGS_COLUMNS))
        elif value is None or value == "":
            parts.settings[key] = None  # the key is not there: a default, or a fault of the instance
        else:
            _cell(parts, place, SETTINGS_COLUMNS[key], value, parts.settings, key)


def _table(parts: Parts, place: str, raw: Mapping[str, Any], keys: Collection[str]) -> str | None:
    """The table that an entry speaks of; None if it cannot be told. Keys that an entry cannot have are faults."""
    known = {"table", *keys}
    for key in raw:
        if key not in known:
            names = ", ".join(sorted(known))
            parts.fault(f"{place} {key}", None, say("one of {names}", names=names) + did_you_mean(key, known))
    table = raw.get("table")
    if table not in TABLES:
        parts.fault(f"{place} table", table, say("a table of an instance") + did_you_mean(str(table), TABLES))
        return None
    return str(table)


def _where(parts: Parts, place: str, table: str, raw: Mapping[str, Any], *, is_needed: bool) -> Cells | None:
    """What finds the rows; None, if that is faulty."""
    if "key" in raw and "where" in raw:
        parts.fault(f"{place} where", None, say("the key, or other columns, not both"))
        return None
    if "where" in raw:
        return _values(parts, f"{place} where", table, raw["where"])
    if "key" not in raw:
        if is_needed:
            parts.fault(f"{place} key", None, say("the key of a row, or `where` with what its columns hold"))
        return None if is_needed else ()
    names, key = key_names(table), raw["key"]
    named = key if isinstance(key, Mapping) else {names[0]: key} if len(names) == 1 else {}
    if set(named) != set(names):
        parts.fault(f"{place} key", key, say("{names}: each of them, and no other", names=", ".join(names)))
        return None
    return _values(parts, f"{place} key", table, named)


def _values(parts: Parts, place: str, table: str, raw: object) -> Cells | None:
    """Cells by column; None if any of them is faulty, or there is none."""
    if not isinstance(raw, Mapping) or not raw:
        parts.fault(place, raw, say("columns and what they hold, at least one"))
        return None
    before, found = len(parts.faults), dict[str, Cell]()
    names = [column.name for column in columns(TABLES[table])]
    for name, value in raw.items():
        column = column_of(table, str(name))
        if column is None:
            message = say("no such column in this table") + did_you_mean(str(name), names)
            parts.fault(f"{place}.{name}", None, message)
        else:
            _cell(parts, f"{place}.{name}", column, value, found, str(name))
    return cells(found) if len(parts.faults) == before else None


def _cell(parts: Parts, place: str, column: Column, value: object, found: dict[str, Cell], name: str) -> None:
    """Put what a cell holds among those found; an empty text, or null, is an empty cell."""
    if isinstance(value, Mapping | list):
        parts.fault(place, value, expected(column))
        return
    text = clean(cell_text(value))
    if not text:
        if column.is_required:
            parts.fault(place, None, expected(column))
        else:
            found[name] = cast("Cell", column.default)
        return
    try:
        read = cast("Cell", read_cell(text, column))
    except CellFaulty as error:
        parts.fault(place, text, str(error))
        return
    if _is_within(read, column):
        found[name] = read
    else:
        parts.fault(place, text, expected(column))


def _is_within(value: Cell, column: Column) -> bool:
    """Does the value keep the bounds of the column?"""
    if isinstance(value, str):
        fits = column.pattern is None or re.match(column.pattern, value) is not None
        return fits and len(value) <= (column.longest or LONGEST_TEXT)
    if isinstance(value, int | float) and not isinstance(value, bool):
        return (column.least is None or value >= column.least) and (column.most is None or value <= column.most)
    return True
