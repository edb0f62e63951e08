"""The terms of the objective that price options; those that price reliefs and transfers are with their rules."""

from __future__ import annotations

import numpy as np

from allokering.facts.calendar import whole_months
from allokering.facts.positions import doctors_by_place, minutes_from_parts, municipalities_of_positions
from allokering.facts.recruitment import CERTAIN, chances_of_trainees, recruits
from allokering.facts.targets import Targets, agreed, compensation_per_patient
from allokering.formulation.choices import SELECTED, application, municipalities_of_applications, openings
from allokering.formulation.path_space import PathSpace
from allokering.formulation.scope import Scope
from allokering.instance import Instance
from allokering.kinds import (
    Compensated,
    PerApplication,
    PerPosition,
    PositionCost,
    Postponed,
    Rank,
    RotationTravel,
    Unplaced,
    Wait,
)
from allokering.problem import Integers


def unplaced(scope: Scope, params: Unplaced, instance: Instance) -> None:  # noqa: ARG001
    """A trainee may be left without a position."""
    scope.allow_unplaced("unplaced", params.per_trainee)


def position_cost(scope: Scope, params: PositionCost, instance: Instance) -> None:
    """An occupied position costs its yearly cost less its grant; one to be announced, by its chance to be filled."""
    yearly = np.array([position.yearly_cost_nok - position.grant_nok for position in instance.positions])
    cost = yearly * instance.settings.period_months * params.percent // 1200
    chances = chances_of_trainees(instance, scope.draft.model)
    programme_of = {row.trainee_id: scope.draft.model.programme_params(row.programme) for row in instance.trainees}

    def expected(space: PathSpace, positions: Integers) -> Integers:
        return np.asarray(cost[positions] * chances[space.trainee][positions] // CERTAIN, dtype=np.int64)

    def held(space: PathSpace, positions: Integers) -> Integers:
        periods = np.minimum(space.finishes, space.periods) - space.starts
        return np.asarray(expected(space, positions)[:, None] * periods, dtype=np.int64)

    def away(space: PathSpace, positions: Integers) -> Integers:
        if programme_of[space.trainee].holds_position_away:
            return np.zeros((1, 1), dtype=np.int64)
        periods = space.rotation_periods * (space.rotation_site > 0)
        return np.asarray(-expected(space, positions)[:, None] * periods, dtype=np.int64)

    scope.price_start("position_cost", held)
    scope.price_rotation("position_cost", away)


def rank(scope: Scope, params: Rank, instance: Instance) -> None:
    """A position further down the trainee's own ranking costs more; one not ranked, one step more than the last."""
    steps: dict[str, dict[str, int]] = {}
    for row in instance.preferences:
        steps.setdefault(row.trainee_id, {})[row.position_id] = row.rank - 1

    def price(space: PathSpace, positions: Integers) -> Integers:
        ranked = steps.get(space.trainee, {})
        unranked = max(ranked.values(), default=-1) + 1
        points = [params.points_per_step * ranked.get(space.positions[position], unranked) for position in positions]
        return np.array(points, dtype=np.int64)[:, None]

    scope.price_start("rank", price)


def wait(scope: Scope, params: Wait, instance: Instance) -> None:
    """A start later than the trainee could have started costs by the whole month; nobody waits who is not known."""
    unknown = recruits(instance)
    ready = {row.trainee_id: max(row.earliest_start, instance.settings.start) for row in instance.trainees}
    first_days = [instance.period_start(period) for period in scope.periods]

    def price(space: PathSpace, positions: Integers) -> Integers:  # noqa: ARG001
        is_known = space.trainee not in unknown
        months = [whole_months(ready[space.trainee], day) * is_known for day in first_days]
        return params.points_per_month * np.array(months, dtype=np.int64)[None, :]

    scope.price_start("wait", price)


def rotation_travel(scope: Scope, params: RotationTravel, instance: Instance) -> None:
    """A rotation costs by its distance from the position."""
    parts = list(municipalities_of_positions(instance).values())
    points = np.zeros((len(parts), 1 + len(instance.sites)), dtype=np.int64)
    for row, part in enumerate(parts):
        for column, site in enumerate(instance.sites, start=1):
            minutes = minutes_from_parts(instance, part, site.municipality_id)
            points[row, column] = 0 if minutes is None else -(-minutes // params.minutes_per_point)

    def price(space: PathSpace, positions: Integers) -> Integers:
        return np.asarray(points[positions][:, space.rotation_site], dtype=np.int64)

    scope.price_rotation("rotation_travel", price)


def postponed(scope: Scope, params: Postponed, instance: Instance) -> None:  # noqa: ARG001
    """Institution service left for after the horizon costs points."""

    def price(space: PathSpace, positions: Integers) -> Integers:  # noqa: ARG001
        is_none = (space.rotation_site == 0) & (space.rotation_periods > 0)
        return np.asarray(params.points * is_none[None, :], dtype=np.int64)

    scope.price_rotation("postponed", price)


def opening(scope: Scope, params: PerPosition, instance: Instance) -> None:
    """A position that is opened costs points, so that none is opened which nobody needs."""
    for position, actor in openings(instance).items():
        scope.price_choice("opening", actor, position, params.points)


def alone(scope: Scope, params: PerApplication, instance: Instance) -> None:
    """A municipality that takes part alone costs points; one that works with its neighbours does not."""
    for application_id, municipalities in municipalities_of_applications(instance).items():
        if len(municipalities) == 1:
            scope.price_choice("alone", application(application_id), SELECTED, params.points)


def compensation(scope: Scope, params: Compensated, instance: Instance) -> None:
    """Patients whom the policy takes off the doctors' lists are paid for; those for supervision are the rule's own."""
    targets, nok = Targets(instance, scope.draft.model), 0
    for (_, period), doctors in doctors_by_place(instance).items():
        each = compensation_per_patient(instance, scope.draft.model, period, params.percent)
        if each:
            nok += each * sum(agreed(doctor) - targets.target(doctor, period) for doctor in doctors)
    scope.price_always("compensation", nok)


TERMS = {
    "unplaced": unplaced,
    "position_cost": position_cost,
    "rank": rank,
    "wait": wait,
    "rotation_travel": rotation_travel,
    "postponed": postponed,
    "opening": opening,
    "alone": alone,
    "compensation": compensation,
}
"""Terms that price options. The others are priced where their relief or transfer is made."""
