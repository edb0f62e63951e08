"""How time is shared out: among the tiers, and in each of them among its bound, a first plan and the search."""

from __future__ import annotations

from allokering.solvers.budget import Budget

ALL_AT_ONCE = 0.6
"""Part of the time left for all tiers at once, where that comes first: as it begins, and again as its search does."""
LEADING = 0.15
"""Part of the share of all at once for the areas, which then only say where the search should look."""
FIRST_PLAN = 25.0
"""Seconds that a vast problem needs for a first plan at prices known already."""


def of_all(clock: Budget) -> Budget:
    """What all tiers at once have of the time that is left."""
    return part(clock, ALL_AT_ONCE)


def of_tier(clock: Budget, tiers: int, *, is_mended: bool) -> Budget:
    """What a tier has of the time that is left for so many, itself among them.

    All have the same; but what all at once gave away is mended from the most important tier on.
    """
    return part(clock, 1 / (min(2, tiers) if is_mended else tiers))


def of_bound(share: Budget, *, is_first_plan_slow: bool) -> Budget:
    """What the bound has of a tier's share: half, or less where there would be no time for a first plan."""
    if share.left is None:
        return Budget(None)
    return Budget(max(0.0, min(share.left / 2, share.left - FIRST_PLAN)) if is_first_plan_slow else share.left / 2)


def of_areas(share: Budget, *, is_told: bool) -> Budget:
    """What the areas have of a tier's share: half; little where nobody is told their bound and they only lead."""
    return part(share, 0.5 if is_told else LEADING)


def part(clock: Budget, share: float) -> Budget:
    """A part of the time that is left."""
    return Budget(None if clock.left is None else clock.left * share)
