"""Few of a municipality's trainees are away in institution service at the same time.

Index:   municipality, period
Math:    sum_{trainee, path: k has a part in m, in rotation in p} x
         <= max(absent_min, floor(doctors present in m / doctors_per_absence))
Units:   trainees at one time
Assumes: a trainee in a shared position counts in each of its municipalities; with `programmes`, only their trainees do
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from allokering.evidence.written_plan import doctors_present, read_paths
from allokering.facts.positions import by_part, doctors_by_place, municipalities_of_positions
from allokering.formulation.path_space import While
from allokering.formulation.scope import Scope
from allokering.instance import Instance
from allokering.kinds import Absences
from allokering.language import say
from allokering.model import Model
from allokering.plan import Plan
from allokering.violation import Violation

RULE = "absences"
SCOPE = ("resource",)


def enforce(scope: Scope, params: Absences, instance: Instance) -> None:
    """A row per municipality and period."""
    doctors = doctors_by_place(instance)
    parts = municipalities_of_positions(instance)
    counted = [
        row.trainee_id for row in instance.trainees if params.programmes is None or row.programme in params.programmes
    ]
    rows = scope.resources(
        sorted({municipality for part in parts.values() for municipality in part}),
        lambda municipality, period: max(
            params.absent_min, len(doctors[municipality, period]) // params.doctors_per_absence
        ),
    )
    for resource in by_part(parts, rows, len(scope.periods)):
        scope.use(While.ROTATION, resource, trainees=counted)


def check(params: Absences, instance: Instance, model: Model, plan: Plan) -> Iterator[Violation]:
    """Yield every municipality and period with too many trainees away."""
    away: Counter[tuple[str, int]] = Counter()
    for path in read_paths(instance, model, plan).values():
        if params.programmes is not None and path.trainee.programme not in params.programmes:
            continue
        away.update((part.municipality_id, period) for part in path.parts for period in path.away)
    present = doctors_present(instance)
    for (municipality_id, period), count in away.items():
        doctors = len(present.get((municipality_id, period), ()))
        limit = max(params.absent_min, doctors // params.doctors_per_absence)
        if count > limit:
            first = instance.period_start(period)
            message = say(
                "{municipality} has {count} trainees in institution service from {date}; at most {limit}",
                municipality=municipality_id,
                count=count,
                date=first,
                limit=limit,
            )
            yield Violation(RULE, f"{municipality_id} {first}", count, limit, message)
