"""How long lists should be under the policy, for the solver side: docs/model.md, section 3, coverage.

The verifier and the stages work these out for themselves and import nothing from here.
"""

from __future__ import annotations

import datetime as dt

import numpy as np

from allokering.facts.calendar import whole_months
from allokering.instance import Instance
from allokering.kinds import Compensation, FreePlaces, ListTarget, Programme, SupervisorRelief, TraineeList, Workload
from allokering.model import Entry, Model
from allokering.problem import Integers
from allokering.tables import Doctor


class Targets:
    """The targets of an instance's doctors under a model's policy."""

    def __init__(self, instance: Instance, model: Model) -> None:
        self._instance = instance
        self._model = model
        self._weight = {row.municipality_id: row.age_weight_permille for row in instance.municipalities}
        days = [instance.period_start(period) for period in range(instance.settings.periods)]
        self._list_target = [model.measure("list_target", day) for day in days]
        self._workload = [model.measure("workload", day) for day in days]

    def target(self, doctor: Doctor, period: int) -> int:
        """A doctor's target: the lowest of what is agreed and what the measures in force say."""
        targets = [agreed(doctor)]
        if (entry := self._list_target[period]) is not None:
            targets.append(self._by_number(entry, doctor, period))
        if (entry := self._workload[period]) is not None:
            targets.append(self._by_hours(entry, doctor))
        return min(targets)

    def _by_number(self, entry: Entry, doctor: Doctor, period: int) -> int:
        policy = entry.typed
        assert isinstance(policy, ListTarget)  # noqa: S101 - the kind says so
        if policy.municipalities is not None and doctor.municipality_id not in policy.municipalities:
            return agreed(doctor)
        weight = self._weight[doctor.municipality_id] if policy.age_weighted else 1000
        full = policy.patients_per_fte * 1000 // weight * doctor.fte_percent // 100
        if policy.phase_in_patients_per_year is None:
            return full
        since = max(entry.from_date or dt.date.min, self._instance.settings.start)
        months = whole_months(since, self._instance.period_start(period))
        return max(full, agreed(doctor) - policy.phase_in_patients_per_year * months // 12)

    def _by_hours(self, entry: Entry, doctor: Doctor) -> int:
        policy = entry.typed
        assert isinstance(policy, Workload)  # noqa: S101 - the kind says so
        if policy.municipalities is not None and doctor.municipality_id not in policy.municipalities:
            return agreed(doctor)
        weight = self._weight[doctor.municipality_id] if policy.age_weighted else 1000
        minutes = max(0, policy.minutes_per_week_max - policy.fixed_minutes_per_week) * doctor.fte_percent // 100
        return minutes * 60 * 1000 // (policy.seconds_per_patient_week * weight)


def agreed(doctor: Doctor) -> int:
    """The list a doctor has agreed to, whatever the policy."""
    return doctor.list_limit if doctor.list_target is None else min(doctor.list_limit, doctor.list_target)


def relief_per_place(instance: Instance, model: Model, period: int) -> int:
    """Patients that a supervision place takes off the supervisor's target; 0 without the measure."""
    measure = model.measure("supervisor_relief", instance.period_start(period))
    policy = None if measure is None else measure.typed
    return policy.patients_per_place if isinstance(policy, SupervisorRelief) else 0


def compensation_per_patient(instance: Instance, model: Model, period: int, percent: int) -> int:
    """NOK that a patient below what is agreed costs in the period; 0 without the measure."""
    measure = model.measure("compensation", instance.period_start(period))
    policy = None if measure is None else measure.typed
    if not isinstance(policy, Compensation):
        return 0
    return policy.nok_per_patient_year * instance.settings.period_months * percent // 1200


def free_places_permille(instance: Instance, model: Model, period: int) -> int | None:
    """Places to be kept free, of the residents; None without the measure."""
    measure = model.measure("free_places", instance.period_start(period))
    policy = None if measure is None else measure.typed
    return policy.permille if isinstance(policy, FreePlaces) else None


def trainee_list_ladder(instance: Instance, model: Model, programme: Programme, period: int) -> Integers:
    """A full-time trainee's list by year of training: the programme's own, or the policy's; no list without either."""
    own = programme.patients_by_training_year
    measure = model.measure("trainee_list", instance.period_start(period))
    if own is None and measure is not None and isinstance(policy := measure.typed, TraineeList):
        own = policy.patients_by_training_year
    return np.zeros(1, dtype=np.int64) if own is None else np.array(own, dtype=np.int64)
