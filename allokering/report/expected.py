"""What counts by chance: who is not yet recruited, and who has finished the training and may stay."""

from __future__ import annotations

import datetime as dt

from allokering.plan import HolderKind, ListLength
from allokering.report.bilingual import Told, chance, say
from allokering.report.scene import Scene


def note(scene: Scene) -> Told | None:
    """What a reader of expected numbers must know; None if nothing counts by chance."""
    if not any(is_expected(scene, row) for row in scene.plan.lists):
        return None
    return say(
        "Where somebody is yet to be recruited, or has finished the training and may stay, a list counts as what is "
        "expected of it: its length times the chance. Numbers of residents on lists are then expected numbers. The "
        "shortage to expect is at least what is shown, because luck in one place does not make up for bad luck in "
        "another."
    )


def is_expected(scene: Scene, row: ListLength) -> bool:
    """Does the list count by chance?"""
    return row.kind is HolderKind.TRAINEE and (row.holder_id in scene.recruits or is_after_training(scene, row))


def is_after_training(scene: Scene, row: ListLength) -> bool:
    """Is it the list of somebody who has finished?"""
    path = scene.paths.get(row.holder_id) if row.kind is HolderKind.TRAINEE else None
    return path is not None and row.from_date > path.completes


def stay(scene: Scene, trainee: str) -> tuple[ListLength, ...]:
    """The lists of one who has finished the training, in the order of time."""
    rows = (row for row in scene.lists_of.get(trainee, ()) if is_after_training(scene, row))
    return tuple(sorted(rows, key=lambda row: (row.from_date, row.municipality_id)))


def stays_from(scene: Scene, trainee: str) -> tuple[dt.date, dt.date] | None:
    """First and last day, inside the horizon, of one who may stay after the training."""
    rows = stay(scene, trainee)
    return (rows[0].from_date, rows[-1].to_date) if rows else None


def announced(scene: Scene, trainee: str) -> int | None:
    """Permille that the announcement fills the position of a recruit who has one; None for everyone else."""
    path = scene.paths.get(trainee)
    return path.chance if path is not None and trainee in scene.recruits else None


def of_announcement(scene: Scene, trainee: str) -> Told | None:
    """The chance in a sentence."""
    permille = announced(scene, trainee)
    if permille is None:
        return None
    return say(
        "Who that will be is not yet known: the chance that an announcement fills the position is {chance}.",
        chance=chance(permille),
    )


def of_staying(scene: Scene, trainee: str) -> Told | None:
    """The list to expect after the training, in a sentence."""
    rows = stay(scene, trainee)
    if not rows:
        return None
    last = sum(row.patients for row in rows if row.from_date == rows[-1].from_date)
    return say("The list to expect of one who may stay after the training is {patients} patients.", patients=last)
