"""Places on lists are kept free for residents to choose, or what is missing is counted where that has a price.

Index:   municipality, period with a measure free_places in force
Math:    R[m, p] + from elsewhere - elsewhere + floor(R[m, p] permille / 1000)
         <= sum_d target[d, p] + sum_t list[t, m, p] - relief[m, p] + missing[m, p];  missing = 0 without the term
Units:   places on lists
Assumes: residents without a place count as missing places too; a supervisor's relief is taken where the work is
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from allokering.evidence.recount import missing_places
from allokering.evidence.written_plan import read_paths
from allokering.facts.positions import by_part, doctors_by_place, municipalities_of_positions, residents_in
from allokering.formulation.path_space import While
from allokering.formulation.scope import Scope
from allokering.formulation.shared_rows import FREE_PLACES
from allokering.formulation.trainee_lists import list_in_part
from allokering.instance import Instance
from allokering.kinds import Params, PerPlaceMonth
from allokering.language import say
from allokering.model import Model
from allokering.plan import Plan
from allokering.problem import Integers
from allokering.terms.free_places import price
from allokering.violation import Violation

RULE = "free_places"
SCOPE = ("resource",)
MISSING_MAX = 20_000_000
"""More places than can be missing anywhere."""


def enforce(scope: Scope, params: Params, instance: Instance) -> None:  # noqa: ARG001
    """A row per municipality and period with the measure: residents and free places against places on lists."""
    months = instance.settings.period_months
    doctors = doctors_by_place(instance)
    term = scope.term("free_places")
    rows: dict[str, Integers] = {}
    for municipality in instance.municipalities:
        place, numbers = municipality.municipality_id, []
        for period in scope.periods:
            permille = scope.policy.free_places(period)
            if permille is None:
                numbers.append(-1)
                continue
            here = residents_in(municipality, period * months)
            places = sum(scope.policy.target(doctor, period) for doctor in doctors[place, period])
            row = scope.resource(place, period, places - here - here * permille // 1000)
            scope.publish(FREE_PLACES, place, period, row)
            if isinstance(term, PerPlaceMonth):
                scope.relieve(row, "free_places", MISSING_MAX, price(term, months))
            numbers.append(row)
        rows[place] = np.array(numbers)
    parts = municipalities_of_positions(instance)
    for part, resource in enumerate(by_part(parts, rows, len(scope.periods))):
        scope.use(While.PRACTICE, resource, amount=list_in_part(scope, instance, part))


def check(_params: Params, instance: Instance, model: Model, plan: Plan) -> Iterator[Violation]:
    """Yield every municipality and period with too few places, if the objective has no price for that."""
    if model.term("free_places") is not None:
        return
    missing = missing_places(instance, model, plan, read_paths(instance, model, plan))
    for (municipality_id, period), places in missing.items():
        if places > 0:
            first = instance.period_start(period)
            message = say(
                "{municipality} lacks {places} free places from {date}; 0 allowed",
                municipality=municipality_id,
                places=places,
                date=first,
            )
            yield Violation(RULE, f"{municipality_id} {first}", places, 0, message)
