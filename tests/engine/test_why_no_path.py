"""A question about a path is answered by rules: those whose checks fault it, and those that would free it."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from random import Random
from typing import Any

import case_files
import numpy as np
import pytest
from random_instances import random_case
from scenes import tiny

from allokering.engine.build import build
from allokering.engine.why_no_path import why_no_path
from allokering.formulation.path_space import PathSpace
from allokering.formulation.paths import PathOptions
from allokering.formulation.trace import Trace, barred, needed_to_bar
from allokering.instance import Instance
from allokering.model import Model
from allokering.plan import Opening, OpeningState, Placement, PlanTables, Rotation
from allokering.rules.registry import RULES

FILTERS = tuple(kind for kind, rule in RULES.items() if "path" in rule.SCOPE and hasattr(rule, "enforce"))
"""Rules that say which paths a trainee may have."""
CASES = [
    (kind, case)
    for kind in FILTERS
    for case in case_files.read_cases(kind)
    if case["stage"] == "placement" and len(case.get("paths", [tiny.GOOD_PATH])) == 1 and not case.get("opened")
]
SEEDS = range(200, 230)
OF_ROWS = {"position_places"}
"""Filters that have rows besides, whose checks find fault with what no path alone can help."""


def cell_of(instance: Instance, space: PathSpace, row: dict[str, Any]) -> tuple[int, int, int] | None:
    """Position, start and rotation of a case's path; None if it has not the length that the programme demands."""
    first = {instance.period_start(period): period for period in range(instance.settings.periods)}
    after = {instance.period_end(period): period + 1 for period in range(2 * instance.settings.periods)}
    start, end = first.get(row["from"]), after.get(row.get("completes", row["to"]))
    if start is None or end is None or end - start != space.finishes[0] - space.starts[0]:
        return None
    rotation = 0
    if "site" in row:
        begin, left = first.get(row["block_from"]), after.get(row["block_to"])
        if begin is None or left is None or left - begin != space.rotation_periods:
            return None
        of_site = space.rotation_site == space.sites.index(row["site"])
        rotation = int(np.flatnonzero(of_site & (space.rotation_begin == begin))[0])
    return space.positions.index(row["position"]), start, rotation


def removers(trace: Trace, space: PathSpace, position: int, start: int, rotation: int) -> set[str]:
    """The rules whose stamps forbid one path."""
    places = {
        "by_position_and_start": (position, start),
        "by_start_and_rotation": (start, rotation),
        "by_position_and_site": (position, space.rotation_site[rotation]),
    }
    return {stamp.rule for stamp in trace.stamps[space.trainee] if not stamp.mask[places[stamp.factor]]}


@pytest.mark.parametrize(("kind", "case"), CASES, ids=[f"{kind}: {case['name']}" for kind, case in CASES])
def test_a_path_of_a_case_is_removed_by_the_rules_that_fault_it(kind: str, case: dict[str, Any]) -> None:
    """By name, and by no others; a path of another length than the law's is not among those asked about.

    Whether places suffice and what is opened is no matter of one path; so of `position_places` only cases without.
    """
    situation = tiny.make(case)
    instance, model = situation.instance, situation.model
    row = case.get("paths", [tiny.GOOD_PATH])[0]
    alone = replace(instance, trainees=tuple(one for one in instance.trainees if one.trainee_id == row["trainee"]))
    trace = Trace()
    actor = build(alone, model, trace=trace).actors[0]
    assert isinstance(actor, PathOptions)
    cell = cell_of(instance, actor.space, row)
    faulted = {violation.rule for violation in _violations(instance, model, situation.plan)} - {"one_path"}
    if cell is None or not _is_of_one_block(situation.plan):
        assert kind == "training_time"
        return
    removed = removers(trace, actor.space, *cell)
    asked = why_no_path(
        instance, model, row["trainee"], row["position"], site_id=row.get("site", ""), from_date=row["from"]
    )

    assert removed - OF_ROWS == faulted - OF_ROWS
    assert removed <= {*asked.removed}
    assert asked.is_barred or asked.left <= asked.paths - bool(removed)


def test_a_position_that_opens_later_is_named() -> None:
    """The part of `position_places` that is a filter."""
    situation = tiny.make({"instance": {"positions": [{"position_id": "p-vik", "opens": dt.date(2021, 7, 1)}]}})

    answer = why_no_path(situation.instance, situation.model, "ann", "p-vik", from_date=dt.date(2020, 1, 1))

    assert (answer.is_barred, answer.alone) == (True, ("position_places",))


def _is_of_one_block(plan: PlanTables) -> bool:
    """Has nobody two blocks, and does everyone stay to the end? A path of the problem cannot but do so."""
    return len(plan.rotations) <= 1 and all(
        row.completes is None or row.to_date == row.completes or row.completes > dt.date(2021, 12, 31)
        for row in plan.placements
    )


def _violations(instance: Instance, model: Model, plan: PlanTables) -> list[Any]:
    return [
        violation
        for rule in model.rules
        if rule.kind in FILTERS and rule.in_force(instance.settings.start)
        for violation in RULES[rule.kind].check(rule.typed, instance, model, plan)
    ]


@pytest.mark.parametrize("seed", SEEDS)
def test_each_path_is_removed_by_the_rules_that_fault_it(seed: int) -> None:
    """On random instances, of paths that the programme's own law allows: the stamps are the violations' rules."""
    instance, model = random_case(seed)
    draw = Random(seed)
    ids = {rule.kind: rule.id for rule in model.rules if rule.in_force(instance.settings.start)}
    for trainee in instance.trainees:
        if trainee.recruited_to is not None and "recruitment" not in ids:
            continue
        pins = tuple(pin for pin in instance.pins if pin.trainee_id == trainee.trainee_id)
        alone = replace(instance, trainees=(trainee,), pins=pins)
        trace = Trace()
        actor = build(alone, model, trace=trace).actors[0]
        assert isinstance(actor, PathOptions)
        space = actor.space
        law = [stamp for stamp in trace.stamps[trainee.trainee_id] if stamp.rule == ids["training_time"]]
        allowed = np.ones((len(space.starts), len(space.rotation_site)), dtype=bool)
        for stamp in law:
            if stamp.factor == "by_start_and_rotation":
                allowed &= stamp.mask
        cells = np.argwhere(allowed)
        for start, rotation in draw.sample(cells.tolist(), min(len(cells), 12)):
            position = draw.randrange(len(space.positions))
            removed = removers(trace, space, position, start, rotation)
            plan = _plan(alone, actor, position, start, rotation)
            faulted = {ids[violation.rule] for violation in _violations(alone, model, plan)}

            assert removed == faulted, (trainee.trainee_id, space.positions[position], start, rotation)


def _plan(instance: Instance, actor: PathOptions, position: int, start: int, rotation: int) -> PlanTables:
    """A plan with one path, allowed or not."""
    space, last = actor.space, instance.settings.periods
    held = space.positions[position]
    begin, finish = int(space.rotation_begin[rotation]), int(space.finishes[start])
    placements = tuple(
        Placement.model_validate(
            {
                "trainee_id": actor.actor,
                "status": "placed",
                "position_id": held,
                "municipality_id": part.municipality_id,
                "share_percent": part.share_percent,
                "from": instance.period_start(int(space.starts[start])),
                "to": instance.period_end(min(finish, last) - 1),
                "completes": instance.period_end(finish - 1),
            }
        )
        for part in instance.position_parts
        if part.position_id == held
    )
    days = {
        "from": instance.period_start(begin) if rotation else None,
        "to": instance.period_end(begin + space.rotation_periods - 1) if rotation else None,
    }
    block = {"trainee_id": actor.actor, "site_id": space.sites[space.rotation_site[rotation]], **days}
    openings = tuple(
        Opening(
            position_id=row.position_id,
            state=OpeningState.OPEN,
            form=row.form,
            places=row.places,
            yearly_cost_nok=row.yearly_cost_nok,
            grant_nok=row.grant_nok,
        )
        for row in instance.positions
    )
    rotations = (Rotation.model_validate(block),) if rotation else ()
    return PlanTables(placements=placements, rotations=rotations, openings=openings)


@pytest.mark.parametrize("seed", SEEDS)
def test_who_alone_would_free_a_path_is_found_by_building_without_each(seed: int) -> None:
    """A rule is among those that alone would free a position if and only if there is a path once it is gone."""
    instance, model = random_case(seed)
    draw = Random(seed)
    trainee = draw.choice([row for row in instance.trainees if row.recruited_to is None] or instance.trainees)
    if trainee.recruited_to is not None:
        return
    position = draw.choice(instance.positions).position_id
    answer = why_no_path(instance, model, trainee.trainee_id, position)

    assert answer.is_barred is not _has_path(instance, model, trainee.trainee_id, position)
    if answer.is_barred:
        alone = {
            rule.id
            for rule in model.rules
            if _has_path(instance, _without(model, {rule.id}), trainee.trainee_id, position)
        }
        assert {*answer.alone} == alone
        for way in answer.ways:
            assert _has_path(instance, _without(model, {*way}), trainee.trainee_id, position)
            assert not any(
                _has_path(instance, _without(model, {*way} - {one}), trainee.trainee_id, position) for one in way
            )
    else:
        assert answer.ways == ()


def _without(model: Model, ids: set[str]) -> Model:
    return replace(model, rules=tuple(rule for rule in model.rules if rule.id not in ids))


def _has_path(instance: Instance, model: Model, trainee: str, position: str) -> bool:
    actor = next(actor for actor in build(instance, model).actors if actor.actor == trainee)
    assert isinstance(actor, PathOptions)
    return position in {actor.space.positions[number] for number in actor.positions}


def test_a_question_in_words_of_the_tables() -> None:
    """Ann asks for Nes: too far from home; and with a pin against it besides, neither alone would free it."""
    far = {"set": {"eligibility.home_minutes_max": "40"}}
    pinned = {
        **far,
        "instance": {"pins": [{"trainee_id": "ann", "what": "position", "verb": "never", "value": "p-nes"}]},
    }
    plain, both = tiny.make(far), tiny.make(pinned)

    one = why_no_path(plain.instance, plain.model, "ann", "p-nes")
    two = why_no_path(both.instance, both.model, "ann", "p-nes")
    fine = why_no_path(plain.instance, plain.model, "ann", "p-vik")

    assert (one.is_barred, one.alone, one.removed_all) == (True, ("eligibility",), ("eligibility",))
    assert (two.is_barred, two.alone, two.removed_all) == (True, (), ("eligibility", "pins"))
    assert two.ways == (("eligibility", "pins"),)
    assert (fine.is_barred, fine.ways) == (False, ())


def test_a_site_and_a_date_narrow_the_question() -> None:
    """From July there is a path; from January at the hospital the notice is too short."""
    situation = tiny.make({"set": {"notice.notice_months": "12", "catchment.alternative_minutes_max": "60"}})
    instance, model = situation.instance, situation.model

    at_once = why_no_path(instance, model, "ann", "p-vik", site_id="hosp", from_date=dt.date(2020, 3, 1))
    ward = why_no_path(instance, model, "ann", "p-vik", site_id="ward", from_date=dt.date(2020, 1, 1))

    assert at_once.is_barred
    assert "notice" in at_once.removed
    assert ("notice",) in at_once.ways
    assert not ward.is_barred


def test_what_is_not_there_cannot_be_asked_about() -> None:
    """Neither trainee, position, site nor day."""
    situation = tiny.make({})
    for question in (
        {"trainee_id": "nobody"},
        {"trainee_id": "ann", "position_id": "p-none"},
        {"trainee_id": "ann", "site_id": "none"},
        {"trainee_id": "ann", "from_date": dt.date(2030, 1, 1)},
    ):
        with pytest.raises(KeyError):
            why_no_path(situation.instance, situation.model, **question)  # type: ignore[arg-type]


def test_rules_that_together_leave_nothing_cannot_be_spared() -> None:
    """A pin to a position that is too far away: the pin keeps her from being unplaced, and distance from the place."""
    situation = tiny.make(
        {
            "set": {"eligibility.home_minutes_max": "0"},
            "instance": {
                "pins": [
                    {"trainee_id": "ann", "what": "position", "verb": "never", "value": name}
                    for name in ("p-vik", "p-both")
                ]
            },
        }
    )
    trace = Trace()
    actor = build(situation.instance, situation.model, trace=trace).actors[0]
    assert isinstance(actor, PathOptions)

    assert needed_to_bar(trace, actor.space, may_be_unplaced=False) == ("eligibility", "pins")
    assert barred(trace, actor.space).is_barred


def test_without_a_trace_nothing_is_kept() -> None:
    """And the problem is the same."""
    situation = tiny.make({})
    plain, traced = (
        build(situation.instance, situation.model),
        build(situation.instance, situation.model, trace=Trace()),
    )

    assert plain.resources == traced.resources
    assert [len(actor) for actor in plain.actors] == [len(actor) for actor in traced.actors]
