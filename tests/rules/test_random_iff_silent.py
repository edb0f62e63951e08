"""On random instances the rules enforce what they check: path by path, and row by row where trainees meet."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from random import Random

import numpy as np
import pytest
from oracle.paths import FILTERS, Path, Paths, alone, plan_of, violations
from random_instances import random_case

from allokering.engine.build import build
from allokering.evidence.written_plan import forms_to_choose
from allokering.formulation.paths import PathOptions
from allokering.instance import Instance
from allokering.model import Model
from allokering.tables import Trainee

SEEDS = range(100, 140)
MEETINGS = ("position_places", "site_slots", "absences", "trainees_per_municipality")
"""Rules that say how many may be in one place at a time, with no relief and nothing left to a later stage."""


def crowded(seed: int) -> tuple[Instance, Model]:
    """A random case in which every second municipality takes one trainee."""
    instance, model = random_case(seed)
    towns = (
        row.model_copy(update={"max_trainees": 1}) if number % 2 == 0 else row
        for number, row in enumerate(instance.municipalities)
    )
    return replace(instance, municipalities=tuple(towns)), model


@pytest.mark.parametrize("seed", SEEDS)
def test_a_path_is_an_option_if_and_only_if_the_checks_are_silent(seed: int) -> None:
    """Of every path of the length owed that can be written, whatever the other rules say of it."""
    instance, model = random_case(seed)
    problem = build(instance, model)
    possible = Paths(instance, model)
    draw = Random(seed)
    for actor, trainee in zip(problem.actors[: len(instance.trainees)], instance.trainees, strict=True):
        there = alone(instance, trainee)
        paths = list(possible.conceivable(trainee))
        for path in draw.sample(paths, min(len(paths), 60)):
            found = list(violations(FILTERS, there, model, plan_of(there, [path])))
            assert (actor.find(path.key) is not None) is (found == []), (path.key, found)


@pytest.mark.parametrize("seed", SEEDS)
def test_a_row_is_overfull_if_and_only_if_the_check_names_it(seed: int) -> None:
    """Whoever takes any path, and whatever is open: places, slots and absences passed are what the checks name."""
    instance, model = crowded(seed)
    problem = build(instance, model)
    possible = Paths(instance, model)
    draw = Random(seed)
    plain = [{path.key: path for path in possible.conceivable(trainee)} for trainee in instance.trainees]
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


def earliest(possible: Paths, trainee: Trainee) -> Iterator[Path]:
    """Yield the trainee's paths that begin first and have service inside the horizon, if any have."""
    yield from sorted(possible.conceivable(trainee), key=lambda path: (path.site is None, path.start, path.first or 0))


def test_random_rows_are_overfull_in_every_rule() -> None:
    """With one path each for everyone: the test above has something to find."""
    found: Counter[str] = Counter()
    for seed in SEEDS:
        instance, model = crowded(seed)
        possible = Paths(instance, model)
        paths = [next(earliest(possible, trainee), None) for trainee in instance.trainees]
        plan = plan_of(instance, [path for path in paths if path is not None])
        found.update(violation.rule for violation in violations(MEETINGS, instance, model, plan))

    assert set(found) == set(MEETINGS)
