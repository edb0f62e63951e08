"""What must hold between the rows of an instance: every place where it does not, at once.

Each check sees the rows as far as they could be read, so that one faulty cell does not hide another fault. A check
says nothing of values that are themselves faulty, nor of references to a table that could not be read.
"""

from __future__ import annotations

import datetime as dt
from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence

from allokering.errors import Fault
from allokering.files.cells import cell_text
from allokering.files.nearest import Suggestions
from allokering.files.rows import Line, cell_fault
from allokering.files.table_columns import Column, columns
from allokering.language import say
from allokering.tables import TABLES, PinWhat, Row

Lines = Mapping[str, Sequence[Line]]
"""The rows of every table that could be read."""

_IN_ORDER = (
    ("doctors", "list_size", "list_limit"),
    ("doctors", "list_target", "list_limit"),
    ("doctors", "starts", "ends"),
    ("positions", "opens", "closes"),
    ("trainees", "earliest_start", "latest_start"),
    ("site_slots", "from_date", "to_date"),
    ("budgets", "from_date", "to_date"),
)
"""Pairs of columns of which the first is never greater than the second."""

_PINNED_TABLE = {PinWhat.POSITION: "positions", PinWhat.SITE: "sites", PinWhat.SUPERVISOR: "doctors"}


def faults_between_rows(lines: Lines, bounds: Sequence[dt.date]) -> list[Fault]:
    """Every fault that no single cell shows.

    `bounds` are the first days of the periods and the day after the horizon, or empty while the calendar is faulty.
    """
    return [
        *(fault for table in lines for fault in repeated_keys(lines[table], TABLES[table])),
        *_dangling_references(lines),
        *_out_of_order(lines),
        *_shares(lines),
        *_trainees_who_cannot_start(lines, bounds),
        *_ranks_given_twice(lines),
        *_journeys_to_where_one_is(lines),
        *_borders_to_where_one_is(lines),
        *_ids_of_two_people(lines),
        *_wards(lines),
        *_forms(lines),
        *_recruits(lines),
        *_ranks_of_recruits(lines),
        *_pins(lines, bounds),
    ]


def repeated_keys(lines: Sequence[Line], row_type: type[Row]) -> Iterator[Fault]:
    """Rows with the key of an earlier row, or with an id that differs from an earlier one in case only."""
    first: dict[tuple[str, ...], int | str] = {}
    first_in_any_case: dict[str, tuple[int | str, str]] = {}
    key_columns = [column for column in columns(row_type) if column.attribute in row_type.key]
    for line in lines:
        if any(column.attribute not in line.values for column in key_columns):
            continue
        key = tuple(cell_text(line.values[column.attribute]) for column in key_columns)
        text, name = " ".join(key), ", ".join(column.name for column in key_columns)
        number, other = first_in_any_case.setdefault(text.casefold(), (line.number, text))
        if key in first:
            message = say("no other row with the same; row {row} has it too", row=first[key])
            yield Fault(row_type.table, line.number, name, text, message)
        elif other != text and len(key) == 1:
            message = say('ids that differ in more than case; row {row} is "{id}"', row=number, id=other)
            yield Fault(row_type.table, line.number, name, text, message)
        first.setdefault(key, line.number)


def _dangling_references(lines: Lines) -> Iterator[Fault]:
    for table, rows in lines.items():
        for column in columns(TABLES[table]):
            ids = None if column.reference is None else _known_ids(lines, column.reference)
            if ids is None:
                continue
            suggestions = Suggestions(ids)
            for line in rows:
                value = line.values.get(column.attribute)
                if value is not None and value not in ids:
                    message = say("an id in {table}", table=column.reference) + suggestions.to(value)
                    yield cell_fault(table, line.number, column, value, message)


def _out_of_order(lines: Lines) -> Iterator[Fault]:
    for table, first, second in _IN_ORDER:
        lesser, greater = _column(table, first), _column(table, second)
        for line in lines.get(table, ()):
            low, high = line.values.get(first), line.values.get(second)
            if low is not None and high is not None and low > high:
                message = say("at most {column}, which is {value}", column=greater.name, value=cell_text(high))
                yield cell_fault(table, line.number, lesser, cell_text(low), message)


def _shares(lines: Lines) -> Iterator[Fault]:
    """The shares of a position sum to 100."""
    if "position_parts" not in lines:
        return
    parts: dict[str, list[Line]] = defaultdict(list)
    for line in lines["position_parts"]:
        parts[line.values.get("position_id", "")].append(line)
    share = _column("position_parts", "share_percent")
    for position, rows in parts.items():
        if position and all("share_percent" in line.values for line in rows):
            total = sum(line.values["share_percent"] for line in rows)
            if total != 100:
                message = say(
                    'shares of position "{position}" that sum to 100; they sum to {total}',
                    position=position,
                    total=total,
                )
                yield cell_fault(
                    "position_parts", rows[0].number, share, cell_text(rows[0].values["share_percent"]), message
                )
    # A part whose position cannot be read may belong to any position.
    if "" not in parts:
        for position, line in (_known_ids(lines, "positions") or {}).items():
            if position not in parts:
                message = say("at least one row in position_parts for this position")
                yield cell_fault("positions", line.number, _column("positions", "position_id"), position, message)


def _trainees_who_cannot_start(lines: Lines, bounds: Sequence[dt.date]) -> Iterator[Fault]:
    """The window of a trainee holds the first day of a period of the horizon."""
    starts = bounds[:-1]
    column = _column("trainees", "earliest_start")
    for line in lines.get("trainees", ()):
        earliest, latest = line.values.get("earliest_start"), line.values.get("latest_start", dt.date.max)
        if not starts or earliest is None or (latest or dt.date.max) < earliest:
            continue
        place = bisect_left(starts, earliest)
        if place == len(starts) or starts[place] > (latest or dt.date.max):
            message = say(
                "with latest_start, a window that holds the first day of a period; the periods begin {starts}",
                starts=_some([start.isoformat() for start in starts]),
            )
            yield cell_fault("trainees", line.number, column, cell_text(earliest), message)


def _ranks_given_twice(lines: Lines) -> Iterator[Fault]:
    first: dict[tuple[str, int], int | str] = {}
    column = _column("preferences", "rank")
    for line in lines.get("preferences", ()):
        trainee, rank = line.values.get("trainee_id"), line.values.get("rank")
        if trainee is not None and rank is not None:
            row = first.get((trainee, rank))
            if row is None:
                first[trainee, rank] = line.number
            else:
                message = say('each rank of trainee "{trainee}" once; row {row} has it too', trainee=trainee, row=row)
                yield cell_fault("preferences", line.number, column, cell_text(rank), message)


def _journeys_to_where_one_is(lines: Lines) -> Iterator[Fault]:
    for line in lines.get("travel", ()):
        here, there = line.values.get("from_municipality_id"), line.values.get("to_municipality_id")
        if here is None or here != there:
            continue
        if line.values.get("minutes"):
            message = say("0 minutes from a municipality to itself")
            yield cell_fault("travel", line.number, _column("travel", "minutes"), str(line.values["minutes"]), message)
        if line.values.get("kilometres"):
            message = say("0 kilometres from a municipality to itself")
            kilometres = str(line.values["kilometres"])
            yield cell_fault("travel", line.number, _column("travel", "kilometres"), kilometres, message)


def _borders_to_where_one_is(lines: Lines) -> Iterator[Fault]:
    column = _column("cross_border", "to_municipality_id")
    for line in lines.get("cross_border", ()):
        here, there = line.values.get("from_municipality_id"), line.values.get("to_municipality_id")
        if here is not None and here == there:
            message = say("another municipality than the one the residents live in")
            yield cell_fault("cross_border", line.number, column, str(there), message)


def _ids_of_two_people(lines: Lines) -> Iterator[Fault]:
    """A list's holder is a doctor or a trainee: no id names both."""
    doctors = _known_ids(lines, "doctors") or {}
    column = _column("trainees", "trainee_id")
    for trainee, line in (_known_ids(lines, "trainees") or {}).items():
        if trainee in doctors:
            message = say("an id that no doctor has; row {row} of doctors has it", row=doctors[trainee].number)
            yield cell_fault("trainees", line.number, column, trainee, message)


def _wards(lines: Lines) -> Iterator[Fault]:
    """A ward belongs to a municipality that is no ward itself."""
    column = _column("municipalities", "parent_id")
    municipalities = _known_ids(lines, "municipalities") or {}
    for line in lines.get("municipalities", ()):
        parent = line.values.get("parent_id")
        if parent is None:
            continue
        if parent == line.values.get("municipality_id"):
            message = say("another municipality than the ward itself")
            yield cell_fault("municipalities", line.number, column, parent, message)
        elif parent in municipalities and municipalities[parent].values.get("parent_id") is not None:
            message = say("a municipality that is not a ward; row {row} is one", row=municipalities[parent].number)
            yield cell_fault("municipalities", line.number, column, parent, message)


def _forms(lines: Lines) -> Iterator[Fault]:
    """A position is another form of one that stands for itself, decided or optional as that is."""
    column, state = _column("positions", "alternative_to"), _column("positions", "state")
    positions = _known_ids(lines, "positions") or {}
    for line in lines.get("positions", ()):
        first = line.values.get("alternative_to")
        if first is None:
            continue
        if first == line.values.get("position_id"):
            message = say("another position than the row's own")
            yield cell_fault("positions", line.number, column, first, message)
        elif first in positions:
            other = positions[first]
            if other.values.get("alternative_to") is not None:
                message = say("a position that is no alternative itself; row {row} is one", row=other.number)
                yield cell_fault("positions", line.number, column, first, message)
            own, same = line.values.get("state"), other.values.get("state")
            if own is not None and same is not None and own != same:
                message = say("{state}, as row {row} that it is another form of", state=same, row=other.number)
                yield cell_fault("positions", line.number, state, own, message)


def _recruits(lines: Lines) -> Iterator[Fault]:
    """Somebody is recruited to a position, whichever form it gets."""
    column = _column("trainees", "recruited_to")
    positions = _known_ids(lines, "positions") or {}
    for line in lines.get("trainees", ()):
        announced = line.values.get("recruited_to")
        if announced in positions:
            first = positions[announced].values.get("alternative_to")
            if first is not None:
                message = say('a position that is no alternative: "{position}" for this one', position=first)
                yield cell_fault("trainees", line.number, column, announced, message)


def _ranks_of_recruits(lines: Lines) -> Iterator[Fault]:
    """Nobody knows what somebody yet to be recruited wishes."""
    column = _column("preferences", "trainee_id")
    trainees = _known_ids(lines, "trainees") or {}
    for line in lines.get("preferences", ()):
        trainee = line.values.get("trainee_id")
        if trainee in trainees and trainees[trainee].values.get("recruited_to") is not None:
            message = say(
                "a trainee who is known; row {row} of trainees is yet to be recruited", row=trainees[trainee].number
            )
            yield cell_fault("preferences", line.number, column, trainee, message)


def _pins(lines: Lines, bounds: Sequence[dt.date]) -> Iterator[Fault]:
    """A pin names something that exists, and no trainee both must and must never have it."""
    column = _column("pins", "value")
    stands: dict[tuple[object, ...], tuple[str, int | str]] = {}
    ids_of = {what: _known_ids(lines, table) for what, table in _PINNED_TABLE.items()}
    suggestions = {what: Suggestions(ids or ()) for what, ids in ids_of.items()}
    for line in lines.get("pins", ()):
        trainee, what, verb, value, until = (
            line.values.get(name) for name in ("trainee_id", "what", "verb", "value", "until")
        )
        if what is None or value is None:
            continue
        subject: object = value
        if what == PinWhat.PERIOD:
            # A pin that no longer holds may well speak of a period before the plan.
            if not bounds or (until is not None and until < bounds[0]):
                continue
            date = _date_of(value)
            if date is None or not bounds[0] <= date < bounds[-1]:
                last = bounds[-1] - dt.timedelta(days=1)
                message = say("a day from {first} to {last}, inside the plan", first=bounds[0], last=last)
                yield cell_fault("pins", line.number, column, value, message)
                continue
            subject = bisect_right(bounds, date)
        else:
            ids = ids_of[what]
            if ids is not None and value not in ids:
                message = say("an id in {table}", table=_PINNED_TABLE[what]) + suggestions[what].to(value)
                yield cell_fault("pins", line.number, column, value, message)
                continue
        if trainee is not None and verb is not None:
            other, row = stands.setdefault((trainee, what, subject), (verb, line.number))
            if other != verb:
                message = say('must or never, not both; row {row} says "{verb}"', row=row, verb=other)
                yield cell_fault("pins", line.number, column, value, message)


def _known_ids(lines: Lines, table: str) -> dict[str, Line] | None:
    """The rows of a table by id; None if the table or its ids could not be read."""
    if table not in lines:
        return None
    (key,) = TABLES[table].key
    by_id = {line.values[key]: line for line in lines[table] if key in line.values}
    return by_id if by_id or not lines[table] else None


def _column(table: str, attribute: str) -> Column:
    return next(column for column in columns(TABLES[table]) if column.attribute == attribute)


def _date_of(text: str) -> dt.date | None:
    try:
        return dt.date.fromisoformat(text)
    except ValueError:
        return None


def _some(names: Sequence[str]) -> str:
    """The names, or the first and the last of many."""
    return ", ".join(names) if len(names) <= 6 else f"{', '.join(names[:3])}, …, {names[-1]}"
