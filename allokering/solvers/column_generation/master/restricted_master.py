"""Restricted master problem (RMP): the linear program over the columns generated so far, re-optimised as it grows.

    min  w C'x + w D'y + M s           x: columns, y: adjustments, s: artificial columns, one per actor, and one per row
                                       that asks for more than reliefs can make up for (such as a quota)
    s.t. sum_{n of k} x_n + s_k = 1    convexity rows, one per actor k              dual ν_k
         A'x + B'y <= b                resources                                    dual -π <= 0
         C_t'x + D_t'y <= v_t          objective cuts, of the tiers held            dual -σ_t <= 0
         MIR cuts >= least             see `mir_cuts`                               dual μ >= 0

A transfer is priced like a column and comes in when it pays: of tens of thousands between neighbours, few ever do.
(Luebbecke and Desrosiers, Selected topics in column generation, Operations Research 53, 2005, pp. 1007-1023.)
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from scipy import sparse

from allokering.problem import Booleans, Floats, Integers, Problem
from allokering.solvers.budget import Budget
from allokering.solvers.column_generation.master.column_pool import ColumnPool
from allokering.solvers.column_generation.master.minimal_duals import minimal_duals
from allokering.solvers.column_generation.master.pricing import Duals
from allokering.solvers.column_generation.parameters import DEFAULTS, MasterParameters
from allokering.solvers.highs_api import model_of, quiet_highs, solve_lp
from allokering.solvers.mir_cuts import MirCut, Separator
from allokering.solvers.outcome import Status

Simplex = Literal["dual", "primal"]
"""Which simplex re-optimises: the dual after new rows or bounds, the primal after new columns."""
STRATEGY: dict[Simplex, int] = {"dual": 1, "primal": 4}
"""Their numbers in HiGHS."""


@dataclass(frozen=True)
class MasterSolution:
    """A primal and dual solution of the restricted master."""

    value: float
    chosen: Floats
    """Of the pool's columns, x; 0 for those not in the program: shape (N,)."""
    amounts: Floats
    """Of the adjustments, y; 0 for those not in the program: shape (adjustments,)."""
    shortages: Floats
    """Of the artificial columns, s, by actor, then by row that can be short: shape (actors + rows,)."""
    convexity_duals: Floats
    """Of the convexity rows, ν: what each actor's column costs at the other duals: shape (actors,)."""
    duals: Duals


class RestrictedMaster:
    """Restricted master problem: one HiGHS linear program that grows by columns and rows.

    Args:
        pool: where its columns come from.
        is_interior: solve by an interior point, without a vertex: far sooner than any simplex where all is large.
        rows: resources that are rows of it; None: all that something uses.
        parameters: tolerances.
    """

    def __init__(
        self,
        pool: ColumnPool,
        *,
        is_interior: bool = False,
        rows: Booleans | None = None,
        parameters: MasterParameters = DEFAULTS.master,
    ) -> None:
        problem = pool.problem
        self.is_interior = is_interior
        self.pool = pool
        self.rows = used_resources(problem) if rows is None else rows
        self.multipliers = np.zeros(len(problem.resources))
        """Lagrangian multipliers of resources that are no rows, which columns pay: shape (resources,)."""
        self.budget = Budget(None)
        self.cuts: list[MirCut] = []
        self.weights = np.zeros(len(problem.tiers))
        """Objective weights of the tiers, w: shape (tiers,)."""
        self.constant = 0.0
        """What dualised objective cuts are worth; the value is less by it."""
        self._parameters = parameters
        self._artificial_cost = 0.0
        self._columns = np.zeros(0, dtype=np.int64)
        """Columns of the pool that are in, in the order in which they came."""
        self._places = np.zeros(0, dtype=np.int64)
        """Where each stands in the program."""
        self._values = self._reduced_costs = np.zeros(0)
        """Value and reduced cost of each in the last solution."""
        self._actors = len(problem.actors)
        self._resources = np.flatnonzero(self.rows)
        self._reliefs = len(problem.reliefs)
        self._place_of = np.full(len(problem.adjustment_most), -1)
        """Where each adjustment stands in the program; -1 if it is not in."""
        self._place_of[: self._reliefs] = np.arange(self._reliefs)
        self._source = np.array([transfer.source for transfer in problem.transfers], dtype=np.int64)
        self._can_be_short = np.flatnonzero(self._asks_for_options()[self._resources])
        """Rows, among `_resources`, that options must keep: those in the pool may not do, so each has a shortage."""
        self._artificials = self._actors + len(self._can_be_short)
        self._size = self._reliefs + self._artificials
        self._tier_rows = self._actors + len(self._resources)
        self._cut_rows = self._tier_rows + len(problem.tiers)
        self._objective_cuts = np.full(len(problem.tiers), math.inf)
        # Presolve would spoil the duals of an interior point, and the basis of a simplex.
        self._highs = quiet_highs(presolve="off")
        if is_interior:
            self._highs.setOptionValue("solver", "ipm")
            self._highs.setOptionValue("run_crossover", "off")
            self._highs.setOptionValue("ipm_optimality_tolerance", parameters.interior_tolerance)
        self._pass_model()

    def _asks_for_options(self) -> Booleans:
        """By resource: would it be violated though nobody had an option, and reliefs were at their most?"""
        problem = self.pool.problem
        relieved = -problem.adjustment_usage[: self._reliefs].T @ problem.adjustment_most[: self._reliefs]
        return np.asarray(problem.bounds + relieved < 0)

    def _pass_model(self) -> None:
        problem, reliefs, short = self.pool.problem, self._reliefs, self._can_be_short
        cells = (-np.ones(len(short)), (self._actors + short, np.arange(len(short))))
        lacking = sparse.csc_array(cells, shape=(self._cut_rows, len(short)))
        nothing = sparse.csc_array((self._cut_rows - self._actors, self._actors))
        usage = problem.adjustment_usage[:reliefs][:, self._resources]
        adjusted = sparse.vstack([usage.T, sparse.csr_array(problem.adjustment_prices[:reliefs].T)])
        none = sparse.csc_array((self._actors, reliefs))
        blocks = [[none, sparse.eye_array(self._actors)], [adjusted, nothing]]
        table = sparse.csc_array(sparse.hstack([sparse.block_array(blocks), lacking]))
        most = np.concatenate([problem.adjustment_most[:reliefs], np.ones(self._actors), np.full(len(short), math.inf)])
        ones, rest = np.ones(self._actors), np.full(self._cut_rows - self._actors, -math.inf)
        upper = np.concatenate([ones, problem.bounds[self._resources], self._objective_cuts])
        self._highs.passModel(model_of(table, np.zeros(self._size), most, np.concatenate([ones, rest]), upper))

    def set_objective(self, weights: Floats, artificial_cost: float, constant: float = 0.0) -> None:
        """New objective: from now on the tiers weigh so much, and an actor without a column costs so much.

        Args:
            weights: of the tiers, w: shape (tiers,).
            artificial_cost: of an artificial column, M.
            constant: what objective cuts that are dualised, instead of rows, are worth; it is taken off the value.
        """
        self.weights = weights
        self.constant = constant
        self._artificial_cost = artificial_cost
        cost = np.full(self._size, artificial_cost)
        is_in = self._place_of >= 0
        problem, columns = self.pool.problem, self._columns
        cost[self._place_of[is_in]] = self._costs(problem.adjustment_prices[is_in], problem.adjustment_usage[is_in])
        cost[self._places] = self._costs(self.pool.prices[columns], self.pool.usage[columns])
        self._highs.changeColsCost(len(cost), np.arange(len(cost), dtype=np.int32), cost)

    def _costs(self, prices: Integers, usage: sparse.csr_array) -> Floats:
        """What columns cost in the program."""
        return np.asarray(prices @ self.weights + usage @ self.multipliers, dtype=np.float64)

    def dualise(self, multipliers: Floats) -> None:
        """Lagrangian relaxation: from now on uses of resources that are no rows cost so much: shape (resources,)."""
        self.multipliers = multipliers
        self.set_objective(self.weights, self._artificial_cost, self.constant)

    def add_objective_cut(self, tier: int, value: int) -> None:
        """Objective cut (epsilon-constraint): from now on the tier costs at most `value`."""
        self._objective_cuts[tier] = value
        self._highs.changeRowBounds(self._tier_rows + tier, -math.inf, float(value))

    def add_columns(self, columns: Integers, adjustments: Sequence[int] | Integers = ()) -> bool:
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
        self.add_adjustments(moving)
        return bool(len(new) or len(moving))

    def add_adjustments(self, adjustments: Integers) -> None:
        """Take in these adjustments, as far as they are not in."""
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
        return moving[rank < self._parameters.transfers_each]

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
    def _coefficients(cut: MirCut, by_row: sparse.csc_array) -> sparse.coo_array:
        """Coefficients of columns in a MIR cut: shape (columns, 1)."""
        begin, end = by_row.indptr[cut.resource : cut.resource + 2]
        cells = (by_row.indices[begin:end], np.zeros(end - begin, dtype=np.int64))
        return sparse.coo_array((cut.coefficients(by_row.data[begin:end]), cells), shape=(by_row.shape[0], 1))

    def separate(self, separator: Separator, solution: MasterSolution) -> bool:
        """Separation: add the MIR cuts that the solution violates; were there any?"""
        violated = self.violated_cuts(separator, solution)
        self.add_cuts(violated)
        return bool(violated)

    def violated_cuts(self, separator: Separator, solution: MasterSolution) -> list[MirCut]:
        """The MIR cuts that the solution violates; none is added."""
        usage = self.pool.usage[self._columns].tocsc()[:, self._resources]
        chosen = np.zeros(len(self.pool))
        chosen[: len(solution.chosen)] = solution.chosen
        violated = separator.broken(usage, self._resources, chosen[self._columns], solution.amounts)
        return [cut for cut, _, _ in violated]

    def add_cuts(self, cuts: Sequence[MirCut]) -> None:
        """Add these MIR cuts as rows."""
        by_row = self.pool.usage[self._columns].tocsc()
        for cut in cuts:
            begin, end = by_row.indptr[cut.resource : cut.resource + 2]
            coefficients = cut.coefficients(by_row.data[begin:end])
            kept = coefficients > 0
            self._add_cut(cut, by_row.indices[begin:end][kept], coefficients[kept])

    def _add_cut(self, cut: MirCut, columns: Integers, coefficients: Floats) -> None:
        helpers = self._place_of[cut.helpers]
        helpers = helpers[helpers >= 0]
        used = np.concatenate([helpers, self._places[columns]])
        amounts = np.concatenate([np.full(len(helpers), 1 / cut.remainder), coefficients])
        self._highs.addRow(float(cut.least), math.inf, len(used), used.astype(np.int32), amounts)
        self.cuts.append(cut)

    def best_columns(self, each: int) -> list[Integers]:
        """By actor: the columns that the last solution used, and so many of the least reduced cost."""
        order = np.lexsort((self._reduced_costs, self.pool.actor[self._columns]))
        actor = self.pool.actor[self._columns][order]
        rank = np.arange(len(order)) - np.searchsorted(actor, actor)
        kept = (rank < each) | (self._values[order] > self._parameters.used)
        firsts = np.searchsorted(actor[kept], np.arange(1, self._actors))
        return np.split(self._columns[order][kept], firsts)

    @property
    def columns(self) -> Integers:
        """Columns of the pool that are in."""
        return self._columns

    def active_adjustments(self) -> Integers:
        """The adjustments that are in."""
        return np.flatnonzero(self._place_of >= 0)

    def rebuilt(self, columns: Integers, rows: Booleans, cuts: Sequence[MirCut]) -> RestrictedMaster:
        """Another restricted master with these columns of the pool, these resources as rows, and these MIR cuts.

        Objective, objective cuts, adjustments, multipliers of what is no row now, and budget are this one's.
        """
        new = RestrictedMaster(self.pool, is_interior=self.is_interior, rows=rows, parameters=self._parameters)
        new.budget = self.budget
        new.multipliers = np.where(rows, 0.0, self.multipliers)
        new.set_objective(self.weights, self._artificial_cost, self.constant)
        for tier in np.flatnonzero(np.isfinite(self._objective_cuts)).tolist():
            new.add_objective_cut(tier, int(self._objective_cuts[tier]))
        new.add_columns(columns)
        new.add_adjustments(self.active_adjustments())
        new.add_cuts(cuts)
        return new

    def violated_rows(self, solution: MasterSolution) -> Booleans:
        """Lazy rows: the resources that are no rows and that the solution uses beyond their bounds."""
        return ~self.rows & (self.activity(solution) > self.pool.problem.bounds + self._parameters.violation)

    def activity(self, solution: MasterSolution) -> Floats:
        """Row activities: what the solution uses of every resource: shape (resources,)."""
        chosen = np.zeros(len(self.pool))
        chosen[: len(solution.chosen)] = solution.chosen
        used = self.pool.usage.T @ chosen + self.pool.problem.adjustment_usage.T @ solution.amounts
        return np.asarray(used, dtype=np.float64)

    def restrict_columns(self, is_allowed: Booleans) -> None:
        """Fixing: from now on only these columns of the pool, and those that come in later, may be used: shape (N,)."""
        upper = np.where(is_allowed[self._columns], math.inf, 0.0)
        count = len(self._columns)
        self._highs.changeColsBounds(count, self._places.astype(np.int32), np.zeros(count), upper)

    def solve(self, simplex: Simplex) -> MasterSolution | None:
        """Re-optimise; None if time was up or the objective cuts cannot be kept with the columns that are in."""
        problem = self.pool.problem
        self._highs.setOptionValue("simplex_strategy", STRATEGY[simplex])
        answer = solve_lp(self._highs, self.budget)
        # An interior point stops short of the vertex that would make it "optimal"; its duals are as good.
        is_near = answer.status is Status.OPTIMAL or (self.is_interior and answer.status is Status.FEASIBLE)
        values, row_duals, column_duals = answer.values, answer.duals, answer.reduced
        if not is_near or values is None or row_duals is None or column_duals is None:
            return None
        self._values, self._reduced_costs = values[self._places], column_duals[self._places]
        # A row "<= bound" has a dual >= 0, a MIR cut ">= least" too; what the solver rounds past that is cut off.
        cut_duals = np.maximum(-row_duals[self._tier_rows : self._cut_rows], 0)
        cut_duals[~np.isfinite(self._objective_cuts)] = 0
        is_tight = cut_duals > 0
        chosen, resources = np.zeros(len(self.pool)), np.zeros(len(problem.resources))
        chosen[self._columns] = values[self._places]
        resources[self._resources] = np.maximum(-row_duals[self._actors : self._tier_rows], 0)
        if self.is_interior:
            resources = self._minimal(resources, column_duals)
        resources += self.multipliers
        return MasterSolution(
            value=answer.value - float(self.multipliers @ problem.bounds) - self.constant,
            chosen=chosen,
            amounts=np.where(self._place_of >= 0, values[self._place_of], 0.0),
            shortages=values[self._reliefs : self._reliefs + self._artificials],
            convexity_duals=row_duals[: self._actors],
            duals=Duals(
                resources=resources,
                tiers=self.weights + cut_duals,
                constant=float(cut_duals[is_tight] @ self._objective_cuts[is_tight]) + self.constant,
                cuts=np.maximum(row_duals[self._cut_rows :], 0),
            ),
        )

    def _minimal(self, resources: Floats, reduced_costs: Floats) -> Floats:
        """Minimal duals that are as good: an interior point gives any dual to a row "0 <= 0"."""
        problem, active = self.pool.problem, self.active_adjustments()
        usage = sparse.csc_array(sparse.vstack([self.pool.usage[self._columns], problem.adjustment_usage[active]]))
        reduced = reduced_costs[np.concatenate([self._places, self._place_of[active]])]
        return minimal_duals(resources, problem.bounds, usage, reduced, self._parameters.dual_passes)


def used_resources(problem: Problem) -> Booleans:
    """The resources that something uses, or that are short from the beginning: shape (resources,)."""
    is_used = problem.bounds < 0
    is_used[np.unique(problem.adjustment_usage.indices)] = True
    for actor in problem.actors:
        is_used[actor.touched()] = True
    return is_used
