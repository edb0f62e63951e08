"""Edits of rows as data: set cells, add a row, remove rows, scale a column. Each speaks of rows as they were.

Edits of one change have no order: all of them see the rows as they stand before any of them is made, and no cell is
edited by two. A row is spoken of by what its columns hold: by its key, or by any other columns.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Literal, get_args

from allokering.files.table_columns import Column, columns
from allokering.tables import TABLES, Row

Cell = str | int | float | bool | dt.date | None
"""What a cell holds; None, if it is empty and its column has no default."""
Cells = tuple[tuple[str, Cell], ...]
"""Cells by the name of their column, as it stands in a header; in the order of the names, each once."""
Rounding = Literal["nearest", "up", "down"]
"""To whole numbers: to the nearest, halves up; or always one way."""
ROUNDINGS: tuple[Rounding, ...] = get_args(Rounding)


@dataclass(frozen=True)
class SetCells:
    """In every row that `where` finds, these columns hold these values."""

    table: str
    where: Cells
    values: Cells


@dataclass(frozen=True)
class AddRow:
    """There is a row with these values; a column that is not named is as if its cell were empty."""

    table: str
    values: Cells


@dataclass(frozen=True)
class RemoveRows:
    """The rows that `where` finds are gone."""

    table: str
    where: Cells
    dependents: bool = False
    """And with them every row that must name one of them, such as a trainee's preferences and pins."""


@dataclass(frozen=True)
class ScaleColumn:
    """In every row that `where` finds, or in all rows, a column of whole numbers is multiplied; empty cells stay so."""

    table: str
    column: str
    permille: int
    where: Cells = ()
    rounding: Rounding = "nearest"

    def scaled(self, number: int) -> int:
        """`number` times `permille` / 1000, rounded."""
        add = {"nearest": 500, "up": 999, "down": 0}[self.rounding]
        return (number * self.permille + add) // 1000


Edit = SetCells | AddRow | RemoveRows | ScaleColumn
"""Any edit of rows."""


def cells(values: Mapping[str, Cell]) -> Cells:
    """Cells in canonical order."""
    return tuple(sorted(values.items()))


def column_of(table: str, name: str) -> Column | None:
    """The column with this name in a header; None if the table has none."""
    return next((column for column in columns(TABLES[table]) if column.name == name), None)


def attribute_of(table: str, name: str) -> str:
    """The attribute of a row that holds the column with this name.

    Raises:
        KeyError: the table has no such column.
    """
    return {column.name: column.attribute for column in columns(TABLES[table])}[name]


def key_names(table: str) -> tuple[str, ...]:
    """The names of the columns of a table's key."""
    row_type = TABLES[table]
    names = {column.attribute: column.name for column in columns(row_type)}
    return tuple(names[part] for part in row_type.key)


def found_by(where: Cells, table: str, rows: Iterable[Row]) -> list[int]:
    """The places of the rows whose columns hold what `where` says; of all rows, if it says nothing."""
    wanted = [(attribute_of(table, name), value) for name, value in where]
    return [
        place for place, row in enumerate(rows) if all(getattr(row, attribute) == value for attribute, value in wanted)
    ]


def key_of(table: str, row: Row) -> Cells:
    """What finds this row and no other."""
    return cells({name: getattr(row, attribute_of(table, name)) for name in key_names(table)})
