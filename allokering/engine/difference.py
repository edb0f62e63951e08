"""What must change in one instance to have the other, as a change."""

from __future__ import annotations

from collections.abc import Iterator

from allokering.engine.change import Change
from allokering.engine.edits import AddRow, Cell, Edit, RemoveRows, SetCells, cells, key_of
from allokering.files.settings_file import settings_items
from allokering.files.table_columns import columns
from allokering.instance import Instance
from allokering.tables import TABLES, Row


def difference(before: Instance, after: Instance, title: str | None = None) -> Change:
    """The fewest edits that make `before` to `after`, but for its name: rows are known by their keys.

    Both are taken to be valid. The provenance of every table with an edit is said to be that of `after`.
    """
    edits, settings = list[Edit](), dict[str, Cell]()
    held, wanted = settings_items(before.settings), settings_items(after.settings)
    for key in sorted(held.keys() | wanted.keys()):
        if held.get(key) != wanted.get(key):
            settings[key] = _cell(wanted.get(key))
    for table in TABLES:
        of_table = list(_edits(table, before.rows(table), after.rows(table)))
        edits += of_table
        if of_table:
            settings[f"provenance.{table}"] = after.settings.provenance.get(table)
    return Change(title, tuple(edits), cells(settings))


def _edits(table: str, before: tuple[Row, ...], after: tuple[Row, ...]) -> Iterator[Edit]:
    held, wanted = ({key_of(table, row): row for row in rows} for rows in (before, after))
    for key, row in held.items():
        if key not in wanted:
            yield RemoveRows(table, key)
        elif row != wanted[key]:
            yield SetCells(table, key, _cells(table, row, wanted[key]))
    for key, row in wanted.items():
        if key not in held:
            yield AddRow(table, _cells(table, None, row))


def _cells(table: str, before: Row | None, after: Row) -> tuple[tuple[str, Cell], ...]:
    """The columns in which a row says something else than before; of a new one, than an empty cell would."""
    return cells(
        {
            column.name: _cell(getattr(after, column.attribute))
            for column in columns(TABLES[table])
            if (column.default if before is None else getattr(before, column.attribute))
            != getattr(after, column.attribute)
        }
    )


def _cell(value: object) -> Cell:
    """A value of a row as an edit holds it: a choice is its text."""
    return str(value) if isinstance(value, str) else value  # type: ignore[return-value]  # rows hold nothing else
