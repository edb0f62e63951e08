"""A site has no more trainees in institution service at one time than slots.

Index:   site, period
Math:    sum_{trainee, path: at h in p} x <= sum of `slots` over the site's rows valid in p
Units:   trainees at one time
Assumes: rows that overlap add up; a row that begins or ends inside a period gives nothing in it
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator

import numpy as np

from allokering.evidence.written_plan import holds_throughout, periods_between
from allokering.facts.positions import is_present
from allokering.formulation.path_space import While
from allokering.formulation.scope import Scope
from allokering.instance import Instance
from allokering.kinds import Params
from allokering.language import say
from allokering.model import Model
from allokering.plan import Plan
from allokering.tables import SiteSlot
from allokering.violation import Violation

RULE = "site_slots"
SCOPE = ("resource",)


def enforce(scope: Scope, params: Params, instance: Instance) -> None:  # noqa: ARG001
    """A row per site and period."""
    slots: dict[tuple[str, int], int] = defaultdict(int)
    for row in instance.site_slots:
        for period in scope.periods:
            if is_present(instance, row.from_date, row.to_date, period):
                slots[row.site_id, period] += row.slots
    rows = scope.resources([site.site_id for site in instance.sites], lambda site, period: slots[site, period])
    nowhere = np.full(len(scope.periods), -1)
    scope.use(While.ROTATION, np.stack([nowhere, *rows.values()]), by_site=True)


def check(_params: Params, instance: Instance, _model: Model, plan: Plan) -> Iterator[Violation]:
    """Yield every site and period with too many trainees."""
    rows_of: dict[str, list[SiteSlot]] = defaultdict(list)
    for slot in instance.site_slots:
        rows_of[slot.site_id].append(slot)
    trainees: Counter[tuple[str, int]] = Counter()
    for rotation in plan.rotations:
        trainees.update(
            (rotation.site_id, period) for period in periods_between(instance, rotation.from_date, rotation.to_date)
        )
    for (site_id, period), count in trainees.items():
        first, last = instance.period_start(period), instance.period_end(period)
        slots = sum(row.slots for row in rows_of[site_id] if holds_throughout(row.from_date, row.to_date, first, last))
        if count > slots:
            message = say(
                "{site} holds {count} trainees from {date}; {slots} slots",
                site=site_id,
                count=count,
                date=first,
                slots=slots,
            )
            yield Violation(RULE, f"{site_id} {first}", count, slots, message)
