"""Residents, list lengths and places of supervision counted again from the raw tables, for the verifier alone."""

from __future__ import annotations

import datetime as dt
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping

from allokering.evidence.written_plan import (
    WrittenPath,
    holds_throughout,
    main_municipality,
    period_of,
    periods,
    periods_between,
    rule_in_force,
    whole_months,
    workplaces,
)
from allokering.instance import Instance
from allokering.kinds import FreePlaces, ListTarget, Pipeline, SupervisorRelief, TraineeList, Workload
from allokering.model import Entry, Model
from allokering.plan import Plan
from allokering.tables import Doctor, Municipality

NATIONAL_MEAN = 1000
"""Use of GP services in permille of the nation's mean."""


def residents_after(municipality: Municipality, months: int) -> int:
    """Residents so many months after the plan's start: linear growth of the starting number, rounded down."""
    permille_months = 12_000 + municipality.growth_permille_per_year * months
    return max(0, municipality.residents * permille_months // 12_000)


def agreed_list(doctor: Doctor) -> int:
    """The list in patients that the doctor has agreed to, whatever the policy."""
    return doctor.list_limit if doctor.list_target is None else min(doctor.list_limit, doctor.list_target)


def doctor_targets(instance: Instance, model: Model) -> dict[tuple[str, int], int]:
    """The target in patients of every doctor's list, by (doctor, period), for the periods when the doctor is present.

    The least of what is agreed and what the policy's list target and working week allow; what a supervisor is relieved
    of is not taken off.
    """
    weights = {row.municipality_id: row.age_weight_permille for row in instance.municipalities}
    targets = {}
    for period, first, last in periods(instance):
        capped, hours = model.measure("list_target", first), model.measure("workload", first)
        target = None if capped is None else ListTarget.model_validate(capped.params)
        workload = None if hours is None else Workload.model_validate(hours.params)
        months = 0 if capped is None else _months_in_force(capped, first, instance)
        for doctor in instance.doctors:
            if not holds_throughout(doctor.starts, doctor.ends, first, last):
                continue
            patients, weight = agreed_list(doctor), weights[doctor.municipality_id]
            if target is not None and _applies(target, doctor):
                patients = min(patients, _capped_list(target, doctor, weight, months))
            if workload is not None and _applies(workload, doctor):
                patients = min(patients, _list_of_a_week(workload, doctor, weight))
            targets[doctor.doctor_id, period] = patients
    return targets


def _months_in_force(measure: Entry, first: dt.date, instance: Instance) -> int:
    start = instance.settings.start
    return whole_months(max(measure.from_date or start, start), first)


def _applies(measure: ListTarget | Workload, doctor: Doctor) -> bool:
    return measure.municipalities is None or doctor.municipality_id in measure.municipalities


def _capped_list(target: ListTarget, doctor: Doctor, weight: int, months: int) -> int:
    weight = weight if target.age_weighted else NATIONAL_MEAN
    patients = target.patients_per_fte * NATIONAL_MEAN // weight * doctor.fte_percent // 100
    if target.phase_in_patients_per_year is None:
        return patients
    return max(patients, agreed_list(doctor) - target.phase_in_patients_per_year * months // 12)


def _list_of_a_week(workload: Workload, doctor: Doctor, weight: int) -> int:
    weight = weight if workload.age_weighted else NATIONAL_MEAN
    minutes = max(0, workload.minutes_per_week_max - workload.fixed_minutes_per_week) * doctor.fte_percent // 100
    return minutes * 60 * 1000 // (workload.seconds_per_patient_week * weight)


def working_weeks(instance: Instance, model: Model, plan: Plan) -> dict[tuple[str, int], int]:
    """Minutes a week that every doctor works with the list of the plan, by (doctor, period).

    For the periods and places where the policy reckons in hours.
    """
    weights = {row.municipality_id: row.age_weight_permille for row in instance.municipalities}
    doctors = {doctor.doctor_id: doctor for doctor in instance.doctors}
    workloads = {
        period: Workload.model_validate(measure.params)
        for period, first, _ in periods(instance)
        if (measure := model.measure("workload", first)) is not None
    }
    weeks = {}
    for row in plan.lists:
        period = period_of(instance, row.from_date)
        workload, doctor = workloads.get(period), doctors.get(row.holder_id)
        if workload is not None and doctor is not None and _applies(workload, doctor):
            weight = weights[doctor.municipality_id] if workload.age_weighted else NATIONAL_MEAN
            fixed = workload.fixed_minutes_per_week * doctor.fte_percent // 100
            with_patients = row.patients * workload.seconds_per_patient_week * weight // 60_000
            weeks[doctor.doctor_id, period] = fixed + with_patients
    return weeks


def trainee_lists(instance: Instance, model: Model, paths: Iterable[WrittenPath]) -> dict[tuple[str, str, int], int]:
    """The longest list of every trainee in patients, by (trainee, municipality, period).

    For periods in practice, where without a number in the programme or the policy the list is 0, and for those after
    the training, if the model follows who has finished. What a supervisor is relieved of is not taken off.
    """
    measures = (model.measure("trainee_list", first) for _, first, _ in periods(instance))
    policy = [
        (0,) if measure is None else TraineeList.model_validate(measure.params).patients_by_training_year
        for measure in measures
    ]
    pipeline = _pipeline(instance, model)
    lists = {}
    for path in paths:
        for part in path.parts:
            key = (path.trainee.trainee_id, part.municipality_id)
            for period in path.practice:
                stair = path.programme.patients_by_training_year or policy[period]
                whole = _list_in_training(stair, path, period, instance.settings.period_months)
                lists[*key, period] = whole * part.share_percent // 100 * path.chance // 1000
            if pipeline is not None and path.programme.leads_to_specialist:
                whole = pipeline.patients * path.trainee.fte_percent * part.share_percent // 10_000
                for period in path.finished:
                    lists[*key, period] = _expected(whole, pipeline, path, period, instance)
    return lists


def _list_in_training(stair: tuple[int, ...], path: WrittenPath, period: int, period_months: int) -> int:
    done = 100 * (path.trainee.practice_months_done + path.trainee.institution_months_done)
    worked = (period - path.held.start) * path.trainee.fte_percent * period_months
    year = (done + worked) // 1200
    whole = stair[min(year, len(stair) - 1)] * path.trainee.fte_percent // 100
    return whole if path.position.list_limit is None else min(whole, path.position.list_limit)


def _pipeline(instance: Instance, model: Model) -> Pipeline | None:
    rule = rule_in_force(instance, model, "pipeline")
    return None if rule is None else Pipeline.model_validate(rule.params)


def _expected(amount: int, pipeline: Pipeline, path: WrittenPath, period: int, instance: Instance) -> int:
    """What is left of an amount when who has finished may have gone, or never have come."""
    stair = pipeline.stays_permille_by_year
    year = (period - path.finished.start) * instance.settings.period_months // 12
    return amount * stair[min(year, len(stair) - 1)] // 1000 * path.chance // 1000


def finished_supervisors(
    instance: Instance, model: Model, paths: Mapping[str, WrittenPath]
) -> dict[tuple[str, int], int]:
    """The places of supervision that who has finished is expected to give, by (trainee, period)."""
    pipeline = _pipeline(instance, model)
    if pipeline is None:
        return {}
    per_place = _relief_per_place(instance, model)
    lists = trainee_lists(instance, model, paths.values())
    places = {}
    for trainee_id, path in paths.items():
        if path.programme.leads_to_specialist:
            for period in path.finished:
                expected = _expected(pipeline.supervises, pipeline, path, period, instance)
                patients = lists[trainee_id, main_municipality(path.parts), period]
                places[trainee_id, period] = expected if per_place[period] * expected <= patients else 0
    return places


def _relief_per_place(instance: Instance, model: Model) -> list[int]:
    """Patients that a supervisor is relieved of for each place, by period; 0 where no measure is in force."""
    measures = (model.measure("supervisor_relief", first) for _, first, _ in periods(instance))
    return [
        0 if measure is None else SupervisorRelief.model_validate(measure.params).patients_per_place
        for measure in measures
    ]


def supervisor_room(instance: Instance, model: Model) -> dict[tuple[str, int], int]:
    """The most places that a doctor's list leaves room for, by (doctor, period), while supervisors are relieved."""
    per_place = _relief_per_place(instance, model)
    return {
        (doctor_id, period): target // per_place[period]
        for (doctor_id, period), target in doctor_targets(instance, model).items()
        if per_place[period] > 0
    }


def places_given(instance: Instance, model: Model, plan: Plan) -> dict[tuple[str, int], int]:
    """The places of supervision that everyone named gives, by (supervisor, period)."""
    supervised: dict[tuple[str, int], set[str]] = defaultdict(set)
    for row in plan.supervision:
        for period in periods_between(instance, row.from_date, row.to_date):
            supervised[row.supervisor_id, period].add(row.trainee_id)
    takes = {
        trainee.trainee_id: model.programme_params(trainee.programme).supervision_places
        for trainee in instance.trainees
    }
    return {key: sum(takes[trainee_id] for trainee_id in trainees) for key, trainees in supervised.items()}


def supervisor_relief(instance: Instance, model: Model, plan: Plan) -> dict[tuple[str, int], int]:
    """The patients by which the list of everyone named is shorter, by (supervisor, period)."""
    per_place = _relief_per_place(instance, model)
    return {
        (supervisor_id, period): per_place[period] * places
        for (supervisor_id, period), places in places_given(instance, model, plan).items()
        if per_place[period] > 0
    }


def relieved_in(
    instance: Instance, model: Model, plan: Plan, paths: Mapping[str, WrittenPath]
) -> Counter[tuple[str, int]]:
    """The patients that the supervisors of a municipality are relieved of, by (municipality, period)."""
    works_in = workplaces(instance, paths)
    patients: Counter[tuple[str, int]] = Counter()
    for (supervisor_id, period), amount in supervisor_relief(instance, model, plan).items():
        if supervisor_id in works_in:
            patients[works_in[supervisor_id], period] += amount
    return patients


def relieved_targets(instance: Instance, model: Model, plan: Plan) -> dict[tuple[str, int], int]:
    """Every doctor's target as in `doctor_targets`, less what the doctor is relieved of as a supervisor."""
    relief = supervisor_relief(instance, model, plan)
    return {key: max(0, target - relief.get(key, 0)) for key, target in doctor_targets(instance, model).items()}


def relieved_lists(
    instance: Instance, model: Model, plan: Plan, paths: Iterable[WrittenPath]
) -> dict[tuple[str, str, int], int]:
    """The target of every trainee's list: as in `trainee_lists`, less what those who have finished are relieved of."""
    paths = list(paths)
    relief = supervisor_relief(instance, model, plan)
    lists = trainee_lists(instance, model, paths)
    for path in paths:
        trainee_id, main = path.trainee.trainee_id, main_municipality(path.parts)
        for period in path.finished:
            if (trainee_id, main, period) in lists:
                given = relief.get((trainee_id, period), 0)
                lists[trainee_id, main, period] = max(0, lists[trainee_id, main, period] - given)
    return lists


def missing_places(
    instance: Instance, model: Model, plan: Plan, paths: Mapping[str, WrittenPath]
) -> dict[tuple[str, int], int]:
    """Places on lists that ought to be free and are not, by (municipality, period); empty without rule and measure."""
    if rule_in_force(instance, model, "free_places") is None:
        return {}
    room: Counter[tuple[str, int]] = Counter()
    room.subtract(relieved_in(instance, model, plan, paths))
    works_in = workplaces(instance, {})
    for (doctor_id, period), target in doctor_targets(instance, model).items():
        room[works_in[doctor_id], period] += target
    for (_, municipality_id, period), patients in trainee_lists(instance, model, paths.values()).items():
        room[municipality_id, period] += patients
    for row in plan.coverage:
        room[row.municipality_id, period_of(instance, row.from_date)] += row.listed_elsewhere - row.from_elsewhere
    missing = {}
    for period, first, _ in periods(instance):
        measure = model.measure("free_places", first)
        if measure is None:
            continue
        permille = FreePlaces.model_validate(measure.params).permille
        for municipality in instance.municipalities:
            residents = residents_after(municipality, period * instance.settings.period_months)
            wanted = residents + residents * permille // 1000
            key = (municipality.municipality_id, period)
            missing[key] = max(0, wanted - room[key])
    return missing
