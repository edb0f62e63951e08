"""What a change is said to do to the plans, it does."""

from __future__ import annotations

from collections import Counter
from random import Random

import pytest
from random_changes import random_change
from random_instances import random_case

from allokering.engine.build import build
from allokering.engine.change import Change
from allokering.engine.direction import LESS_RESTRICTS, direction
from allokering.engine.edits import key_of
from allokering.errors import ChangeFaulty, InstanceFaulty, ModelFaulty
from allokering.files.reading import read_instance
from allokering.instance import Instance
from allokering.problem import Problem
from allokering.solvers.exact.relation import fingerprint, relation
from allokering.solvers.exact.solve import solve_exact

VEST = read_instance("alis-vest-2017")


def value(problem: Problem) -> tuple[float, ...]:
    """Of the optimum; of an impossible problem, more than any."""
    if not all(len(actor) for actor in problem.actors):
        return (float("inf"),)
    solution = solve_exact(problem, is_canonical=False).solution
    return (float("inf"),) if solution is None else problem.values(solution)


def likely(instance: Instance, draw: Random) -> Change:
    """A change of which something can be said, most of the time."""
    places = [(table, name) for table, name in sorted(LESS_RESTRICTS) if table != "trainees" and instance.rows(table)]
    if not places or draw.random() < 0.5:
        return random_change(instance, draw)
    table, name = draw.choice(places)
    row = draw.choice(instance.rows(table))
    return Change().set(
        table, dict(key_of(table, row)), **{name: draw.choice((0, 1, 5, 100_000 if name == "amount_nok" else 2))}
    )


@pytest.mark.slow
def test_what_is_said_is_true() -> None:
    """The optimum is never better where a change restricts, never worse where it relaxes; the form agrees."""
    said: Counter[str] = Counter()
    for seed in range(20):
        instance, model = random_case(seed)
        draw = Random(f"direction {seed}")
        old = build(instance, model)
        for _ in range(4):
            try:
                change = likely(instance, draw)
                after, changed = change.apply(instance, model)
            except (ChangeFaulty, InstanceFaulty, ModelFaulty):
                continue
            said[_checked(change, instance, old, build(after, changed))] += 1

    assert min(said["restricts"], said["relaxes"]) > 2


def _checked(change: Change, instance: Instance, old: Problem, new: Problem) -> str:
    found = direction(change, instance)
    form = relation(fingerprint(old), new)
    if found == "restricts":
        assert form.restricts or not form.relaxes, change.plain()
        assert value(new) >= value(old), change.plain()
    elif found == "relaxes":
        assert form.relaxes or not form.restricts, change.plain()
        assert value(new) <= value(old), change.plain()
    return str(found)


def test_what_can_be_said_of_a_region() -> None:
    """Pins, slots and windows; not what prices something, or opens what was closed."""
    pin = Change().pin("alis-bergen-1", "position", "must", "alis-aarstad")

    assert direction(pin, VEST) == "restricts"
    assert direction(pin.pin("alis-bergen-1", "position", "must", "alis-laksevaag"), VEST) is None
    assert direction(Change().pin("alis-bergen-1", "position", "must", "alis-gulen"), VEST) is None
    assert direction(pin.scale("site_slots", "slots", 500), VEST) == "restricts"
    assert direction(pin.scale("site_slots", "slots", 2000), VEST) is None
    assert direction(Change().scale("site_slots", "slots", 2000), VEST) == "relaxes"
    assert direction(Change().set("trainees", "alis-bergen-1", latest_start=""), VEST) == "relaxes"
    assert direction(Change().remove("trainees", "alis-bergen-1", dependents=True), VEST) is None
    assert direction(Change().override("notice.notice_months", 12), VEST) is None
    assert direction(Change(), VEST) == "restricts"
