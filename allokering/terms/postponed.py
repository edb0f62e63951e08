"""Institution service left for after the plan's end."""

from __future__ import annotations

import numpy as np

from allokering.evidence.written_plan import WrittenPlan
from allokering.formulation.path_space import PathSpace
from allokering.formulation.scope import Scope
from allokering.instance import Instance
from allokering.kinds import Postponed
from allokering.problem import Integers

NAME = "institution service after the plan's end"


def price(scope: Scope, params: Postponed, instance: Instance) -> None:  # noqa: ARG001
    """Institution service left for after the horizon costs points."""

    def points(space: PathSpace, positions: Integers) -> Integers:  # noqa: ARG001
        is_none = (space.rotation_site == 0) & (space.rotation_periods > 0)
        return np.asarray(params.points * is_none[None, :], dtype=np.int64)

    scope.price_rotation("postponed", points)


def recount(params: Postponed, written: WrittenPlan) -> int:
    """Points for everyone with a position who owes institution service and has no rotation."""
    return params.points * sum(
        path.programme.institution_months > path.trainee.institution_months_done and not path.rotations
        for path in written.paths.values()
    )
