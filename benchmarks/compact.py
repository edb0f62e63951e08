"""The placement as a compact integer program, as a good modeller writes it without paths, for the peers to solve.

For a trainee t, position k, start s, site h, rotation r = (site, begin) and period p:

    x[t,k,s]      t holds k from s on                      u[t]    t is unplaced
    y[t,r]        t has rotation r (or none)               v[t,k,h] t has k and a rotation at h (or none)
    z[t,k,s,p]    t is in practice in p, in k from s on    a[j]    amount of a relief or transfer

    u + sum x = 1;  sum_h v[k,h] = sum_s x[k,s];  sum_k v[k,h] = sum_{r at h} y[r]
    y[r] <= sum_{s that allow r} sum_k x[k,s]
    z <= x;  sum_{k,s in p} z = sum_{k,s in p} x - sum_{r covers p} y[r]

The equalities are as tight as such a model gets: a start, a site and the window of absence are flows of one trainee.
Only one tier, the objective `weighted`; and what a rotation costs must depend on position and site alone.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass, field

import numpy as np
from scipy import sparse

from allokering.formulation.path_space import While
from allokering.formulation.paths import PathOptions
from allokering.problem import Floats, Integers, Options, Problem, Solution


@dataclass
class Compact:
    """Columns with costs and upper bounds, all integer and from 0, and rows with lower and upper sides."""

    problem: Problem
    costs: list[float] = field(default_factory=list)
    most: list[float] = field(default_factory=list)
    lower: list[float] = field(default_factory=list)
    upper: list[float] = field(default_factory=list)
    cells: list[tuple[int, int, float]] = field(default_factory=list)
    """(row, column, coefficient)."""
    chosen: dict[tuple[int, int, int], int] = field(default_factory=dict)
    """Column of x by (trainee, position, start)."""
    rotated: dict[tuple[int, int], int] = field(default_factory=dict)
    """Column of y by (trainee, rotation)."""
    unplaced: dict[int, int] = field(default_factory=dict)
    """Column of u by trainee."""
    paired: dict[tuple[int, int, int], int] = field(default_factory=dict)
    """Column of v by (trainee, position, site)."""
    practising: dict[tuple[int, int, int, int], int] = field(default_factory=dict)
    """Column of z by (trainee, position, start, period), where it is not that of x."""
    listed: dict[tuple[int, int], int] = field(default_factory=dict)
    """Column of an actor's option by (actor, option), of actors without paths."""
    amounts: list[int] = field(default_factory=list)
    """Columns of the adjustments."""

    def column(self, cost: float, most: float = 1.0) -> int:
        """A new column."""
        self.costs.append(float(cost))
        self.most.append(float(most))
        return len(self.costs) - 1

    def row(self, lower: float, upper: float, cells: Iterable[tuple[int, float]]) -> int:
        """A new row."""
        self.lower.append(lower)
        self.upper.append(upper)
        number = len(self.lower) - 1
        self.cells += [(number, column, amount) for column, amount in cells]
        return number

    @property
    def table(self) -> sparse.csr_array:
        """The coefficients."""
        rows, columns, amounts = np.array(self.cells).T
        shape = (len(self.lower), len(self.costs))
        return sparse.coo_array((amounts, (rows.astype(int), columns.astype(int))), shape=shape).tocsr()

    def solution(self, values: Floats) -> Solution:
        """The solution of the problem behind the values of the columns."""
        options: Integers = np.zeros(len(self.problem.actors), dtype=np.int64)
        rotation = {trainee: number for (trainee, number), column in self.rotated.items() if values[column] > 0.5}
        for (trainee, position, start), column in self.chosen.items():
            if values[column] > 0.5:
                actor = self.problem.actors[trainee]
                assert isinstance(actor, PathOptions)  # noqa: S101 - made of such
                options[trainee] = actor.number(position, start, rotation[trainee])
        for (actor_number, option), column in self.listed.items():
            if values[column] > 0.5:
                options[actor_number] = option
        return Solution(options, np.rint(values[self.amounts]).astype(np.int64))

    def values(self, solution: Solution) -> Floats:
        """The values of the columns for a solution of the problem, to begin from."""
        values = np.zeros(len(self.costs))
        values[self.amounts] = solution.adjustments
        for number, (actor, option) in enumerate(zip(self.problem.actors, solution.options.tolist(), strict=True)):
            if not isinstance(actor, PathOptions):
                values[self.listed[number, option]] = 1
            elif (place := actor.place(option)) is None:
                values[self.unplaced[number]] = 1
            else:
                position, start, rotation = place
                space = actor.space
                values[self.chosen[number, position, start]] = 1
                values[self.rotated[number, rotation]] = 1
                values[self.paired[number, position, int(space.rotation_site[rotation])]] = 1
                begin = int(space.rotation_begin[rotation])
                away = range(begin, begin + space.rotation_periods) if rotation else range(0)
                for period in range(int(space.starts[start]), min(int(space.finishes[start]), space.periods)):
                    if (number, position, start, period) in self.practising and period not in away:
                        values[self.practising[number, position, start, period]] = 1
        return values


def compact(problem: Problem) -> Compact:
    """The compact program of a problem of training paths under the objective `weighted`."""
    program = Compact(problem)
    prices = problem.adjustment_prices[:, 0]
    program.amounts = [program.column(price, most) for price, most in zip(prices, problem.adjustment_most, strict=True)]
    uses: list[list[tuple[int, float]]] = [[] for _ in problem.resources]
    moved = problem.adjustment_usage.tocoo()
    for adjustment, resource, amount in zip(moved.row, moved.col, moved.data, strict=True):
        uses[resource].append((program.amounts[adjustment], amount))
    for number, actor in enumerate(problem.actors):
        if isinstance(actor, PathOptions):
            _trainee(program, number, actor, uses)
        else:
            _listed(program, number, actor, uses)
    for resource, bound in enumerate(problem.bounds):
        if uses[resource]:
            program.row(-math.inf, float(bound), uses[resource])
    return program


def _listed(program: Compact, number: int, actor: Options, uses: list[list[tuple[int, float]]]) -> None:
    """A column per option of an actor with few, one of which is chosen."""
    every = np.arange(len(actor))
    columns = [program.column(price) for price in actor.prices(every)[:, 0]]
    program.listed |= {(number, option): column for option, column in enumerate(columns)}
    program.row(1, 1, [(column, 1.0) for column in columns])
    table = actor.usage(every, len(program.problem.resources)).tocoo()
    for option, resource, amount in zip(table.row, table.col, table.data, strict=True):
        uses[resource].append((columns[option], float(amount)))


def _trainee(program: Compact, trainee: int, actor: PathOptions, uses: list[list[tuple[int, float]]]) -> None:
    """The columns and rows of one trainee."""
    space, (by_start, by_rotation) = actor.space, actor.path_prices
    allowed = space.allowed(actor.positions)
    x = {(int(k), int(s)): program.column(by_start[k, s, 0]) for k, s in np.argwhere(allowed.any(axis=2))}
    program.chosen |= {(trainee, *key): column for key, column in x.items()}
    unplaced = [] if actor.unplaced_prices is None else [program.column(actor.unplaced_prices[0])]
    if unplaced:
        program.unplaced[trainee] = unplaced[0]
    program.row(1, 1, [(column, 1.0) for column in (*x.values(), *unplaced)])
    y = {int(r): program.column(0) for r in np.flatnonzero(allowed.any(axis=(0, 1)))}
    program.rotated |= {(trainee, r): column for r, column in y.items()}
    for r, column in y.items():
        fits = [(x[k, s], -1.0) for k, s in x if space.by_start_and_rotation[s, r]]
        program.row(-math.inf, 0, [(column, 1.0), *fits])
    _pairs(program, trainee, actor, x, y, by_rotation)
    away = {
        p: [column for r, column in y.items() if r and 0 <= p - space.rotation_begin[r] < space.rotation_periods]
        for p in range(space.periods)
    }
    z: dict[tuple[int, int, int], int] = {}
    for p in range(space.periods):
        holding = [(k, s) for k, s in x if space.starts[s] <= p < space.finishes[s]]
        if not away[p]:
            z |= {(k, s, p): x[k, s] for k, s in holding}
            continue
        for k, s in holding:
            z[k, s, p] = program.column(0)
            program.practising[trainee, k, s, p] = z[k, s, p]
            program.row(-math.inf, 0, [(z[k, s, p], 1.0), (x[k, s], -1.0)])
        balance = [(z[k, s, p], 1.0) for k, s in holding] + [(x[k, s], -1.0) for k, s in holding]
        program.row(0, 0, [*balance, *((column, 1.0) for column in away[p])])
    _use(actor, uses, x, y, z)


def _pairs(
    program: Compact,
    trainee: int,
    actor: PathOptions,
    x: dict[tuple[int, int], int],
    y: dict[int, int],
    by_rotation: Integers,
) -> None:
    """Which position goes with which site, and what the two cost together."""
    space = actor.space
    sites = sorted({int(space.rotation_site[r]) for r in y})
    first_at = {site: next(r for r in y if space.rotation_site[r] == site) for site in sites}
    positions = sorted({k for k, _ in x})
    v = {
        (k, site): program.column(by_rotation[k, first_at[site], 0])
        for k in positions
        for site in sites
        if space.by_position_and_site[actor.positions[k], site]
    }
    program.paired |= {(trainee, *key): column for key, column in v.items()}
    for k in positions:
        of_k = [(column, 1.0) for (position, _), column in v.items() if position == k]
        program.row(0, 0, of_k + [(column, -1.0) for (position, _), column in x.items() if position == k])
    for site in sites:
        at_site = [(column, 1.0) for (_, place), column in v.items() if place == site]
        program.row(0, 0, at_site + [(column, -1.0) for r, column in y.items() if space.rotation_site[r] == site])


def _use(
    actor: PathOptions,
    uses: list[list[tuple[int, float]]],
    x: dict[tuple[int, int], int],
    y: dict[int, int],
    z: dict[tuple[int, int, int], int],
) -> None:
    """What the trainee uses of every resource."""
    space = actor.space
    for use in actor.uses:
        if use.by_site:
            amounts = np.broadcast_to(use.amount, use.resource.shape)
            for r, column in y.items():
                site, begin = space.rotation_site[r], space.rotation_begin[r]
                for p in range(begin, begin + space.rotation_periods if r else begin):
                    if use.resource[site, p] >= 0:
                        uses[use.resource[site, p]].append((column, float(amounts[site, p])))
            continue
        amounts = np.broadcast_to(use.amount, (len(actor.positions), len(space.starts), space.periods))
        if use.when is While.AFTER:
            _use_after(actor, use.resource, amounts, uses, x)
            continue
        for (k, s, p), practice in z.items():
            amount, resource = float(amounts[k, s, p]), use.resource[k, p]
            if resource < 0 or amount == 0:
                continue
            if use.when is While.HELD:
                uses[resource].append((x[k, s], amount))
            elif use.when is While.PRACTICE:
                uses[resource].append((practice, amount))
            elif practice != x[k, s]:
                uses[resource] += [(x[k, s], amount), (practice, -amount)]


def _use_after(
    actor: PathOptions,
    resource: Integers,
    amounts: Integers,
    uses: list[list[tuple[int, float]]],
    x: dict[tuple[int, int], int],
) -> None:
    """What the trainee uses, or gives, from the finish on."""
    for (k, s), column in x.items():
        for p in range(actor.space.finishes[s], actor.space.periods):
            if resource[k, p] >= 0:
                uses[resource[k, p]].append((column, float(amounts[k, s, p])))
