"""Does a plan speak of things that exist, once each, in whole periods?

Until it does, nothing in it can be measured: the verifier looks no further when anything is found here.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterator

from allokering.evidence.written_plan import period_of, periods
from allokering.instance import Instance
from allokering.language import say
from allokering.model import Model
from allokering.plan import PLAN_TABLES, HolderKind, Plan
from allokering.tables import Row
from allokering.violation import Violation

PERIOD_TABLES = frozenset({"lists", "coverage", "cross_border"})
"""Tables whose rows speak of one period each."""


def check_ids(instance: Instance, model: Model, plan: Plan) -> Iterator[Violation]:
    """Yield every id that the instance or model does not know, and every key that stands in two rows of a table."""
    doctors = {row.doctor_id for row in instance.doctors}
    trainees = {row.trainee_id for row in instance.trainees}
    municipalities = {row.municipality_id for row in instance.municipalities}
    known_in = {
        "trainee_id": trainees,
        "supervisor_id": doctors | trainees,
        "position_id": {row.position_id for row in instance.positions},
        "site_id": {row.site_id for row in instance.sites},
        "application_id": {row.application_id for row in instance.applications},
        "municipality_id": municipalities,
        "from_municipality_id": municipalities,
        "to_municipality_id": municipalities,
    }
    unknown = {
        (table, column, str(value))
        for table, row_type in PLAN_TABLES.items()
        for column in known_in.keys() & row_type.model_fields.keys()
        for value in {getattr(row, column) for row in _rows(plan, table)} - known_in[column] - {None}
    }
    unknown |= {
        ("lists", "holder_id", row.holder_id)
        for row in plan.lists
        if row.holder_id not in (doctors if row.kind == HolderKind.DOCTOR else trainees)
    }
    for table, column, value in unknown:
        message = say("{table}: {column} {value} is not in the instance", table=table, column=column, value=value)
        yield Violation("ids", f"{table} {value}", 1, 0, message)
    programmes = {entry.id for entry in model.programmes}
    for trainee in instance.trainees:
        if trainee.programme not in programmes:
            message = say(
                "{trainee}: the model has no programme {programme}",
                trainee=trainee.trainee_id,
                programme=trainee.programme,
            )
            yield Violation("ids", f"{trainee.trainee_id} {trainee.programme}", 1, 0, message)
    yield from _repeated_keys(plan)


def _repeated_keys(plan: Plan) -> Iterator[Violation]:
    for table, row_type in PLAN_TABLES.items():
        keys = Counter(tuple(getattr(row, column) for column in row_type.key) for row in _rows(plan, table))
        for key, count in keys.items():
            if count > 1:
                named = " ".join(str(value) for value in key if value is not None)
                message = say("{table}: {count} rows of {key}; at most 1", table=table, count=count, key=named)
                yield Violation("ids", f"{table} {named}", count, 1, message)


def check_calendar(instance: Instance, plan: Plan) -> Iterator[Violation]:
    """Yield every pair of dates that is not whole periods of the horizon; a path may be completed after it."""
    beginning = {first: period for period, first, _ in periods(instance)}
    ending = {last: period for period, _, last in periods(instance)}
    for table, row_type in PLAN_TABLES.items():
        if "from_date" not in row_type.model_fields:
            continue
        for row in _rows(plan, table):
            first: dt.date | None = row.from_date  # type: ignore[attr-defined]
            last: dt.date | None = row.to_date  # type: ignore[attr-defined]
            completes: dt.date | None = getattr(row, "completes", None)
            if first is None and last is None and completes is None:
                continue
            from_period = beginning.get(first or dt.date.max)
            to_period = ending.get(last or dt.date.min)
            is_whole = from_period is not None and to_period is not None and from_period <= to_period
            is_alone = table not in PERIOD_TABLES or from_period == to_period
            if not (is_whole and is_alone and _ends_a_period(instance, completes)):
                subject = " ".join(str(getattr(row, column)) for column in row.key if getattr(row, column) is not None)
                message = say(
                    "{table}: {subject}: {first} to {last} is not whole periods of the plan",
                    table=table,
                    subject=subject,
                    first=first,
                    last=completes or last,
                )
                yield Violation("calendar", f"{table} {subject}", 1, 0, message)


def _ends_a_period(instance: Instance, completes: dt.date | None) -> bool:
    return completes is None or completes == instance.period_end(period_of(instance, completes))


def _rows(plan: Plan, table: str) -> tuple[Row, ...]:
    rows: tuple[Row, ...] = getattr(plan, table)
    return rows
