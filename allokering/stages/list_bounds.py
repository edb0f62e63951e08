"""What the lists of a municipality may be, one by one and together, before any is set."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from allokering.plan import HolderKind

Key = tuple[str, int]
"""Holder and period."""


@dataclass(frozen=True)
class Bounds:
    """What one list may be in one period."""

    kind: HolderKind
    target: int
    limit: int
    before: int | None
    """Patients just before the period, where that is a fact and not a decision."""
    speed: int | None = None
    """Patients by which the list may shrink into the period without haste; None: any number."""
    in_training: bool = False
    """Is it a trainee's in training? All other holders are settled: doctors, and those who have finished."""


@dataclass(frozen=True)
class Together:
    """How many patients a municipality's lists hold together in one period."""

    with_settled: int
    with_trainees: int
    targets: int
    """Sum of the targets of the settled."""
    above: int
    """Most patients above targets, over all the settled."""
    room: int
    """Sum of what lies between the targets and limits of the settled."""

    @property
    def all_at_target(self) -> bool:
        """Must all the settled have their target at least? They must if all that may be above targets has to be."""
        return self.with_settled == self.targets + self.above

    @property
    def above_is_shared(self) -> bool:
        """Must the settled share a number above targets that their own limits do not see to?"""
        return 0 < self.above < self.room and not self.all_at_target


Municipality = tuple[Mapping[Key, Bounds], Mapping[int, Together]]
"""A municipality's lists, and what they hold together in every period."""
