"""Which rule took which of a trainee's paths away, and which rules would have to give way for one.

A path is removed by a set of rules, one bit each; among the paths asked about, the sets that hold no other are what
would have to give way. Kept only where a problem is built with `trace=True`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Literal

import numpy as np

from allokering.formulation.path_space import PathSpace
from allokering.problem import Booleans, Integers

Factor = Literal["by_position_and_start", "by_start_and_rotation", "by_position_and_site"]


@dataclass(frozen=True)
class Stamp:
    """What one rule left of one factor of a trainee's path space."""

    rule: str
    factor: Factor
    mask: Booleans


@dataclass
class Trace:
    """Everything that the rules took away, by trainee."""

    stamps: dict[str, list[Stamp]] = field(default_factory=dict)
    must_place: dict[str, list[str]] = field(default_factory=dict)
    """By trainee: the rules under which the trainee may not be left without a position."""

    def keep(self, rule: str, trainee: str, factor: Factor, mask: Booleans) -> None:
        """A rule left this much."""
        self.stamps.setdefault(trainee, []).append(Stamp(rule, factor, mask))


@dataclass(frozen=True)
class Barred:
    """Why a trainee has no path of some kind, by the ids of rules."""

    paths: int
    """Paths of lawful length that were asked about; 0 if there is none whatever the rules say."""
    left: int
    """How many of them the rules leave."""
    removed: Mapping[str, int]
    """How many each rule removes, whatever the others do; only rules that remove any, by id."""
    ways: tuple[tuple[str, ...], ...]
    """The smallest sets of rules that would leave a path if they gave way together, the smallest first."""

    @property
    def is_barred(self) -> bool:
        """Is no path left?"""
        return self.left == 0

    @property
    def removed_all(self) -> tuple[str, ...]:
        """Rules each of which by itself leaves no path."""
        return tuple(rule for rule, count in self.removed.items() if count == self.paths)

    @property
    def alone(self) -> tuple[str, ...]:
        """Rules each of which, if it alone gave way, would leave a path."""
        return tuple(way[0] for way in self.ways if len(way) == 1)


def barred(
    trace: Trace, space: PathSpace, position: str | None = None, site: str | None = None, start: int | None = None
) -> Barred:
    """Why the rules leave a trainee no path, of those that hold a position, visit a site, or begin in a period.

    What is not named may be any; of the paths without a rotation, none visits a site.

    Raises:
        ValueError: there is no such position, site or period.
    """
    rows = np.arange(len(space.positions)) if position is None else np.array([space.positions.index(position)])
    starts = np.arange(len(space.starts)) if start is None else np.array([space.starts.tolist().index(start)])
    own_site = None if site is None else space.sites.index(site)
    rotations = np.flatnonzero(np.ones(len(space.rotation_site)) if site is None else space.rotation_site == own_site)
    rules, cells = _removed(trace.stamps.get(space.trainee, ()), space, rows, starts, rotations)
    counts = {rule: int((cells >> bit & 1).sum()) for bit, rule in enumerate(rules)}
    return Barred(
        paths=cells.size,
        left=int((cells == 0).sum()),
        removed={rule: count for rule, count in sorted(counts.items()) if count},
        ways=() if (cells == 0).any() else _smallest(rules, np.unique(cells)),
    )


def needed_to_bar(trace: Trace, space: PathSpace, *, may_be_unplaced: bool) -> tuple[str, ...]:
    """Rules that together leave a trainee nothing, none of which could be spared; of several sets, of who spoke last.

    `may_be_unplaced`: would being unplaced be an option if no rule forbade it? There must be nothing left.
    """
    every = (np.arange(len(axis)) for axis in (space.positions, space.starts, space.rotation_site))
    rules, cells = _removed(trace.stamps.get(space.trainee, ()), space, *every)
    unplaced = trace.must_place.get(space.trainee, ())
    known = (*rules, *(rule for rule in unplaced if rule not in rules))
    sets = set(np.unique(cells).tolist())
    if may_be_unplaced:
        sets.add(sum(1 << known.index(rule) for rule in set(unplaced)))
    kept = (1 << len(known)) - 1
    for bit in range(len(known)):
        fewer = kept & ~(1 << bit)
        if all(bits & fewer for bits in sets):
            kept = fewer
    return tuple(rule for bit, rule in enumerate(known) if kept >> bit & 1)


def _removed(
    stamps: Iterable[Stamp], space: PathSpace, positions: Integers, starts: Integers, rotations: Integers
) -> tuple[tuple[str, ...], Integers]:
    """The rules as they spoke, and the set of those that remove each path as bits: (positions, starts, rotations)."""
    stamps = list(stamps)
    rules = tuple(dict.fromkeys(stamp.rule for stamp in stamps))
    cells = np.zeros((len(positions), len(starts), len(rotations)), dtype=np.int64)
    for stamp in stamps:
        if stamp.factor == "by_position_and_start":
            kept = stamp.mask[np.ix_(positions, starts)][:, :, None]
        elif stamp.factor == "by_start_and_rotation":
            kept = stamp.mask[np.ix_(starts, rotations)][None, :, :]
        else:
            kept = stamp.mask[np.ix_(positions, space.rotation_site[rotations])][:, None, :]
        cells |= np.where(kept, 0, 1 << rules.index(stamp.rule))
    return rules, cells


def _smallest(rules: tuple[str, ...], sets: Integers) -> tuple[tuple[str, ...], ...]:
    """Of sets of rules as bits, those that hold no other, the smallest first."""
    found: list[int] = []
    for bits in sorted(sets.tolist(), key=lambda bits: (bits.bit_count(), bits)):
        if not any(bits & other == other for other in found):
            found.append(bits)
    named = (tuple(rule for bit, rule in enumerate(rules) if bits >> bit & 1) for bits in found)
    return tuple(sorted(named, key=lambda way: (len(way), way)))
