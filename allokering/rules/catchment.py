"""Institution service is done in the position's own health trust, or near enough.

Index:   trainee with a rotation
Math:    trust[h] is empty, or the trust of a municipality of k, or one of those has none,
         or minutes(k, h) <= alternative_minutes_max
Units:   minutes one way
Assumes: travel is counted from the nearest of the position's municipalities; an unknown travel time is too long
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from allokering.evidence.written_plan import minutes_from_position, read_paths
from allokering.facts.positions import minutes_from_any, municipalities_of_positions
from allokering.formulation.scope import Scope
from allokering.instance import Instance
from allokering.kinds import Catchment
from allokering.language import say
from allokering.model import Model
from allokering.plan import Plan
from allokering.violation import Violation

RULE = "catchment"
SCOPE = ("path",)


def enforce(scope: Scope, params: Catchment, instance: Instance) -> None:
    """Keep the sites of the position's own health trust, those without a trust, and those near enough."""
    trust_of = {row.municipality_id: row.trust_id for row in instance.municipalities}
    municipalities = municipalities_of_positions(instance)
    within = np.ones((len(instance.positions), 1 + len(instance.sites)), dtype=bool)
    for row, position in enumerate(instance.positions):
        trusts = {trust_of[municipality] for municipality in municipalities[position.position_id]}
        for column, site in enumerate(instance.sites, start=1):
            if site.trust_id is None or None in trusts or site.trust_id in trusts:
                continue
            minutes = minutes_from_any(instance, municipalities[position.position_id], site.municipality_id)
            within[row, column] = minutes is not None and minutes <= params.alternative_minutes_max
    for space in scope.spaces:
        scope.keep(space, by_position_and_site=within)


def check(params: Catchment, instance: Instance, model: Model, plan: Plan) -> Iterator[Violation]:
    """Yield every block at a site of another trust that is too far away."""
    sites = {site.site_id: site for site in instance.sites}
    trust_of = {row.municipality_id: row.trust_id for row in instance.municipalities}
    for trainee_id, path in read_paths(instance, model, plan).items():
        trusts = {trust_of[part.municipality_id] for part in path.parts}
        for rotation in path.rotations:
            site = sites[rotation.site_id]
            if site.trust_id is None or site.trust_id in trusts or None in trusts:
                continue
            minutes = minutes_from_position(instance, path.parts, site.municipality_id)
            subject = f"{trainee_id} {site.site_id}"
            if minutes is None:
                message = say(
                    "{trainee} is at {site}, of another trust, and no way there is known",
                    trainee=trainee_id,
                    site=site.site_id,
                )
                yield Violation(RULE, subject, 1, 0, message)
            elif minutes > params.alternative_minutes_max:
                message = say(
                    "{trainee} is at {site}, of another trust and {minutes} minutes away; at most {limit}",
                    trainee=trainee_id,
                    site=site.site_id,
                    minutes=minutes,
                    limit=params.alternative_minutes_max,
                )
                yield Violation(RULE, subject, minutes, params.alternative_minutes_max, message)
