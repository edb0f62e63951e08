"""Positions that the trainees ranked lower."""

from __future__ import annotations

import numpy as np

from allokering.evidence.written_plan import WrittenPlan
from allokering.formulation.path_space import PathSpace
from allokering.formulation.scope import Scope
from allokering.instance import Instance
from allokering.kinds import Rank
from allokering.problem import Integers

NAME = "positions that the trainees ranked lower"


def price(scope: Scope, params: Rank, instance: Instance) -> None:
    """A position further down the trainee's own ranking costs more; one not ranked, one step more than the last."""
    steps: dict[str, dict[str, int]] = {}
    for row in instance.preferences:
        steps.setdefault(row.trainee_id, {})[row.position_id] = row.rank - 1

    def points(space: PathSpace, positions: Integers) -> Integers:
        ranked = steps.get(space.trainee, {})
        unranked = max(ranked.values(), default=-1) + 1
        points = [params.points_per_step * ranked.get(space.positions[position], unranked) for position in positions]
        return np.array(points, dtype=np.int64)[:, None]

    scope.price_start("rank", points)


def recount(params: Rank, written: WrittenPlan) -> int:
    """Points for the steps down of everyone who has ranked anything."""
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
