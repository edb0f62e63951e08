"""The exact solver's engine on HiGHS: a mixed-integer program, with rounding rows and fixing by reduced cost.

For every tier the linear relaxation is tightened by rounding rows, its prices give a bound on what each option would
cost the plan (any non-negative prices do, so no tolerance of the solver enters), and once the tier's optimum is known,
every option that would cost more than is left between bound and optimum is out for good. Later tiers search what
remains.
"""

from __future__ import annotations

import math
from typing import Any

import highspy
import numpy as np
from scipy import sparse

from allokering.problem import Floats, Integers, Solution
from allokering.solvers.budget import Budget
from allokering.solvers.exact.enumeration import Columns
from allokering.solvers.highs_api import NO_GAP, model_of, quiet_highs
from allokering.solvers.integer_bound import given_away, rounded_up
from allokering.solvers.mir_cuts import Separator
from allokering.solvers.outcome import Report, Status, TierAnswer

ROUNDS = 20
"""Rounds of rounding rows per tier; the bound has always stood still earlier."""
FEW = 10
"""Options per actor that a first search of a tier looks at, if there are more."""
ROUGHLY = 0.01
"""Gap at which that first search stops."""
SAFE = 1e-3
"""What sums in floating point may add to a reduced cost."""


def _unheard(value: int | None, bound: int | None) -> None:
    """Nobody has asked yet."""


class HighsTiers:
    """One HiGHS model that is minimised again and again, each time with one more row."""

    def __init__(
        self,
        columns: Columns,
        *,
        seed: int,
        workers: int,  # noqa: ARG002 - with more threads HiGHS finds another of the equally good solutions, and later
        work_limit: float | None,  # noqa: ARG002 - HiGHS has no deterministic clock
        clock: Budget,
        start: Solution | None,
    ) -> None:
        self._columns = columns
        self._clock = clock
        self._separator = Separator(columns.problem)
        self._usage_by_row = columns.usage.tocsc()
        self._upper = np.concatenate([np.ones(len(columns.actor)), columns.problem.adjustment_most]).astype(float)
        self._rows: list[sparse.csr_array] = []
        self._last = start
        self._highs = quiet_highs(random_seed=seed, mip_abs_gap=NO_GAP)
        self._report: Report = _unheard
        self._bound: int | None = None
        self._highs.cbMipImprovingSolution += self._tell
        self._pass_model()

    def _tell(self, event: Any) -> None:
        """HiGHS has a better solution."""
        self._report(round(event.data_out.mip_primal_bound), self._bound)

    def _pass_model(self) -> None:
        columns, problem = self._columns, self._columns.problem
        options, actors = len(columns.actor), len(problem.actors)
        one_each = sparse.coo_array((np.ones(options), (columns.actor, np.arange(options))), shape=(actors, options))
        nothing = sparse.coo_array((actors, len(problem.adjustment_most)))
        table = sparse.csr_array(
            sparse.block_array([[one_each, nothing], [columns.usage.T, columns.adjustment_usage.T]])
        ).astype(float)
        free = np.full(len(columns.bounds), -math.inf)
        self._lower = np.concatenate([np.ones(actors), free])
        self._bounds = np.concatenate([np.ones(actors), columns.bounds]).astype(float)
        self._table = table
        costs, whole = np.zeros(table.shape[1]), np.ones(table.shape[1], dtype=bool)
        self._highs.passModel(model_of(sparse.csc_array(table), costs, self._upper, self._lower, self._bounds, whole))

    def hold(self, prices: Integers, adjustment_prices: Integers, value: int) -> None:
        """From now on the sum is at most `value`."""
        amounts = np.concatenate([prices, adjustment_prices])
        used = np.flatnonzero(amounts)
        unit = max(1, math.gcd(*amounts[used].tolist())) if len(used) else 1
        self._add_row(used, amounts[used] / unit, -math.inf, float(value // unit))

    def _add_row(self, used: Integers, amounts: Floats, lower: float, upper: float) -> None:
        self._highs.addRow(lower, upper, len(used), used.astype(np.int32), amounts)
        width = self._table.shape[1]
        self._rows.append(sparse.csr_array((amounts, used, np.array([0, len(used)])), shape=(1, width)))
        self._lower = np.append(self._lower, lower)
        self._bounds = np.append(self._bounds, upper)

    def minimise(self, prices: Integers, adjustment_prices: Integers, report: Report) -> TierAnswer:
        """The least sum of prices."""
        if len(self._upper) == 0:
            return self._nothing_to_choose()
        self._report = report
        cost = np.concatenate([prices, adjustment_prices]).astype(float)
        self._highs.changeColsCost(len(cost), np.arange(len(cost), dtype=np.int32), cost)
        bound, reduced = self._relax(cost)
        self._bound = rounded_up(bound)
        report(None if self._last is None else round(self._value(cost, self._last)), self._bound)
        if reduced is not None:
            self._search_among_few(cost, bound, reduced)
            report(None if self._last is None else round(self._value(cost, self._last)), self._bound)
        answer = self._search(cost, bound)
        if answer.status is Status.OPTIMAL and answer.solution is not None and reduced is not None:
            self._fix(reduced, self._value(cost, answer.solution), bound)
        return answer

    def _nothing_to_choose(self) -> TierAnswer:
        """The rows hold as they stand, or never: HiGHS has no answer to a model without columns."""
        if np.any(self._lower > 0) or np.any(self._bounds < 0):
            return TierAnswer(Status.INFEASIBLE, None, None)
        nothing = np.zeros(0, dtype=np.int64)
        return TierAnswer(Status.OPTIMAL, 0, Solution(nothing, nothing))

    def _relax(self, cost: Floats) -> tuple[float, Floats | None]:
        """Bound of the relaxation with rounding rows, and each column's cost above it; None if it has no solution."""
        options = len(self._columns.actor)
        self._highs.setOptionValue("solve_relaxation", True)
        bound, reduced = -math.inf, None
        for _ in range(ROUNDS):
            self._limit_time()
            self._highs.run()
            if self._highs.getModelStatus() != highspy.HighsModelStatus.kOptimal:
                break
            values = np.array(self._highs.getSolution().col_value)
            new_bound, new_reduced = self._lagrangian(cost, -np.array(self._highs.getSolution().row_dual))
            if new_bound > bound:
                bound, reduced = new_bound, new_reduced
            broken = list(
                self._separator.broken(self._usage_by_row, self._columns.rows, values[:options], values[options:])
            )
            for row, columns, coefficients in broken:
                used = np.concatenate([columns, options + row.helpers])
                helped = np.full(len(row.helpers), 1 / row.remainder)
                self._add_row(used, np.concatenate([coefficients, helped]), float(row.least), math.inf)
            if not broken:
                break
        self._highs.setOptionValue("solve_relaxation", False)
        return bound, reduced

    def _lagrangian(self, cost: Floats, row_prices: Floats) -> tuple[float, Floats]:
        """The bound that row prices give (weak duality), and the cost of each column above its actor's cheapest."""
        actors, options = len(self._columns.problem.actors), len(self._columns.actor)
        table = sparse.csr_array(sparse.vstack([self._table, *self._rows]))[actors:]
        paid = row_prices[actors:]
        # A row "<= bound" has a price >= 0, a rounding row ">= least" one <= 0; what the solver rounds past that is cut
        # off.
        is_at_most = np.isfinite(self._bounds[actors:])
        paid = np.where(is_at_most, np.maximum(paid, 0), np.minimum(paid, 0))
        sides = np.where(is_at_most, self._bounds[actors:], self._lower[actors:])
        value = cost + table.T @ paid
        choice = np.where(self._upper[:options] > 0, value[:options], np.inf)
        cheapest = np.minimum.reduceat(choice, np.flatnonzero(np.diff(self._columns.actor, prepend=-1)))
        adjusted = np.minimum(value[options:], 0) @ self._upper[options:]
        bound = float(cheapest.sum() + adjusted - paid @ sides)
        return bound, np.concatenate([value[:options] - cheapest[self._columns.actor], value[options:]])

    def _fix(self, reduced: Floats, value: float, bound: float) -> None:
        """Rule out every option, and every unit of an adjustment, that would cost more than value and bound leave."""
        options = len(self._columns.actor)
        room = value - bound + given_away(bound)
        self._upper[:options][reduced[:options] > room] = 0
        dear = reduced[options:] > SAFE
        most = np.floor(room / np.where(dear, reduced[options:], 1))
        self._upper[options:] = np.where(dear, np.minimum(self._upper[options:], most), self._upper[options:])
        self._pass_upper()

    def _search_among_few(self, cost: Floats, bound: float, reduced: Floats) -> None:
        """A good solution among the options that the relaxation likes best, so that many others can be ruled out."""
        options = len(self._columns.actor)
        is_open = np.flatnonzero(self._upper[:options] > 0)
        few_options = FEW * len(self._columns.problem.actors)
        if len(is_open) <= few_options:
            return
        few = np.zeros(options, dtype=bool)
        few[is_open[np.argsort(reduced[is_open], kind="stable")[:few_options]]] = True
        if self._last is not None:
            few |= self._last.options[self._columns.actor] == self._columns.option
        all_options = self._upper.copy()
        self._upper = np.concatenate([np.where(few, all_options[:options], 0), all_options[options:]])
        self._pass_upper()
        self._highs.setOptionValue("mip_rel_gap", ROUGHLY)
        self._search(cost, bound)
        self._highs.setOptionValue("mip_rel_gap", 0.0)
        self._upper = all_options
        self._pass_upper()
        if self._last is not None:
            self._fix(reduced, self._value(cost, self._last), bound)

    def _pass_upper(self) -> None:
        width = len(self._upper)
        self._highs.changeColsBounds(width, np.arange(width, dtype=np.int32), np.zeros(width), self._upper)

    def _search(self, cost: Floats, bound: float) -> TierAnswer:
        if self._clock.left == 0.0:
            # Asked for no time at all, HiGHS still takes seconds for its root.
            return TierAnswer(Status.UNKNOWN, rounded_up(bound), self._last)
        if self._last is not None:
            start = highspy.HighsSolution()
            start.col_value = self._column_values(self._last).tolist()
            self._highs.setSolution(start)
        self._limit_time()
        self._highs.run()
        status = self._highs.getModelStatus()
        if status in (highspy.HighsModelStatus.kInfeasible, highspy.HighsModelStatus.kUnboundedOrInfeasible):
            return TierAnswer(Status.INFEASIBLE, None, None)
        info = self._highs.getInfo()
        bound = max(bound, info.mip_dual_bound if math.isfinite(info.mip_dual_bound) else -math.inf)
        whole = rounded_up(bound)
        if info.primal_solution_status != highspy.SolutionStatus.kSolutionStatusFeasible:
            return TierAnswer(Status.UNKNOWN, whole, None)
        values = np.rint(np.array(self._highs.getSolution().col_value)).astype(np.int64)
        options = len(self._columns.actor)
        found = self._columns.solution(np.flatnonzero(values[:options]), values[options:])
        if not self._columns.problem.is_feasible(found):
            return TierAnswer(Status.UNKNOWN, whole, None)
        self._last = found
        is_proven = whole is not None and whole >= round(self._value(cost, self._last))
        return TierAnswer(Status.OPTIMAL if is_proven else Status.FEASIBLE, whole, self._last)

    def _column_values(self, solution: Solution) -> Floats:
        chosen = solution.options[self._columns.actor] == self._columns.option
        return np.concatenate([chosen, solution.adjustments]).astype(float)

    def _value(self, cost: Floats, solution: Solution) -> float:
        return float(cost @ self._column_values(solution))

    def _limit_time(self) -> None:
        if self._clock.left is not None:
            # HiGHS counts from the first run of the model, not from this one.
            self._highs.setOptionValue("time_limit", self._highs.getRunTime() + self._clock.left)
