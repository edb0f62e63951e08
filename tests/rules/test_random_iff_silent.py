"""On random instances the rules enforce what they check: path by path, and row by row where trainees meet."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable
from dataclasses import replace
from random import Random

import numpy as np
import pytest
from brute_force_paths import Path, Situation
from random_instances import random_case

from allokering.engine.build import build
from allokering.evidence.written_plan import forms_to_choose
from allokering.formulation.paths import PathOptions
from allokering.instance import Instance
from allokering.model import Model
from allokering.plan import Opening, OpeningState, Placement, PlacementStatus, PlanTables, Rotation
from allokering.rules.registry import RULES
from allokering.violation import Violation

SEEDS = range(100, 140)
FILTERS = tuple(kind for kind, rule in RULES.items() if "path" in rule.SCOPE)
"""Rules that say which paths a trainee may have."""
MEETINGS = ("position_places", "site_slots", "absences", "trainees_per_municipality")
"""Rules that say how many may be in one place at a time, with no relief and nothing left to a later stage."""


def plan_of(instance: Instance, paths: Iterable[Path], closed: Collection[str] = ()) -> PlanTables:
    """A plan as far as paths, and which positions are closed, decide it."""
    paths = list(paths)
    last = instance.settings.periods
    return PlanTables(
        placements=tuple(
            Placement.model_validate(
                {
                    "trainee_id": path.trainee.trainee_id,
                    "status": PlacementStatus.PLACED,
                    "position_id": path.position.position_id,
                    "municipality_id": part.municipality_id,
                    "share_percent": part.share_percent,
                    "from": instance.period_start(path.start),
                    "to": instance.period_end(min(path.end, last) - 1),
                    "completes": instance.period_end(path.end - 1),
                }
            )
            for path in paths
            for part in instance.position_parts
            if part.position_id == path.position.position_id
        ),
        rotations=tuple(
            Rotation.model_validate(
                {
                    "trainee_id": path.trainee.trainee_id,
                    "site_id": path.site.site_id,
                    "from": instance.period_start(path.first),
                    "to": instance.period_end(path.first + path.service - 1),
                }
            )
            for path in paths
            if path.site is not None and path.first is not None
        ),
        openings=tuple(
            Opening(
                position_id=position.position_id,
                state=OpeningState.CLOSED if position.position_id in closed else OpeningState.OPEN,
                form=position.form,
                places=position.places,
                yearly_cost_nok=position.yearly_cost_nok,
                grant_nok=position.grant_nok,
            )
            for position in instance.positions
        ),
    )


def crowded(seed: int) -> tuple[Instance, Model]:
    """A random case in which every second municipality takes one trainee."""
    instance, model = random_case(seed)
    towns = (
        row.model_copy(update={"max_trainees": 1}) if number % 2 == 0 else row
        for number, row in enumerate(instance.municipalities)
    )
    return replace(instance, municipalities=tuple(towns)), model


def violations(kinds: Iterable[str], instance: Instance, model: Model, plan: PlanTables) -> list[Violation]:
    """What the checks of these kinds say, of rules in force."""
    return [
        violation
        for rule in model.rules
        if rule.kind in kinds and rule.in_force(instance.settings.start)
        for violation in RULES[rule.kind].check(rule.typed, instance, model, plan)
    ]


def key(path: Path) -> str:
    """The name that the path has among the engine's options."""
    rotation = "" if path.site is None else f" {path.site.site_id}@{path.first:03}"
    return f"{path.position.position_id}@{path.start:03}{rotation}"


@pytest.mark.parametrize("seed", SEEDS)
def test_a_path_is_an_option_if_and_only_if_the_checks_are_silent(seed: int) -> None:
    """Of every path of lawful length that the instance has room for, whatever the other rules say of it."""
    instance, model = random_case(seed)
    problem = build(instance, model)
    situation = Situation(instance, model)
    draw = Random(seed)
    for actor, trainee in zip(problem.actors[: len(instance.trainees)], instance.trainees, strict=True):
        pins = tuple(pin for pin in instance.pins if pin.trainee_id == trainee.trainee_id)
        alone = replace(instance, trainees=(trainee,), pins=pins)
        paths = list(situation.paths(trainee))
        for path in draw.sample(paths, min(len(paths), 60)):
            found = violations(FILTERS, alone, model, plan_of(alone, [path]))
            assert (actor.find(key(path)) is not None) is (found == []), (key(path), found)


@pytest.mark.parametrize("seed", SEEDS)
def test_a_row_is_overfull_if_and_only_if_the_check_names_it(seed: int) -> None:
    """Whoever takes any path, and whatever is open: places, slots and absences passed are what the checks name."""
    instance, model = crowded(seed)
    problem = build(instance, model)
    situation = Situation(instance, model)
    draw = Random(seed)
    plain = [{key(path): path for path in situation.paths(trainee)} for trainee in instance.trainees]
    for _ in range(8):
        used, paths = np.zeros(len(problem.resources), dtype=np.int64), []
        opened: set[str] = set()
        for actor in problem.actors[len(plain) :]:
            option = draw.randrange(len(actor))
            used += actor.usage(np.array([option]), len(used)).toarray()[0]
            opened.add(actor.key(option))
        closed = {row.position_id for forms in forms_to_choose(instance).values() for row in forms} - opened
        for actor, known in zip(problem.actors, plain, strict=False):
            assert isinstance(actor, PathOptions)
            placed = [option for option in range(len(actor)) if actor.path(option) is not None]
            if placed:
                option = draw.choice(placed)
                used += actor.usage(np.array([option]), len(used)).toarray()[0]
                paths.append(known[actor.key(option)])
        overfull = Counter(
            (row.rule, f"{row.subject} {instance.period_start(row.period)}", use - row.bound)
            for row, use in zip(problem.resources, used.tolist(), strict=True)
            if row.rule in MEETINGS and use > row.bound
        )
        named = violations(MEETINGS, instance, model, plan_of(instance, paths, closed))

        assert Counter((one.rule, one.subject, one.amount - one.limit) for one in named) == overfull


def test_random_rows_are_overfull_in_every_rule() -> None:
    """With one path each for everyone: the test above has something to find."""
    found: Counter[str] = Counter()
    for seed in SEEDS:
        instance, model = crowded(seed)
        situation = Situation(instance, model)
        paths = [next(situation.paths(trainee), None) for trainee in instance.trainees]
        plan = plan_of(instance, [path for path in paths if path is not None])
        found.update(violation.rule for violation in violations(MEETINGS, instance, model, plan))

    assert set(found) == set(MEETINGS)
