"""The exact solver's engine on CP-SAT."""

from __future__ import annotations

import math
from itertools import pairwise
from typing import Any

import numpy as np
from ortools.sat.python import cp_model

from allokering.problem import Integers, Solution
from allokering.solvers.budget import Budget
from allokering.solvers.exact.enumeration import Columns
from allokering.solvers.outcome import Report, Status, TierAnswer


class _Told(cp_model.CpSolverSolutionCallback):  # type: ignore[misc]
    """Reports every better solution."""

    def __init__(self, report: Report) -> None:
        super().__init__()
        self._report = report

    def on_solution_callback(self) -> None:
        """A better solution has been found."""
        self._report(round(self.objective_value), math.ceil(self.best_objective_bound - 1e-6))


class CpSatTiers:
    """One CP-SAT model that is minimised again and again, each time with one more row."""

    def __init__(
        self,
        columns: Columns,
        *,
        seed: int,
        workers: int,
        work_limit: float | None,
        clock: Budget,
        start: Solution | None,
    ) -> None:
        self._columns = columns
        self._clock = clock
        self._model = cp_model.CpModel()
        self._chosen = [self._model.new_bool_var(f"choose[{number}]") for number in range(len(columns.actor))]
        self._amounts = [
            self._model.new_int_var(0, int(most), f"amount[{number}]")
            for number, most in enumerate(columns.problem.adjustment_most)
        ]
        self._choose_one_each()
        self._keep_bounds()
        self._last = start
        self._solver = cp_model.CpSolver()
        self._solver.parameters.random_seed = seed
        self._solver.parameters.num_workers = workers
        if workers > 1:
            # Parallel search is deterministic only when the workers take turns.
            self._solver.parameters.interleave_search = True
        if work_limit is not None:
            self._solver.parameters.max_deterministic_time = work_limit

    def _choose_one_each(self) -> None:
        first = np.searchsorted(self._columns.actor, np.arange(len(self._columns.problem.actors) + 1))
        for begin, end in pairwise(first):
            self._model.add_exactly_one(self._chosen[begin:end])

    def _keep_bounds(self) -> None:
        usage = self._columns.usage.tocsc()
        adjusted = self._columns.adjustment_usage.tocsc()
        for row, bound in enumerate(self._columns.bounds):
            variables, amounts = [], []
            for table, names in ((usage, self._chosen), (adjusted, self._amounts)):
                begin, end = table.indptr[row : row + 2]
                variables += [names[number] for number in table.indices[begin:end]]
                amounts += table.data[begin:end].tolist()
            self._model.add(cp_model.LinearExpr.weighted_sum(variables, amounts) <= int(bound))

    def _sum(self, prices: Integers, adjustment_prices: Integers) -> Any:
        variables = [self._chosen[number] for number in np.flatnonzero(prices)]
        variables += [self._amounts[number] for number in np.flatnonzero(adjustment_prices)]
        amounts = [*prices[prices != 0].tolist(), *adjustment_prices[adjustment_prices != 0].tolist()]
        return cp_model.LinearExpr.weighted_sum(variables, amounts)

    def hold(self, prices: Integers, adjustment_prices: Integers, value: int) -> None:
        """From now on the sum is at most `value`."""
        self._model.add(self._sum(prices, adjustment_prices) <= value)

    def minimise(self, prices: Integers, adjustment_prices: Integers, report: Report) -> TierAnswer:
        """The least sum of prices, from the last solution found."""
        self._model.minimize(self._sum(prices, adjustment_prices))
        self._hint()
        left = self._clock.left
        if left is not None:
            self._solver.parameters.max_time_in_seconds = left
        status = self._solver.solve(self._model, _Told(report))
        if status == cp_model.MODEL_INVALID:
            raise ValueError(self._model.validate())
        if status == cp_model.INFEASIBLE:
            return TierAnswer(Status.INFEASIBLE, None, None)
        bound = math.ceil(self._solver.best_objective_bound - 1e-6)
        if status == cp_model.UNKNOWN:
            return TierAnswer(Status.UNKNOWN, bound, None)
        self._last = self._columns.solution(
            np.flatnonzero([self._solver.boolean_value(name) for name in self._chosen]),
            np.array([self._solver.value(name) for name in self._amounts], dtype=np.int64),
        )
        return TierAnswer(Status.OPTIMAL if status == cp_model.OPTIMAL else Status.FEASIBLE, bound, self._last)

    def _hint(self) -> None:
        self._model.clear_hints()
        if self._last is None:
            return
        chosen = self._last.options[self._columns.actor] == self._columns.option
        for name, value in zip(self._chosen, chosen, strict=True):
            self._model.add_hint(name, bool(value))
        for name, value in zip(self._amounts, self._last.adjustments, strict=True):
            self._model.add_hint(name, int(value))
