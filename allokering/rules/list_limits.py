"""No list is longer than its holder may have.

Index:   doctor or trainee, municipality, period
Math:    patients[d, p] <= list_limit[d];  patients[t, m, p] <= list[t, m, p], in training and after
Units:   patients
Assumes: a trainee in a shared position is the rule shared_position's; a supervisor's relief lowers the target alone
"""

from __future__ import annotations

from collections.abc import Iterator

from allokering.evidence.recount import trainee_lists
from allokering.evidence.written_plan import period_of, read_paths
from allokering.instance import Instance
from allokering.kinds import Params
from allokering.language import say
from allokering.model import Model
from allokering.plan import HolderKind, Plan
from allokering.violation import Violation

RULE = "list_limits"
SCOPE = ("stage",)
ENFORCED_BY = "stages.lists"


def check(_params: Params, instance: Instance, model: Model, plan: Plan) -> Iterator[Violation]:
    """Yield every list that is too long."""
    agreed = {doctor.doctor_id: doctor.list_limit for doctor in instance.doctors}
    alone = [path for path in read_paths(instance, model, plan).values() if len(path.parts) == 1]
    of_trainees = trainee_lists(instance, model, alone)
    for row in plan.lists:
        if row.kind == HolderKind.DOCTOR:
            limit = agreed.get(row.holder_id)
        else:
            limit = of_trainees.get((row.holder_id, row.municipality_id, period_of(instance, row.from_date)))
        if limit is not None and row.patients > limit:
            message = say(
                "{holder} has {patients} patients in {municipality} from {date}; at most {limit}",
                holder=row.holder_id,
                patients=row.patients,
                municipality=row.municipality_id,
                date=row.from_date,
                limit=limit,
            )
            subject = f"{row.holder_id} {row.municipality_id} {row.from_date}"
            yield Violation(RULE, subject, row.patients, limit, message)
