"""A municipality has at most so many trainees at one time as it says.

Index:   municipality with a `max_trainees`, period
Math:    sum_{trainee, path: k has a part in m, occupied in p} x <= max_trainees[m]
Units:   trainees at one time, those in rotation included unless their programme says otherwise
Assumes: a trainee in a shared position counts in each of its municipalities
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from allokering.evidence.written_plan import read_paths
from allokering.facts.positions import by_part, municipalities_of_positions
from allokering.formulation.scope import Scope
from allokering.instance import Instance
from allokering.kinds import Params
from allokering.language import say
from allokering.model import Model
from allokering.plan import Plan
from allokering.violation import Violation

RULE = "trainees_per_municipality"
SCOPE = ("resource",)


def enforce(scope: Scope, params: Params, instance: Instance) -> None:  # noqa: ARG001
    """A row per period and municipality that states a number."""
    most = {row.municipality_id: row.max_trainees for row in instance.municipalities}
    rows = scope.resources(most, lambda municipality, _: most[municipality])
    for resource in by_part(municipalities_of_positions(instance), rows, len(scope.periods)):
        scope.use_while_occupied(resource)


def check(_params: Params, instance: Instance, model: Model, plan: Plan) -> Iterator[Violation]:
    """Yield every municipality and period with more trainees than it takes."""
    trainees: Counter[tuple[str, int]] = Counter()
    for path in read_paths(instance, model, plan).values():
        for part in path.parts:
            for period in path.occupied:
                trainees[part.municipality_id, period] += 1
    for municipality in instance.municipalities:
        limit = municipality.max_trainees
        for period in range(instance.settings.periods):
            count = trainees[municipality.municipality_id, period]
            if limit is not None and count > limit:
                first = instance.period_start(period)
                message = say(
                    "{municipality} has {count} trainees from {date}; at most {limit}",
                    municipality=municipality.municipality_id,
                    count=count,
                    date=first,
                    limit=limit,
                )
                yield Violation(RULE, f"{municipality.municipality_id} {first}", count, limit, message)
