"""What a golden scene is: a case, the rules that speak in it, and what to read in the rows."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

TWO_PERIODS: dict[str, Any] = {"periods": 2}


def without(*positions: str) -> dict[str, list[dict[str, Any]]]:
    """Changes that take positions away."""
    dropped: list[dict[str, Any]] = [{"position_id": position, "drop": True} for position in positions]
    return {"positions": dropped, "position_parts": dropped}


ONLY_VIK = without("p-both", "p-dal", "p-nes")


@dataclass(frozen=True)
class Scene:
    """A case, the rules that speak in it, and what to read in the rows."""

    says: str
    case: Mapping[str, Any] = field(default_factory=dict)
    rules: tuple[str, ...] = ("training_time",)
    without_terms: tuple[str, ...] = ("unplaced",)
