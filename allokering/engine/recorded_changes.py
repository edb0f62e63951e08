"""Several changes made one after the other, as files give them and a plan records them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path

from allokering.engine.change import Change, change_of
from allokering.engine.change_file import read_change
from allokering.engine.direction import direction
from allokering.errors import Fault
from allokering.files.plan_files import HEADER_FILE, PlanFaulty
from allokering.instance import Instance
from allokering.language import say
from allokering.model import Model
from allokering.plan import Plan, RecordedChange


def read_changes(paths: Iterable[Path]) -> tuple[Change, ...]:
    """The changes in the files.

    Raises:
        ChangeFaulty, UsageError: as `read_change` does.
    """
    return tuple(read_change(path) for path in paths)


def changed_instance(instance: Instance, changes: Sequence[Change]) -> Instance:
    """The instance after every change, each made of what the one before it left."""
    for change in changes:
        instance = change.of_instance(instance)
    return instance


def changed_model(model: Model, changes: Sequence[Change]) -> Model:
    """The model after every change."""
    for change in changes:
        model = change.of_model(model)
    return model


def recorded(changes: Iterable[Change], instance: Instance | None = None) -> tuple[RecordedChange, ...]:
    """Changes as a plan records them.

    Args:
        changes: made one after the other.
        instance: of which the first was made; None: whether they restrict or relax is left open.
    """
    found: list[RecordedChange] = []
    before: Change | None = None
    for change in changes:
        if instance is not None and before is not None:
            instance = before.of_instance(instance)
        way = None if instance is None else direction(change, instance)
        found.append(RecordedChange(key=change.key, contents=change.plain(), direction=way))
        before = change
    return tuple(found)


def made_again(instance: Instance, plan: Plan) -> tuple[Instance, tuple[Change, ...]]:
    """The instance as the plan's changes make it, and those changes.

    Raises:
        PlanFaulty: what is recorded of one is not so.
        ChangeFaulty: it is no change.
    """
    changes = changes_of_plan(plan)
    for number, (change, one) in enumerate(zip(changes, plan.header.changes, strict=True), start=1):
        if one.direction is not None and one.direction != direction(change, instance):
            raise _faulty(number, "direction", one.direction, say("what the change does to the plans of the instance"))
        instance = change.of_instance(instance)
    return instance, changes


def changes_of_plan(plan: Plan) -> tuple[Change, ...]:
    """The changes that the plan recorded.

    Raises:
        PlanFaulty: what is recorded of one is not what its key was made of.
        ChangeFaulty: it is no change.
    """
    found = []
    for number, one in enumerate(plan.header.changes if plan.header else (), start=1):
        change = change_of(one.contents, f"{HEADER_FILE} changes {number}")
        if change.key != one.key:
            raise _faulty(number, "key", one.key, say("the key of what is recorded"))
        found.append(change)
    return tuple(found)


def _faulty(number: int, what: str, value: str, expected: str) -> PlanFaulty:
    """Of a change that the plan records."""
    fault = Fault(HEADER_FILE, None, f"changes {number} {what}", value, expected)
    return PlanFaulty(say("Faults in {name}: {count}", name=HEADER_FILE, count=1), [fault])
