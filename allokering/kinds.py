"""The kinds of model entries and their parameters, each with its unit and bounds."""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from allokering.tables import SiteKind

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


class Eligibility(Params):
    """How far from home a position may be that the trainee has not ranked."""

    home_minutes_max: Count


class Notice(Params):
    """How long before institution service a site must know of it."""

    notice_months: Count
    site_kinds: frozenset[SiteKind]


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


class Groups(Params):
    """Supervision groups: months in one, how many of them in practice, size and travel."""

    months: Count
    practice_months_min: Count
    size_min: Annotated[int, Field(ge=1)]
    size_max: Annotated[int, Field(ge=1)]
    travel_minutes_max: Count


class Tier(Params):
    """What one unit of the tier is worth in the weighted objective."""

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


class ListTarget(Params):
    """Target per full-time doctor."""

    patients_per_fte: Annotated[int, Field(ge=0, le=2500)]


class TraineeList(Params):
    """A full-time trainee's list in the first, second, ... year of training; the last number thereafter."""

    patients_by_training_year: Annotated[tuple[Annotated[int, Field(ge=0, le=2500)], ...], Field(min_length=1)]


RULE_KINDS: dict[str, type[Params]] = {
    "one_path": Params,
    "training_time": Params,
    "start_window": Params,
    "eligibility": Eligibility,
    "not_before": Params,
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
}
"""Kinds of terms of an objective."""

KINDS: dict[str, dict[str, type[Params]]] = {
    "rule": RULE_KINDS,
    "tier": {"tier": Tier},
    "term": TERM_KINDS,
    "measure": {"list_target": ListTarget, "trainee_list": TraineeList},
    "programme": {"programme": Programme},
}
"""Every kind of entry by the section of a model that it stands in."""
