"""What happens while a plan is made, as data: said at the edge, in whichever language, from any thread.

An observer is called in the thread where the thing happens, which may be another than the one that asked for the plan;
it must be quick, and what it raises ends the job. Events hold no text: names of stages and tiers, numbers, and notes.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

from allokering.notes import Note
from allokering.plan import PlanTables


class Stage(StrEnum):
    """What a job does, in this order."""

    PLACEMENT = "placement"
    SUPERVISION = "supervision"
    GROUPS = "groups"
    LISTS = "lists"
    VERIFICATION = "verification"
    WRITING = "writing"


@dataclass(frozen=True)
class Began:
    """A stage begins."""

    stage: Stage
    seconds: float
    """Since the job began, here and below."""


@dataclass(frozen=True)
class Improved:
    """A better placement is known."""

    tier: str
    value: int
    bound: int | None
    seconds: float
    incumbent: Callable[[], PlanTables] | None = None
    """Gives its tables, as far as the placement decides them; None where the solver does not hand it out."""


@dataclass(frozen=True)
class Bounded:
    """More is proven of a tier: no placement has a lower value."""

    tier: str
    value: int | None
    """The best known."""
    bound: int
    seconds: float


@dataclass(frozen=True)
class Noted:
    """Something that a reader of the plan must know."""

    note: Note
    seconds: float


@dataclass(frozen=True)
class Ended:
    """A stage is done."""

    stage: Stage
    seconds: float


Event = Began | Improved | Bounded | Noted | Ended
Observer = Callable[[Event], None]


def unheard(event: Event) -> None:
    """Nobody is told."""
