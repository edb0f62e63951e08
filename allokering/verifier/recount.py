"""Residents and list lengths counted again from the raw tables, for the verifier alone."""

from __future__ import annotations

from collections.abc import Iterable

from allokering.instance import Instance
from allokering.kinds import ListTarget, TraineeList
from allokering.model import Model
from allokering.tables import Municipality
from allokering.verifier.evidence import WrittenPath, holds_throughout, periods


def residents_after(municipality: Municipality, months: int) -> int:
    """Residents so many months after the plan's start: linear growth of the starting number, rounded down."""
    permille_months = 12_000 + municipality.growth_permille_per_year * months
    return max(0, municipality.residents * permille_months // 12_000)


def doctor_targets(instance: Instance, model: Model) -> dict[tuple[str, int], int]:
    """The target in patients of every doctor's list, by (doctor, period), for the periods when the doctor is present.

    The least of the agreed limit, the list the doctor wants, and the policy's number for the doctor's working time.
    """
    calendar = []
    for period, first, last in periods(instance):
        measure = model.measure("list_target", first)
        patients_per_fte = None if measure is None else ListTarget.model_validate(measure.params).patients_per_fte
        calendar.append((period, first, last, patients_per_fte))
    targets = {}
    for doctor in instance.doctors:
        agreed = doctor.list_limit if doctor.list_target is None else min(doctor.list_limit, doctor.list_target)
        for period, first, last, patients_per_fte in calendar:
            if holds_throughout(doctor.starts, doctor.ends, first, last):
                policy = agreed if patients_per_fte is None else patients_per_fte * doctor.fte_percent // 100
                targets[doctor.doctor_id, period] = min(agreed, policy)
    return targets


def trainee_lists(instance: Instance, model: Model, paths: Iterable[WrittenPath]) -> dict[tuple[str, str, int], int]:
    """The longest list of every trainee in patients, by (trainee, municipality, period), for periods in practice.

    Without a policy for trainees' lists in force they have none.
    """
    measures = (model.measure("trainee_list", first) for _, first, _ in periods(instance))
    stairs = [
        None if measure is None else TraineeList.model_validate(measure.params).patients_by_training_year
        for measure in measures
    ]
    lists = {}
    for path in paths:
        done = 100 * (path.trainee.practice_months_done + path.trainee.institution_months_done)
        for period in path.practice:
            worked = (period - path.held.start) * path.trainee.fte_percent * instance.settings.period_months
            year = (done + worked) // 1200
            stair = stairs[period] or (0,)
            whole = stair[min(year, len(stair) - 1)] * path.trainee.fte_percent // 100
            if path.position.list_limit is not None:
                whole = min(whole, path.position.list_limit)
            for part in path.parts:
                key = (path.trainee.trainee_id, part.municipality_id, period)
                lists[key] = whole * part.share_percent // 100
    return lists
