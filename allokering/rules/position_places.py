"""A position holds no more trainees at one time than it has places, and only while it is open.

Index:   position, period
Math:    sum_{trainee, path: occupies k in p} x <= places[k] y[k];  x = 0 if k is not open in every period held
Units:   trainees at one time
Assumes: a position that is decided, in one form, is open in the plan (y = 1); of the others the plan says so
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

import numpy as np

from allokering.evidence.written_plan import forms_to_choose, holds_throughout, read_paths
from allokering.facts.positions import is_present
from allokering.formulation.choices import openings
from allokering.formulation.scope import Scope
from allokering.instance import Instance
from allokering.kinds import Params
from allokering.language import say
from allokering.model import Model
from allokering.plan import Opening, OpeningState, Plan
from allokering.tables import Position
from allokering.violation import Violation

RULE = "position_places"
SCOPE = ("path", "resource")


def enforce(scope: Scope, params: Params, instance: Instance) -> None:  # noqa: ARG001
    """A row per position and period, and only paths in periods in which it can be open; an opening supplies places."""
    is_open = np.array(
        [
            [is_present(instance, position.opens, position.closes, period) for period in scope.periods]
            for position in instance.positions
        ],
        dtype=bool,
    ).reshape(len(instance.positions), len(scope.periods))
    places = {position.position_id: position.places for position in instance.positions}
    actors = openings(instance)
    rows = scope.resources(places, lambda position, _: 0 if position in actors else places[position])
    if not rows:
        return
    scope.use_while_occupied(np.stack(list(rows.values())))
    for position, actor in actors.items():
        for resource in rows[position].tolist():
            scope.choose(actor, position, resource, -places[position])
    closed_before = np.concatenate([np.zeros((len(is_open), 1), dtype=int), (~is_open).cumsum(axis=1)], axis=1)
    for space in scope.spaces:
        finishes = np.minimum(space.finishes, space.periods)
        scope.keep(space, by_position_and_start=closed_before[:, finishes] == closed_before[:, space.starts])


def check(_params: Params, instance: Instance, model: Model, plan: Plan) -> Iterator[Violation]:
    """Yield every position that is overfull, held while not open, or badly described in the openings."""
    holders: Counter[tuple[str, int]] = Counter()
    for trainee_id, path in read_paths(instance, model, plan).items():
        months_shut = 0
        holders.update((path.position.position_id, period) for period in path.occupied)
        for period in path.held:
            first, last = instance.period_start(period), instance.period_end(period)
            if not holds_throughout(path.position.opens, path.position.closes, first, last):
                months_shut += instance.settings.period_months
        if months_shut > 0:
            message = say(
                "{trainee} holds {position} {months} months when it is not open; 0 allowed",
                trainee=trainee_id,
                position=path.position.position_id,
                months=months_shut,
            )
            yield Violation(RULE, f"{path.position.position_id} {trainee_id}", months_shut, 0, message)
    written = {row.position_id: row for row in plan.openings}
    shut = {row.position_id for row in plan.openings if row.state is OpeningState.CLOSED}
    places = {row.position_id: 0 if row.position_id in shut else row.places for row in instance.positions}
    for (position_id, period), count in holders.items():
        if count > places[position_id]:
            first = instance.period_start(period)
            message = say(
                "{position} holds {count} trainees from {date}; {limit} places",
                position=position_id,
                count=count,
                date=first,
                limit=places[position_id],
            )
            yield Violation(RULE, f"{position_id} {first}", count, places[position_id], message)
    chosen = {row.position_id for forms in forms_to_choose(instance).values() for row in forms}
    for position in instance.positions:
        opening = written.get(position.position_id)
        yield from _check_opening(position, opening, is_decided=position.position_id not in chosen)


def _check_opening(position: Position, opening: Opening | None, *, is_decided: bool) -> Iterator[Violation]:
    position_id = position.position_id
    if opening is None:
        yield Violation(RULE, position_id, 1, 0, say("{position} is not among the openings", position=position_id))
    elif opening.state == OpeningState.CLOSED:
        if is_decided:
            message = say("{position} is decided, and closed in the plan", position=position_id)
            yield Violation(RULE, position_id, 1, 0, message)
    elif (opening.form, opening.places, opening.yearly_cost_nok, opening.grant_nok) != (
        position.form,
        position.places,
        position.yearly_cost_nok,
        position.grant_nok,
    ):
        message = say(
            "{position} has another form, size or cost in the plan than in the instance", position=position_id
        )
        yield Violation(RULE, position_id, 1, 0, message)
