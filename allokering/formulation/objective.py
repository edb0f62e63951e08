"""The terms of the objective that price training paths; those that price reliefs and transfers are with their rules."""

from __future__ import annotations

import datetime as dt

import numpy as np

from allokering.formulation.derived import minutes_from_parts, municipalities_of_positions
from allokering.formulation.paths import PathSpace
from allokering.formulation.scope import Scope
from allokering.instance import Instance, add_months
from allokering.kinds import PositionCost, Postponed, Rank, RotationTravel, Unplaced, Wait
from allokering.problem import Integers


def unplaced(scope: Scope, params: Unplaced, instance: Instance) -> None:  # noqa: ARG001
    """A trainee may be left without a position."""
    scope.allow_unplaced("unplaced", params.per_trainee)


def position_cost(scope: Scope, params: PositionCost, instance: Instance) -> None:
    """A held position costs its yearly cost less its grant."""
    yearly = np.array([position.yearly_cost_nok - position.grant_nok for position in instance.positions])
    cost = yearly * instance.settings.period_months * params.percent // 1200

    def price(space: PathSpace, positions: Integers) -> Integers:
        held = np.minimum(space.finishes, space.periods) - space.starts
        return np.asarray(cost[positions][:, None] * held, dtype=np.int64)

    scope.price_start("position_cost", price)


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
    """A start later than the trainee could have started costs by the whole month."""
    ready = {row.trainee_id: max(row.earliest_start, instance.settings.start) for row in instance.trainees}
    first_days = [instance.period_start(period) for period in scope.periods]

    def price(space: PathSpace, positions: Integers) -> Integers:  # noqa: ARG001
        months = [whole_months(ready[space.trainee], day) for day in first_days]
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


def whole_months(first: dt.date, second: dt.date) -> int:
    """Whole calendar months from the first day to the second; 0 if the second comes first."""
    months = max(0, (second.year - first.year) * 12 + second.month - first.month)
    return months - 1 if months and add_months(first, months) > second else months


PATH_TERMS = {
    "unplaced": unplaced,
    "position_cost": position_cost,
    "rank": rank,
    "wait": wait,
    "rotation_travel": rotation_travel,
    "postponed": postponed,
}
"""Terms that price paths. The others are priced where their relief or transfer is made."""
