"""A site of certain kinds knows of institution service so many months before it begins.

Index:   trainee with a rotation at a site of one of `site_kinds`
Math:    start of the plan + notice_months <= first day of b
Units:   months
Assumes: the notice is given on the first day of the plan; with `programmes`, of their trainees only
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from allokering.evidence.written_plan import months_between
from allokering.formulation.path_space import none_or
from allokering.formulation.scope import Scope
from allokering.instance import Instance, add_months
from allokering.kinds import Notice
from allokering.language import say
from allokering.model import Model
from allokering.plan import Plan
from allokering.violation import Violation

RULE = "notice"
SCOPE = ("path",)


def enforce(scope: Scope, params: Notice, instance: Instance) -> None:
    """Keep the rotations that begin late enough for their site to have had notice."""
    earliest = add_months(instance.settings.start, params.notice_months)
    in_time = np.array([instance.period_start(period) >= earliest for period in scope.periods])
    wants_notice = np.array([False, *(site.kind in params.site_kinds for site in instance.sites)])
    for space, trainee in zip(scope.spaces, instance.trainees, strict=True):
        if params.programmes is not None and trainee.programme not in params.programmes:
            continue
        in_notice = wants_notice[space.rotation_site[1:]] & ~in_time[space.rotation_begin[1:]]
        scope.keep(space, by_start_and_rotation=none_or(~in_notice))


def check(params: Notice, instance: Instance, _model: Model, plan: Plan) -> Iterator[Violation]:
    """Yield every block that begins with too short notice."""
    warned = {site.site_id for site in instance.sites if site.kind in params.site_kinds}
    announced = {
        trainee.trainee_id
        for trainee in instance.trainees
        if params.programmes is None or trainee.programme in params.programmes
    }
    for rotation in plan.rotations:
        months = months_between(instance.settings.start, rotation.from_date)
        if rotation.trainee_id in announced and rotation.site_id in warned and months < params.notice_months:
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
