"""A trainee starts within the trainee's own dates.

Index:   trainee
Math:    earliest_start <= first day of s <= latest_start
Units:   days outside the window
Assumes: an empty `latest_start` never limits
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from allokering.evidence.written_plan import read_paths
from allokering.formulation.scope import Scope
from allokering.instance import Instance
from allokering.kinds import Params
from allokering.language import say
from allokering.model import Model
from allokering.plan import Plan
from allokering.violation import Violation

RULE = "start_window"
SCOPE = ("path",)


def enforce(scope: Scope, params: Params, instance: Instance) -> None:  # noqa: ARG001
    """Keep the paths that start inside the trainee's window."""
    first_days = [instance.period_start(period) for period in scope.periods]
    for space, trainee in zip(scope.spaces, instance.trainees, strict=True):
        latest = trainee.latest_start or instance.end
        inside = np.array([trainee.earliest_start <= day <= latest for day in first_days])
        scope.keep(space, by_position_and_start=inside)


def check(_params: Params, instance: Instance, model: Model, plan: Plan) -> Iterator[Violation]:
    """Yield every trainee who starts too early or too late."""
    for path in read_paths(instance, model, plan).values():
        trainee = path.trainee
        early = (trainee.earliest_start - path.from_date).days
        if early > 0:
            message = say(
                "{trainee} starts {start}, {days} days before {limit}",
                trainee=trainee.trainee_id,
                start=path.from_date,
                days=early,
                limit=trainee.earliest_start,
            )
            yield Violation(RULE, trainee.trainee_id, early, 0, message)
        late = 0 if trainee.latest_start is None else (path.from_date - trainee.latest_start).days
        if late > 0:
            message = say(
                "{trainee} starts {start}, {days} days after {limit}",
                trainee=trainee.trainee_id,
                start=path.from_date,
                days=late,
                limit=trainee.latest_start,
            )
            yield Violation(RULE, trainee.trainee_id, late, 0, message)
