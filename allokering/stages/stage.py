"""What the stages after the placement start from, and what each of them gives back.

A stage reads the placed trainees off the plan's own rows, period by period: it stands on what the plan says, not on how
the placement was found.
"""

from __future__ import annotations

from dataclasses import dataclass
from time import perf_counter
from typing import Generic, TypeVar

from allokering.plan import TierResult
from allokering.solvers.outcome import relative_gap
from allokering.tables import Row

AnyRow = TypeVar("AnyRow", bound=Row)


@dataclass(frozen=True)
class StageResult(Generic[AnyRow]):
    """The rows that a stage adds to the plan, sorted by key, and how good they are in each of its tiers."""

    rows: tuple[AnyRow, ...]
    tiers: tuple[TierResult, ...]
    struck: bool = False
    """Did the budget or a guard break a search off? If so, another machine may find other rows."""
    is_unique: bool = True
    """Would every processor, engine and seed give the same rows? They would where all tiers are proven and, after them,
    the prices drawn from ids, but for a chance of values over 2^20 that these tie (`solvers.canonical`); and where
    exact integer code in canonical order gives them."""


def stage_tier(name: str, unit: str, value: int, bound: int, since: float) -> TierResult:
    """How a stage did in one tier; `since` is the reading of `perf_counter` when work on the tier began."""
    return TierResult(
        name=name,
        unit=unit,
        value=value,
        bound=bound,
        gap=relative_gap(value, bound),
        status="optimal" if value == bound else "feasible",
        seconds=round(perf_counter() - since, 3),
    )
