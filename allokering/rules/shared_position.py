"""A trainee works in each municipality of the position by that municipality's share, and has that share of the list.

Index:   trainee, municipality, period
Math:    share written = share[k, m];  patients <= floor(whole list share[k, m] / 100) where k has several parts
Units:   percent; patients
Assumes: the whole list is that of docs/model.md, section 3, in training and after; the list in a position of one part
         is the rule list_limits'
"""

from __future__ import annotations

from collections.abc import Iterator

from allokering.evidence.recount import trainee_lists
from allokering.evidence.written_plan import WrittenPath, period_of, read_paths
from allokering.instance import Instance
from allokering.kinds import Params
from allokering.language import say
from allokering.model import Model
from allokering.plan import HolderKind, Plan
from allokering.violation import Violation

RULE = "shared_position"
SCOPE = ("stage",)
ENFORCED_BY = "formulation.placement"


def check(_params: Params, instance: Instance, model: Model, plan: Plan) -> Iterator[Violation]:
    """Yield every part that is missing, made up, of another share, or with too long a list."""
    paths = read_paths(instance, model, plan)
    for path in paths.values():
        yield from _check_shares(path)
    shared = [path for path in paths.values() if len(path.parts) > 1]
    limits = trainee_lists(instance, model, shared)
    for row in plan.lists:
        limit = limits.get((row.holder_id, row.municipality_id, period_of(instance, row.from_date)))
        if row.kind == HolderKind.TRAINEE and limit is not None and row.patients > limit:
            message = say(
                "{trainee} has {patients} patients in {municipality} from {date}; the share is {limit}",
                trainee=row.holder_id,
                patients=row.patients,
                municipality=row.municipality_id,
                date=row.from_date,
                limit=limit,
            )
            subject = f"{row.holder_id} {row.municipality_id} {row.from_date}"
            yield Violation(RULE, subject, row.patients, limit, message)


def _check_shares(path: WrittenPath) -> Iterator[Violation]:
    """A share of 0 percent is a municipality that is not there."""
    trainee_id = path.trainee.trainee_id
    written = {row.municipality_id: row.share_percent or 0 for row in path.rows if row.municipality_id is not None}
    agreed = {part.municipality_id: part.share_percent for part in path.parts}
    for municipality_id in sorted(written.keys() | agreed.keys()):
        share, required = written.get(municipality_id, 0), agreed.get(municipality_id, 0)
        if share != required:
            message = say(
                "{trainee} works {share} percent of {position} in {municipality}; {required} required",
                trainee=trainee_id,
                share=share,
                position=path.position.position_id,
                municipality=municipality_id,
                required=required,
            )
            yield Violation(RULE, f"{trainee_id} {municipality_id}", share, required, message)
