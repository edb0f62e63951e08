"""Positions that are opened, of those that the plan decides about."""

from __future__ import annotations

from allokering.evidence.written_plan import WrittenPlan, forms_to_choose
from allokering.formulation.choices import openings
from allokering.formulation.scope import Scope
from allokering.instance import Instance
from allokering.kinds import PerPosition
from allokering.plan import OpeningState

NAME = "positions opened"


def price(scope: Scope, params: PerPosition, instance: Instance) -> None:
    """A position that is opened costs points, so that none is opened which nobody needs."""
    for position, actor in openings(instance).items():
        scope.price_choice("opening", actor, position, params.points)


def recount(params: PerPosition, written: WrittenPlan) -> int:
    """Points for every position open that might have been closed or of another form."""
    choices = {row.position_id for forms in forms_to_choose(written.instance).values() for row in forms}
    opened = {row.position_id for row in written.plan.openings if row.state is OpeningState.OPEN}
    return len(opened & choices) * params.points
