"""The linear relaxation over the columns at hand, solved again and again while columns and rows are added.

Columns: reliefs and transfers; one shortage per actor (no option, at a price nobody would pay); options.
Rows: one option per actor; the resources; the holds of the tiers; rounding rows.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import highspy
import numpy as np
from scipy import sparse

from allokering.problem import Booleans, Floats, Integers
from allokering.solvers.clock import Clock
from allokering.solvers.large_pool import Pool
from allokering.solvers.large_pricing import Prices
from allokering.solvers.rounding import RoundingRow, Separator

VAST = 30_000
"""Adjustments and actors from which on an interior point, without a vertex, is found sooner than by any simplex."""
DUAL, PRIMAL = 1, 4
"""Numbers of the simplex methods in HiGHS: after new rows or bounds, after new columns."""


@dataclass(frozen=True)
class Point:
    """A solution of the relaxation and its prices."""

    value: float
    chosen: Floats
    """By column of the pool; 0 for those not in the relaxation."""
    amounts: Floats
    """By adjustment."""
    shortages: Floats
    """By actor."""
    pays: Floats
    """What each actor pays: its cheapest column at these prices."""
    prices: Prices


class Relaxation:
    """One HiGHS linear program that grows."""

    def __init__(self, pool: Pool) -> None:
        self.pool = pool
        self.clock = Clock(None)
        self.cuts: list[RoundingRow] = []
        self._columns = np.zeros(0, dtype=np.int64)
        self._actors = len(pool.problem.actors)
        self._adjustments = len(pool.problem.adjustment_most)
        self._first = self._adjustments + self._actors
        self._resources = self._actors + len(pool.problem.resources)
        self._rows = self._resources + len(pool.problem.tiers)
        self.weights = np.zeros(len(pool.problem.tiers))
        self._holds = np.full(len(pool.problem.tiers), math.inf)
        self._highs = highspy.Highs()
        self.is_vast = self._first > VAST
        ways = (("solver", "ipm"), ("run_crossover", "off")) if self.is_vast else (("presolve", "off"),)
        for option, value in (("output_flag", False), ("threads", 1), *ways):
            self._highs.setOptionValue(option, value)
        self._pass_model()

    def _pass_model(self) -> None:
        problem = self.pool.problem
        nothing = sparse.csc_array((self._rows - self._actors, self._actors))
        adjusted = sparse.vstack([problem.adjustment_usage.T, sparse.csr_array(problem.adjustment_prices.T)])
        one_each = sparse.eye_array(self._actors)
        none = sparse.csc_array((self._actors, self._adjustments))
        table = sparse.csc_array(sparse.block_array([[none, one_each], [adjusted, nothing]])).astype(float)
        model = highspy.HighsLp()
        model.num_row_, model.num_col_ = table.shape
        model.col_cost_ = np.zeros(self._first)
        model.col_lower_ = np.zeros(self._first)
        model.col_upper_ = np.concatenate([problem.adjustment_most, np.ones(self._actors)]).astype(float)
        model.row_lower_ = np.concatenate([np.ones(self._actors), np.full(self._rows - self._actors, -math.inf)])
        model.row_upper_ = np.concatenate([np.ones(self._actors), problem.bounds, self._holds]).astype(float)
        model.a_matrix_.format_ = highspy.MatrixFormat.kColwise
        model.a_matrix_.start_, model.a_matrix_.index_ = table.indptr, table.indices
        model.a_matrix_.value_ = table.data
        self._highs.passModel(model)

    def minimise(self, tier: int, shortage_price: float) -> None:
        """From now on the tier is minimised, and an actor without an option costs so much in it."""
        problem, pool = self.pool.problem, self.pool
        self.weights = np.eye(len(problem.tiers))[tier]
        cost = np.concatenate(
            [
                problem.adjustment_prices[:, tier],
                np.full(self._actors, shortage_price),
                pool.prices[self._columns, tier],
            ]
        ).astype(float)
        self._highs.changeColsCost(len(cost), np.arange(len(cost), dtype=np.int32), cost)

    def hold(self, tier: int, value: int) -> None:
        """From now on the tier costs at most `value`."""
        self._holds[tier] = value
        self._highs.changeRowBounds(self._resources + tier, -math.inf, float(value))

    def grow(self, columns: Integers) -> bool:
        """Take in columns of the pool; were there any that it did not have?"""
        new = np.setdiff1d(columns, self._columns)
        count = len(new)
        if not count:
            return False
        usage, prices = self.pool.usage[new], self.pool.prices[new]
        who = (np.arange(count), self.pool.actor[new])
        blocks = [sparse.coo_array((np.ones(count), who), shape=(count, self._actors)), usage, prices]
        by_row = usage.tocsc()
        blocks += [self._coefficients(cut, by_row) for cut in self.cuts]
        table = sparse.csr_array(sparse.hstack([sparse.csr_array(block) for block in blocks])).astype(float)
        table.eliminate_zeros()
        self._highs.addCols(
            count,
            prices @ self.weights,
            np.zeros(count),
            np.full(count, math.inf),
            table.nnz,
            table.indptr[:-1].astype(np.int32),
            table.indices.astype(np.int32),
            table.data,
        )
        self._columns = np.concatenate([self._columns, new])
        return True

    @staticmethod
    def _coefficients(cut: RoundingRow, by_row: sparse.csc_array) -> sparse.coo_array:
        """Coefficients of options in a rounding row: shape (options, 1)."""
        begin, end = by_row.indptr[cut.resource : cut.resource + 2]
        cells = (by_row.indices[begin:end], np.zeros(end - begin, dtype=np.int64))
        return sparse.coo_array((cut.coefficients(by_row.data[begin:end]), cells), shape=(by_row.shape[0], 1))

    def add_broken(self, separator: Separator, point: Point) -> bool:
        """Add the rounding rows that the point breaks; were there any?"""
        usage, resources = self.pool.usage[self._columns].tocsc(), np.arange(len(self.pool.problem.resources))
        chosen = np.zeros(len(self.pool))
        chosen[: len(point.chosen)] = point.chosen
        broken = list(separator.broken(usage, resources, chosen[self._columns], point.amounts))
        for cut, places, coefficients in broken:
            used = np.concatenate([cut.helpers, self._first + places])
            amounts = np.concatenate([np.full(len(cut.helpers), 1 / cut.remainder), coefficients])
            self._highs.addRow(float(cut.least), math.inf, len(used), used.astype(np.int32), amounts)
            self.cuts.append(cut)
        return bool(broken)

    def allow(self, is_allowed: Booleans) -> None:
        """From now on only these columns of the pool, and those that are taken in later, may be used."""
        count = len(self._columns)
        upper = np.where(is_allowed[self._columns], math.inf, 0.0)
        numbers = np.arange(self._first, self._first + count, dtype=np.int32)
        self._highs.changeColsBounds(count, numbers, np.zeros(count), upper)

    def solve(self, method: int) -> Point | None:
        """The optimum over the columns at hand; None if time was up or the holds cannot be kept with them."""
        self._highs.setOptionValue("simplex_strategy", method)
        if self.clock.left is not None:
            self._highs.setOptionValue("time_limit", self._highs.getRunTime() + self.clock.left)
        self._highs.run()
        solution = self._highs.getSolution()
        # An interior point stops short of the vertex that would make it "optimal"; its prices are as good.
        near = (highspy.HighsModelStatus.kUnknown,) if self.is_vast and solution.value_valid else ()
        if self._highs.getModelStatus() not in (highspy.HighsModelStatus.kOptimal, *near):
            return None
        values, duals = np.array(solution.col_value), np.array(solution.row_dual)
        # A row "<= bound" has a price >= 0, a rounding row ">= least" too; what the solver rounds past that is cut off.
        holds = np.maximum(-duals[self._resources : self._rows], 0)
        holds[~np.isfinite(self._holds)] = 0
        is_held = holds > 0
        chosen = np.zeros(len(self.pool))
        chosen[self._columns] = values[self._first :]
        return Point(
            value=self._highs.getInfo().objective_function_value,
            chosen=chosen,
            amounts=values[: self._adjustments],
            shortages=values[self._adjustments : self._first],
            pays=duals[: self._actors],
            prices=Prices(
                resources=np.maximum(-duals[self._actors : self._resources], 0),
                tiers=self.weights + holds,
                held=float(holds[is_held] @ self._holds[is_held]),
                rows=np.maximum(duals[self._rows :], 0),
            ),
        )
