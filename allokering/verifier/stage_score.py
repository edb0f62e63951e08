"""What the stages after the placement are worth, recounted from the plan's rows."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping
from itertools import pairwise

from allokering.evidence.recount import trainee_lists
from allokering.evidence.written_plan import (
    WrittenPath,
    doctors_present,
    kilometres_from_position,
    parts_by_position,
    period_of,
    periods,
    periods_between,
    read_paths,
)
from allokering.instance import Instance
from allokering.kinds import Groups, ListSpeed, SupervisionTravel
from allokering.model import Model
from allokering.plan import Plan
from allokering.terms.supervision_travel import travelled

MEETINGS_PER_YEAR = 10
"""Six hours every fourth week over the teaching year: docs/domain.md, fact 1.15."""


def stage_values(instance: Instance, model: Model, plan: Plan) -> dict[str, int]:
    """The value of every tier of a stage by name, for the stages that the model has."""
    paths = read_paths(instance, model, plan)
    term = model.term("supervision_travel")
    travel = None if term is None else SupervisionTravel.model_validate(term.params)
    values = {
        "supervision_travel": 0 if travel is None else travelled(travel, instance, plan, paths),
        "handovers": _handovers(instance, plan),
        "trainees_missing_patients": _missing_patients(instance, model, plan, paths),
    }
    most = _most_to_lose(instance, model)
    if most:
        values["moved_too_fast"] = _moved_too_fast(most, instance, plan)
    values["residents_moved"] = sum(_falls(instance, plan).values())
    for rule in model.rules_of("groups"):
        if rule.in_force(instance.settings.start):
            values["without_group"] = _without_group(Groups.model_validate(rule.params), plan, paths)
            values["group_travel"] = _group_travel(instance, plan, paths)
    return values


def _handovers(instance: Instance, plan: Plan) -> int:
    """Changes of supervisor from one period of practice to the trainee's next."""
    named: dict[str, dict[int, str]] = defaultdict(dict)
    for row in plan.supervision:
        for period in periods_between(instance, row.from_date, row.to_date):
            named[row.trainee_id][period] = row.supervisor_id
    handovers = 0
    for by_period in named.values():
        supervisors = [by_period[period] for period in sorted(by_period)]
        handovers += sum(before != after for before, after in pairwise(supervisors))
    return handovers


def _without_group(groups: Groups, plan: Plan, paths: dict[str, WrittenPath]) -> int:
    """Placed trainees who still lack months in a group and are in none."""
    members = {row.trainee_id for row in plan.groups}
    return sum(
        path.programme.needs_supervisor
        and path.programme.needs_group
        and path.trainee.group_months_done < groups.months
        and trainee not in members
        for trainee, path in paths.items()
    )


def _group_travel(instance: Instance, plan: Plan, paths: dict[str, WrittenPath]) -> int:
    """Kilometres a year on the way to and from the meetings; a way that nobody knows counts as none."""
    parts = parts_by_position(instance)
    kilometres = 0
    for row in plan.groups:
        path = paths.get(row.trainee_id)
        if path is not None:
            way = kilometres_from_position(instance, parts[path.position.position_id], row.municipality_id)
            kilometres += 2 * MEETINGS_PER_YEAR * (way or 0)
    return kilometres


def _missing_patients(instance: Instance, model: Model, plan: Plan, paths: dict[str, WrittenPath]) -> int:
    """Patient-months that the lists of trainees in training fall short of what they may have."""
    in_training = {(trainee_id, period) for trainee_id, path in paths.items() for period in path.practice}
    given = sum(
        patients
        for (trainee_id, _, period), patients in trainee_lists(instance, model, paths.values()).items()
        if (trainee_id, period) in in_training
    )
    held = sum(row.patients for row in plan.lists if (row.holder_id, period_of(instance, row.from_date)) in in_training)
    return (given - held) * instance.settings.period_months


def _falls(instance: Instance, plan: Plan) -> dict[tuple[str, int], int]:
    """The residents who leave a list for the next period, by (holder, period), for holders present before and after."""
    length: dict[tuple[str, str, int], int] = {}
    for row in plan.lists:
        length[row.municipality_id, row.holder_id, period_of(instance, row.from_date)] = row.patients
    for (municipality, period), doctors in doctors_present(instance).items():
        if period == 0:
            for doctor in doctors:
                length[municipality, doctor.doctor_id, -1] = doctor.list_size
    falls: Counter[tuple[str, int]] = Counter()
    for (municipality, holder, period), patients in length.items():
        falls[holder, period + 1] += max(0, patients - length.get((municipality, holder, period + 1), patients))
    return falls


def _most_to_lose(instance: Instance, model: Model) -> dict[int, int]:
    """The patients by which a full-time doctor's list may shrink to a period without haste, where the policy says."""
    measures = {period: model.measure("list_speed", first) for period, first, _ in periods(instance)}
    return {
        period: ListSpeed.model_validate(measure.params).patients_per_month * instance.settings.period_months
        for period, measure in measures.items()
        if measure is not None
    }


def _moved_too_fast(most: Mapping[int, int], instance: Instance, plan: Plan) -> int:
    """Patients by which doctors' lists shrink faster than the policy would have it."""
    working_time = {doctor.doctor_id: doctor.fte_percent for doctor in instance.doctors}
    return sum(
        max(0, fall - most[period] * working_time[holder] // 100)
        for (holder, period), fall in _falls(instance, plan).items()
        if period in most and holder in working_time
    )
