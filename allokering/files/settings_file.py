"""`instance.toml`, or the sheet `instance` of a workbook: an instance's title, calendar and provenance."""

from __future__ import annotations

import datetime as dt
import json
import re
import tomllib
from collections.abc import Collection, Iterator, Mapping
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from allokering.errors import Fault
from allokering.files.cells import LONGEST_TEXT, CellFaulty, clean, expected, read_cell
from allokering.files.nearest import did_you_mean
from allokering.files.sheets import Sheet
from allokering.files.table_columns import Column, Kind, columns
from allokering.instance import Settings, TravelFallback, add_months
from allokering.language import say
from allokering.tables import TABLES

SETTINGS_FILE = "instance.toml"
SETTINGS_SHEET = "instance"
LAST_START = dt.date(2300, 1, 1)

_SECTIONS = ("travel_fallback", "provenance")
_TEXT = next(column for column in columns(Settings) if column.kind is Kind.TEXT)
SETTINGS_COLUMNS: dict[str, Column] = {
    **{column.name: column for column in columns(Settings)},
    **{f"travel_fallback.{column.name}": column for column in columns(TravelFallback)},
    **{f"provenance.{table}": _TEXT for table in TABLES},
}
"""Every key that there is."""
_LINE = re.compile(r"\(at line (\d+)")


def read_settings_file(path: Path, faults: list[Fault]) -> dict[str, Any]:
    """The good values of `instance.toml`; everything else in it is a fault."""
    try:
        raw = tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except FileNotFoundError:
        faults.append(Fault(SETTINGS_FILE, None, None, None, say("the file is missing")))
        return {}
    except tomllib.TOMLDecodeError as error:
        line = _LINE.search(str(error))
        number = None if line is None else int(line[1])
        faults.append(Fault(SETTINGS_FILE, number, None, None, say("TOML ({error})", error=error)))
        return {}
    except UnicodeDecodeError:
        faults.append(Fault(SETTINGS_FILE, None, None, None, say("text in UTF-8")))
        return {}
    return _checked(raw, SETTINGS_FILE, {}, faults)


def read_settings_sheet(sheet: Sheet, faults: list[Fault]) -> dict[str, Any]:
    """The good values of the sheet `instance`, whose columns are `key` and `value`."""
    if [name.casefold() for name in sheet.header.cells[:2]] != ["key", "value"]:
        faults.append(Fault(sheet.name, sheet.header.number, None, None, say("the columns key and value")))
        return {}
    raw: dict[str, Any] = {}
    rows: dict[str, int | str] = {}
    for record in sheet.records:
        key, text = record.cells[:2]
        if key in rows:
            message = say("each key once; it stands in row {row} too", row=rows[key])
            faults.append(Fault(sheet.name, record.number, key, text or None, message))
        rows.setdefault(key, record.number)
        if text:
            raw[key] = text
    return _checked(raw, sheet.name, rows, faults)


def read_settings(settings: Settings, faults: list[Fault]) -> dict[str, Any]:
    """The good values of settings made in code."""
    return _checked(settings.model_dump(warnings=False), SETTINGS_SHEET, {}, faults)


def with_settings(settings: Settings, values: Mapping[str, object]) -> Settings:
    """The settings with other values by dotted key; not validated, as those of an instance are with its rows."""
    raw = settings_items(settings) | dict(values)
    nested = _nested({key: value for key, value in raw.items() if value is not None})
    fallback = TravelFallback.model_construct(**nested.pop("travel_fallback", {}))
    return Settings.model_construct(**nested, travel_fallback=fallback)


def checked_settings(raw: Mapping[str, Any], faults: list[Fault]) -> dict[str, Any]:
    """The good values of settings given as a mapping, such as `tomllib` reads; everything else is a fault."""
    return _checked(dict(raw), SETTINGS_SHEET, {}, faults)


def settings_items(settings: Settings) -> dict[str, object]:
    """Every value by its dotted key, in the order in which files hold them."""
    return _flat(settings.model_dump())


def settings_toml(settings: Settings) -> str:
    """The canonical text of `instance.toml`."""
    blocks: dict[str, list[str]] = {}
    for key, value in settings_items(settings).items():
        section, _, name = key.rpartition(".")
        # JSON's text is TOML's too, but for one control character.
        text = value.isoformat() if isinstance(value, dt.date) else json.dumps(value, ensure_ascii=False)
        blocks.setdefault(section, []).append(f"{name} = {text}".replace("\x7f", "\\u007f"))
    return "\n".join(
        "".join(f"{line}\n" for line in ([f"[{section}]", *lines] if section else lines))
        for section, lines in blocks.items()
    )


def period_bounds(values: Mapping[str, Any]) -> list[dt.date]:
    """First day of every period and of the one after the horizon; empty while the calendar is faulty."""
    if not {"start", "periods", "period_months"} <= values.keys():
        return []
    return [add_months(values["start"], period * values["period_months"]) for period in range(values["periods"] + 1)]


def unsourced(values: Mapping[str, Any], tables: Collection[str], file: str) -> Iterator[Fault]:
    """A fault for each of the tables, which have rows, whose provenance is not told; none if nothing could be read."""
    for table in tables:
        if table not in values.get("provenance", tables):
            message = say("where the rows of {table} come from: a source, or 'assumption'", table=table)
            yield Fault(file, None, f"provenance.{table}", None, message)


def _checked(raw: dict[str, Any], file: str, rows: Mapping[str, int | str], faults: list[Fault]) -> dict[str, Any]:
    """The values that are as they should be, with defaults for optional keys that are absent."""
    found: dict[str, Fault] = {}

    def fault(key: str, value: object, message: str) -> None:
        text = value if isinstance(value, str) else json.dumps(value, default=str).strip('"')
        shown = None if value is None else text[:80].replace("\n", " ")
        found.setdefault(key, Fault(file, rows.get(key), key, shown, message))

    flat = _flat(raw)
    for key, value in flat.items():
        if isinstance(value, str):
            column = SETTINGS_COLUMNS.get(key, _TEXT)
            try:
                flat[key] = read_cell(clean(value), column)
            except CellFaulty as error:
                fault(key, value, str(error))
            if not value.strip() or len(value) > LONGEST_TEXT:
                fault(key, value, expected(column))
    try:
        Settings.model_validate(_nested(flat), strict=True)
    except ValidationError as error:
        for one in error.errors(include_url=False, include_context=False):
            key = ".".join(str(part) for part in one["loc"])
            fault(key, None if one["type"] == "missing" else one["input"], _message(key, one["type"]))
    defaults: dict[str, Any] = {column.name: column.default for column in columns(Settings) if not column.is_required}
    flat = defaults | flat
    if "start" in flat.keys() - found.keys() and (flat["start"].day != 1 or flat["start"] > LAST_START):
        fault("start", flat["start"], say("the first day of a month, no later than {last}", last=LAST_START))
    if flat["period_months"] not in (1, 3, 6):
        fault("period_months", flat["period_months"], say("1, 3 or 6"))
    for key in flat:
        if key.startswith("provenance.") and key not in SETTINGS_COLUMNS:
            fault(key, None, say("no such table") + did_you_mean(key, SETTINGS_COLUMNS))
    faults += found.values()
    return _nested({key: value for key, value in flat.items() if key not in found})


def _message(key: str, error_type: str) -> str:
    if error_type == "missing":
        return say("the key is missing")
    if error_type == "extra_forbidden":
        return say("no such key") + did_you_mean(key, SETTINGS_COLUMNS)
    return expected(SETTINGS_COLUMNS[key]) if key in SETTINGS_COLUMNS else say("keys and texts")


def _flat(raw: Mapping[str, Any]) -> dict[str, Any]:
    """One level of sections as dotted keys."""
    flat: dict[str, Any] = {}
    for key, value in raw.items():
        flat |= {f"{key}.{name}": one for name, one in value.items()} if isinstance(value, dict) else {key: value}
    return flat


def _nested(flat: Mapping[str, Any]) -> dict[str, Any]:
    nested: dict[str, Any] = {"provenance": {}}  # without any, every table's own is missing
    for key, value in flat.items():
        section, _, name = key.partition(".")
        if section not in _SECTIONS or not name:
            nested[key] = value
        elif isinstance(nested.setdefault(section, {}), dict):
            nested[section][name] = value
    return nested
