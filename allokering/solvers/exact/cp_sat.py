"""The exact solver's engine on CP-SAT."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import numpy as np
from ortools.sat.python import cp_model

from allokering.problem import Integers, Solution
from allokering.solvers.budget import Budget
from allokering.solvers.cp_sat_api import CpAnswer, solve_cp
from allokering.solvers.exact.enumeration import Columns
from allokering.solvers.exact.knowledge import CutName, Duals, Inherited
from allokering.solvers.exact.objectives import Group, Objective, alone
from allokering.solvers.outcome import Report, Status, TierAnswer, UniqueAnswer


class CpSatTiers:
    """One CP-SAT model that is minimised again and again, each time with one more row."""

    def __init__(
        self,
        columns: Columns,
        *,
        seed: int,
        workers: int,
        work_limit: float | None,
        budget: Budget,
        start: Solution | None,
        inherited: Inherited | None = None,  # noqa: ARG002 - it has no use for duals and cuts
    ) -> None:
        self._columns = columns
        self._budget = budget
        self._model = cp_model.CpModel()
        self._chosen = [self._model.new_bool_var(f"choose[{number}]") for number in range(len(columns.actor))]
        self._amounts = [
            self._model.new_int_var(0, int(most), f"amount[{number}]")
            for number, most in enumerate(columns.problem.adjustment_most)
        ]
        self._choose_one_each()
        self._keep_bounds()
        self._last = start
        self.duals: dict[int, Duals] = {}
        self.is_impossible = False
        self.cuts: tuple[CutName, ...] = ()
        self._seed, self._workers, self._work_limit = seed, workers, work_limit

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

    def _sum(self, prices: Integers) -> Any:
        names = [*self._chosen, *self._amounts]
        used = np.flatnonzero(prices)
        return cp_model.LinearExpr.weighted_sum([names[number] for number in used], prices[used].tolist())

    def begin(self, objectives: list[Objective]) -> None:
        """Nothing is done before the first tier."""

    def group(self, objectives: list[Objective]) -> Group:
        """One objective at a time."""
        return alone(objectives[0])

    def hold(self, part: Objective, value: int) -> None:
        """From now on the sum is at most `value`."""
        self._model.add(self._sum(part.prices) <= value)

    def minimise(self, group: Group, report: Report) -> TierAnswer:
        """The least sum of prices, from the last solution found."""
        self._model.minimize(self._sum(group.parts[0].prices))
        self._hint()
        answer = self._solve(self._model, report)
        if answer.status is Status.INFEASIBLE:
            return TierAnswer(Status.INFEASIBLE, None, None)
        if answer.value is None:
            return TierAnswer(Status.UNKNOWN, answer.bound, None)
        chosen = np.flatnonzero(answer.values(self._chosen))
        self._last = self._columns.solution(chosen, answer.values(self._amounts))
        return TierAnswer(answer.status, answer.bound, self._last)

    def _solve(self, model: cp_model.CpModel, report: Report | None = None) -> CpAnswer:
        return solve_cp(
            model,
            self._budget,
            seed=self._seed,
            workers=self._workers,
            work_limit=self._work_limit,
            report=report,
            # With all rows in its linear relaxation: without them no proof of a region was seen.
            linearization_level=2,
        )

    def open_columns(self) -> Integers:
        """The columns that may be in a solution as good: all."""
        return np.arange(len(self._chosen))

    def minimise_uniquely(self, part: Objective) -> UniqueAnswer:
        """The least sum of prices, then that no other choice of options has it: by a no-good clause."""
        answer = self.minimise(alone(part), lambda *_: None)
        if answer.status is not Status.OPTIMAL or self._last is None:
            return UniqueAnswer(answer.solution, is_unique=False)
        model = self._model.clone()
        model.clear_objective()
        model.clear_hints()
        value = part.value(self._columns, self._last.options, self._last.adjustments)
        model.add(self._sum(part.prices) <= value)
        chosen = self._last.options[self._columns.actor] == self._columns.option
        model.add_bool_or([self._chosen[number].negated() for number in np.flatnonzero(chosen)])
        return UniqueAnswer(self._last, self._solve(model).status is Status.INFEASIBLE)

    def _hint(self) -> None:
        self._model.clear_hints()
        if self._last is None:
            return
        chosen = self._last.options[self._columns.actor] == self._columns.option
        for name, value in zip(self._chosen, chosen, strict=True):
            self._model.add_hint(name, bool(value))
        for name, value in zip(self._amounts, self._last.adjustments, strict=True):
            self._model.add_hint(name, int(value))
