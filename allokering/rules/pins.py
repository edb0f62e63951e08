"""What a planner has fixed for a trainee holds.

Index:   trainee, what is pinned
Math:    value in must[trainee, what] if that is not empty; value not in never[trainee, what]
Units:   right or wrong; for supervisors, periods against a pin
Assumes: a pin whose `until` is before the plan's start is void; pins of site and period are void for who owes no
         institution service; a pin of a supervisor speaks of periods that begin no later than `until`; only a `must`
         on a position is broken by being unplaced
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterator, Sequence

import numpy as np

from allokering.evidence.written_plan import WrittenPath, period_of, periods_between, read_paths
from allokering.formulation.path_space import none_or
from allokering.formulation.scope import Scope
from allokering.instance import Instance
from allokering.kinds import Params
from allokering.language import say
from allokering.model import Model
from allokering.plan import Plan
from allokering.problem import Booleans
from allokering.tables import Pin, PinVerb, PinWhat
from allokering.violation import Violation

RULE = "pins"
SCOPE = ("path",)


def enforce(scope: Scope, params: Params, instance: Instance) -> None:  # noqa: ARG001
    """Keep the paths that agree with the trainee's pins; pinned supervisors are held by the supervision rule."""
    pins_of: dict[str, list[Pin]] = defaultdict(list)
    for pin in instance.pins:
        if pin.until is None or pin.until >= instance.settings.start:
            pins_of[pin.trainee_id].append(pin)
    for space in scope.spaces:
        pins = pins_of.get(space.trainee, [])
        if not pins:
            continue
        positions = [pin for pin in pins if pin.what is PinWhat.POSITION]
        scope.keep(space, by_position_and_start=_agrees(positions, space.positions)[:, None])
        if any(pin.verb is PinVerb.MUST for pin in positions):
            scope.must_place(space.trainee)
        if space.rotation_periods == 0:
            continue
        sites = [pin for pin in pins if pin.what is PinWhat.SITE]
        scope.keep(space, by_position_and_site=none_or(_agrees(sites, space.sites[1:])))
        periods = [
            pin.model_copy(update={"value": str(_period_of(instance, dt.date.fromisoformat(pin.value)))})
            for pin in pins
            if pin.what is PinWhat.PERIOD
        ]
        agrees = _agrees(periods, [str(period) for period in scope.periods])
        may_be_none = not any(pin.verb is PinVerb.MUST for pin in sites + periods)
        begins = none_or(agrees[space.rotation_begin[1:]], none=may_be_none)
        scope.keep(space, by_start_and_rotation=begins)


def check(_params: Params, instance: Instance, model: Model, plan: Plan) -> Iterator[Violation]:
    """Yield every pin that the plan goes against."""
    paths = read_paths(instance, model, plan)
    pins: dict[tuple[str, PinWhat], list[Pin]] = defaultdict(list)
    for pin in instance.pins:
        if pin.until is None or pin.until >= instance.settings.start:
            pins[pin.trainee_id, pin.what].append(pin)
    for (trainee_id, what), pinned in pins.items():
        if what == PinWhat.POSITION:
            yield from _check_position(trainee_id, paths.get(trainee_id), pinned)
        elif what in {PinWhat.SITE, PinWhat.PERIOD} and trainee_id in paths:
            yield from _check_rotation(paths[trainee_id], what, pinned, instance)
    yield from _check_supervisors(pins, instance, plan)


def _goes_against(pins: Sequence[Pin], value: str) -> bool:
    must = {pin.value for pin in pins if pin.verb == PinVerb.MUST}
    never = {pin.value for pin in pins if pin.verb == PinVerb.NEVER}
    return (bool(must) and value not in must) or value in never


def _check_position(trainee_id: str, path: WrittenPath | None, pins: Sequence[Pin]) -> Iterator[Violation]:
    if path is None and any(pin.verb == PinVerb.MUST for pin in pins):
        message = say("{trainee} is pinned to a position, and is unplaced", trainee=trainee_id)
        yield Violation(RULE, trainee_id, 1, 0, message)
    elif path is not None and _goes_against(pins, path.position.position_id):
        message = say(
            "{trainee} holds {position}, against a pin", trainee=trainee_id, position=path.position.position_id
        )
        yield Violation(RULE, f"{trainee_id} {path.position.position_id}", 1, 0, message)


def _check_rotation(path: WrittenPath, what: PinWhat, pins: Sequence[Pin], instance: Instance) -> Iterator[Violation]:
    trainee_id = path.trainee.trainee_id
    if path.programme.institution_months <= path.trainee.institution_months_done:
        return
    if not path.rotations and any(pin.verb == PinVerb.MUST for pin in pins):
        message = say("{trainee} has a pinned rotation, and none in the plan", trainee=trainee_id)
        yield Violation(RULE, trainee_id, 1, 0, message)
    for rotation in path.rotations:
        if what == PinWhat.SITE:
            broken = _goes_against(pins, rotation.site_id)
        else:
            in_periods = [
                pin.model_copy(update={"value": str(period_of(instance, dt.date.fromisoformat(pin.value)))})
                for pin in pins
            ]
            broken = _goes_against(in_periods, str(period_of(instance, rotation.from_date)))
        if broken:
            message = say(
                "{trainee} is at {site} from {date}, against a pin",
                trainee=trainee_id,
                site=rotation.site_id,
                date=rotation.from_date,
            )
            yield Violation(RULE, f"{trainee_id} {rotation.site_id} {rotation.from_date}", 1, 0, message)


def _check_supervisors(
    pins: dict[tuple[str, PinWhat], list[Pin]], instance: Instance, plan: Plan
) -> Iterator[Violation]:
    for row in plan.supervision:
        pinned = pins.get((row.trainee_id, PinWhat.SUPERVISOR), [])
        if not pinned:
            continue
        against = 0
        for period in periods_between(instance, row.from_date, row.to_date):
            first = instance.period_start(period)
            active = [pin for pin in pinned if pin.until is None or first <= pin.until]
            against += _goes_against(active, row.supervisor_id)
        if against > 0:
            message = say(
                "{trainee} is supervised by {supervisor} in {count} periods from {date}, against a pin",
                trainee=row.trainee_id,
                supervisor=row.supervisor_id,
                count=against,
                date=row.from_date,
            )
            yield Violation(RULE, f"{row.trainee_id} {row.supervisor_id} {row.from_date}", against, 0, message)


def _agrees(pins: Sequence[Pin], values: Sequence[str]) -> Booleans:
    """Which of the values the pins allow."""
    must = {pin.value for pin in pins if pin.verb is PinVerb.MUST}
    never = {pin.value for pin in pins if pin.verb is PinVerb.NEVER}
    return np.array([(not must or value in must) and value not in never for value in values], dtype=bool)


def _period_of(instance: Instance, date: dt.date) -> int:
    """The period that a date falls in."""
    return sum(instance.period_start(period) <= date for period in range(1, instance.settings.periods))
