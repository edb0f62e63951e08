"""Each trainee in practice has one supervisor: a specialist who is there, near enough, and has room.

Index:   trainee, period in practice; doctor, period
Math:    named supervisors[trainee, p] = 1;  sum_{trainees of d in p} supervision_places <= supervises_max[d], and
         <= floor(target[d, p] / patients_per_place) while supervisors are relieved;
         minutes(k, municipality of d) <= min(travel_minutes_max, supervisor_minutes_max)
Units:   places at one time; minutes one way
Assumes: an empty `supervises_max` is `trainees_per_supervisor`; institution service, and a programme that needs no
         supervisor, has none; an unknown travel time is too long; who has finished supervises too, within the places
         that the rule pipeline expects
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping

from allokering.evidence.recount import finished_supervisors, places_given, supervisor_room
from allokering.evidence.written_plan import (
    WrittenPath,
    holds_throughout,
    minutes_from_position,
    periods_between,
    read_paths,
    workplaces,
)
from allokering.facts.positions import municipalities_of_positions
from allokering.formulation.path_space import While
from allokering.formulation.scope import Scope
from allokering.instance import Instance
from allokering.kinds import SupervisionParams
from allokering.language import say
from allokering.model import Model
from allokering.plan import Plan, Supervision
from allokering.rules.supervision.places import Demand, SupervisorPins, supervision_supply
from allokering.tables import Doctor
from allokering.violation import Violation

RULE = "supervision"
SCOPE = ("resource", "stage")


def enforce(scope: Scope, params: SupervisionParams, instance: Instance) -> None:
    """Demand rows per area (a position's municipalities), supply rows per specialist or pool of them, and transfers.

    demand[area, p]:  sum_{trainee, path: k of area, in practice in p} supervision_places - sum_pool moved <= 0
    supply[pool, p]:  sum_area moved - places of those who have finished (pipeline) <= sum_{specialists of pool} most,
                      most = supervises_max, while supervisors are relieved at most floor(target / patients_per_place)
    moved[area, pool, p] >= 0, where minutes(area, municipality of pool) <= travel_minutes_max and no pin forbids it;
                      each also uses patients_per_place of `LISTED` and `FREE_PLACES`, and gives it to `ROOM_ABOVE`

    Demand and supply are apart, so that a place moves only once: from a specialist to a trainee within reach.
    Specialists of one municipality form a pool, but who is named in a pin stands alone; a trainee with pins has demand
    rows of their own, and so have trainees whose supervisors may travel less than others'.
    """
    parts = municipalities_of_positions(instance)
    areas = {position: tuple(sorted(municipalities)) for position, municipalities in parts.items()}
    pins = SupervisorPins(instance)
    supply = supervision_supply(scope, params, instance, pins.named)
    if not areas:
        return
    everyone: dict[tuple[int, int], list[str]] = {}
    for trainee in instance.trainees:
        programme = scope.draft.model.programme_params(trainee.programme)
        if programme.needs_supervisor:
            nearest = programme.supervisor_minutes_max
            minutes = params.travel_minutes_max if nearest is None else min(nearest, params.travel_minutes_max)
            everyone.setdefault((minutes, programme.supervision_places), []).append(trainee.trainee_id)
    for minutes in sorted({minutes for minutes, _ in everyone}):
        demand = Demand(scope, params, instance, pins, supply, areas, minutes)
        for (own_minutes, places), trainees in everyone.items():
            if own_minutes != minutes:
                continue
            plain = [trainee for trainee in trainees if trainee not in pins.trainees]
            if plain:
                scope.use(While.PRACTICE, demand.rows(None), places, trainees=plain)
            for pinned in trainees:
                if pinned in pins.trainees:
                    scope.use(While.PRACTICE, demand.rows(pinned), places, trainees=[pinned])


def check(params: SupervisionParams, instance: Instance, model: Model, plan: Plan) -> Iterator[Violation]:
    """Yield every period without its one supervisor, and every supervisor who cannot be one."""
    paths = read_paths(instance, model, plan)
    doctors = {doctor.doctor_id: doctor for doctor in instance.doctors}
    finished = finished_supervisors(instance, model, paths)
    works_in = workplaces(instance, paths)
    yield from _check_named(paths, instance, plan)
    for row in plan.supervision:
        path = paths.get(row.trainee_id)
        yield from _check_needed(path, row, instance)
        if row.supervisor_id in doctors:
            yield from _check_doctor(doctors[row.supervisor_id], row, instance)
        else:
            yield from _check_finished(finished, row, instance)
        if path is not None and row.supervisor_id in works_in:
            yield from _check_travel(path, works_in[row.supervisor_id], row, params.travel_minutes_max, instance)
    yield from _check_room(doctors, params.trainees_per_supervisor, instance, model, plan)


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


def _check_finished(
    finished: Mapping[tuple[str, int], int], row: Supervision, instance: Instance
) -> Iterator[Violation]:
    """Whoever is in training, or has finished another than that of a specialist, is none."""
    subject = f"{row.trainee_id} {row.supervisor_id} {row.from_date}"
    if all(supervisor_id != row.supervisor_id for supervisor_id, _ in finished):
        message = say(
            "{doctor} supervises {trainee} and is no specialist", doctor=row.supervisor_id, trainee=row.trainee_id
        )
        yield Violation(RULE, subject, 1, 0, message)
        return
    attended = periods_between(instance, row.from_date, row.to_date)
    too_early = sum((row.supervisor_id, period) not in finished for period in attended)
    if too_early > 0:
        months = too_early * instance.settings.period_months
        message = say(
            "{doctor} supervises {trainee} {months} months before completing the training; 0 allowed",
            doctor=row.supervisor_id,
            trainee=row.trainee_id,
            months=months,
        )
        yield Violation(RULE, subject, months, 0, message)


def _check_travel(
    path: WrittenPath, works_in: str, row: Supervision, minutes_max: int, instance: Instance
) -> Iterator[Violation]:
    subject = f"{row.trainee_id} {row.supervisor_id} {row.from_date}"
    if path.programme.supervisor_minutes_max is not None:
        minutes_max = min(minutes_max, path.programme.supervisor_minutes_max)
    minutes = minutes_from_position(instance, path.parts, works_in)
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
    doctors: Mapping[str, Doctor], trainees_per_supervisor: int, instance: Instance, model: Model, plan: Plan
) -> Iterator[Violation]:
    """Of doctors; the places of those who have finished are the rule pipeline's."""
    room = supervisor_room(instance, model)
    for (doctor_id, period), places in places_given(instance, model, plan).items():
        if doctor_id not in doctors:
            continue
        agreed = doctors[doctor_id].supervises_max
        limit = trainees_per_supervisor if agreed is None else agreed
        limit = min(limit, room.get((doctor_id, period), limit))
        if places > limit:
            first = instance.period_start(period)
            message = say(
                "{doctor} gives {count} places of supervision from {date}; at most {limit}",
                doctor=doctor_id,
                count=places,
                date=first,
                limit=limit,
            )
            yield Violation(RULE, f"{doctor_id} {first}", places, limit, message)
