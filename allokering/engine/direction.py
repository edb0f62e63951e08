"""Does a change only take plans away, or only allow more? A hint from the tables: said where it is certain.

A change restricts if every plan of the changed situation is one of the old, at the same price in every tier; it relaxes
if it is so the other way round. What cannot be told from the tables is None. The proof is the compiled problem's form
(`solvers.exact.relation`); the hint says beforehand, and in words of the tables, what may be expected.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator

from allokering.engine.change import Change
from allokering.engine.edits import AddRow, Cell, Edit, RemoveRows, ScaleColumn, SetCells, attribute_of, found_by
from allokering.instance import Instance
from allokering.plan import Direction
from allokering.tables import Pin, PinVerb, PinWhat, Row

LESS_RESTRICTS = {
    ("site_slots", "slots"),
    ("cross_border", "max_residents"),
    ("budgets", "amount_nok"),
    ("municipalities", "max_trainees"),
    ("trainees", "latest_start"),
}
"""Columns that bound something and price nothing; an empty cell of them bounds nothing."""
ROWS_ALLOW = {"site_slots", "cross_border"}
"""Tables whose every row allows more."""
PROSE = ("title", "question", "provenance.")
"""Settings that no plan depends on."""


def direction(change: Change, instance: Instance) -> Direction | None:
    """What the change does to the plans of an instance; "restricts" for one that does nothing to them."""
    found: set[Direction | None] = {None for key, _ in change.settings if not key.startswith(PROSE)}
    found |= {None for _ in change.overrides}
    found.update(_of_pins(change.pins, instance))
    for edit in change.edits:
        found.update(_of_edit(edit, instance))
    if not found:
        return "restricts"
    return found.pop() if len(found) == 1 else None


def _of_edit(edit: Edit, instance: Instance) -> Iterator[Direction | None]:
    match edit:
        case AddRow(table, _):
            yield "relaxes" if table in ROWS_ALLOW else "restricts" if table == "budgets" else None
        case RemoveRows(table, where, _):
            rows = [instance.rows(table)[place] for place in found_by(where, table, instance.rows(table))]
            if table == Pin.table:
                yield "relaxes" if all(getattr(row, "verb", None) is PinVerb.NEVER for row in rows) else None
            else:
                yield "restricts" if table in ROWS_ALLOW else "relaxes" if table == "budgets" else None
        case ScaleColumn(table, column, permille):
            yield None if (table, column) not in LESS_RESTRICTS else "restricts" if permille <= 1000 else "relaxes"
        case SetCells(table, where, values):
            rows = [instance.rows(table)[place] for place in found_by(where, table, instance.rows(table))]
            for name, value in values:
                yield from _of_cells(table, name, value, rows)


def _of_cells(table: str, name: str, value: Cell, rows: Iterable[Row]) -> Iterator[Direction | None]:
    """Of a column set to a value."""
    for row in rows:
        before: Cell = getattr(row, attribute_of(table, name))
        if before == value:
            continue
        if (table, name) not in LESS_RESTRICTS:
            yield None
        else:
            yield "restricts" if _bound(value) < _bound(before) else "relaxes"


def _bound(value: Cell) -> float:
    """A bound as a number; an empty cell bounds nothing."""
    if isinstance(value, dt.date):
        return value.toordinal()
    return float(value) if isinstance(value, int) else float("inf")


def _of_pins(pins: tuple[Pin, ...], instance: Instance) -> Iterator[Direction | None]:
    """A first `must` of its kind restricts, and so does a `never`; a second `must` allows what the first forbids."""
    start = instance.settings.start
    for pin in pins:
        if pin.until is not None and pin.until < start:
            continue
        others = [one for one in (*instance.pins, *pins) if one is not pin and one.trainee_id == pin.trainee_id]
        same = [one for one in others if one.what is pin.what]
        if pin.verb is PinVerb.NEVER:
            yield None if any(one.value == pin.value for one in same) else "restricts"
        elif any(one.verb is PinVerb.MUST for one in same) or any(one.value == pin.value for one in same):
            yield None
        elif pin.what is PinWhat.POSITION and not _is_eligible_anyway(pin, instance):
            yield None  # the pin itself makes the position one that the trainee may hold
        else:
            yield "restricts"


def _is_eligible_anyway(pin: Pin, instance: Instance) -> bool:
    """Has the trainee ranked the position, or not even a home yet?"""
    ranked = any((row.trainee_id, row.position_id) == (pin.trainee_id, pin.value) for row in instance.preferences)
    is_recruit = any(row.trainee_id == pin.trainee_id and row.recruited_to for row in instance.trainees)
    return ranked or is_recruit
