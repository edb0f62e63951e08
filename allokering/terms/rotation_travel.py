"""Travel from the position to institution service."""

from __future__ import annotations

import numpy as np

from allokering.evidence.written_plan import WrittenPlan, minutes_from_position
from allokering.facts.positions import minutes_from_any, municipalities_of_positions
from allokering.formulation.path_space import PathSpace
from allokering.formulation.scope import Scope
from allokering.instance import Instance
from allokering.kinds import RotationTravel
from allokering.problem import Integers

NAME = "travel to institution service"


def price(scope: Scope, params: RotationTravel, instance: Instance) -> None:
    """A rotation costs by its distance from the position."""
    parts = list(municipalities_of_positions(instance).values())
    points = np.zeros((len(parts), 1 + len(instance.sites)), dtype=np.int64)
    for row, part in enumerate(parts):
        for column, site in enumerate(instance.sites, start=1):
            minutes = minutes_from_any(instance, part, site.municipality_id)
            points[row, column] = 0 if minutes is None else -(-minutes // params.minutes_per_point)

    def of_paths(space: PathSpace, positions: Integers) -> Integers:
        return np.asarray(points[positions][:, space.rotation_site], dtype=np.int64)

    scope.price_rotation("rotation_travel", of_paths)


def recount(params: RotationTravel, written: WrittenPlan) -> int:
    """A point for each stretch begun between position and site, once a rotation."""
    place_of = {site.site_id: site.municipality_id for site in written.instance.sites}
    points = 0
    for path in written.paths.values():
        for rotation in path.rotations:
            minutes = minutes_from_position(written.instance, path.parts, place_of[rotation.site_id]) or 0
            points += -(-minutes // params.minutes_per_point)
    return points
