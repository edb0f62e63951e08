"""Trainees without a position; nobody is missed who is not yet known."""

from __future__ import annotations

from allokering.evidence.written_plan import WrittenPlan
from allokering.formulation.scope import Scope
from allokering.instance import Instance
from allokering.kinds import Unplaced
from allokering.plan import PlacementStatus

NAME = "trainees without a position"


def price(scope: Scope, params: Unplaced, instance: Instance) -> None:  # noqa: ARG001
    """A trainee may be left without a position."""
    scope.allow_unplaced("unplaced", params.per_trainee)


def recount(params: Unplaced, written: WrittenPlan) -> int:
    """Points for everyone known who is unplaced."""
    known = {trainee.trainee_id for trainee in written.instance.trainees if trainee.recruited_to is None}
    unplaced = {row.trainee_id for row in written.plan.placements if row.status == PlacementStatus.UNPLACED}
    return len(unplaced & known) * params.per_trainee
