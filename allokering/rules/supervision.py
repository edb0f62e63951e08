"""Each trainee in practice has one supervisor: a specialist who is there, near enough, and has room.

Index:   trainee, period in practice; doctor, period
Math:    named supervisors[trainee, p] = 1;  sum_{trainees of d in p} 1 <= supervises_max[d];
         minutes(k, municipality of d) <= travel_minutes_max
Units:   trainees at one time; minutes one way
Assumes: an empty `supervises_max` is `trainees_per_supervisor`; institution service, and a programme that needs no
         supervisor, has none; an unknown travel time is too long
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping

import numpy as np

from allokering.formulation.derived import is_present, minutes_from_parts, municipalities_of_positions
from allokering.formulation.paths import While
from allokering.formulation.scope import Scope
from allokering.instance import Instance
from allokering.kinds import SupervisionParams, SupervisionTravel
from allokering.language import say
from allokering.model import Model
from allokering.plan import Plan, Supervision
from allokering.problem import Integers
from allokering.tables import Doctor, Pin, PinVerb, PinWhat
from allokering.verifier.evidence import (
    WrittenPath,
    holds_throughout,
    minutes_from_position,
    periods_between,
    read_paths,
)
from allokering.violation import Violation

RULE = "supervision"


def enforce(scope: Scope, params: SupervisionParams, instance: Instance) -> None:
    """Demand rows per area (a position's municipalities), supply rows per specialist or pool of them, and transfers.

    Demand and supply are apart, so that a place moves only once: from a specialist to a trainee within reach.
    Specialists of one municipality form a pool, but who is named in a pin stands alone; a trainee with pins has demand
    rows of their own.
    """
    pins = _SupervisorPins(instance)
    supply = _supply(scope, params, instance, pins.named)
    parts = municipalities_of_positions(instance)
    areas = {position: tuple(sorted(municipalities)) for position, municipalities in parts.items()}
    travel = {area: _prices_by_place(scope, params, instance, area) for area in sorted(set(areas.values()))}

    def demand(trainee: str | None) -> Integers:
        """Rows by (position, period) for one trainee with pins, or for everyone without."""
        rows: dict[tuple[str, ...], list[int]] = {}
        for area, prices in travel.items():
            rows[area] = []
            for period in scope.periods:
                if trainee is not None and not pins.hold(trainee, period):
                    rows[area].append(plain[area][period])
                    continue
                row = scope.resource("+".join(area) + (f" {trainee}" if trainee else ""), period, 0)
                rows[area].append(row)
                for (place, doctor), (number, most) in supply.get(period, {}).items():
                    if place in prices and (trainee is None or pins.allow(trainee, doctor, period)):
                        scope.transfer(row, number, most, prices[place])
        if trainee is None:
            plain.update(rows)
        return np.array([rows[area] for area in areas.values()])

    plain: dict[tuple[str, ...], list[int]] = {}
    supervised = [
        trainee.trainee_id
        for trainee in instance.trainees
        if scope.draft.model.programme_params(trainee.programme).needs_supervisor
    ]
    if not areas:
        return
    scope.use(
        While.PRACTICE, demand(None), trainees=[trainee for trainee in supervised if trainee not in pins.trainees]
    )
    for trainee in supervised:
        if trainee in pins.trainees:
            scope.use(While.PRACTICE, demand(trainee), trainees=[trainee])


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


class _SupervisorPins:
    """The pins on supervisors."""

    def __init__(self, instance: Instance) -> None:
        self._instance = instance
        self._pins = [pin for pin in instance.pins if pin.what is PinWhat.SUPERVISOR]
        self.trainees = {pin.trainee_id for pin in self._pins}
        self.named = {pin.value for pin in self._pins}

    def _holding(self, trainee: str, period: int) -> list[Pin]:
        first_day = self._instance.period_start(period)
        return [
            pin for pin in self._pins if pin.trainee_id == trainee and (pin.until is None or first_day <= pin.until)
        ]

    def hold(self, trainee: str, period: int) -> bool:
        """Has the trainee any pin in this period?"""
        return bool(self._holding(trainee, period))

    def allow(self, trainee: str, doctor: str | None, period: int) -> bool:
        """May this specialist, or one of a pool that no pin names, supervise the trainee in this period?"""
        pins = self._holding(trainee, period)
        must = {pin.value for pin in pins if pin.verb is PinVerb.MUST}
        never = {pin.value for pin in pins if pin.verb is PinVerb.NEVER}
        return (not must or doctor in must) and doctor not in never


def _supply(
    scope: Scope, params: SupervisionParams, instance: Instance, named: set[str]
) -> dict[int, dict[tuple[str, str | None], tuple[int, int]]]:
    """By period, then by (municipality, named doctor or None for the pool): the row and its places."""
    supply: dict[int, dict[tuple[str, str | None], tuple[int, int]]] = {}
    for period in scope.periods:
        places: dict[tuple[str, str | None], int] = defaultdict(int)
        for doctor in instance.doctors:
            if doctor.is_specialist and is_present(instance, doctor.starts, doctor.ends, period):
                most = params.trainees_per_supervisor if doctor.supervises_max is None else doctor.supervises_max
                alone = doctor.doctor_id if doctor.doctor_id in named else None
                places[doctor.municipality_id, alone] += most
        supply[period] = {
            key: (scope.resource(f"{key[0]} supply" if key[1] is None else f"{key[1]} supply", period, most), most)
            for key, most in places.items()
            if most > 0
        }
    return supply


def _prices_by_place(
    scope: Scope, params: SupervisionParams, instance: Instance, area: tuple[str, ...]
) -> dict[str, tuple[int, ...] | None]:
    """What a period of supervision from each municipality within reach costs."""
    term = scope.term("supervision_travel")
    prices: dict[str, tuple[int, ...] | None] = {}
    for municipality in instance.municipalities:
        minutes = minutes_from_parts(instance, area, municipality.municipality_id)
        if minutes is None or minutes > params.travel_minutes_max:
            continue
        nok = 0
        if isinstance(term, SupervisionTravel):
            trips_a_period = term.trips_per_month * instance.settings.period_months
            nok = 2 * minutes * trips_a_period * term.nok_per_hour // 60
        prices[municipality.municipality_id] = scope.price("supervision_travel", nok)
    return prices
