"""The chance that an announcement of a position is filled: docs/model.md, section 2, recruitment."""

from __future__ import annotations

import numpy as np

from allokering.facts.calendar import rule_in_force
from allokering.facts.positions import municipalities_of_positions
from allokering.instance import Instance
from allokering.kinds import Recruitment
from allokering.model import Model
from allokering.problem import Integers
from allokering.tables import Announcement, Form

CERTAIN = 1000


def recruits(instance: Instance) -> dict[str, str]:
    """The position announced, by the trainee who is not yet known."""
    return {row.trainee_id: row.recruited_to for row in instance.trainees if row.recruited_to is not None}


def chances_of_positions(instance: Instance, model: Model) -> Integers:
    """The chance of every position in permille, in the instance's order; 0 if no rule on recruitment is in force."""
    params = rule_in_force(model, "recruitment", instance.settings.start)
    if not isinstance(params, Recruitment):
        return np.zeros(len(instance.positions), dtype=np.int64)
    announced = {row.position_id: row for row in instance.announcements}
    centrality = {row.municipality_id: row.centrality for row in instance.municipalities}
    parts = municipalities_of_positions(instance)
    permille = []
    for position in instance.positions:
        row = announced.get(position.position_id)
        if row is not None:
            permille.append(_filled(row))
            continue
        ladder = params.salaried_permille if position.form is Form.SALARIED else params.self_employed_permille
        classes = [centrality[municipality] or len(ladder) for municipality in parts[position.position_id]]
        permille.append(ladder[max(classes) - 1])
    return np.array(permille, dtype=np.int64)


def _filled(row: Announcement) -> int:
    """At least one of the applicants is qualified, each independently of the others; whole numbers, so exact."""
    all_outcomes = 1000**row.applicants
    nobody = (1000 - row.qualified_permille) ** row.applicants
    return int(CERTAIN * (all_outcomes - nobody) // all_outcomes)


def chances_of_trainees(instance: Instance, model: Model) -> dict[str, Integers]:
    """By trainee, the chance in permille of holding each position: certain for those who are known."""
    of_positions = chances_of_positions(instance, model)
    certain = np.full(len(of_positions), CERTAIN, dtype=np.int64)
    return {row.trainee_id: certain if row.recruited_to is None else of_positions for row in instance.trainees}
