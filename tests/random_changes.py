"""Random changes of random instances: edits of every kind that the tables allow, most of them sound."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from random import Random

from allokering.engine.change import Change
from allokering.engine.edits import key_of
from allokering.files.table_columns import Column, Kind, columns
from allokering.instance import Instance
from allokering.tables import TABLES, Row

ONE_AT_A_TIME = ("set", "remove", "scale", "pin", "model")
"""Kinds of edits that are drawn."""
PARAMS = {
    "notice.notice_months": (0, 1, 3, 6),
    "eligibility.home_minutes_max": (0, 30, 60, 120),
    "supervision.trainees_per_supervisor": (1, 2, 3),
    "unplaced.per_trainee": (1, 5),
    "locum.nok_per_week": (0, 50_000),
}


def random_change(instance: Instance, draw: Random) -> Change:
    """One to three edits; they may contradict each other, or leave something that is not allowed."""
    change = Change()
    for _ in range(draw.choice((1, 1, 2, 3))):
        change = one_more(change, instance, draw)
    return change


def one_more(change: Change, instance: Instance, draw: Random) -> Change:
    """The change with another edit, of a kind drawn at random."""
    kind = draw.choice(ONE_AT_A_TIME)
    table = draw.choice([name for name in TABLES if instance.rows(name)])
    row = draw.choice(instance.rows(table))
    key = dict(key_of(table, row))
    if kind == "remove":
        return change.remove(table, key, dependents=draw.random() < 0.7)
    if kind == "model":
        param = draw.choice(sorted(PARAMS))
        return change.override(param, draw.choice(PARAMS[param]))
    if kind == "pin":
        return _with_pin(change, instance, draw)
    free = [column for column in columns(TABLES[table]) if column.attribute not in row.key]
    numbers = [column for column in free if column.kind is Kind.INTEGER]
    if kind == "scale" and numbers:
        column = draw.choice(numbers)
        return change.scale(table, column.name, draw.choice((0, 500, 900, 1001, 1100)), **key)
    if not free:
        return change.remove(table, key)
    column = draw.choice(free)
    return change.set(table, key, **{column.name: _value(column, row, instance, draw)})


def _with_pin(change: Change, instance: Instance, draw: Random) -> Change:
    trainee = draw.choice(instance.trainees).trainee_id
    values: dict[str, list[str]] = {
        "position": [row.position_id for row in instance.positions],
        "site": [row.site_id for row in instance.sites],
        "supervisor": [row.doctor_id for row in instance.doctors],
        "period": [instance.period_start(period).isoformat() for period in range(instance.settings.periods)],
    }
    what = draw.choice([name for name, found in values.items() if found])
    until = draw.choice((None, None, instance.settings.start - dt.timedelta(days=3), instance.end))
    return change.pin(trainee, what, draw.choice(("must", "never")), draw.choice(values[what]), until)


def _value(column: Column, row: Row, instance: Instance, draw: Random) -> object:
    """Another value of the column, near what stands there where it is a number or a date."""
    held = getattr(row, column.attribute)
    if column.reference is not None:
        key = TABLES[column.reference].key[0]
        return draw.choice([getattr(other, key) for other in instance.rows(column.reference)])
    near: dict[Kind, Callable[[], object]] = {
        Kind.INTEGER: lambda: max(int(column.least or 0), (held or 0) + draw.choice((-2, -1, 1, 2, 7))),
        Kind.BOOLEAN: lambda: not held,
        Kind.DATE: lambda: (held or instance.settings.start) + dt.timedelta(days=draw.choice((-200, -31, 31, 200))),
        Kind.CHOICE: lambda: draw.choice(column.choices),
        Kind.DECIMAL: lambda: (held or 60.0) + 0.25,
    }
    if column.kind in near:
        return near[column.kind]()
    others = [getattr(other, column.attribute) for other in instance.rows(type(row).table)]
    return draw.choice(others) or "other"
