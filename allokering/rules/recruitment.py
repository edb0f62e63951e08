"""Somebody not yet known holds only a position that is announced for them, in a form that may draw someone qualified.

Index:   recruit
Math:    k in forms(recruited_to[t]);  chance[k] > 0
Units:   permille
Assumes: the chance is of the announcement or else of the rule, by form and least central municipality; nobody is
         qualified by having applied
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from allokering.evidence.written_plan import read_paths
from allokering.facts.recruitment import chances_of_positions, recruits
from allokering.formulation.scope import Scope
from allokering.instance import Instance
from allokering.kinds import Recruitment
from allokering.language import say
from allokering.model import Model
from allokering.plan import Plan
from allokering.violation import Violation

RULE = "recruitment"
SCOPE = ("path",)


def enforce(scope: Scope, params: Recruitment, instance: Instance) -> None:  # noqa: ARG001
    """Keep, for who is not known yet, the forms of the position announced that have a chance to be filled."""
    announced = recruits(instance)
    has_chance = chances_of_positions(instance, scope.draft.model) > 0
    head = np.array([position.alternative_to or position.position_id for position in instance.positions])
    for space in scope.spaces:
        if space.trainee in announced:
            scope.keep(space, by_position_and_start=((head == announced[space.trainee]) & has_chance)[:, None])


def check(_params: Recruitment, instance: Instance, model: Model, plan: Plan) -> Iterator[Violation]:
    """Yield every recruit in another position than the one announced, or in one that nobody can be expected to take."""
    for trainee_id, path in read_paths(instance, model, plan).items():
        announced = path.trainee.recruited_to
        if announced is None:
            continue
        position = path.position
        if announced not in {position.position_id, position.alternative_to}:
            message = say(
                "{trainee} is recruited to {announced}, and holds {position}",
                trainee=trainee_id,
                announced=announced,
                position=position.position_id,
            )
            yield Violation(RULE, f"{trainee_id} {position.position_id}", 1, 0, message)
        if path.chance == 0:
            message = say(
                "{trainee} holds {position}, which nobody is expected to apply for and be qualified",
                trainee=trainee_id,
                position=position.position_id,
            )
            yield Violation(RULE, f"{trainee_id} {position.position_id}", 0, 1, message)
