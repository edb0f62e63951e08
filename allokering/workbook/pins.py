"""Pins that a planner made by editing the Gantt sheet of a plan workbook.

An edited cell says `=` or `keep` to hold on to what stood there, `A, B` for one of the two, `!A` for anything but A.
A cell as the plan wrote it pins nothing.
"""

from __future__ import annotations

import datetime as dt
import re
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from allokering.errors import Fault, InstanceFaulty
from allokering.files.cells import CellFaulty, cell_text, clean, read_cell
from allokering.files.plan_files import PlanFaulty, read_plan
from allokering.files.reading import in_order
from allokering.files.rows import Line, cell_fault, valid_rows
from allokering.files.sheets import Sheet, read_workbook
from allokering.files.table_columns import Kind, columns
from allokering.files.validation import faults_between_rows
from allokering.instance import Instance
from allokering.language import say
from allokering.plan import Plan
from allokering.tables import TABLES, Pin, PinVerb, PinWhat, Row
from allokering.workbook.gantt import GANTT_SHEET, TRAINEE, shown, standing

KEEP = frozenset({"=", "keep", "behold"})
"""A spreadsheet takes what begins with `=` for a formula, so there are words for it too."""

_DATE = next(column for column in columns(Pin) if column.kind is Kind.DATE)
_VALUE = next(column for column in columns(Pin) if column.attribute == "value")


@dataclass(frozen=True)
class Edit:
    """An edited cell: where it is and what it says."""

    row: int | str
    trainee: str
    what: PinWhat
    text: str
    said: tuple[tuple[PinVerb, str], ...]

    def fault(self, expected: str) -> Fault:
        """A fault of this cell."""
        return replace(cell_fault(GANTT_SHEET, self.row, _VALUE, self.text, expected), column=self.what.value)

    def values(self, verb: PinVerb) -> list[str]:
        """The values that it says must be, or never."""
        return [value for said, value in self.said if said is verb]


def with_recorded_pins(instance: Instance, plan: Plan) -> Instance:
    """The instance as the plan was made for it: with the pins recorded in the plan.

    Raises:
        PlanFaulty: with every recorded pin that cannot be.
    """
    recorded = plan.header.pins
    faults = faults_between_rows({**_lines(instance), Pin.table: _numbered(recorded)}, _bounds(instance))
    if faults:
        raise PlanFaulty(say("Faults in the pins of the plan: {count}", count=len(faults)), faults)
    return instance.with_pins(recorded)


def read_pins(path: str | Path, instance: Instance) -> tuple[Pin, ...]:
    """Every pin of a plan: those recorded when it was made, and those edited into its Gantt sheet since.

    An edited cell replaces what was recorded of the same trainee and the same thing.

    Raises:
        PlanFaulty: it is no plan.
        InstanceFaulty: with every pin that cannot be, at its cell.
    """
    plan = read_plan(path)
    recorded = plan.header.pins
    faults: list[Fault] = []
    sheets = (read_workbook(Path(path), faults) or {}) if Path(path).is_file() else {}
    gantt = sheets.get(GANTT_SHEET)
    edits = [] if gantt is None else _edits(gantt, standing(plan), faults)
    faults += _contradictions(instance, edits)
    for what in PinWhat:
        faults += _impossible(instance, [edit for edit in edits if edit.what is what])
    edited = {(edit.trainee, edit.what) for edit in edits}
    kept = [pin for pin in recorded if (pin.trainee_id, pin.what) not in edited]
    lines = [line for line, pin in zip(_numbered(recorded), recorded, strict=True) if pin in kept]
    faults += faults_between_rows({**_lines(instance), Pin.table: lines}, _bounds(instance))
    if faults:
        found = in_order(faults)
        raise InstanceFaulty(say("Faults in {name}: {count}", name=path, count=len(found)), found)
    pins = [*kept, *(Pin.model_validate(values) for edit in edits for values in _rows_of(edit))]
    return tuple(sorted(pins, key=lambda pin: (pin.trainee_id, pin.what, pin.verb, pin.value)))


def _edits(sheet: Sheet, stands: dict[str, dict[PinWhat, tuple[str, ...]]], faults: list[Fault]) -> list[Edit]:
    """Every cell that no longer says what the plan wrote there."""
    places = {name.casefold(): place for place, name in enumerate(sheet.header.cells)}
    missing = [name for name in (TRAINEE, *(what.value for what in PinWhat)) if name not in places]
    faults += [Fault(sheet.name, sheet.header.number, name, None, say("the column is missing")) for name in missing]
    if missing:
        return []
    edits = []
    for record in sheet.records:
        trainee = record.cells[places[TRAINEE]]
        for what in PinWhat:
            text = record.cells[places[what.value]]
            values = stands.get(trainee, {}).get(what, ())
            if text != shown(values):
                edit = Edit(record.number, trainee, what, text, _said(text, what, values))
                if edit.said:
                    edits.append(edit)
                elif text:
                    faults.append(edit.fault(say("nothing to keep: the plan says nothing here")))
                else:
                    faults.append(edit.fault(_how(shown(values))))
    return edits


def _how(stood: str) -> str:
    return say("{stood} as before, keep to pin it, ids to choose among, or !id to rule one out", stood=stood)


def _said(text: str, what: PinWhat, stands: Sequence[str]) -> tuple[tuple[PinVerb, str], ...]:
    """The pins in a cell, each once."""
    if text.casefold() in KEEP:
        return tuple((PinVerb.MUST, value) for value in stands)
    said: dict[tuple[PinVerb, str], None] = {}
    for part in filter(None, map(clean, re.split(r"[,;\n]", text))):
        verb = PinVerb.NEVER if part.startswith("!") else PinVerb.MUST
        said[verb, _plain(clean(part.removeprefix("!")), what)] = None
    return tuple(said)


def _plain(value: str, what: PinWhat) -> str:
    """A date as ISO writes it, however it was written; anything else as it is."""
    if what is not PinWhat.PERIOD:
        return value
    try:
        return cell_text(read_cell(value, _DATE))
    except CellFaulty:
        return value


def _contradictions(instance: Instance, edits: Sequence[Edit]) -> Iterator[Fault]:
    """Pins of the instance are changed in the instance, not overruled from a plan."""
    fixed: dict[tuple[str, PinWhat, PinVerb], set[object]] = defaultdict(set)
    for pin in instance.pins:
        if pin.until is None or pin.until >= instance.settings.start:
            fixed[pin.trainee_id, pin.what, pin.verb].add(_subject(instance, pin.what, pin.value))
    for edit in edits:
        must, never = (
            {_subject(instance, edit.what, value) for value in edit.values(verb)}
            for verb in (PinVerb.MUST, PinVerb.NEVER)
        )
        instance_must = fixed[edit.trainee, edit.what, PinVerb.MUST]
        instance_never = fixed[edit.trainee, edit.what, PinVerb.NEVER]
        if (must and instance_must and must != instance_must) or must & instance_never or never & instance_must:
            own = [
                f"{pin.verb} {pin.value}"
                for pin in instance.pins
                if (pin.trainee_id, pin.what) == (edit.trainee, edit.what)
            ]
            yield edit.fault(say("nothing against the pins of the instance, which say {pins}", pins=", ".join(own)))


def _subject(instance: Instance, what: PinWhat, value: str) -> object:
    """What a value speaks of: two days of one period speak of the same."""
    if what is not PinWhat.PERIOD:
        return value
    try:
        return bisect_right(_bounds(instance), dt.date.fromisoformat(value))
    except ValueError:
        return value


def _impossible(instance: Instance, edits: Sequence[Edit]) -> Iterator[Fault]:
    """What the instance's own checks say of these pins, all of one kind, at the cells that they stand in."""
    by_row = {edit.row: edit for edit in edits}
    lines = [Line(edit.row, values) for edit in edits for values in _rows_of(edit)]
    faults: list[Fault] = []
    valid_rows(lines, Pin, faults)
    faults += faults_between_rows({**_lines(instance), Pin.table: lines}, _bounds(instance))
    for fault in faults:
        if fault.row is None:
            continue
        edit = by_row[fault.row]
        column = TRAINEE if fault.column == TRAINEE else edit.what.value
        yield replace(fault, table=GANTT_SHEET, column=column)


def _rows_of(edit: Edit) -> Iterator[dict[str, object]]:
    for verb, value in edit.said:
        yield {"trainee_id": edit.trainee, "what": edit.what, "verb": verb, "value": value, "until": None, "note": None}


def _lines(instance: Instance) -> dict[str, list[Line]]:
    """The instance's rows as the checks between rows see them, without its pins."""
    return {table: _numbered(instance.rows(table)) for table in TABLES if table != Pin.table}


def _numbered(rows: Sequence[Row]) -> list[Line]:
    return [Line(number, dict(row)) for number, row in enumerate(rows, start=2)]


def _bounds(instance: Instance) -> list[dt.date]:
    return [instance.period_start(period) for period in range(instance.settings.periods + 1)]
