"""Supervisors on the road to trainees in other municipalities."""

from __future__ import annotations

from collections.abc import Mapping

from allokering.evidence.written_plan import (
    WrittenPath,
    WrittenPlan,
    minutes_from_position,
    periods_between,
    workplaces,
)
from allokering.instance import Instance
from allokering.kinds import SupervisionTravel
from allokering.plan import Plan

NAME = "supervisors on the road to other municipalities"
PRICED_BY = "rules.supervision.places"
IS_NOK = True


def price(params: SupervisionTravel, minutes: int, period_months: int) -> int:
    """NOK per place and period, so many minutes from the supervisor's municipality to the trainee's."""
    return 2 * minutes * params.trips_per_month * period_months * params.nok_per_hour // 60


def recount(params: SupervisionTravel, written: WrittenPlan) -> int:
    """NOK of the whole plan."""
    return travelled(params, written.instance, written.plan, written.paths)


def travelled(params: SupervisionTravel, instance: Instance, plan: Plan, paths: Mapping[str, WrittenPath]) -> int:
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
