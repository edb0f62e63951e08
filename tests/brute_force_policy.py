"""What lists people are to have in a period, and what supervisors give: section 3 of docs/model.md, for the oracle.

See `brute_force` for what the oracle is for and what it may share with the engine.
"""

from __future__ import annotations

import math
from fractions import Fraction
from typing import Any, NamedTuple

from brute_force_paths import Path, Situation, whole_months

from allokering.tables import Doctor, Municipality


class Practice(NamedTuple):
    """One trainee at work in a position for one period, with the list in every municipality."""

    trainee_id: str
    position_id: str
    patients: tuple[int, ...]


class Finished(NamedTuple):
    """What can be expected of one who has completed the training: places of supervision, and a list everywhere."""

    municipality_id: str
    places: int
    patients: tuple[int, ...]


class Policy(Situation):
    """Lists and places, as the measures in force make them."""

    def measure(self, kind: str, period: int, municipality: Municipality | None = None) -> dict[str, Any] | None:
        """The parameters of the measure in force in the period; None if there is none, or it does not apply there."""
        entry = self.model.measure(kind, self.instance.period_start(period))
        params: dict[str, Any] | None = None if entry is None else entry.typed.model_dump()
        named = None if params is None else params.get("municipalities")
        if municipality is not None and named is not None and municipality.municipality_id not in named:
            return None
        return params

    def relief(self, period: int) -> int:
        """Patients by which a supervisor's list is shorter for each place given."""
        measure = self.measure("supervisor_relief", period)
        return 0 if measure is None else int(measure["patients_per_place"])

    def agreed(self, doctor: Doctor) -> int:
        """The list that the doctor agreed to, or the shorter one the doctor wants."""
        return doctor.list_limit if doctor.list_target is None else min(doctor.list_limit, doctor.list_target)

    def target(self, doctor: Doctor, period: int) -> int:
        """The list the doctor is to have: the smallest of what is agreed and what the policy says."""
        here = next(row for row in self.instance.municipalities if row.municipality_id == doctor.municipality_id)
        wanted = [self.agreed(doctor), self.list_target(doctor, here, period), self.workload(doctor, here, period)]
        return min(patients for patients in wanted if patients is not None)

    def list_target(self, doctor: Doctor, here: Municipality, period: int) -> int | None:
        """The target of the policy, so far as it has come."""
        measure = self.measure("list_target", period, here)
        if measure is None:
            return None
        weight = here.age_weight_permille if measure["age_weighted"] else 1000
        target = measure["patients_per_fte"] * 1000 // weight * doctor.fte_percent // 100
        a_year = measure["phase_in_patients_per_year"]
        if a_year is None:
            return int(target)
        entry = self.model.measure("list_target", self.instance.period_start(period))
        started = self.instance.settings.start
        if entry is not None and entry.from_date is not None:
            started = max(started, entry.from_date)
        fallen = math.floor(Fraction(a_year * whole_months(started, self.instance.period_start(period)), 12))
        return max(target, self.agreed(doctor) - fallen)

    def workload(self, doctor: Doctor, here: Municipality, period: int) -> int | None:
        """The list that fills the longest week."""
        measure = self.measure("workload", period, here)
        if measure is None:
            return None
        weight = here.age_weight_permille if measure["age_weighted"] else 1000
        a_week = max(0, measure["minutes_per_week_max"] - measure["fixed_minutes_per_week"])
        own = a_week * doctor.fte_percent // 100
        return int(own * 60 * 1000 // (measure["seconds_per_patient_week"] * weight))

    def places(self, doctor: Doctor, period: int) -> int:
        """How many trainees the doctor supervises at most."""
        if not doctor.is_specialist:
            return 0
        usual = self.rules["supervision"].trainees_per_supervisor
        places: int = usual if doctor.supervises_max is None else doctor.supervises_max
        relief = self.relief(period)
        return places if relief == 0 else min(places, self.target(doctor, period) // relief)

    def practice(self, path: Path, period: int) -> Practice | None:
        """The trainee at work in the position, unless it is not held in the period or the trainee is in rotation."""
        if not path.in_practice(period):
            return None
        trainee, shares = path.trainee, self.shares(path.position)
        by_year = self.params(trainee.programme)["patients_by_training_year"]
        if by_year is None:
            measure = self.measure("trainee_list", period)
            by_year = (0,) if measure is None else measure["patients_by_training_year"]
        gained = Fraction((period - path.start) * trainee.fte_percent * self.months, 100)
        year = math.floor((trainee.practice_months_done + trainee.institution_months_done + gained) / 12)
        patients = by_year[min(year, len(by_year) - 1)] * trainee.fte_percent // 100
        if path.position.list_limit is not None:
            patients = min(patients, path.position.list_limit)
        chance = self.chance(trainee, path.position)
        lists = (patients * shares.get(row.municipality_id, 0) // 100 for row in self.instance.municipalities)
        return Practice(
            trainee.trainee_id, path.position.position_id, tuple(patients * chance // 1000 for patients in lists)
        )

    def finished(self, path: Path, period: int) -> Finished | None:
        """What comes of the training after its end, if the model reckons with it."""
        trains = self.params(path.trainee.programme)["leads_to_specialist"]
        if period < path.end or not trains or "pipeline" not in self.rules:
            return None
        rule, shares = self.rules["pipeline"], self.shares(path.position)
        year = math.floor(Fraction((period - path.end) * self.months, 12))
        stays = rule.stays_permille_by_year[min(year, len(rule.stays_permille_by_year) - 1)]
        chance = self.chance(path.trainee, path.position)
        lists = {
            row.municipality_id: rule.patients
            * path.trainee.fte_percent
            * shares.get(row.municipality_id, 0)
            // 10_000
            * stays
            // 1000
            * chance
            // 1000
            for row in self.instance.municipalities
        }
        largest = min(shares, key=lambda municipality_id: (-shares[municipality_id], municipality_id))
        places = rule.supervises * stays // 1000 * chance // 1000
        if self.relief(period) * places > lists[largest]:
            places = 0
        return Finished(largest, places, tuple(lists.values()))

    def compensation(self, period: int) -> tuple[int, int]:
        """NOK for the patients between what is agreed and the targets, and for one patient more."""
        measure = self.measure("compensation", period)
        if measure is None or "compensation" not in self.terms:
            return 0, 0
        percent = self.terms["compensation"].percent
        a_patient = measure["nok_per_patient_year"] * self.months * percent // 1200
        missed = sum(
            self.agreed(doctor) - self.target(doctor, period)
            for row in self.instance.municipalities
            for doctor in self.doctors(row.municipality_id, period)
        )
        return missed * a_patient, a_patient
