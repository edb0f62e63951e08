"""What a solver says: a status, and values only where there are any."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Protocol

from allokering.problem import Problem, Solution, Tier
from allokering.solvers.exact.knowledge import Knowledge


class Status(StrEnum):
    """How a solve, or one tier of it, ended."""

    OPTIMAL = "optimal"
    FEASIBLE = "feasible"
    INFEASIBLE = "infeasible"
    UNKNOWN = "unknown"


class Note(StrEnum):
    """What a reader of the outcome must know that its values do not say."""

    STRUCK = "the time limit struck"
    """So on another machine the same call may end with another solution."""
    INTERRUPTED = "interrupted"


def relative_gap(value: float, bound: float) -> float:
    """(value - bound) / max(|value|, 1): 0 is proven."""
    return (value - bound) / max(abs(value), 1)


@dataclass(frozen=True)
class TierAnswer:
    """What an engine says of one minimisation; `bound` and `solution` are None where it has none."""

    status: Status
    bound: int | None
    solution: Solution | None


@dataclass(frozen=True)
class UniqueAnswer:
    """What an engine says of the last minimisation, which is to leave one solution."""

    solution: Solution | None
    is_unique: bool
    """Is it optimal, and no other choice of options as good?"""


@dataclass(frozen=True)
class TierOutcome:
    """How good the solution is in one tier, the earlier tiers held at the values reached."""

    tier: Tier
    value: int
    bound: int
    status: Status
    seconds: float

    @property
    def gap(self) -> float:
        """See `relative_gap`."""
        return relative_gap(self.value, self.bound)


@dataclass(frozen=True)
class Outcome:
    """The whole answer. `solution` is None unless the status is optimal or feasible."""

    status: Status
    solution: Solution | None
    tiers: tuple[TierOutcome, ...]
    solver: str
    seconds: float
    notes: tuple[Note, ...] = ()
    is_unique: bool = False
    """Are ties resolved: is the solution the one that every machine, engine and seed ends with?"""
    knowledge: Knowledge | None = None
    """What the solve taught; None where nothing was."""
    bound: int | None = None
    """Without a solution: no solution has a lower value in the first tier; None where nothing is proven of it."""

    def with_solution(self, problem: Problem, solution: Solution) -> Outcome:
        """The same bounds with another solution, its values and the statuses that follow."""
        tiers = []
        for tier, value in zip(self.tiers, problem.values(solution), strict=True):
            status = Status.OPTIMAL if tier.bound >= value else Status.FEASIBLE
            tiers.append(replace(tier, value=value, bound=min(tier.bound, value), status=status))
        is_proven = all(tier.status is Status.OPTIMAL for tier in tiers)
        status = Status.OPTIMAL if is_proven else Status.FEASIBLE
        return replace(self, status=status, solution=solution, tiers=tuple(tiers))


Report = Callable[[int | None, int | None], None]
"""Told the best value and the best bound of a tier so far."""


class Progress(Protocol):
    """Who is told how a solve goes."""

    def __call__(self, tier: str, value: int | None, bound: int | None, solution: Solution | None = None, /) -> None:
        """The tier's name, the best value and the best bound so far, and the solution where it is handed out."""


def silent(tier: str, value: int | None, bound: int | None, solution: Solution | None = None, /) -> None:
    """Progress that nobody watches."""
