"""The space of a trainee's training paths, on which the rules work, and what paths use in their periods.

Axes: position (K), start (S), rotation (R, of which number 0 is "none"), site (H, of which number 0 is "no site"),
period (P).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum

import numpy as np

from allokering.problem import Booleans, Integers

NO_SITE = ""


class While(Enum):
    """In which periods of a path something is used."""

    HELD = "held"
    """From start to finish."""
    PRACTICE = "practice"
    """While the position is held, rotation apart."""
    ROTATION = "rotation"
    """In the window of absence."""
    AFTER = "after"
    """From the finish on."""


@dataclass(frozen=True)
class PathSpace:
    """All paths of one trainee before any rule has spoken: the axes, and what the rules leave of them.

    A rule narrows the three factors of `allowed` by `Scope.keep`; no rule reads what another has left.
    """

    trainee: str
    positions: tuple[str, ...]
    sites: tuple[str, ...]
    starts: Integers
    """First period of each start (S)."""
    finishes: Integers
    """Period after the last one of the path (S); may lie after the horizon."""
    rotation_site: Integers
    """Number of the rotation's site (R); 0 for none."""
    rotation_begin: Integers
    """First period of the rotation (R); the horizon for none."""
    rotation_periods: int
    """Length of the rotation."""
    periods: int
    by_position_and_start: Booleans
    by_start_and_rotation: Booleans
    by_position_and_site: Booleans

    def allowed(self, positions: Integers) -> Booleans:
        """What is left for some of the positions: shape (positions, S, R)."""
        left = self.by_position_and_start[positions, :, None] & self.by_start_and_rotation[None, :, :]
        return left & self.by_position_and_site[positions][:, self.rotation_site][:, None, :]


def none_or(rotations: Booleans, *, none: bool | Booleans = True) -> Booleans:
    """A mask of rotations, or of sites, with what it says of "none" before them on the last axis."""
    first = np.broadcast_to(np.asarray(none)[..., None], (*rotations.shape[:-1], 1))
    return np.concatenate([first, rotations], axis=-1)


@dataclass(frozen=True)
class Use:
    """A resource that paths use in some of their periods.

    `resource` gives the resource's number by (position, period), or by (site, period) if `by_site`; -1 for none.
    `amount` is a number, or an array by (position, start, period).
    """

    when: While
    resource: Integers
    amount: int | Integers
    by_site: bool = False

    @property
    def is_any(self) -> bool:
        """Is anything used at all?"""
        return bool(np.any(self.resource >= 0) and np.any(self.amount))


def path_space(
    trainee: str,
    positions: Sequence[str],
    sites: Sequence[str],
    periods: int,
    rotation_periods: int,
    path_periods: int,
) -> PathSpace:
    """The space of all paths of `path_periods`, with a block of `rotation_periods` at one of `sites`, or none."""
    starts = np.arange(periods)
    begins = np.arange(max(0, periods - rotation_periods + 1)) if rotation_periods else np.arange(0)
    site, begin = (grid.ravel() for grid in np.meshgrid(np.arange(1, len(sites) + 1), begins, indexing="ij"))
    return PathSpace(
        trainee=trainee,
        positions=tuple(positions),
        sites=(NO_SITE, *sites),
        starts=starts,
        finishes=starts + path_periods,
        rotation_site=np.concatenate([[0], site]).astype(np.int64),
        rotation_begin=np.concatenate([[periods], begin]).astype(np.int64),
        rotation_periods=rotation_periods,
        periods=periods,
        by_position_and_start=np.ones((len(positions), len(starts)), dtype=bool),
        by_start_and_rotation=np.ones((len(starts), 1 + len(site)), dtype=bool),
        by_position_and_site=np.ones((len(positions), 1 + len(sites)), dtype=bool),
    )
