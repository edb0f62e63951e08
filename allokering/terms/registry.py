"""Every kind of term and the module that knows it."""

from __future__ import annotations

from types import ModuleType

from allokering.terms import (
    above_target,
    alone,
    compensation,
    cross_border,
    free_places,
    locum,
    opening,
    position_cost,
    postponed,
    rank,
    rotation_travel,
    supervision_travel,
    unplaced,
    wait,
    without_gp,
)

TERMS: dict[str, ModuleType] = {
    "without_gp": without_gp,
    "above_target": above_target,
    "locum": locum,
    "cross_border": cross_border,
    "unplaced": unplaced,
    "position_cost": position_cost,
    "supervision_travel": supervision_travel,
    "rank": rank,
    "wait": wait,
    "rotation_travel": rotation_travel,
    "postponed": postponed,
    "opening": opening,
    "alone": alone,
    "free_places": free_places,
    "compensation": compensation,
}
"""The order is that of `kinds.TERM_KINDS`."""
