"""The columns of a table as data: name, kind of value, bounds, unit, reference and meaning of each.

Everything that reads, writes or describes a table asks here, and here asks the definitions in `tables` and `plan`.
"""

from __future__ import annotations

import datetime as dt
import types
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from typing import Annotated, Union, get_args, get_origin

from annotated_types import Ge, Le, MaxLen
from pydantic import BaseModel, StringConstraints
from pydantic.fields import FieldInfo

from allokering.tables import Ref, Unit


class Kind(StrEnum):
    """What kind of value stands in a column."""

    TEXT = "text"
    ID = "id"
    INTEGER = "whole number"
    DECIMAL = "number"
    BOOLEAN = "yes or no"
    DATE = "date"
    CHOICE = "one of"


@dataclass(frozen=True)
class Column:
    """One column: how it is called in a file and as an attribute, and which values it takes."""

    name: str
    attribute: str
    kind: Kind
    is_required: bool
    default: object
    """The value of an empty cell; None if the column is required."""
    choices: tuple[str, ...]
    reference: str | None
    """The table whose id it must be."""
    unit: str | None
    least: float | None
    most: float | None
    longest: int | None
    """Most characters of a text."""
    pattern: str | None
    """The regular expression that a text matches."""
    description: str
    example: str | None


_KINDS: dict[object, Kind] = {
    str: Kind.TEXT,
    int: Kind.INTEGER,
    float: Kind.DECIMAL,
    bool: Kind.BOOLEAN,
    dt.date: Kind.DATE,
}


@cache
def columns(record: type[BaseModel]) -> tuple[Column, ...]:
    """Every field of `record` that holds a single value, in the order of the definition."""
    described = (_column(attribute, field) for attribute, field in record.model_fields.items())
    return tuple(column for column in described if column is not None)


@cache
def column_names(record: type[BaseModel]) -> frozenset[str]:
    """The names of the columns, as they stand in a header."""
    return frozenset(column.name for column in columns(record))


def _column(attribute: str, field: FieldInfo) -> Column | None:
    base, marks = _unwrapped(field.annotation, field.metadata)
    choices: tuple[str, ...] = tuple(base) if isinstance(base, type) and issubclass(base, StrEnum) else ()
    kind = Kind.CHOICE if choices else _KINDS.get(base)
    if kind is None:
        return None
    pattern = next((str(mark.pattern) for mark in marks if isinstance(mark, StringConstraints) and mark.pattern), None)
    if pattern is not None:
        kind = Kind.ID
    return Column(
        name=field.alias or attribute,
        attribute=attribute,
        kind=kind,
        is_required=field.is_required(),
        default=None if field.is_required() else field.default,
        choices=choices,
        reference=next((mark.table for mark in marks if isinstance(mark, Ref)), None),
        unit=next((mark.name for mark in marks if isinstance(mark, Unit)), None),
        least=next((float(str(mark.ge)) for mark in marks if isinstance(mark, Ge)), None),
        most=next((float(str(mark.le)) for mark in marks if isinstance(mark, Le)), None),
        longest=next(_longest(marks), None),
        pattern=pattern,
        description=field.description or "",
        example=None if not field.examples else str(field.examples[0]),
    )


def _unwrapped(annotation: object, metadata: Iterable[object]) -> tuple[object, list[object]]:
    """The plain type under `Annotated` and `| None`, and everything said about it on the way."""
    said = list(metadata)
    while get_origin(annotation) in {Annotated, Union, types.UnionType}:
        if get_origin(annotation) is Annotated:
            annotation, *more = get_args(annotation)
            said += more
        else:
            annotation = next(part for part in get_args(annotation) if part is not type(None))
    return annotation, list(_flat(said))


def _flat(marks: Iterable[object]) -> Iterator[object]:
    for mark in marks:
        if isinstance(mark, FieldInfo):
            yield from _flat(mark.metadata)
        else:
            yield mark


def _longest(marks: Iterable[object]) -> Iterator[int]:
    for mark in marks:
        longest = mark.max_length if isinstance(mark, (MaxLen, StringConstraints)) else None
        if longest is not None:
            yield longest
