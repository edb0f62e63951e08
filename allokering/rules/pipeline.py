"""Who has finished the training has the list, and supervises as much, as is expected of somebody who may have left.

Index:   trainee who has finished a programme with `leads_to_specialist`, municipality, period p >= F
Math:    list[t, m, p] = floor(floor(floor(patients f share / 10000) stays[y] / 1000) chance / 1000);
         sum_{trainees supervised in p} supervision_places
         <= floor(floor(supervises stays[y] / 1000) chance / 1000), y = floor((p - F) m / 12);
         0 if relief of so many places is more than the list there
Units:   patients; places of supervision at one time
Assumes: who stays works in the municipalities of the position that was held, and supervises from the one with the
         largest share; list_limits and shared_position check the list; cost and position end with the training
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from allokering.evidence.recount import finished_supervisors, places_given
from allokering.evidence.written_plan import read_paths
from allokering.facts.positions import main_municipalities, municipalities_of_positions, shares_of_positions
from allokering.facts.recruitment import CERTAIN, chances_of_trainees
from allokering.formulation.path_space import PathSpace, While
from allokering.formulation.scope import Scope
from allokering.formulation.shared_rows import FREE_PLACES, LISTED, SUPERVISORS
from allokering.formulation.trainee_lists import list_after, shares_in_part, staying
from allokering.instance import Instance
from allokering.kinds import Pipeline
from allokering.language import say
from allokering.model import Model
from allokering.plan import Plan
from allokering.problem import Integers
from allokering.violation import Violation

RULE = "pipeline"
SCOPE = ("resource",)


def enforce(scope: Scope, params: Pipeline, instance: Instance) -> None:
    """Who has finished adds places to the lists and to the supervision of the municipalities that publish them."""
    model, months = scope.draft.model, instance.settings.period_months
    stay = [row.trainee_id for row in instance.trainees if model.programme_params(row.programme).leads_to_specialist]
    parts = list(municipalities_of_positions(instance).values())
    for part in range(max((len(own) for own in parts), default=0)):
        subjects = [own[part] if part < len(own) else None for own in parts]
        patients = list_after(instance, model, params, shares_in_part(instance, part))
        for row in (LISTED, FREE_PLACES):
            scope.use_published(While.AFTER, row, subjects, patients, stay)
    main = main_municipalities(instance)
    shares = shares_of_positions(instance).values()
    share = np.array([own[place] for own, place in zip(shares, main, strict=True)], dtype=np.int64)
    patients = list_after(instance, model, params, share)
    chances = chances_of_trainees(instance, model)
    relief = np.array([scope.policy.relief(period) for period in scope.periods])

    def places(space: PathSpace, positions: Integers) -> Integers:
        stays = params.supervises * staying(params, space, months) // 1000
        expected = stays[None] * chances[space.trainee][positions][:, None, None] // CERTAIN
        return np.asarray(-np.where(relief * expected > -patients(space, positions), 0, expected), dtype=np.int64)

    scope.use_published(While.AFTER, SUPERVISORS, main, places, stay)


def check(_params: Pipeline, instance: Instance, model: Model, plan: Plan) -> Iterator[Violation]:
    """Yield everyone who has finished and gives more places than expected."""
    expected = finished_supervisors(instance, model, read_paths(instance, model, plan))
    for (supervisor_id, period), places in places_given(instance, model, plan).items():
        limit = expected.get((supervisor_id, period))
        if limit is not None and places > limit:
            first = instance.period_start(period)
            message = say(
                "{trainee} has finished and gives {count} places of supervision from {date}; at most {limit}",
                trainee=supervisor_id,
                count=places,
                date=first,
                limit=limit,
            )
            yield Violation(RULE, f"{supervisor_id} {first}", places, limit, message)
