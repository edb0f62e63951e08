"""A trainee's training paths as arrays: position x start x rotation, never enumerated in a loop.

What a path uses is the sum of a part that depends on position and start, a part that depends on site and begin of the
rotation, and their interaction in the window of absence. So the cost of every path at given resource prices is a few
array operations (`PathOptions.values`), and the usage of chosen paths is read off the same arrays
(`PathOptions.usage`).

Axes: position (K), start (S), rotation (R, of which number 0 is "none"), site (H, of which number 0 is "no site"),
period (P).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import Enum
from functools import cached_property

import numpy as np
import numpy.typing as npt
from scipy import sparse
from typing_extensions import override

from allokering.formulation.path import Path
from allokering.problem import Floats, Integers, Options, Surcharges

Booleans = npt.NDArray[np.bool_]
UNPLACED = "unplaced"
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

    A rule narrows one of the three factors of `allowed` in place; no rule reads what another has left.
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


WORTH = 50
"""Paths per option wanted from which on it pays to look at groups of rotations instead of all."""


@dataclass(frozen=True)
class _Groups:
    """Rotations in groups: those of number g are `order[starts[g]:starts[g + 1]]`."""

    order: Integers
    starts: Integers
    begin: Integers
    """First period of each group's rotations."""
    allowed: Booleans
    """Which starts allow a group's rotations: shape (starts, groups)."""


class PathOptions(Options):
    """The paths that the rules left, behind the interface of the solvers. Option 0 is "unplaced" where that is allowed.

    Args:
        space: the axes and what is left of them.
        uses: what paths use, over the positions of the space.
        position_start_prices: by (position, start, tier).
        rotation_prices: by (position, rotation, tier).
        unplaced_prices: per tier; None if the trainee must be placed.
    """

    def __init__(
        self,
        space: PathSpace,
        uses: Callable[[Integers], Sequence[Use]],
        prices: Callable[[Integers], tuple[Integers, Integers]],
        unplaced_prices: Integers | None,
    ) -> None:
        self.actor = space.trainee
        self._space = space
        possible = space.by_position_and_start.any(axis=1) & space.by_position_and_site.any(axis=1)
        positions = np.flatnonzero(possible)
        allowed = space.allowed(positions)
        kept = allowed.any(axis=(1, 2))
        self._positions = positions[kept]
        self._allowed = allowed[kept]
        self._cells = np.flatnonzero(self._allowed)
        self._uses = tuple(uses(self._positions))
        self._position_start_prices, self._rotation_prices = prices(self._positions)
        self._unplaced_prices = unplaced_prices
        self._first = 0 if unplaced_prices is None else 1

    @property
    def space(self) -> PathSpace:
        """The axes and what the rules left of them."""
        return self._space

    @property
    def positions(self) -> Integers:
        """Numbers, in the space, of the positions of some path (K)."""
        return self._positions

    @property
    def uses(self) -> tuple[Use, ...]:
        """What paths use, over `positions`."""
        return self._uses

    @property
    def path_prices(self) -> tuple[Integers, Integers]:
        """By (position, start, tier) and by (position, rotation, tier), over `positions`."""
        return self._position_start_prices, self._rotation_prices

    @property
    def unplaced_prices(self) -> Integers | None:
        """By tier; None if the trainee must be placed."""
        return self._unplaced_prices

    def number(self, position: int, start: int, rotation: int) -> int:
        """The option of a path by its place on the axes; `position` counts in `positions`."""
        cell = np.ravel_multi_index((position, start, rotation), self._allowed.shape)
        return self._first + int(np.searchsorted(self._cells, cell))

    @override
    def __len__(self) -> int:
        return self._first + len(self._cells)

    @override
    def key(self, option: int) -> str:
        path = self.path(option)
        return UNPLACED if path is None else str(path)

    @override
    def find(self, key: str) -> int | None:
        return self._numbers.get(key)

    def path(self, option: int) -> Path | None:
        """The path behind an option; None for "unplaced"."""
        if option < self._first:
            return None
        position, start, rotation = self._axes(np.array([option]))[:, 0]
        space = self._space
        return Path(
            position=space.positions[self._positions[position]],
            start=int(space.starts[start]),
            finish=int(space.finishes[start]),
            site=space.sites[space.rotation_site[rotation]] or None,
            begin=int(space.rotation_begin[rotation]),
            rotation_periods=space.rotation_periods if rotation else 0,
        )

    @cached_property
    def _numbers(self) -> dict[str, int]:
        return {self.key(option): option for option in range(len(self))}

    @override
    def usage(self, options: Integers, resources: int) -> sparse.csr_array:
        placed = np.flatnonzero(np.asarray(options) >= self._first)
        position, start, rotation = self._axes(np.asarray(options)[placed])
        when = self._when(start, rotation)
        rows, columns, amounts = [], [], []
        for use in self._uses:
            resource = use.resource[self._space.rotation_site[rotation] if use.by_site else position]
            amount = np.broadcast_to(
                use.amount if isinstance(use.amount, int) else use.amount[position, start], resource.shape
            )
            path, period = np.nonzero(when[use.when] & (resource >= 0) & (amount != 0))
            rows.append(placed[path])
            columns.append(resource[path, period])
            amounts.append(amount[path, period])
        if not rows:
            return sparse.csr_array((len(options), resources), dtype=np.int64)
        cells = (np.concatenate(rows), np.concatenate(columns))
        table = sparse.coo_array((np.concatenate(amounts), cells), shape=(len(options), resources)).tocsr()
        table.sum_duplicates()
        return table

    @override
    def prices(self, options: Integers) -> Integers:
        chosen = np.asarray(options)
        if self._unplaced_prices is None:
            position, start, rotation = self._axes(chosen)
            both = self._position_start_prices[position, start] + self._rotation_prices[position, rotation]
            return np.asarray(both, dtype=np.int64)
        out = np.tile(self._unplaced_prices, (len(chosen), 1))
        placed = chosen >= self._first
        position, start, rotation = self._axes(chosen[placed])
        out[placed] = self._position_start_prices[position, start] + self._rotation_prices[position, rotation]
        return out

    @override
    def amounts(self) -> Integers:
        return np.unique(np.concatenate([np.ravel(use.amount) for use in self._uses] or [np.zeros(0, dtype=np.int64)]))

    @override
    def touched(self) -> Integers:
        sites = self._space.rotation_site[self._allowed.any(axis=(0, 1))]
        found = [np.ravel(use.resource[sites] if use.by_site else use.resource) for use in self._uses]
        numbers = np.unique(np.concatenate([np.zeros(0, dtype=np.int64), *found]))
        return numbers[numbers >= 0]

    @override
    def alike(self) -> Integers:
        """Paths that differ in nothing but the site of their rotation are alike."""
        position, start, rotation = self._axes(np.arange(self._first, len(self)))
        axes = (len(self._positions), len(self._space.starts), self._space.periods + 1)
        number = np.ravel_multi_index((position, start, self._space.rotation_begin[rotation]), axes)
        return np.concatenate([np.full(self._first, -1), number])

    @override
    def beside(self) -> Integers:
        by_site = [np.ravel(use.resource) for use in self._uses if use.by_site]
        numbers = np.unique(np.concatenate([np.zeros(0, dtype=np.int64), *by_site]))
        return numbers[numbers >= 0]

    @override
    def values(self, resource_prices: Floats, tier_weights: Floats, surcharges: Surcharges | None = None) -> Floats:
        held, away, rotation = self._costs(resource_prices, tier_weights, surcharges)
        total = held[:, :, None] + away[:, :, self._space.rotation_begin] + rotation[:, None, :]
        unplaced = [] if self._unplaced_prices is None else [self._unplaced_prices @ tier_weights]
        return np.concatenate([unplaced, total[self._allowed]])

    @override
    def values_of(self, options: Integers, resource_prices: Floats, tier_weights: Floats) -> Floats:
        held, away, rotation = self._costs(resource_prices, tier_weights, None)
        placed = options >= self._first
        position, start, number = self._axes(options[placed])
        total = np.full(len(options), 0.0 if self._unplaced_prices is None else self._unplaced_prices @ tier_weights)
        total[placed] = held[position, start] + away[position, start, self._space.rotation_begin[number]]
        total[placed] += rotation[position, number]
        return total

    @override
    def cheapest(
        self, most: int, resource_prices: Floats, tier_weights: Floats, surcharges: Surcharges | None = None
    ) -> tuple[Integers, Floats]:
        """Of rotations that begin at one time and that the same starts allow, only the cheapest is looked at."""
        if len(self._cells) <= most * WORTH or not self._groups.starts.size:
            return super().cheapest(most, resource_prices, tier_weights, surcharges)
        groups, space = self._groups, self._space
        held, away, rotation = self._costs(resource_prices, tier_weights, surcharges)
        ordered = np.where(space.by_position_and_site[self._positions][:, space.rotation_site], rotation, np.inf)
        ordered = ordered[:, groups.order]
        least = np.minimum.reduceat(ordered, groups.starts, axis=1)
        costs = held[:, :, None] + away[:, :, groups.begin] + least[:, None, :]
        costs[~(space.by_position_and_start[self._positions][:, :, None] & groups.allowed)] = np.inf
        few = np.argpartition(costs, most - 1, axis=None)[:most]
        few = few[np.isfinite(costs.ravel()[few])]
        position, start, group = np.unravel_index(few, costs.shape)
        ends = np.append(groups.starts[1:], len(groups.order))
        place = [
            begin + int(np.argmin(ordered[row, begin:end]))
            for row, begin, end in zip(position, groups.starts[group], ends[group], strict=True)
        ]
        cells = np.ravel_multi_index((position, start, groups.order[place]), self._allowed.shape)
        options, paid = self._first + np.searchsorted(self._cells, cells), costs.ravel()[few]
        if self._unplaced_prices is not None:
            options, paid = np.append(options, 0), np.append(paid, self._unplaced_prices @ tier_weights)
        order = np.argsort(options)
        return options[order], paid[order]

    def _costs(
        self, resource_prices: Floats, tier_weights: Floats, surcharges: Surcharges | None
    ) -> tuple[Floats, Floats, Floats]:
        """The cost of a path in three parts.

        By (position, start): as if there were no rotation. By (position, start, begin): what being away changes; the
        last begin is the horizon, "none". By (position, rotation): the rotation itself.
        """
        space, periods = self._space, self._space.periods
        shape = (len(self._positions), len(space.starts), periods)
        practice, window, held, after = (np.zeros(shape) for _ in While)
        at_site = np.zeros((len(space.sites), periods))
        paid = np.concatenate([resource_prices, [0.0]])  # resource -1 is nothing and costs nothing
        for use in self._uses:
            cost = paid[use.resource]
            if use.by_site:
                at_site += cost * use.amount
                if surcharges is not None:
                    at_site += surcharges.table[use.resource, surcharges.level(np.asarray(use.amount))]
            else:
                cost = cost[:, None, :] * use.amount
                if surcharges is not None:
                    cost = cost + surcharges.table[use.resource[:, None, :], surcharges.level(np.asarray(use.amount))]
                by_time = {While.HELD: held, While.PRACTICE: practice, While.ROTATION: window, While.AFTER: after}
                by_time[use.when][...] += cost
        is_after = np.arange(periods) >= space.finishes[:, None]
        in_path = (np.arange(periods) >= space.starts[:, None]) & ~is_after
        base = self._position_start_prices @ tier_weights + ((held + practice) * in_path + after * is_after).sum(axis=2)
        begin = np.arange(periods + 1)
        end = np.minimum(begin + space.rotation_periods, periods)
        sums = np.zeros((*shape[:2], periods + 1))
        np.cumsum(window - practice, axis=2, out=sums[:, :, 1:])
        site_sums = np.zeros((len(space.sites), periods + 1))
        np.cumsum(at_site, axis=1, out=site_sums[:, 1:])
        rotation = (site_sums[:, end] - site_sums)[space.rotation_site, space.rotation_begin]
        return base, sums[:, :, end] - sums, self._rotation_prices @ tier_weights + rotation

    @cached_property
    def _groups(self) -> _Groups:
        """Rotations that differ in nothing but the site, as far as starts and periods are concerned."""
        space = self._space
        kinds, kind = np.unique(space.by_start_and_rotation.T, axis=0, return_inverse=True)
        order = np.lexsort((kind.ravel(), space.rotation_begin))
        keys = np.stack([space.rotation_begin[order], kind.ravel()[order]])
        starts = np.flatnonzero(np.append(True, (keys[:, 1:] != keys[:, :-1]).any(axis=0)))
        return _Groups(order, starts, keys[0, starts], kinds[keys[1, starts]].T)

    def _axes(self, options: Integers) -> Integers:
        """Position, start and rotation of paths: shape (3, paths)."""
        return np.array(np.unravel_index(self._cells[options - self._first], self._allowed.shape))

    def _when(self, start: Integers, rotation: Integers) -> dict[While, Booleans]:
        space, period = self._space, np.arange(self._space.periods)
        held = (period >= space.starts[start][:, None]) & (period < space.finishes[start][:, None])
        begin = space.rotation_begin[rotation][:, None]
        away = (period >= begin) & (period < begin + space.rotation_periods)
        after = period >= space.finishes[start][:, None]
        return {While.HELD: held, While.PRACTICE: held & ~away, While.ROTATION: away, While.AFTER: after}
