"""Months from the earliest start to the start."""

from __future__ import annotations

import numpy as np

from allokering.evidence.written_plan import WrittenPlan
from allokering.evidence.written_plan import whole_months as counted_months
from allokering.facts.calendar import whole_months
from allokering.facts.recruitment import recruits
from allokering.formulation.path_space import PathSpace
from allokering.formulation.scope import Scope
from allokering.instance import Instance
from allokering.kinds import Wait
from allokering.problem import Integers

NAME = "months from earliest start to start"


def price(scope: Scope, params: Wait, instance: Instance) -> None:
    """A start later than the trainee could have started costs by the whole month; nobody waits who is not known."""
    unknown = recruits(instance)
    ready = {row.trainee_id: max(row.earliest_start, instance.settings.start) for row in instance.trainees}
    first_days = [instance.period_start(period) for period in scope.periods]

    def points(space: PathSpace, positions: Integers) -> Integers:  # noqa: ARG001
        is_known = space.trainee not in unknown
        months = [whole_months(ready[space.trainee], day) * is_known for day in first_days]
        return params.points_per_month * np.array(months, dtype=np.int64)[None, :]

    scope.price_start("wait", points)


def recount(params: Wait, written: WrittenPlan) -> int:
    """Points for the whole months that everyone known waits."""
    start = written.instance.settings.start
    return params.points_per_month * sum(
        counted_months(max(path.trainee.earliest_start, start), path.from_date)
        for path in written.paths.values()
        if path.trainee.recruited_to is None
    )
