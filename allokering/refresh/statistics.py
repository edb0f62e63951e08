"""Figures per municipality and year in files from Statistics Norway: JSON-stat 2, and CSV long or wide.

https://json-stat.org/full/ says how the first is read. A CSV file is long, with a column for the year and the figure
last, or wide, with the year at the end of a column's name; from the web pages it has the table's title on top.
"""

from __future__ import annotations

import csv
import io
import itertools
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from allokering.errors import UsageError
from allokering.language import say

TABLE_NUMBERS = ("07459", "12005")
"""Population by municipality, and the lists of general practitioners."""

_REGION = {"region", "kokkommuneregion0000"}
_TIME = {"tid", "år", "year"}
_CONTENTS = {"contentscode", "statistikkvariabel", "contents"}
_MUNICIPALITY = re.compile(r"(?:K-)?(\d{4})(?:\s.*)?")
_WITH_YEAR = re.compile(r"(?P<contents>.*?)\s*\b(?P<year>(?:19|20)\d{2})")
_NUMBER = re.compile(r"-?\d+(?:[.,]\d+)?")


@dataclass(frozen=True)
class Figure:
    """One number; None where Statistics Norway has none or may not tell it."""

    municipality: str
    contents: str
    """The code or the Norwegian name of what is counted."""
    year: int
    value: float | None


@dataclass(frozen=True)
class Statistics:
    """The figures of one table for municipalities; those for the country and its counties are left out."""

    table: str
    figures: tuple[Figure, ...]


def read_statistics(text: str, name: str) -> Statistics:
    """The figures in the text of a file.

    Raises:
        UsageError: it is none of the forms, or of another table.
    """
    try:
        title, found = _from_json_stat(json.loads(text)) if text.lstrip().startswith("{") else _from_csv(text)
        figures = tuple(found)
    except (KeyError, IndexError, TypeError, ValueError, AttributeError, StopIteration, RecursionError, csv.Error):
        title, figures = "", ()
    table = next((number for number in TABLE_NUMBERS if number in title), None)
    if not figures or table is None:
        raise UsageError(
            say(
                "{name} is not JSON-stat 2 or CSV of table 07459 or 12005, with the table's number in its title, "
                "by municipality and year",
                name=name,
            )
        )
    return Statistics(table, figures)


def _from_json_stat(cube: Mapping[str, Any]) -> tuple[str, Iterator[Figure]]:
    """The title and the figures."""
    told_by = cube.get("extension", {}).get("px", {}).get("tableid", "")
    return f"{cube.get('label', '')} {told_by}", _cells(cube)


def _cells(cube: Mapping[str, Any]) -> Iterator[Figure]:
    """Row-major order over the dimensions in `id`; values as a list, or by place when most are missing."""
    names: Sequence[str] = cube["id"]
    codes = [_codes(cube["dimension"][name]["category"]) for name in names]
    places = [_place(names, words) for words in (_REGION, _CONTENTS, _TIME)]
    values = cube["value"]
    for number, key in enumerate(itertools.product(*codes)):
        region, contents, year = ("" if place is None else key[place] for place in places)
        municipality = _MUNICIPALITY.fullmatch(region)
        value = values.get(str(number)) if isinstance(values, dict) else values[number]
        if municipality is not None:
            yield Figure(municipality[1], contents, int(year), None if value is None else float(value))


def _codes(category: Mapping[str, Any]) -> list[str]:
    """The codes of a dimension in order. A dimension of one category may have a label only."""
    index = category.get("index", category.get("label"))
    return (
        sorted(index, key=index.__getitem__) if isinstance(index, dict) and "index" in category else list(index or ())
    )


def _from_csv(text: str) -> tuple[str, Iterator[Figure]]:
    """Everything down to the header, and the figures."""
    lines = text.lstrip("\ufeff").splitlines()
    delimiter = max(";,\t", key=lambda one: sum(line.count(one) for line in lines[:20]))
    rows = [row for row in csv.reader(io.StringIO("\n".join(lines)), delimiter=delimiter, strict=True) if row]
    top = next(number for number, row in enumerate(rows) if len(row) > 1 and _place(row, _REGION) is not None)
    return " ".join(cell for row in rows[: top + 1] for cell in row), _lines(rows[top], rows[top + 1 :])


def _lines(header: Sequence[str], rows: Sequence[Sequence[str]]) -> Iterator[Figure]:
    region, contents, time = (_place(header, words) for words in (_REGION, _CONTENTS, _TIME))
    years = {place: found for place, name in enumerate(header) if (found := _WITH_YEAR.fullmatch(name.strip()))}
    for row in rows:
        municipality = _MUNICIPALITY.fullmatch(row[region or 0].strip())
        if municipality is None:
            continue
        if len(row) != len(header):
            raise ValueError("a row is not whole")
        told = "" if contents is None else row[contents]
        if time is not None:
            yield Figure(municipality[1], told, int(row[time]), _number(row[-1]))
        else:
            for place, found in years.items():
                yield Figure(municipality[1], told or found["contents"], int(found["year"]), _number(row[place]))


def _place(names: Sequence[str], words: set[str]) -> int | None:
    return next((place for place, name in enumerate(names) if name.strip().casefold() in words), None)


def _number(text: str) -> float | None:
    """A figure as Statistics Norway writes it; `.`, `..` and `:` are none."""
    plain = re.sub(r"\s", "", text)
    return float(plain.replace(",", ".")) if _NUMBER.fullmatch(plain) else None
