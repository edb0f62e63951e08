"""A site of certain kinds knows of institution service so many months before it begins.

Index:   trainee with a rotation at a site of one of `site_kinds`
Math:    start of the plan + notice_months <= first day of b
Units:   months
Assumes: the notice is given on the first day of the plan
"""

from __future__ import annotations

from collections.abc import Iterator

from allokering.evidence import months_between
from allokering.instance import Instance
from allokering.kinds import Notice
from allokering.language import say
from allokering.model import Model
from allokering.plan import Plan
from allokering.violation import Violation

RULE = "notice"


def check(params: Notice, instance: Instance, _model: Model, plan: Plan) -> Iterator[Violation]:
    """Yield every block that begins with too short notice."""
    warned = {site.site_id for site in instance.sites if site.kind in params.site_kinds}
    for rotation in plan.rotations:
        months = months_between(instance.settings.start, rotation.from_date)
        if rotation.site_id in warned and months < params.notice_months:
            message = say(
                "{trainee} begins at {site} {date}, with {months} months' notice; {required} required",
                trainee=rotation.trainee_id,
                site=rotation.site_id,
                date=rotation.from_date,
                months=months,
                required=params.notice_months,
            )
            subject = f"{rotation.trainee_id} {rotation.site_id}"
            yield Violation(RULE, subject, months, params.notice_months, message)
