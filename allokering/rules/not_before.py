"""Institution service begins only when the trainee has the months in practice that the site asks for.

Index:   trainee with a rotation
Math:    c_p + (b - s) f m / 100 >= after_practice_months[h]
Units:   months of full-time practice, rounded down
Assumes: practice credited before the plan counts whole; with `programmes`, it concerns only their trainees
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from allokering.evidence.written_plan import months_between, read_paths
from allokering.formulation.path_space import none_or
from allokering.formulation.scope import Scope
from allokering.instance import Instance
from allokering.kinds import NotBefore
from allokering.language import say
from allokering.model import Model
from allokering.plan import Plan
from allokering.violation import Violation

RULE = "not_before"
SCOPE = ("path",)


def enforce(scope: Scope, params: NotBefore, instance: Instance) -> None:
    """Keep the rotations that begin after enough months of practice for their site."""
    after = 100 * np.array([0, *(site.after_practice_months for site in instance.sites)])
    for space, trainee in zip(scope.spaces, instance.trainees, strict=True):
        if params.programmes is not None and trainee.programme not in params.programmes:
            continue
        work = trainee.fte_percent * instance.settings.period_months
        practised = 100 * trainee.practice_months_done + (space.rotation_begin[None, :] - space.starts[:, None]) * work
        enough = practised >= after[space.rotation_site]
        scope.keep(space, by_start_and_rotation=none_or(enough[:, 1:]))


def check(params: NotBefore, instance: Instance, model: Model, plan: Plan) -> Iterator[Violation]:
    """Yield every block that begins too soon for its site."""
    sites = {site.site_id: site for site in instance.sites}
    for trainee_id, path in read_paths(instance, model, plan).items():
        if params.programmes is not None and path.trainee.programme not in params.programmes:
            continue
        for rotation in path.rotations:
            required = sites[rotation.site_id].after_practice_months
            since_start = months_between(path.from_date, rotation.from_date) * path.trainee.fte_percent // 100
            practised = path.trainee.practice_months_done + since_start
            if practised < required:
                message = say(
                    "{trainee} begins at {site} after {months} months in practice; {required} required",
                    trainee=trainee_id,
                    site=rotation.site_id,
                    months=practised,
                    required=required,
                )
                yield Violation(RULE, f"{trainee_id} {rotation.site_id}", practised, required, message)
