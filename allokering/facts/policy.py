"""What the policy says of lists and supervisors: the makers' one reading, for rules, terms and stages.

Index:   doctor or trainee; municipality; period
Math:    docs/model.md, section 3: coverage, supervision and pipeline
Units:   patients; places of supervision; minutes a week
Assumes: of two measures of one kind in force the last to come into force holds, also where it does not apply; the
         verifier reads the policy for itself and imports nothing from here
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass

from allokering.facts.calendar import rule_in_force, whole_months
from allokering.facts.training import Training
from allokering.instance import Instance
from allokering.kinds import (
    Compensation,
    FreePlaces,
    ListSpeed,
    ListTarget,
    Params,
    Pipeline,
    Programme,
    SupervisorRelief,
    TraineeList,
    Workload,
)
from allokering.model import Model
from allokering.tables import Doctor


@dataclass(frozen=True)
class Staying:
    """What somebody who has finished the training is expected to do in a period."""

    patients: dict[str, int]
    """The list in each municipality of the position that was held."""
    municipality: str
    """Where the places are."""
    places: int
    """Places of supervision."""


@dataclass(frozen=True)
class _Held:
    """A measure in force."""

    params: Params
    since: dt.date
    """When it came into force, or the plan's first day if that is later."""


class Policy:
    """The measures of the policy in every period, the programmes, and the pipeline."""

    def __init__(self, instance: Instance, model: Model) -> None:
        self._instance = instance
        self._model = model
        self._months = instance.settings.period_months
        self._weight = {row.municipality_id: row.age_weight_permille for row in instance.municipalities}
        self._list_limit = {position.position_id: position.list_limit for position in instance.positions}
        self._programmes = {entry.id: model.programme_params(entry.id) for entry in model.programmes}
        pipeline = rule_in_force(model, "pipeline", instance.settings.start)
        self._pipeline = pipeline if isinstance(pipeline, Pipeline) else None
        self._measures: dict[tuple[str, int], _Held | None] = {}

    def programme(self, training: Training) -> Programme:
        """What the trainee's programme demands."""
        return self._programmes[training.trainee.programme]

    def target(self, doctor: Doctor, period: int) -> int:
        """The list a doctor should have before any relief: the smallest of what is agreed, wished and decided."""
        return min(self._decided(doctor, period, agreed(doctor)))

    def _decided(self, doctor: Doctor, period: int, most_agreed: int) -> Iterator[int]:
        """What the policy makes of the list in each way in which it limits it; at least what is agreed."""
        yield most_agreed
        held = self._measure("list_target", period)
        if held is not None and isinstance(held.params, ListTarget) and _applies(held.params, doctor):
            per_fte = held.params.patients_per_fte * 1000 // self._weight_of(held.params, doctor)
            most = per_fte * doctor.fte_percent // 100
            if held.params.phase_in_patients_per_year is not None:
                months = whole_months(held.since, self._instance.period_start(period))
                most = max(most, most_agreed - held.params.phase_in_patients_per_year * months // 12)
            yield most
        workload = self._workload(doctor, period)
        if workload is not None:
            minutes = max(0, workload.minutes_per_week_max - workload.fixed_minutes_per_week)
            seconds_of_thousand = workload.seconds_per_patient_week * self._weight_of(workload, doctor)
            yield minutes * doctor.fte_percent // 100 * 60 * 1000 // seconds_of_thousand

    def week_minutes(self, doctor: Doctor, patients: int, period: int) -> int | None:
        """The working week that a list makes; None if the policy does not reckon in hours."""
        workload = self._workload(doctor, period)
        if workload is None:
            return None
        fixed = workload.fixed_minutes_per_week * doctor.fte_percent // 100
        return fixed + patients * workload.seconds_per_patient_week * self._weight_of(workload, doctor) // 60000

    def relief(self, period: int) -> int:
        """Patients by which a supervisor's list is shorter for each place; 0 if the policy relieves nobody."""
        held = self._measure("supervisor_relief", period)
        return held.params.patients_per_place if held and isinstance(held.params, SupervisorRelief) else 0

    def compensation(self, period: int, percent: int) -> int:
        """NOK that a patient below what is agreed costs in a period, at this share; 0 if nothing is paid."""
        held = self._measure("compensation", period)
        if held is None or not isinstance(held.params, Compensation):
            return 0
        return held.params.nok_per_patient_year * self._months * percent // 1200

    def free_places(self, period: int) -> int | None:
        """Places to be kept free, in permille of the residents; None if the policy does not ask for any."""
        held = self._measure("free_places", period)
        return held.params.permille if held and isinstance(held.params, FreePlaces) else None

    def speed(self, doctor: Doctor, period: int) -> int | None:
        """Patients by which the list may shrink into a period without haste; None: any number."""
        held = self._measure("list_speed", period)
        if held is None or not isinstance(held.params, ListSpeed):
            return None
        return held.params.patients_per_month * self._months * doctor.fte_percent // 100

    def has_speed(self) -> bool:
        """Does it matter in any period how fast lists shrink?"""
        return any(self._measure("list_speed", period) for period in range(self._instance.settings.periods))

    def list_in_practice(self, training: Training, period: int) -> dict[str, int]:
        """A trainee's list in each municipality of the position, in a period of practice."""
        trainee = training.trainee
        credited = 100 * (trainee.practice_months_done + trainee.institution_months_done)
        worked = (period - training.held.start) * trainee.fte_percent * self._months
        by_year = self.by_training_year(self.programme(training), period)
        whole = by_year[min((credited + worked) // 1200, len(by_year) - 1)] * trainee.fte_percent // 100
        limit = self._list_limit[training.position_id]
        whole = whole if limit is None else min(whole, limit)
        return {
            municipality: whole * share_percent // 100 * training.chance_permille // 1000
            for municipality, share_percent in training.share_percent.items()
        }

    def by_training_year(self, programme: Programme, period: int) -> tuple[int, ...]:
        """A full-time trainee's list by year: the programme's, or else the policy's, or else none."""
        if programme.patients_by_training_year is not None:
            return programme.patients_by_training_year
        held = self._measure("trainee_list", period)
        return held.params.patients_by_training_year if held and isinstance(held.params, TraineeList) else (0,)

    def staying(self, training: Training, period: int) -> Staying | None:
        """List and places of who has finished; None while in training, or where nobody is expected to stay."""
        if (
            self._pipeline is None
            or period not in training.finished
            or not self.programme(training).leads_to_specialist
        ):
            return None
        stays = self._pipeline.stays_permille_by_year
        year = (period - training.finished.start) * self._months // 12
        permille = stays[min(year, len(stays) - 1)]
        full_time = self._pipeline.patients * training.trainee.fte_percent
        patients = {
            municipality: full_time * share_percent // 10000 * permille // 1000 * training.chance_permille // 1000
            for municipality, share_percent in training.share_percent.items()
        }
        # Municipalities stand in order of their ids, so that of equal shares the first is taken.
        municipality = max(training.share_percent, key=lambda place: training.share_percent[place])
        places = self._pipeline.supervises * permille // 1000 * training.chance_permille // 1000
        if self.relief(period) * places > patients[municipality]:
            places = 0
        return Staying(patients, municipality, places)

    def _workload(self, doctor: Doctor, period: int) -> Workload | None:
        held = self._measure("workload", period)
        if held is None or not isinstance(held.params, Workload) or not _applies(held.params, doctor):
            return None
        return held.params

    def _weight_of(self, params: ListTarget | Workload, doctor: Doctor) -> int:
        return self._weight[doctor.municipality_id] if params.age_weighted else 1000

    def _measure(self, kind: str, period: int) -> _Held | None:
        """The measure of a kind that holds in a period."""
        key = (kind, period)
        if key not in self._measures:
            entry = self._model.measure(kind, self._instance.period_start(period))
            start = self._instance.settings.start
            self._measures[key] = None if entry is None else _Held(entry.typed, max(entry.from_date or start, start))
        return self._measures[key]


def agreed(doctor: Doctor) -> int:
    """The list a doctor has agreed to, whatever the policy."""
    return doctor.list_limit if doctor.list_target is None else min(doctor.list_limit, doctor.list_target)


def _applies(params: ListTarget | Workload, doctor: Doctor) -> bool:
    return params.municipalities is None or doctor.municipality_id in params.municipalities
