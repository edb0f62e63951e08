"""A supervision group is of one network and a fair size, starts together, and each member stays for the months owed.

Index:   trainee in a group; group
Math:    months in the group = m ceil((months - group_months_done) / m), inside path and horizon;
         practice months of them >= (months - group_months_done) practice_months_min / months;
         minutes(k, meeting place) <= travel_minutes_max;  size_min <= members <= size_max
Units:   months; minutes one way; trainees
Assumes: municipalities without a network form one together; a shared position belongs to the networks of all its parts
         and travels from the nearest; nobody has to be in a group; who needs no supervisor, or no group, owes no months
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence

from allokering.evidence.written_plan import WrittenPath, minutes_from_position, periods_between, read_paths
from allokering.instance import Instance
from allokering.kinds import Groups
from allokering.language import say
from allokering.model import Model
from allokering.plan import GroupMembership, Plan
from allokering.tables import Trainee
from allokering.violation import Violation

RULE = "groups"
SCOPE = ("stage",)
ENFORCED_BY = "stages.groups"


def check(params: Groups, instance: Instance, model: Model, plan: Plan) -> Iterator[Violation]:
    """Yield every member who should not be one, and every group that is no group."""
    paths = read_paths(instance, model, plan)
    trainees = {row.trainee_id: row for row in instance.trainees}
    networks = {row.municipality_id: row.network for row in instance.municipalities}
    memberships: dict[str, list[GroupMembership]] = defaultdict(list)
    members: dict[str, list[GroupMembership]] = defaultdict(list)
    for row in plan.groups:
        memberships[row.trainee_id].append(row)
        members[row.group_id].append(row)
    for trainee_id, rows in memberships.items():
        if len(rows) > 1:
            message = say("{trainee} is in {count} groups; at most 1", trainee=trainee_id, count=len(rows))
            yield Violation(RULE, trainee_id, len(rows), 1, message)
    for row in plan.groups:
        path = paths.get(row.trainee_id)
        trainee = trainees[row.trainee_id]
        yield from _check_months(params, instance, _months_owed(params, trainee, model), path, row)
        if path is not None:
            yield from _check_place(params, instance, networks, path, row)
    for group_id, rows in members.items():
        yield from _check_group(params, group_id, rows)


def _months_owed(params: Groups, trainee: Trainee, model: Model) -> int:
    programme = model.programme_params(trainee.programme)
    has_groups = programme.needs_supervisor and programme.needs_group
    return max(0, params.months - trainee.group_months_done) if has_groups else 0


def _check_months(
    params: Groups, instance: Instance, owed: int, path: WrittenPath | None, row: GroupMembership
) -> Iterator[Violation]:
    subject = f"{row.trainee_id} {row.group_id}"
    period_months = instance.settings.period_months
    required = -(-owed // period_months) * period_months
    attended = periods_between(instance, row.from_date, row.to_date)
    if len(attended) * period_months != required:
        message = say(
            "{trainee} is in {group} for {months} months; {required} required",
            trainee=row.trainee_id,
            group=row.group_id,
            months=len(attended) * period_months,
            required=required,
        )
        yield Violation(RULE, subject, len(attended) * period_months, required, message)
    outside = sum(period_months for period in attended if path is None or period not in path.held)
    if outside > 0:
        message = say(
            "{trainee} is in {group} {months} months without a position; 0 allowed",
            trainee=row.trainee_id,
            group=row.group_id,
            months=outside,
        )
        yield Violation(RULE, subject, outside, 0, message)
    away = sum(period_months for period in attended if path is not None and period in path.away)
    in_practice = len(attended) * period_months - outside - away
    practice_required = -(-owed * params.practice_months_min // params.months)
    if outside == 0 and in_practice < practice_required:
        message = say(
            "{trainee} is in {group} for {months} months in practice; {required} required",
            trainee=row.trainee_id,
            group=row.group_id,
            months=in_practice,
            required=practice_required,
        )
        yield Violation(RULE, subject, in_practice, practice_required, message)


def _check_place(
    params: Groups, instance: Instance, networks: Mapping[str, str | None], path: WrittenPath, row: GroupMembership
) -> Iterator[Violation]:
    subject = f"{row.trainee_id} {row.group_id}"
    if networks[row.municipality_id] not in {networks[part.municipality_id] for part in path.parts}:
        message = say(
            "{trainee} is in {group}, which meets in {municipality}, of another network",
            trainee=row.trainee_id,
            group=row.group_id,
            municipality=row.municipality_id,
        )
        yield Violation(RULE, subject, 1, 0, message)
    minutes = minutes_from_position(instance, path.parts, row.municipality_id)
    if minutes is None:
        message = say(
            "{trainee} is in {group}, and no way to {municipality} is known",
            trainee=row.trainee_id,
            group=row.group_id,
            municipality=row.municipality_id,
        )
        yield Violation(RULE, subject, 1, 0, message)
    elif minutes > params.travel_minutes_max:
        message = say(
            "{trainee} has {minutes} minutes to {group} in {municipality}; at most {limit}",
            trainee=row.trainee_id,
            minutes=minutes,
            group=row.group_id,
            municipality=row.municipality_id,
            limit=params.travel_minutes_max,
        )
        yield Violation(RULE, subject, minutes, params.travel_minutes_max, message)


def _check_group(params: Groups, group_id: str, rows: Sequence[GroupMembership]) -> Iterator[Violation]:
    size = len({row.trainee_id for row in rows})
    if not params.size_min <= size <= params.size_max:
        limit = params.size_min if size < params.size_min else params.size_max
        message = say(
            "{group} has {count} members; from {low} to {high}",
            group=group_id,
            count=size,
            low=params.size_min,
            high=params.size_max,
        )
        yield Violation(RULE, group_id, size, limit, message)
    starts = {row.from_date for row in rows}
    if len(starts) > 1:
        message = say("{group} starts on {count} days; 1 allowed", group=group_id, count=len(starts))
        yield Violation(RULE, group_id, len(starts), 1, message)
    places = {row.municipality_id for row in rows}
    if len(places) > 1:
        message = say("{group} meets in {count} municipalities; 1 allowed", group=group_id, count=len(places))
        yield Violation(RULE, group_id, len(places), 1, message)
