"""Every edit of a change made at once on the rows of an instance; what does not fit is told, all of it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Any

from allokering.engine.edits import AddRow, Cells, Edit, RemoveRows, ScaleColumn, SetCells, attribute_of, found_by
from allokering.errors import Fault
from allokering.files.cells import cell_text
from allokering.files.nearest import did_you_mean
from allokering.files.table_columns import columns
from allokering.files.validated import key_text
from allokering.instance import Instance
from allokering.language import say
from allokering.tables import TABLES, Pin, PinWhat, Row

PINNED = {PinWhat.POSITION: "positions", PinWhat.SITE: "sites", PinWhat.SUPERVISOR: "doctors"}
"""The table in which the value of a pin is an id, by what is pinned."""


def edited_rows(instance: Instance, edits: Iterable[Edit], name: str, faults: list[Fault]) -> dict[str, list[Row]]:
    """The rows of every table as edited; not yet validated, as one edit may need another.

    Args:
        instance: as it was; every edit speaks of its rows.
        edits: in any order.
        name: of the change, for faults.
        faults: those found are added.
    """
    cells: dict[str, dict[int, dict[str, object]]] = defaultdict(lambda: defaultdict(dict))
    removed: dict[str, set[int]] = defaultdict(set)
    leaving: list[tuple[str, int]] = []
    added: dict[str, list[Row]] = defaultdict(list)
    for edit in edits:
        if isinstance(edit, AddRow):
            added[edit.table].append(_new_row(edit))
            continue
        rows = instance.rows(edit.table)
        places = found_by(edit.where, edit.table, rows)
        if not places:
            faults.append(_not_there(edit.table, edit.where, rows, name))
        if isinstance(edit, RemoveRows):
            removed[edit.table].update(places)
            leaving += [(edit.table, place) for place in places if edit.dependents]
            continue
        for place in places:
            for attribute, value in _new_cells(edit, rows[place]):
                if attribute in cells[edit.table][place]:
                    message = say("each cell changed once; another entry changes it too")
                    faults.append(Fault(name, None, _place(edit.table, rows[place], attribute), None, message))
                cells[edit.table][place][attribute] = value
    _with_dependents(instance, removed, leaving)
    for table, of_table in cells.items():
        for place in sorted(of_table.keys() & removed[table]):
            message = say("a row that stays; another entry removes it")
            faults.append(Fault(name, None, _place(table, instance.rows(table)[place]), None, message))
    return {
        table: [
            row.model_copy(update=cells[table][place]) if place in cells[table] else row
            for place, row in enumerate(instance.rows(table))
            if place not in removed[table]
        ]
        + added[table]
        for table in TABLES
    }


def _new_row(edit: AddRow) -> Row:
    """With every column that is not named as if its cell were empty. Not validated: the whole instance will be."""
    row_type = TABLES[edit.table]
    values: dict[str, Any] = {column.attribute: column.default for column in columns(row_type)}
    values |= {attribute_of(edit.table, name): value for name, value in edit.values}
    return row_type.model_construct(**values)


def _new_cells(edit: SetCells | ScaleColumn, row: Row) -> list[tuple[str, object]]:
    if isinstance(edit, SetCells):
        return [(attribute_of(edit.table, name), value) for name, value in edit.values]
    attribute = attribute_of(edit.table, edit.column)
    number = getattr(row, attribute)
    return [(attribute, None if number is None else edit.scaled(number))]


def _with_dependents(instance: Instance, removed: dict[str, set[int]], leaving: list[tuple[str, int]]) -> None:
    """Add what must name a row that leaves, and what must name that, to what is removed."""
    while leaving:
        table, place = leaving.pop()
        key = TABLES[table].key
        if len(key) > 1:
            continue
        gone = getattr(instance.rows(table)[place], key[0])
        for other, number in _naming(instance, table, gone):
            if number not in removed[other]:
                removed[other].add(number)
                leaving.append((other, number))


def _naming(instance: Instance, table: str, gone: str) -> list[tuple[str, int]]:
    """The rows that name an id of a table in a column that is never empty, and the pins on it."""
    found = []
    for other, row_type in TABLES.items():
        names = [one.attribute for one in columns(row_type) if one.reference == table and one.is_required]
        for number, row in enumerate(instance.rows(other)):
            is_pinned = isinstance(row, Pin) and PINNED.get(row.what) == table and row.value == gone
            if is_pinned or any(getattr(row, attribute) == gone for attribute in names):
                found.append((other, number))
    return found


def _not_there(table: str, where: Cells, rows: Sequence[Row], name: str) -> Fault:
    """No row is found: which column is to blame, if one alone is, and what it might have said."""
    for column, value in where:
        attribute = attribute_of(table, column)
        held = {cell_text(getattr(row, attribute)) for row in rows}
        if cell_text(value) not in held:
            message = say("what some row of {table} holds", table=table) + did_you_mean(cell_text(value), held - {""})
            return Fault(name, None, f"{table} {column}", cell_text(value), message)
    said = ", ".join(f"{column} {cell_text(value)}" for column, value in where)
    return Fault(name, None, table, said or None, say("what some row of {table} holds", table=table))


def _place(table: str, row: Row, attribute: str | None = None) -> str:
    """A row or a cell in words."""
    names = {column.attribute: column.name for column in columns(TABLES[table])}
    return f"{table} {key_text(row)}" + ("" if attribute is None else f" {names[attribute]}")
