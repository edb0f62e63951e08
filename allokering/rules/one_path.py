"""Every trainee has exactly one training path, or is said to be unplaced where the objective allows it.

Index:   trainee
Math:    sum_option choose[trainee, option] = 1
Units:   paths
Assumes: being unplaced counts as a path for a recruit, and for all others if the objective prices it; a recruit has no
         other without a rule recruitment
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence

from allokering.evidence.written_plan import rule_in_force
from allokering.instance import Instance
from allokering.kinds import Params
from allokering.language import say
from allokering.model import Model
from allokering.plan import Placement, PlacementStatus, Plan
from allokering.violation import Violation

RULE = "one_path"
SCOPE = ("path",)
ENFORCED_BY = "formulation.paths"


def check(_params: Params, instance: Instance, model: Model, plan: Plan) -> Iterator[Violation]:
    """Yield every trainee with no path or several, and every row that is neither a whole path nor plainly unplaced."""
    rows_of: dict[str, list[Placement]] = defaultdict(list)
    for row in plan.placements:
        rows_of[row.trainee_id].append(row)
    has_chances = rule_in_force(instance, model, "recruitment") is not None
    for trainee in instance.trainees:
        rows = rows_of[trainee.trainee_id]
        paths = {(row.status, row.position_id, row.from_date, row.to_date, row.completes) for row in rows}
        if len(paths) != 1:
            message = say(
                "{trainee} has {count} training paths; 1 required", trainee=trainee.trainee_id, count=len(paths)
            )
            yield Violation(RULE, trainee.trainee_id, len(paths), 1, message)
        for row in rows:
            may_be_unplaced = trainee.recruited_to is not None or model.term("unplaced") is not None
            yield from _check_row(row, may_be_unplaced=may_be_unplaced)
        if trainee.recruited_to is not None and not has_chances:
            yield from _check_recruit(rows)


def _check_recruit(rows: Sequence[Placement]) -> Iterator[Violation]:
    for row in rows:
        if row.status == PlacementStatus.PLACED:
            message = say(
                "{trainee} is placed, and the model gives no chance of recruiting anybody", trainee=row.trainee_id
            )
            yield Violation(RULE, row.trainee_id, 1, 0, message)
            return


def _check_row(row: Placement, *, may_be_unplaced: bool) -> Iterator[Violation]:
    values = (row.position_id, row.municipality_id, row.share_percent, row.from_date, row.to_date, row.completes)
    if row.status == PlacementStatus.PLACED and None in values:
        message = say("{trainee} is placed, and the row lacks a column", trainee=row.trainee_id)
        yield Violation(RULE, row.trainee_id, 1, 0, message)
    if row.status == PlacementStatus.UNPLACED:
        if any(value is not None for value in values):
            message = say("{trainee} is unplaced, and the row names a position or a date", trainee=row.trainee_id)
            yield Violation(RULE, row.trainee_id, 1, 0, message)
        if not may_be_unplaced:
            message = say("{trainee} is unplaced, and the objective has no price for that", trainee=row.trainee_id)
            yield Violation(RULE, row.trainee_id, 1, 0, message)
