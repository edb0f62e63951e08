"""The kinds of model entries and their parameters, each with its unit and bounds."""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from allokering.tables import SiteKind

Patients = Annotated[int, Field(ge=0, le=2500)]
Permille = Annotated[int, Field(ge=0, le=1000)]
Names = Annotated[frozenset[str], Field(min_length=1)]

Count = Annotated[int, Field(ge=0, le=10**9)]


class Params(BaseModel):
    """Parameters of one kind of entry. A kind without parameters uses this class itself."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Programme(Params):
    """What a training programme demands; see docs/model.md, section 2."""

    total_months: Annotated[int, Field(ge=1, le=240)]
    practice_months_min: Count
    practice_months_counted_max: Count
    institution_months: Count
    institution_months_counted_max: Count
    institution_first: bool = False
    site_kinds: frozenset[SiteKind]
    needs_supervisor: bool = True
    supervision_places: Annotated[int, Field(ge=1, le=20)] = 1
    """Places that a trainee takes of what a supervisor has."""
    supervisor_minutes_max: Count | None = None
    """How far away the supervisor may be; None: what the rule says."""
    needs_group: bool = True
    holds_position_away: bool = True
    """Does the trainee hold the position while in institution service, or only in practice?"""
    leads_to_specialist: bool = False
    """Is who completes it a specialist who may stay?"""
    patients_by_training_year: Annotated[tuple[Patients, ...], Field(min_length=1)] | None = None
    """A full-time trainee's list by year; None: what the policy says."""


class Eligibility(Params):
    """How far from home a position may be that the trainee has not ranked."""

    home_minutes_max: Count


class NotBefore(Params):
    """Whom a site's own demand for months in practice concerns; None: everyone."""

    programmes: Names | None = None


class Notice(Params):
    """How long before institution service a site must know of it, and of whom; None: of everyone."""

    notice_months: Count
    site_kinds: frozenset[SiteKind]
    programmes: Names | None = None


class Catchment(Params):
    """How far a site outside the position's own trust may be."""

    alternative_minutes_max: Count


class SupervisionParams(Params):
    """How many trainees a specialist supervises if the table does not say, and how far away."""

    trainees_per_supervisor: Count
    travel_minutes_max: Count


class Absences(Params):
    """How many trainees of a municipality may be in rotation at the same time."""

    absent_min: Count
    doctors_per_absence: Annotated[int, Field(ge=1)]
    programmes: Names | None = None
    """Whose absence counts; None: everyone's."""


class Recruitment(Params):
    """Chance that an announcement is filled, by form and by centrality class 1-6, where the table has no row."""

    salaried_permille: Annotated[tuple[Permille, ...], Field(min_length=6, max_length=6)]
    self_employed_permille: Annotated[tuple[Permille, ...], Field(min_length=6, max_length=6)]


class Pipeline(Params):
    """Who completes the training stays with this chance, by year since; then keeps a list and supervises."""

    stays_permille_by_year: Annotated[tuple[Permille, ...], Field(min_length=1)]
    patients: Patients
    supervises: Count


class Selection(Params):
    """How many applications of each health trust take part, and what they must bring together."""

    per_trust_min: Count
    per_trust_max: Count
    self_employed_min: Count
    """Places in opened self-employed positions, at least."""
    sami_min: Count
    """Selected applications with a municipality in the Sami-language area, at least."""


class Groups(Params):
    """Supervision groups: months in one, how many of them in practice, size and travel."""

    months: Count
    practice_months_min: Count
    size_min: Annotated[int, Field(ge=1)]
    size_max: Annotated[int, Field(ge=1)]
    travel_minutes_max: Count


class Tier(Params):
    """What one unit of the tier is worth in the weighted objective, and wherever tiers are weighed at once."""

    nok_per_unit: Count


class PerResidentMonth(Params):
    """Points per resident and month."""

    per_resident_month: Count


class PerPatientMonth(Params):
    """Points per patient and month."""

    per_patient_month: Count


class Unplaced(Params):
    """Points per trainee without a position."""

    per_trainee: Count


class Locum(Params):
    """Locums: price, patients each cares for, and how many a municipality can get at one time."""

    nok_per_week: Count
    patients_per_locum: Annotated[int, Field(ge=1)]
    locums_per_municipality: Count


class PositionCost(Params):
    """Share of the position's yearly cost less grant that counts."""

    percent: Annotated[int, Field(ge=0, le=1000)]


class SupervisionTravel(Params):
    """What an hour on the road to a trainee elsewhere costs, and how often."""

    nok_per_hour: Count
    trips_per_month: Count


class Rank(Params):
    """Points per step down the trainee's own ranking."""

    points_per_step: Count


class Wait(Params):
    """Points per whole month from the earliest start."""

    points_per_month: Count


class RotationTravel(Params):
    """Minutes between position and site that make one point."""

    minutes_per_point: Annotated[int, Field(ge=1)]


class Postponed(Params):
    """Points for institution service left for after the horizon."""

    points: Count


class PerPosition(Params):
    """Points per position opened."""

    points: Count


class PerApplication(Params):
    """Points per selected application of a municipality alone."""

    points: Count


class PerPlaceMonth(Params):
    """Points per missing free place and month."""

    per_place_month: Count


class Compensated(Params):
    """Share of the policy's compensation that counts."""

    percent: Annotated[int, Field(ge=0, le=1000)]


class ListTarget(Params):
    """Target per full-time doctor, where it applies, and how fast it comes."""

    patients_per_fte: Patients
    phase_in_patients_per_year: Annotated[int, Field(ge=1, le=2500)] | None = None
    """A target falls from what is agreed by at most so many patients a year; None: at once."""
    age_weighted: bool = False
    """Are they patients of the nation's mean age?"""
    municipalities: Names | None = None
    """None: everywhere."""


class Workload(Params):
    """What a list means in hours, and the longest week of a full-time doctor. Linear, and an assumption."""

    fixed_minutes_per_week: Count
    seconds_per_patient_week: Annotated[int, Field(ge=1)]
    minutes_per_week_max: Count
    age_weighted: bool = False
    municipalities: Names | None = None


class TraineeList(Params):
    """A full-time trainee's list in the first, second, ... year of training; the last number thereafter."""

    patients_by_training_year: Annotated[tuple[Patients, ...], Field(min_length=1)]


class SupervisorRelief(Params):
    """Patients by which a supervisor's list is shorter for each supervision place taken."""

    patients_per_place: Annotated[int, Field(ge=1, le=2500)]


class FreePlaces(Params):
    """Places on lists to be kept free, so that residents can choose, as a share of the residents."""

    permille: Permille


class ListSpeed(Params):
    """Patients by which a full-time doctor's list may shrink in a month without haste."""

    patients_per_month: Count


class Compensation(Params):
    """Paid a year for each patient between what is agreed and the policy's target."""

    nok_per_patient_year: Count


RULE_KINDS: dict[str, type[Params]] = {
    "one_path": Params,
    "training_time": Params,
    "start_window": Params,
    "eligibility": Eligibility,
    "not_before": NotBefore,
    "notice": Notice,
    "catchment": Catchment,
    "pins": Params,
    "position_places": Params,
    "shared_position": Params,
    "site_slots": Params,
    "supervision": SupervisionParams,
    "absences": Absences,
    "trainees_per_municipality": Params,
    "coverage": Params,
    "list_limits": Params,
    "cross_border": Params,
    "groups": Groups,
    "openings": Params,
    "recruitment": Recruitment,
    "pipeline": Pipeline,
    "budget": Params,
    "selection": Selection,
    "free_places": Params,
}
"""Kinds of rules: the name is that of the module in `allokering/rules/`."""

TERM_KINDS: dict[str, type[Params]] = {
    "without_gp": PerResidentMonth,
    "above_target": PerPatientMonth,
    "locum": Locum,
    "cross_border": PerResidentMonth,
    "unplaced": Unplaced,
    "position_cost": PositionCost,
    "supervision_travel": SupervisionTravel,
    "rank": Rank,
    "wait": Wait,
    "rotation_travel": RotationTravel,
    "postponed": Postponed,
    "opening": PerPosition,
    "alone": PerApplication,
    "free_places": PerPlaceMonth,
    "compensation": Compensated,
}
"""Kinds of terms of an objective."""

KINDS: dict[str, dict[str, type[Params]]] = {
    "rule": RULE_KINDS,
    "tier": {"tier": Tier},
    "term": TERM_KINDS,
    "measure": {
        "list_target": ListTarget,
        "workload": Workload,
        "trainee_list": TraineeList,
        "supervisor_relief": SupervisorRelief,
        "free_places": FreePlaces,
        "list_speed": ListSpeed,
        "compensation": Compensation,
    },
    "programme": {"programme": Programme},
}
"""Every kind of entry by the section of a model that it stands in."""
