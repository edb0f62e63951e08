"""A trainee's training paths as arrays: position x start x rotation, never enumerated in a loop.

What a path uses is the sum of a part that depends on position and start, a part that depends on site and begin of the
rotation, and their interaction in the window of absence. So the cost of every path at given resource prices is a few
array operations (`PathOptions.values`), and the usage of chosen paths is read off the same arrays
(`PathOptions.usage`).

The axes are those of `path_space`. The rule one_path is enforced here: a trainee is one actor, who chooses one path, or
"unplaced" where that is an option.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from scipy import sparse
from typing_extensions import override

from allokering.formulation.path import Path
from allokering.formulation.path_space import PathSpace, Use, While
from allokering.problem import Booleans, Floats, Integers, Options, Surcharges

UNPLACED = "unplaced"
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
        self._uses = tuple(use for use in uses(self._positions) if use.is_any)
        self._position_start_prices, self._rotation_prices = prices(self._positions)
        self._unplaced_prices = unplaced_prices
        self._first = 0 if unplaced_prices is None else 1
        self._numbers: dict[int, dict[str, int]] = {}
        self._leveled: tuple[Integers, list[Integers]] | None = None

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

    def place(self, option: int) -> tuple[int, int, int] | None:
        """Position, start and rotation of a path: what `number` was given; None for "unplaced"."""
        if option < self._first:
            return None
        position, start, rotation = self._axes(np.array([option]))[:, 0].tolist()
        return position, start, rotation

    @override
    def __len__(self) -> int:
        return self._first + len(self._cells)

    @override
    def key(self, option: int) -> str:
        path = self.path(option)
        return UNPLACED if path is None else str(path)

    @override
    def find(self, key: str) -> int | None:
        if self._first and key == UNPLACED:
            return 0
        # Texts of paths take long to make: only of those at the positions that the key begins with.
        named = [place for place, number in enumerate(self._positions.tolist()) if self._is_at(number, key)]
        for place in named:
            numbers = self._numbers_at(place)
            if key in numbers:
                return numbers[key]
        return None

    def _is_at(self, position: int, key: str) -> bool:
        return key.startswith(f"{self._space.positions[position]}@")

    def path(self, option: int) -> Path | None:
        """The path behind an option; None for "unplaced"."""
        place = self.place(option)
        return None if place is None else self._path(*place)

    def _path(self, position: int, start: int, rotation: int) -> Path:
        space = self._space
        return Path(
            position=space.positions[self._positions[position]],
            start=int(space.starts[start]),
            finish=int(space.finishes[start]),
            site=space.sites[space.rotation_site[rotation]] or None,
            begin=int(space.rotation_begin[rotation]),
            rotation_periods=space.rotation_periods if rotation else 0,
        )

    def _numbers_at(self, position: int) -> dict[str, int]:
        """The options at a position (of `positions`), by key."""
        if position not in self._numbers:
            cells = self._allowed[position].size
            begin, end = np.searchsorted(self._cells, (position * cells, (position + 1) * cells)).tolist()
            options = range(self._first + begin, self._first + end)
            places = self._axes(np.array(options, dtype=np.int64)).T.tolist()
            self._numbers[position] = {
                str(self._path(*place)): option for place, option in zip(places, options, strict=True)
            }
        return self._numbers[position]

    @override
    def usage(self, options: Integers, resources: int) -> sparse.csr_array:
        placed = np.flatnonzero(np.asarray(options) >= self._first)
        position, start, rotation = self._axes(np.asarray(options)[placed])
        when = self._when(start, rotation)
        rows, columns, amounts = [], [], []
        for use in self._uses:
            resource = use.resource[self._space.rotation_site[rotation] if use.by_site else position]
            path, period = np.nonzero(when[use.when] & (resource >= 0))
            amount = use.amount if isinstance(use.amount, int) else use.amount[position[path], start[path], period]
            rows.append(placed[path])
            columns.append(resource[path, period])
            amounts.append(np.broadcast_to(amount, path.shape))
        if not rows:
            return sparse.csr_array((len(options), resources), dtype=np.int64)
        cells = (np.concatenate(rows), np.concatenate(columns))
        table = sparse.coo_array((np.concatenate(amounts), cells), shape=(len(options), resources)).tocsr()
        table.sum_duplicates()
        table.eliminate_zeros()
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
    def dearest(self, tier_weights: Floats) -> float:
        """The dearest position and start, and the dearest rotation of the position, allowed together or not."""
        by_position = (self._position_start_prices @ tier_weights).max(axis=1, initial=-np.inf)
        by_position = by_position + (self._rotation_prices @ tier_weights).max(axis=1, initial=-np.inf)
        unplaced = -np.inf if self._unplaced_prices is None else float(self._unplaced_prices @ tier_weights)
        return max(unplaced, float(by_position.max(initial=-np.inf)))

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
        paid = np.concatenate([resource_prices, [0.0]])  # resource -1 is nothing and costs nothing
        at_site = np.zeros((len(space.sites), periods))
        always = {when: np.zeros((len(self._positions), periods)) for when in While}
        by_start: dict[While, Floats] = {}
        for use, level in zip(self._uses, self._levels(surcharges), strict=True):
            resource = use.resource if isinstance(use.amount, int) else use.resource[:, None, :]
            cost = paid[resource] * use.amount
            if surcharges is not None and surcharges.is_charged[use.resource].any():
                cost += surcharges.table[resource, level]
            if use.by_site:
                at_site += cost
            elif isinstance(use.amount, int):
                always[use.when] += cost
            else:
                by_start[use.when] = cost + by_start.get(use.when, 0.0)
        is_after = np.arange(periods) >= space.finishes[:, None]
        in_path = (np.arange(periods) >= space.starts[:, None]) & ~is_after
        held = self._position_start_prices @ tier_weights
        for when, is_then in ((While.HELD, in_path), (While.PRACTICE, in_path), (While.AFTER, is_after)):
            held += np.einsum("kp,sp->ks", always[when], is_then)
            if when in by_start:
                held += np.einsum("ksp,sp->ks", by_start[when], is_then)
        away = self._in_window(always[While.ROTATION] - always[While.PRACTICE])[:, None, :]
        for when, sign in ((While.ROTATION, 1), (While.PRACTICE, -1)):
            if when in by_start:
                away = away + sign * self._in_window(by_start[when])
        rotation = self._in_window(at_site)[space.rotation_site, space.rotation_begin]
        shape = (*held.shape, periods + 1)
        return held, np.broadcast_to(away, shape), self._rotation_prices @ tier_weights + rotation

    def _in_window(self, costs: Floats) -> Floats:
        """Costs by period (last axis) summed over the rotation, by its begin; the last begin is the horizon, "none"."""
        periods = self._space.periods
        sums = np.zeros((*costs.shape[:-1], periods + 1))
        np.cumsum(costs, axis=-1, out=sums[..., 1:])
        return sums[..., np.minimum(np.arange(periods + 1) + self._space.rotation_periods, periods)] - sums

    def _levels(self, surcharges: Surcharges | None) -> list[Integers]:
        """By use: the column of the surcharges for its amounts, looked up once as long as those stay the same."""
        if surcharges is None:
            return [np.zeros(0, dtype=np.int64)] * len(self._uses)
        if self._leveled is None or self._leveled[0] is not surcharges.amounts:
            small = np.min_scalar_type(len(surcharges.amounts))
            levels = [surcharges.level(np.asarray(use.amount)).astype(small) for use in self._uses]
            self._leveled = surcharges.amounts, levels
        return self._leveled[1]

    @cached_property
    def _groups(self) -> _Groups:
        """Rotations that differ in nothing but the site, as far as starts and periods are concerned."""
        space = self._space
        keys = (*np.packbits(space.by_start_and_rotation, axis=0), space.rotation_begin)
        order = np.lexsort(keys)
        changes = [key[order][1:] != key[order][:-1] for key in keys]
        starts = np.flatnonzero(np.append(True, np.any(changes, axis=0)))
        firsts = order[starts]
        return _Groups(order, starts, space.rotation_begin[firsts], space.by_start_and_rotation[:, firsts])

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
