"""How long every list is in every period, so that every resident who is to be listed is.

Index:   doctors present and trainees in practice in a municipality; period
Math:    lists of doctors + lists of trainees = residents + in - out - locum - without
         list of a doctor <= limit; list of a trainee <= its length under the policy
         sum over doctors of what is above target <= above as placed
Units:   patients; patient-months for the trainees' missing patients
Assumes: a municipality's lists meet no other's: what crosses borders was placed
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Mapping
from time import perf_counter

from allokering.errors import StageFailed
from allokering.instance import Instance
from allokering.kinds import ListTarget, TraineeList
from allokering.language import say
from allokering.model import Model
from allokering.plan import Coverage, HolderKind, ListLength, Plan
from allokering.stages.list_program import Bounds, Key, Lengths, Together, available_solver, fewest_moved
from allokering.stages.stage import StageResult, Training, periods_within, presence, stage_tier, trainings
from allokering.tables import Doctor


def set_lists(instance: Instance, model: Model, plan: Plan, *, solver: str = "cbc") -> StageResult[ListLength]:
    """The length of every list, as far as `plan.coverage` says who is to be listed where.

    The trainees' patients need no solver: they have what the policy gives them, or all there are if fewer.

    Raises:
        UsageError: the solver is not installed.
        StageFailed: more residents are to be listed than the lists can hold.
    """
    since = perf_counter()
    pulp_solver = available_solver(solver)
    lists = _bounds(instance, model, plan)
    covered: dict[str, dict[int, Coverage]] = defaultdict(dict)
    for row in plan.coverage:
        for period in periods_within(instance, row.from_date, row.to_date):
            covered[row.municipality_id][period] = row
    together = {
        municipality: {
            period: _together(row, {key: bounds for key, bounds in lists[municipality].items() if key[1] == period})
            for period, row in sorted(rows.items())
        }
        for municipality, rows in sorted(covered.items())
    }
    missing = instance.settings.period_months * sum(
        bounds.limit
        for municipality in together
        for bounds in lists[municipality].values()
        if bounds.kind is HolderKind.TRAINEE
    ) - instance.settings.period_months * sum(
        period.with_trainees for periods in together.values() for period in periods.values()
    )
    training = stage_tier("trainees_missing_patients", "patient-months", missing, missing, since)

    since = perf_counter()
    lengths = {
        municipality: fewest_moved(lists[municipality], periods, pulp_solver)
        for municipality, periods in together.items()
        if lists[municipality]
    }
    moved = stage_tier(
        "residents_moved",
        "residents",
        sum(found.moved for found in lengths.values()),
        sum(found.bound for found in lengths.values()),
        since,
    )
    return StageResult(_rows(instance, lists, lengths), (training, moved))


def _bounds(instance: Instance, model: Model, plan: Plan) -> dict[str, dict[Key, Bounds]]:
    """Bounds of every list by municipality, in order of holder and period."""
    bounds: dict[str, dict[Key, Bounds]] = {row.municipality_id: {} for row in instance.municipalities}
    present = presence(instance)
    for doctor in instance.doctors:
        for period in present[doctor.doctor_id]:
            bounds[doctor.municipality_id][doctor.doctor_id, period] = Bounds(
                kind=HolderKind.DOCTOR,
                target=_target(model, doctor, instance.period_start(period)),
                limit=doctor.list_limit,
                before=doctor.list_size if period == 0 else None,
            )
    limits = {position.position_id: position.list_limit for position in instance.positions}
    for training in trainings(instance, plan):
        for period in training.practice:
            whole = _whole_list(instance, model, training, period, limits[training.position_id])
            for municipality, share_percent in training.share_percent.items():
                length = whole * share_percent // 100
                bounds[municipality][training.trainee.trainee_id, period] = Bounds(
                    HolderKind.TRAINEE, length, length, None
                )
    return {municipality: dict(sorted(own.items())) for municipality, own in bounds.items()}


def _target(model: Model, doctor: Doctor, date: dt.date) -> int:
    """The list a doctor should have: the smallest of the agreed limit, the doctor's wish and the policy's target."""
    targets = [doctor.list_limit]
    if doctor.list_target is not None:
        targets.append(doctor.list_target)
    measure = model.measure("list_target", date)
    if measure is not None and isinstance(measure.typed, ListTarget):
        targets.append(measure.typed.patients_per_fte * doctor.fte_percent // 100)
    return min(targets)


def _whole_list(instance: Instance, model: Model, training: Training, period: int, limit: int | None) -> int:
    """A trainee's list over all municipalities of the position; none if the policy gives trainees no lists."""
    measure = model.measure("trainee_list", instance.period_start(period))
    if measure is None or not isinstance(measure.typed, TraineeList):
        return 0
    trainee = training.trainee
    credited = 100 * (trainee.practice_months_done + trainee.institution_months_done)
    worked = (period - training.held.start) * trainee.fte_percent * instance.settings.period_months
    by_year = measure.typed.patients_by_training_year
    patients = by_year[min((credited + worked) // 1200, len(by_year) - 1)] * trainee.fte_percent // 100
    return patients if limit is None else min(patients, limit)


def _together(row: Coverage, lists: Mapping[Key, Bounds]) -> Together:
    """What the lists hold together in one period.

    Raises:
        StageFailed: they cannot hold the residents who are to be listed.
    """
    listed = row.residents + row.from_elsewhere - row.listed_elsewhere - row.locum - row.without_gp
    doctors = [bounds for bounds in lists.values() if bounds.kind is HolderKind.DOCTOR]
    trainees = sum(bounds.limit for bounds in lists.values() if bounds.kind is HolderKind.TRAINEE)
    targets = sum(bounds.target for bounds in doctors)
    room = sum(bounds.limit - bounds.target for bounds in doctors)
    above = min(row.above_target, room)
    places = trainees + targets + above
    if not 0 <= listed <= places:
        raise StageFailed(
            say(
                "{municipality}, from {date}: {listed} residents to be listed, and lists for 0 to {places}",
                municipality=row.municipality_id,
                date=row.from_date,
                listed=listed,
                places=places,
            )
        )
    with_trainees = min(listed, trainees)
    return Together(listed - with_trainees, with_trainees, targets, above, room)


def _rows(
    instance: Instance, lists: Mapping[str, Mapping[Key, Bounds]], lengths: Mapping[str, Lengths]
) -> tuple[ListLength, ...]:
    return tuple(
        ListLength(
            municipality_id=municipality,
            holder_id=holder,
            kind=lists[municipality][holder, period].kind,
            from_date=instance.period_start(period),
            to_date=instance.period_end(period),
            patients=patients,
            target=lists[municipality][holder, period].target,
            limit=lists[municipality][holder, period].limit,
        )
        for municipality, found in lengths.items()
        for (holder, period), patients in found.patients.items()
    )
