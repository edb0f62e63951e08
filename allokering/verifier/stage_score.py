"""What the stages after the placement are worth, recounted from the plan's rows."""

from __future__ import annotations

from collections import defaultdict
from itertools import pairwise

from allokering.instance import Instance
from allokering.kinds import Groups, SupervisionTravel
from allokering.model import Model
from allokering.plan import HolderKind, Plan
from allokering.verifier.evidence import (
    WrittenPath,
    doctors_present,
    minutes_from_position,
    parts_by_position,
    period_of,
    periods_between,
    read_paths,
)
from allokering.verifier.recount import trainee_lists
from allokering.verifier.score import supervision_travel_nok

MEETINGS_PER_YEAR = 10
"""Six hours every fourth week over the teaching year: docs/domain.md, fact 1.15."""


def stage_values(instance: Instance, model: Model, plan: Plan) -> dict[str, int]:
    """The value of every tier of a stage by name, for the stages that the model has."""
    paths = read_paths(instance, model, plan)
    term = model.term("supervision_travel")
    travel = None if term is None else SupervisionTravel.model_validate(term.params)
    values = {
        "supervision_travel": 0 if travel is None else supervision_travel_nok(travel, instance, plan, paths),
        "handovers": _handovers(instance, plan),
        "trainees_missing_patients": _missing_patients(instance, model, plan, paths),
        "residents_moved": _residents_moved(instance, plan),
    }
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
        path.programme.needs_supervisor and path.trainee.group_months_done < groups.months and trainee not in members
        for trainee, path in paths.items()
    )


def _group_travel(instance: Instance, plan: Plan, paths: dict[str, WrittenPath]) -> int:
    """Minutes a year on the way to and from the meetings."""
    parts = parts_by_position(instance)
    minutes = 0
    for row in plan.groups:
        path = paths.get(row.trainee_id)
        if path is not None:
            way = minutes_from_position(instance, parts[path.position.position_id], row.municipality_id)
            minutes += 2 * MEETINGS_PER_YEAR * (way or 0)
    return minutes


def _missing_patients(instance: Instance, model: Model, plan: Plan, paths: dict[str, WrittenPath]) -> int:
    """Patient-months that the trainees' lists fall short of what the policy gives them."""
    given = sum(trainee_lists(instance, model, paths.values()).values())
    held = sum(row.patients for row in plan.lists if row.kind == HolderKind.TRAINEE)
    return (given - held) * instance.settings.period_months


def _residents_moved(instance: Instance, plan: Plan) -> int:
    """Residents who leave the list of a holder present before and after."""
    length: dict[tuple[str, str, int], int] = {}
    for row in plan.lists:
        length[row.municipality_id, row.holder_id, period_of(instance, row.from_date)] = row.patients
    for (municipality, period), doctors in doctors_present(instance).items():
        if period == 0:
            for doctor in doctors:
                length[municipality, doctor.doctor_id, -1] = doctor.list_size
    return sum(
        max(0, patients - length.get((municipality, holder, period + 1), patients))
        for (municipality, holder, period), patients in length.items()
    )
