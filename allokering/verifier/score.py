"""How good a written plan is, tier by tier, counted from the plan's rows and the raw tables.

Every term of docs/model.md, section 4, is a function here. Nothing is taken from a solver.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from allokering.evidence.recount import agreed_list, doctor_targets, missing_places, supervisor_relief
from allokering.evidence.written_plan import (
    WrittenPath,
    forms_to_choose,
    minutes_from_position,
    periods,
    periods_between,
    read_paths,
    whole_months,
    workplaces,
)
from allokering.instance import Instance
from allokering.kinds import (
    Compensated,
    Compensation,
    Locum,
    PerApplication,
    PerPatientMonth,
    PerPlaceMonth,
    PerPosition,
    PerResidentMonth,
    PositionCost,
    Postponed,
    Rank,
    RotationTravel,
    SupervisionTravel,
    Tier,
    Unplaced,
    Wait,
)
from allokering.model import Entry, Model
from allokering.plan import OpeningState, PlacementStatus, Plan, SelectionState

WEIGHTED = "weighted"
"""The objective in one tier, and that tier's name."""


@dataclass(frozen=True)
class TierScore:
    """What a plan costs in one tier."""

    name: str
    unit: str
    value: int


@dataclass(frozen=True)
class WrittenPlan:
    """A plan, what it was made from, and the paths read out of it."""

    instance: Instance
    model: Model
    plan: Plan
    paths: dict[str, WrittenPath]

    @property
    def period_months(self) -> int:
        """Length of a period."""
        return self.instance.settings.period_months


def score(instance: Instance, model: Model, plan: Plan, objective: str) -> tuple[TierScore, ...]:
    """The value of every tier in order; for the objective `weighted`, of the single tier `weighted` in NOK."""
    written = WrittenPlan(instance, model, plan, read_paths(instance, model, plan))
    values = {tier.id: 0 for tier in model.tiers}
    for term in model.terms:
        if term.tier is not None:
            values[term.tier] += PRICES[term.kind](term, written)
    if objective == WEIGHTED:
        worth = {tier.id: Tier.model_validate(tier.params).nok_per_unit for tier in model.tiers}
        return (TierScore(WEIGHTED, "NOK", sum(worth[tier_id] * value for tier_id, value in values.items())),)
    return tuple(TierScore(tier.id, tier.unit or "", values[tier.id]) for tier in model.tiers)


def _without_gp(term: Entry, written: WrittenPlan) -> int:
    params = PerResidentMonth.model_validate(term.params)
    residents = sum(row.without_gp for row in written.plan.coverage)
    return residents * written.period_months * params.per_resident_month


def _above_target(term: Entry, written: WrittenPlan) -> int:
    params = PerPatientMonth.model_validate(term.params)
    patients = sum(row.above_target for row in written.plan.coverage)
    return patients * written.period_months * params.per_patient_month


def _locum(term: Entry, written: WrittenPlan) -> int:
    params = Locum.model_validate(term.params)
    nok_per_patient = params.nok_per_week * 52 * written.period_months // (12 * params.patients_per_locum)
    return nok_per_patient * sum(row.locum for row in written.plan.coverage)


def _cross_border(term: Entry, written: WrittenPlan) -> int:
    params = PerResidentMonth.model_validate(term.params)
    residents = sum(row.residents for row in written.plan.cross_border)
    return residents * written.period_months * params.per_resident_month


def _unplaced(term: Entry, written: WrittenPlan) -> int:
    params = Unplaced.model_validate(term.params)
    known = {trainee.trainee_id for trainee in written.instance.trainees if trainee.recruited_to is None}
    unplaced = {row.trainee_id for row in written.plan.placements if row.status == PlacementStatus.UNPLACED}
    return len(unplaced & known) * params.per_trainee


def _position_cost(term: Entry, written: WrittenPlan) -> int:
    params = PositionCost.model_validate(term.params)
    nok = 0
    for path in written.paths.values():
        a_year = path.position.yearly_cost_nok - path.position.grant_nok
        a_period = a_year * written.period_months * params.percent // 1200
        nok += len(path.occupied) * (a_period * path.chance // 1000)
    return nok


def _supervision_travel(term: Entry, written: WrittenPlan) -> int:
    params = SupervisionTravel.model_validate(term.params)
    return supervision_travel_nok(params, written.instance, written.plan, written.paths)


def supervision_travel_nok(
    params: SupervisionTravel, instance: Instance, plan: Plan, paths: Mapping[str, WrittenPath]
) -> int:
    """What the named supervisors' journeys cost over the plan."""
    works_in = workplaces(instance, paths)
    nok = 0
    for row in plan.supervision:
        path = paths.get(row.trainee_id)
        if path is None or row.supervisor_id not in works_in:
            continue
        minutes = minutes_from_position(instance, path.parts, works_in[row.supervisor_id]) or 0
        hours_in_minutes = 2 * minutes * params.trips_per_month * instance.settings.period_months
        nok_per_period = hours_in_minutes * params.nok_per_hour // 60
        periods = len(periods_between(instance, row.from_date, row.to_date))
        nok += nok_per_period * periods * path.programme.supervision_places
    return nok


def _rank(term: Entry, written: WrittenPlan) -> int:
    params = Rank.model_validate(term.params)
    ranks: dict[str, dict[str, int]] = {}
    for row in written.instance.preferences:
        ranks.setdefault(row.trainee_id, {})[row.position_id] = row.rank
    points = 0
    for trainee_id, path in written.paths.items():
        own = ranks.get(trainee_id)
        if own is not None:
            rank = own.get(path.position.position_id, max(own.values()) + 1)
            points += params.points_per_step * (rank - 1)
    return points


def _wait(term: Entry, written: WrittenPlan) -> int:
    params = Wait.model_validate(term.params)
    start = written.instance.settings.start
    return params.points_per_month * sum(
        whole_months(max(path.trainee.earliest_start, start), path.from_date)
        for path in written.paths.values()
        if path.trainee.recruited_to is None
    )


def _rotation_travel(term: Entry, written: WrittenPlan) -> int:
    params = RotationTravel.model_validate(term.params)
    place_of = {site.site_id: site.municipality_id for site in written.instance.sites}
    points = 0
    for path in written.paths.values():
        for rotation in path.rotations:
            minutes = minutes_from_position(written.instance, path.parts, place_of[rotation.site_id]) or 0
            points += -(-minutes // params.minutes_per_point)
    return points


def _postponed(term: Entry, written: WrittenPlan) -> int:
    params = Postponed.model_validate(term.params)
    return params.points * sum(
        path.programme.institution_months > path.trainee.institution_months_done and not path.rotations
        for path in written.paths.values()
    )


def _opening(term: Entry, written: WrittenPlan) -> int:
    params = PerPosition.model_validate(term.params)
    choices = {row.position_id for forms in forms_to_choose(written.instance).values() for row in forms}
    opened = {row.position_id for row in written.plan.openings if row.state is OpeningState.OPEN}
    return len(opened & choices) * params.points


def _alone(term: Entry, written: WrittenPlan) -> int:
    params = PerApplication.model_validate(term.params)
    applicants = Counter(row.application_id for row in written.instance.applications)
    selected = {row.application_id for row in written.plan.selection if row.state is SelectionState.SELECTED}
    return sum(applicants[application_id] == 1 for application_id in selected) * params.points


def _free_places(term: Entry, written: WrittenPlan) -> int:
    params = PerPlaceMonth.model_validate(term.params)
    missing = missing_places(written.instance, written.model, written.plan, written.paths)
    return sum(missing.values()) * written.period_months * params.per_place_month


def _compensation(term: Entry, written: WrittenPlan) -> int:
    params = Compensated.model_validate(term.params)
    fewer: Counter[int] = Counter()
    agreed = {doctor.doctor_id: agreed_list(doctor) for doctor in written.instance.doctors}
    for (doctor_id, period), target in doctor_targets(written.instance, written.model).items():
        fewer[period] += agreed[doctor_id] - target
    for (_, period), patients in supervisor_relief(written.instance, written.model, written.plan).items():
        fewer[period] += patients
    nok = 0
    for period, first, _ in periods(written.instance):
        measure = written.model.measure("compensation", first)
        if measure is not None:
            a_year = Compensation.model_validate(measure.params).nok_per_patient_year
            nok += fewer[period] * (a_year * written.period_months * params.percent // 1200)
    return nok


PRICES: dict[str, Callable[[Entry, WrittenPlan], int]] = {
    "without_gp": _without_gp,
    "above_target": _above_target,
    "locum": _locum,
    "cross_border": _cross_border,
    "unplaced": _unplaced,
    "position_cost": _position_cost,
    "supervision_travel": _supervision_travel,
    "rank": _rank,
    "wait": _wait,
    "rotation_travel": _rotation_travel,
    "postponed": _postponed,
    "opening": _opening,
    "alone": _alone,
    "free_places": _free_places,
    "compensation": _compensation,
}
"""What a plan pays for every kind of term."""
