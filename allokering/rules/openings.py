"""A position has one form at a time, a decided one exactly one; an optional one is opened if somebody takes it.

Index:   position with its alternatives; form of an optional position
Math:    sum_{forms k} opened[k] <= 1;  = 1 if the position is decided;  opened[k] <= sum_{trainee, path: k} x
Units:   forms
Assumes: the choice is an actor of its own, so the solver's side holds one form at a time by construction
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from allokering.evidence.written_plan import forms_to_choose
from allokering.formulation.choices import openings
from allokering.formulation.path_space import PathSpace, While
from allokering.formulation.scope import Scope
from allokering.instance import Instance
from allokering.kinds import Params
from allokering.language import say
from allokering.model import Model
from allokering.plan import OpeningState, Plan
from allokering.problem import Integers
from allokering.tables import PositionState
from allokering.violation import Violation

RULE = "openings"
SCOPE = ("resource",)


def enforce(scope: Scope, params: Params, instance: Instance) -> None:  # noqa: ARG001
    """A row per form of an optional position: who takes it makes room for its opening."""
    actors = openings(instance)
    rows = np.full((len(instance.positions), len(scope.periods)), -1)
    for number, position in enumerate(instance.positions):
        if position.state is PositionState.OPTIONAL:
            rows[number] = scope.resource(f"{position.position_id} taken", 0, 0)
            scope.choose(actors[position.position_id], position.position_id, int(rows[number, 0]), 1)

    def at_the_start(space: PathSpace, positions: Integers) -> Integers:
        begins = -(space.starts[:, None] == np.arange(space.periods)[None, :]).astype(np.int64)
        return np.broadcast_to(begins, (len(positions), *begins.shape))

    if (rows >= 0).any():
        scope.use(While.HELD, rows, at_the_start)


def check(_params: Params, instance: Instance, _model: Model, plan: Plan) -> Iterator[Violation]:
    """Yield every position that is open in two forms, or in none though it is decided, or though nobody takes it."""
    opened = {row.position_id for row in plan.openings if row.state is OpeningState.OPEN}
    for position_id, forms in forms_to_choose(instance).items():
        count = sum(form.position_id in opened for form in forms)
        if count > 1:
            message = say("{position} is open in {count} forms; at most 1", position=position_id, count=count)
            yield Violation(RULE, position_id, count, 1, message)
        elif count == 0 and forms[0].state is PositionState.OPEN:
            message = say("{position} is decided, and open in no form", position=position_id)
            yield Violation(RULE, position_id, 0, 1, message)
    held = {row.position_id for row in plan.placements}
    for position in instance.positions:
        position_id = position.position_id
        if position.state is PositionState.OPTIONAL and position_id in opened and position_id not in held:
            message = say("{position} is optional, and open though nobody takes it", position=position_id)
            yield Violation(RULE, position_id, 1, 0, message)
