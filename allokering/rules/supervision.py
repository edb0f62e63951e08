"""Each trainee in practice has one supervisor: a specialist who is there, near enough, and has room.

Index:   trainee, period in practice; doctor, period
Math:    named supervisors[trainee, p] = 1;  sum_{trainees of d in p} 1 <= supervises_max[d];
         minutes(k, municipality of d) <= travel_minutes_max
Units:   trainees at one time; minutes one way
Assumes: an empty `supervises_max` is `trainees_per_supervisor`; institution service, and a programme that needs no
         supervisor, has none; an unknown travel time is too long
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping

from allokering.evidence import (
    WrittenPath,
    holds_throughout,
    minutes_from_position,
    periods_between,
    read_paths,
)
from allokering.instance import Instance
from allokering.kinds import SupervisionParams
from allokering.language import say
from allokering.model import Model
from allokering.plan import Plan, Supervision
from allokering.tables import Doctor
from allokering.violation import Violation

RULE = "supervision"


def check(params: SupervisionParams, instance: Instance, model: Model, plan: Plan) -> Iterator[Violation]:
    """Yield every period without its one supervisor, and every supervisor who cannot be one."""
    paths = read_paths(instance, model, plan)
    doctors = {doctor.doctor_id: doctor for doctor in instance.doctors}
    yield from _check_named(paths, instance, plan)
    for row in plan.supervision:
        doctor = doctors[row.supervisor_id]
        path = paths.get(row.trainee_id)
        yield from _check_needed(path, row, instance)
        yield from _check_doctor(doctor, row, instance)
        if path is not None:
            yield from _check_travel(path, doctor, row, params.travel_minutes_max, instance)
    yield from _check_room(doctors, params.trainees_per_supervisor, instance, plan)


def _periods_to_supervise(path: WrittenPath | None) -> frozenset[int]:
    return frozenset() if path is None or not path.programme.needs_supervisor else frozenset(path.practice)


def _check_named(paths: Mapping[str, WrittenPath], instance: Instance, plan: Plan) -> Iterator[Violation]:
    named = Counter(
        (row.trainee_id, period)
        for row in plan.supervision
        for period in periods_between(instance, row.from_date, row.to_date)
    )
    for trainee_id, path in paths.items():
        for period in sorted(_periods_to_supervise(path)):
            count = named[trainee_id, period]
            if count != 1:
                first = instance.period_start(period)
                message = say(
                    "{trainee} has {count} supervisors from {date}; 1 required",
                    trainee=trainee_id,
                    count=count,
                    date=first,
                )
                yield Violation(RULE, f"{trainee_id} {first}", count, 1, message)


def _check_needed(path: WrittenPath | None, row: Supervision, instance: Instance) -> Iterator[Violation]:
    needed = _periods_to_supervise(path)
    superfluous = sum(period not in needed for period in periods_between(instance, row.from_date, row.to_date))
    if superfluous > 0:
        months = superfluous * instance.settings.period_months
        message = say(
            "{doctor} supervises {trainee} {months} months outside practice; 0 allowed",
            doctor=row.supervisor_id,
            trainee=row.trainee_id,
            months=months,
        )
        yield Violation(RULE, f"{row.trainee_id} {row.supervisor_id} {row.from_date}", months, 0, message)


def _check_doctor(doctor: Doctor, row: Supervision, instance: Instance) -> Iterator[Violation]:
    subject = f"{row.trainee_id} {row.supervisor_id} {row.from_date}"
    if not doctor.is_specialist:
        message = say(
            "{doctor} supervises {trainee} and is no specialist", doctor=row.supervisor_id, trainee=row.trainee_id
        )
        yield Violation(RULE, subject, 1, 0, message)
    absent = 0
    for period in periods_between(instance, row.from_date, row.to_date):
        first, last = instance.period_start(period), instance.period_end(period)
        if not holds_throughout(doctor.starts, doctor.ends, first, last):
            absent += instance.settings.period_months
    if absent > 0:
        message = say(
            "{doctor} supervises {trainee} {months} months when not there; 0 allowed",
            doctor=row.supervisor_id,
            trainee=row.trainee_id,
            months=absent,
        )
        yield Violation(RULE, subject, absent, 0, message)


def _check_travel(
    path: WrittenPath, doctor: Doctor, row: Supervision, minutes_max: int, instance: Instance
) -> Iterator[Violation]:
    subject = f"{row.trainee_id} {row.supervisor_id} {row.from_date}"
    minutes = minutes_from_position(instance, path.parts, doctor.municipality_id)
    if minutes is None:
        message = say(
            "{doctor} supervises {trainee}, and no way between them is known",
            doctor=row.supervisor_id,
            trainee=row.trainee_id,
        )
        yield Violation(RULE, subject, 1, 0, message)
    elif minutes > minutes_max:
        message = say(
            "{doctor} has {minutes} minutes to {trainee}; at most {limit}",
            doctor=row.supervisor_id,
            minutes=minutes,
            trainee=row.trainee_id,
            limit=minutes_max,
        )
        yield Violation(RULE, subject, minutes, minutes_max, message)


def _check_room(
    doctors: Mapping[str, Doctor], trainees_per_supervisor: int, instance: Instance, plan: Plan
) -> Iterator[Violation]:
    trainees: dict[tuple[str, int], set[str]] = {}
    for row in plan.supervision:
        for period in periods_between(instance, row.from_date, row.to_date):
            trainees.setdefault((row.supervisor_id, period), set()).add(row.trainee_id)
    for (doctor_id, period), supervised in trainees.items():
        agreed = doctors[doctor_id].supervises_max
        limit = trainees_per_supervisor if agreed is None else agreed
        if len(supervised) > limit:
            first = instance.period_start(period)
            message = say(
                "{doctor} supervises {count} trainees from {date}; at most {limit}",
                doctor=doctor_id,
                count=len(supervised),
                date=first,
                limit=limit,
            )
            yield Violation(RULE, f"{doctor_id} {first}", len(supervised), limit, message)
