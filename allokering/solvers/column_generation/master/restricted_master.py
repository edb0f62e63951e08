"""The linear relaxation over the columns at hand, solved again and again while columns and rows are added.

Columns: reliefs; one shortage per actor (no option, at a price nobody would pay), and one per row that asks for more
than reliefs can make up for; options and transfers as they come.
Rows: one option per actor; the resources; the holds of the tiers; rounding rows.

A transfer is priced like an option and comes in when it pays: of tens of thousands between neighbours, few ever do.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import highspy
import numpy as np
from scipy import sparse

from allokering.problem import Booleans, Floats, Integers, Problem
from allokering.solvers.budget import Budget
from allokering.solvers.column_generation.master.column_pool import Pool
from allokering.solvers.column_generation.master.minimal_duals import least_prices
from allokering.solvers.column_generation.master.pricing import Prices
from allokering.solvers.highs_api import model_of, quiet_highs
from allokering.solvers.mir_cuts import RoundingRow, Separator

DUAL, PRIMAL = 1, 4
"""Numbers of the simplex methods in HiGHS: after new rows or bounds, after new columns."""
CLOSE = 1e-5
"""An interior point is near enough when value and bound differ by this share: its prices prove a bound all the same."""
WAYS = 3
"""Transfers away from one resource that one pricing may bring in."""
BROKEN = 1e-6
"""A row is broken if its bound is passed by more."""
USED = 1e-4
"""A column below this value is not called used."""


@dataclass(frozen=True)
class Point:
    """A solution of the relaxation and its prices."""

    value: float
    chosen: Floats
    """By column of the pool; 0 for those not in the relaxation."""
    amounts: Floats
    """By adjustment."""
    shortages: Floats
    """By actor, then by row that can be short."""
    pays: Floats
    """What each actor pays: its cheapest column at these prices."""
    prices: Prices


class Relaxation:
    """One HiGHS linear program that grows.

    Args:
        pool: where its columns come from.
        is_interior: solve by an interior point, without a vertex: far sooner than any simplex where all is large.
        rows: resources that are rows of it; None: all that something uses.
    """

    def __init__(self, pool: Pool, *, is_interior: bool = False, rows: Booleans | None = None) -> None:
        problem = pool.problem
        self.is_interior = is_interior
        self.pool = pool
        self.rows = used_resources(problem) if rows is None else rows
        self.charges = np.zeros(len(problem.resources))
        """Prices, of resources that are no rows, that columns pay beside their own."""
        self.clock = Budget(None)
        self.cuts: list[RoundingRow] = []
        self.weights = np.zeros(len(problem.tiers))
        self.allowed = 0.0
        self._shortage_price = 0.0
        self._columns = np.zeros(0, dtype=np.int64)
        """Columns of the pool that are in, in the order in which they came."""
        self._places = np.zeros(0, dtype=np.int64)
        """Where each stands in the program."""
        self._values = self._excess = np.zeros(0)
        """Value and reduced cost of each in the last solution."""
        self._actors = len(problem.actors)
        self._resources = np.flatnonzero(self.rows)
        self._reliefs = len(problem.reliefs)
        self._place_of = np.full(len(problem.adjustment_most), -1)
        """Where each adjustment stands in the program; -1 if it is not in."""
        self._place_of[: self._reliefs] = np.arange(self._reliefs)
        self._source = np.array([transfer.source for transfer in problem.transfers], dtype=np.int64)
        self._can_be_short = np.flatnonzero(self._asks_for_options()[self._resources])
        """Rows, among `_resources`, that options must keep: those at hand may not do, so each has a shortage."""
        self._shortages = self._actors + len(self._can_be_short)
        self._size = self._reliefs + self._shortages
        self._tier_rows = self._actors + len(self._resources)
        self._cut_rows = self._tier_rows + len(problem.tiers)
        self._holds = np.full(len(problem.tiers), math.inf)
        # Presolve would spoil the prices of an interior point, and the basis of a simplex.
        self._highs = quiet_highs(presolve="off")
        if is_interior:
            for option, value in {"solver": "ipm", "run_crossover": "off", "ipm_optimality_tolerance": CLOSE}.items():
                self._highs.setOptionValue(option, value)
        self._pass_model()

    def _asks_for_options(self) -> Booleans:
        """By resource: would it be broken though nobody had an option, and reliefs were at their most?"""
        problem = self.pool.problem
        relieved = -problem.adjustment_usage[: self._reliefs].T @ problem.adjustment_most[: self._reliefs]
        return np.asarray(problem.bounds + relieved < 0)

    def _pass_model(self) -> None:
        problem, reliefs, short = self.pool.problem, self._reliefs, self._can_be_short
        nothing = sparse.csc_array((self._cut_rows - self._actors, self._actors))
        cells = (-np.ones(len(short)), (self._actors + short, np.arange(len(short))))
        lacking = sparse.csc_array(cells, shape=(self._cut_rows, len(short)))
        usage = problem.adjustment_usage[:reliefs][:, self._resources]
        adjusted = sparse.vstack([usage.T, sparse.csr_array(problem.adjustment_prices[:reliefs].T)])
        none = sparse.csc_array((self._actors, reliefs))
        blocks = [[none, sparse.eye_array(self._actors)], [adjusted, nothing]]
        table = sparse.csc_array(sparse.hstack([sparse.block_array(blocks), lacking]))
        most = np.concatenate([problem.adjustment_most[:reliefs], np.ones(self._actors), np.full(len(short), math.inf)])
        ones, rest = np.ones(self._actors), np.full(self._cut_rows - self._actors, -math.inf)
        upper = np.concatenate([ones, problem.bounds[self._resources], self._holds])
        self._highs.passModel(model_of(table, np.zeros(self._size), most, np.concatenate([ones, rest]), upper))

    def minimise(self, weights: Floats, shortage_price: float, allowed: float = 0.0) -> None:
        """From now on the tiers weigh so much, and an actor without an option costs so much.

        `allowed` is what tiers that are paid for, instead of held by a row, may cost: it is taken off the value.
        """
        self.weights = weights
        self.allowed = allowed
        self._shortage_price = shortage_price
        cost = np.full(self._size, shortage_price)
        is_in = self._place_of >= 0
        problem, columns = self.pool.problem, self._columns
        cost[self._place_of[is_in]] = self._costs(problem.adjustment_prices[is_in], problem.adjustment_usage[is_in])
        cost[self._places] = self._costs(self.pool.prices[columns], self.pool.usage[columns])
        self._highs.changeColsCost(len(cost), np.arange(len(cost), dtype=np.int32), cost)

    def _costs(self, prices: Integers, usage: sparse.csr_array) -> Floats:
        """What columns cost in the program."""
        return np.asarray(prices @ self.weights + usage @ self.charges, dtype=np.float64)

    def charge(self, charges: Floats) -> None:
        """From now on uses of resources that are no rows cost so much."""
        self.charges = charges
        self.minimise(self.weights, self._shortage_price, self.allowed)

    def hold(self, tier: int, value: int) -> None:
        """From now on the tier costs at most `value`."""
        self._holds[tier] = value
        self._highs.changeRowBounds(self._tier_rows + tier, -math.inf, float(value))

    def grow(self, columns: Integers, adjustments: Sequence[int] | Integers = ()) -> bool:
        """Take in columns of the pool, and adjustments; were there any that it did not have?"""
        new = np.setdiff1d(columns, self._columns)
        moving = np.array(adjustments, dtype=np.int64)
        moving = self._few_of_each(moving[self._place_of[moving] < 0])
        if len(new):
            usage, prices = self.pool.usage[new], self.pool.prices[new]
            cells = (np.arange(len(new)), self.pool.actor[new])
            who = sparse.coo_array((np.ones(len(new)), cells), shape=(len(new), self._actors))
            by_row = usage.tocsc()
            cuts = [self._coefficients(cut, by_row) for cut in self.cuts]
            self._columns = np.concatenate([self._columns, new])
            blocks = [who, by_row[:, self._resources], prices, *cuts]
            self._places = np.concatenate([self._places, self._add(blocks, self._costs(prices, usage), math.inf)])
        self.let_in(moving)
        return bool(len(new) or len(moving))

    def let_in(self, adjustments: Integers) -> None:
        """Take in these adjustments."""
        moving = adjustments[self._place_of[adjustments] < 0]
        if len(moving):
            problem = self.pool.problem
            usage, prices = problem.adjustment_usage[moving], problem.adjustment_prices[moving]
            cuts = [sparse.coo_array(np.isin(moving, cut.helpers)[:, None] / cut.remainder) for cut in self.cuts]
            blocks = [sparse.coo_array((len(moving), self._actors)), usage[:, self._resources], prices, *cuts]
            most = problem.adjustment_most[moving].astype(float)
            self._place_of[moving] = self._add(blocks, self._costs(prices, usage), most)

    def _few_of_each(self, moving: Integers) -> Integers:
        """The first transfers away from each resource; they come resource by resource."""
        source = self._source[moving - len(self.pool.problem.reliefs)]
        firsts = np.append(True, source[1:] != source[:-1])
        rank = np.arange(len(source)) - np.flatnonzero(firsts)[np.cumsum(firsts) - 1] if len(source) else source
        return moving[rank < WAYS]

    def _add(self, blocks: list[sparse.coo_array], costs: Floats, most: Floats | float) -> Integers:
        """Add columns with these blocks of rows; where they stand."""
        table = sparse.csr_array(sparse.hstack([sparse.csr_array(block) for block in blocks])).astype(float)
        table.eliminate_zeros()
        count = table.shape[0]
        self._highs.addCols(
            count,
            costs,
            np.zeros(count),
            np.full(count, most),
            table.nnz,
            table.indptr[:-1].astype(np.int32),
            table.indices.astype(np.int32),
            table.data,
        )
        self._size += count
        return np.arange(self._size - count, self._size)

    @staticmethod
    def _coefficients(cut: RoundingRow, by_row: sparse.csc_array) -> sparse.coo_array:
        """Coefficients of options in a rounding row: shape (options, 1)."""
        begin, end = by_row.indptr[cut.resource : cut.resource + 2]
        cells = (by_row.indices[begin:end], np.zeros(end - begin, dtype=np.int64))
        return sparse.coo_array((cut.coefficients(by_row.data[begin:end]), cells), shape=(by_row.shape[0], 1))

    def add_broken(self, separator: Separator, point: Point) -> bool:
        """Add the rounding rows that the point breaks; were there any?"""
        broken = self.broken_rounding(separator, point)
        self.add_cuts(broken)
        return bool(broken)

    def broken_rounding(self, separator: Separator, point: Point) -> list[RoundingRow]:
        """The rounding rows that the point breaks."""
        usage = self.pool.usage[self._columns].tocsc()[:, self._resources]
        chosen = np.zeros(len(self.pool))
        chosen[: len(point.chosen)] = point.chosen
        broken = separator.broken(usage, self._resources, chosen[self._columns], point.amounts)
        return [cut for cut, _, _ in broken]

    def add_cuts(self, cuts: Sequence[RoundingRow]) -> None:
        """Add these rounding rows."""
        by_row = self.pool.usage[self._columns].tocsc()
        for cut in cuts:
            begin, end = by_row.indptr[cut.resource : cut.resource + 2]
            coefficients = cut.coefficients(by_row.data[begin:end])
            kept = coefficients > 0
            self._add_cut(cut, by_row.indices[begin:end][kept], coefficients[kept])

    def _add_cut(self, cut: RoundingRow, columns: Integers, coefficients: Floats) -> None:
        helpers = self._place_of[cut.helpers]
        helpers = helpers[helpers >= 0]
        used = np.concatenate([helpers, self._places[columns]])
        amounts = np.concatenate([np.full(len(helpers), 1 / cut.remainder), coefficients])
        self._highs.addRow(float(cut.least), math.inf, len(used), used.astype(np.int32), amounts)
        self.cuts.append(cut)

    def best(self, most: int) -> list[Integers]:
        """By actor: the columns that the last solution used, and so many that cost least above it."""
        order = np.lexsort((self._excess, self.pool.actor[self._columns]))
        actor = self.pool.actor[self._columns][order]
        rank = np.arange(len(order)) - np.searchsorted(actor, actor)
        kept = (rank < most) | (self._values[order] > USED)
        firsts = np.searchsorted(actor[kept], np.arange(1, self._actors))
        return np.split(self._columns[order][kept], firsts)

    @property
    def columns(self) -> Integers:
        """Columns of the pool that are in."""
        return self._columns

    def moved(self) -> Integers:
        """The adjustments that are in."""
        return np.flatnonzero(self._place_of >= 0)

    def renewed(self, columns: Integers, rows: Booleans, cuts: Sequence[RoundingRow]) -> Relaxation:
        """The same with these columns of the pool, these resources as rows, and these rounding rows."""
        new = Relaxation(self.pool, is_interior=self.is_interior, rows=rows)
        new.clock = self.clock
        new.charges = np.where(rows, 0.0, self.charges)
        new.minimise(self.weights, self._shortage_price, self.allowed)
        for tier in np.flatnonzero(np.isfinite(self._holds)).tolist():
            new.hold(tier, int(self._holds[tier]))
        new.grow(columns)
        new.let_in(self.moved())
        new.add_cuts(cuts)
        return new

    def broken(self, point: Point) -> Booleans:
        """The resources that are no rows and that the point uses beyond their bounds."""
        return ~self.rows & (self.used(point) > self.pool.problem.bounds + BROKEN)

    def used(self, point: Point) -> Floats:
        """What the point uses of every resource."""
        chosen = np.zeros(len(self.pool))
        chosen[: len(point.chosen)] = point.chosen
        used = self.pool.usage.T @ chosen + self.pool.problem.adjustment_usage.T @ point.amounts
        return np.asarray(used, dtype=np.float64)

    def allow(self, is_allowed: Booleans) -> None:
        """From now on only these columns of the pool, and those that are taken in later, may be used."""
        upper = np.where(is_allowed[self._columns], math.inf, 0.0)
        count = len(self._columns)
        self._highs.changeColsBounds(count, self._places.astype(np.int32), np.zeros(count), upper)

    def solve(self, method: int) -> Point | None:
        """The optimum over the columns at hand; None if time was up or the holds cannot be kept with them."""
        self._highs.setOptionValue("simplex_strategy", method)
        if self.clock.left is not None:
            self._highs.setOptionValue("time_limit", self._highs.getRunTime() + self.clock.left)
        self._highs.run()
        solution, problem = self._highs.getSolution(), self.pool.problem
        # An interior point stops short of the vertex that would make it "optimal"; its prices are as good.
        near = (highspy.HighsModelStatus.kUnknown,) if self.is_interior and solution.value_valid else ()
        if self._highs.getModelStatus() not in (highspy.HighsModelStatus.kOptimal, *near):
            return None
        values, duals = np.array(solution.col_value), np.array(solution.row_dual)
        self._values, self._excess = values[self._places], np.array(solution.col_dual)[self._places]
        # A row "<= bound" has a price >= 0, a rounding row ">= least" too; what the solver rounds past that is cut off.
        holds = np.maximum(-duals[self._tier_rows : self._cut_rows], 0)
        holds[~np.isfinite(self._holds)] = 0
        is_held = holds > 0
        chosen, resources = np.zeros(len(self.pool)), np.zeros(len(problem.resources))
        chosen[self._columns] = values[self._places]
        resources[self._resources] = np.maximum(-duals[self._actors : self._tier_rows], 0)
        if self.is_interior:
            resources = self._least(resources, np.array(solution.col_dual))
        resources += self.charges
        return Point(
            value=self._highs.getInfo().objective_function_value - float(self.charges @ problem.bounds) - self.allowed,
            chosen=chosen,
            amounts=np.where(self._place_of >= 0, values[self._place_of], 0.0),
            shortages=values[self._reliefs : self._reliefs + self._shortages],
            pays=duals[: self._actors],
            prices=Prices(
                resources=resources,
                tiers=self.weights + holds,
                held=float(holds[is_held] @ self._holds[is_held]) + self.allowed,
                rows=np.maximum(duals[self._cut_rows :], 0),
            ),
        )

    def _least(self, resources: Floats, reduced: Floats) -> Floats:
        """The least prices that are as good: an interior point gives any price to a row "0 <= 0"."""
        problem, moved = self.pool.problem, self.moved()
        usage = sparse.csc_array(sparse.vstack([self.pool.usage[self._columns], problem.adjustment_usage[moved]]))
        places = np.concatenate([self._places, self._place_of[moved]])
        return least_prices(resources, problem.bounds, usage, reduced[places])


def used_resources(problem: Problem) -> Booleans:
    """The resources that something uses, or that are short from the beginning."""
    is_used = problem.bounds < 0
    is_used[np.unique(problem.adjustment_usage.indices)] = True
    for actor in problem.actors:
        is_used[actor.touched()] = True
    return is_used
