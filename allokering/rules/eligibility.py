"""A trainee holds only a position that the trainee has ranked, has been pinned to, or can live with the way to.

Index:   trainee
Math:    recruit[trainee], or ranked[trainee, k], or a `must` pin on a position, or minutes(home, k) <= home_minutes_max
Units:   minutes one way
Assumes: an unknown travel time is too long; a pin whose `until` is before the plan's start is void; a recruit lives
         wherever the position is
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

import numpy as np

from allokering.evidence.written_plan import WrittenPath, read_paths
from allokering.facts.positions import minutes_to_parts, municipalities_of_positions
from allokering.formulation.scope import Scope
from allokering.instance import Instance
from allokering.kinds import Eligibility
from allokering.language import say
from allokering.model import Model
from allokering.plan import Plan
from allokering.problem import Booleans
from allokering.tables import PinVerb, PinWhat
from allokering.violation import Violation

RULE = "eligibility"
SCOPE = ("path",)


def enforce(scope: Scope, params: Eligibility, instance: Instance) -> None:
    """Keep the positions that the trainee has ranked, is pinned to, or can reach from home; a recruit has none yet."""
    asked: dict[str, set[str]] = defaultdict(set)
    for row in instance.preferences:
        asked[row.trainee_id].add(row.position_id)
    for pin in instance.pins:
        holds = pin.until is None or pin.until >= instance.settings.start
        if pin.what is PinWhat.POSITION and pin.verb is PinVerb.MUST and holds:
            asked[pin.trainee_id].add(pin.value)
    parts = municipalities_of_positions(instance)
    near_home: dict[str, Booleans] = {}
    for space, trainee in zip(scope.spaces, instance.trainees, strict=True):
        if trainee.recruited_to is not None:
            continue
        home = trainee.home_municipality_id
        if home not in near_home:
            minutes = [minutes_to_parts(instance, home, parts[position]) for position in space.positions]
            is_near = [trip is not None and trip <= params.home_minutes_max for trip in minutes]
            near_home[home] = np.array(is_near, dtype=bool)
        own = asked[trainee.trainee_id]
        wanted = np.array([position in own for position in space.positions], dtype=bool)
        scope.keep(space, by_position_and_start=(near_home[home] | wanted)[:, None])


def check(params: Eligibility, instance: Instance, model: Model, plan: Plan) -> Iterator[Violation]:
    """Yield every trainee who holds a position too far from home."""
    ranked = {(row.trainee_id, row.position_id) for row in instance.preferences}
    pinned = {
        (pin.trainee_id, pin.value)
        for pin in instance.pins
        if pin.what == PinWhat.POSITION
        and pin.verb == PinVerb.MUST
        and (pin.until is None or pin.until >= instance.settings.start)
    }
    for trainee_id, path in read_paths(instance, model, plan).items():
        choice = (trainee_id, path.position.position_id)
        if path.trainee.recruited_to is not None or choice in ranked or choice in pinned:
            continue
        minutes = _minutes_from_home(path, instance)
        subject = " ".join(choice)
        if minutes is None:
            message = say(
                "{trainee} holds {position}, and no way there from home is known",
                trainee=trainee_id,
                position=choice[1],
            )
            yield Violation(RULE, subject, 1, 0, message)
        elif minutes > params.home_minutes_max:
            message = say(
                "{trainee} has {minutes} minutes from home to {position}; at most {limit}",
                trainee=trainee_id,
                minutes=minutes,
                position=choice[1],
                limit=params.home_minutes_max,
            )
            yield Violation(RULE, subject, minutes, params.home_minutes_max, message)


def _minutes_from_home(path: WrittenPath, instance: Instance) -> int | None:
    """To the nearest of the position's municipalities."""
    known = (instance.minutes(path.trainee.home_municipality_id, part.municipality_id) for part in path.parts)
    return min((minutes for minutes in known if minutes is not None), default=None)
