"""Fix-and-optimise: with every actor's option given, the cheapest adjustments, and of equal ones always the same.

Linear programs, tier by tier over the optimal face of the tiers before (Isermann 1982, OR Spektrum 4:223-228): a
column with a reduced cost stays at its bound, a row with a dual is an equality. The amounts that come out are whole
numbers nearly always, for the table is nearly a network's; where they are not, CP-SAT finds whole ones.

The last objective has a pseudo-random price for every adjustment, so that the optimum is one vertex (`is_unique`). All
those prices are positive: a needless unit is in no optimum, and nothing need be trimmed.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from scipy import sparse

from allokering.problem import Floats, Integers, Problem, Solution
from allokering.solvers.budget import Budget
from allokering.solvers.canonical import drawn
from allokering.solvers.exact.enumeration import Columns
from allokering.solvers.exact.whole_adjustments import cheapest_whole
from allokering.solvers.highs_api import model_of, quiet_highs, solve_lp

ZERO = 1e-7
"""A reduced cost below this share of the dearest price is none."""
WHOLE = 1e-6
"""How far from a whole number a value of a linear program may be that is one."""
FEWEST = 1 << 20
"""What every unit costs beside its drawn price, so that few are taken."""


@dataclass(frozen=True)
class Completed:
    """The cheapest adjustments for given options."""

    solution: Solution
    is_unique: bool
    """Are they the only ones of these values and drawn prices?"""


def complete(problem: Problem, options: Integers) -> Solution | None:
    """The best solution in which every actor has this option, always the same; None if there is none."""
    found = Completion(problem).canonical(options, Budget(None))
    return None if found is None else found.solution


class Completion:
    """Completes options of one problem, again and again; at once where they stand in the columns."""

    def __init__(self, problem: Problem, columns: Columns | None = None) -> None:
        self.problem, self._columns = problem, columns
        table = problem.adjustment_usage if columns is None else columns.adjustment_usage
        self._table = sparse.csr_array(table.T).astype(float)
        self._most_use = self._table.maximum(0) @ problem.adjustment_most
        self._draws: dict[int, Integers] = {}
        self._has_leasts = any(one.least is not None for one in problem.resources)
        self._left: tuple[Integers, Integers] | None = None

    def cheapest(self, options: Integers, budget: Budget) -> Solution | None:
        """Some of the cheapest adjustments; None if there are none, or none were found before the time was up."""
        face = self._face(options)
        for number in range(len(self.problem.tiers)):
            prices = self.problem.adjustment_prices[:, number]
            if (number == 0 or prices.any()) and not face.minimise(prices):
                return None
        found = self._whole(options, face.values)
        return found if found is not None else cheapest_whole(self.problem, options, budget)

    def canonical(self, options: Integers, budget: Budget) -> Completed | None:
        """The one of the cheapest that drawn prices choose."""
        face = self._face(options)
        objectives = [prices for prices in self.problem.adjustment_prices.T if prices.any()]
        if not all(face.minimise(prices) for prices in [*objectives, self.draw(0)]):
            return None
        found = self._whole(options, face.values)
        if found is None:
            found = cheapest_whole(self.problem, options, budget, [self.draw(0)])
            is_unique = found is not None and all(
                self._is_same(found, cheapest_whole(self.problem, options, budget, [self.draw(0), sign * self.draw(1)]))
                for sign in (1, -1)
            )
            return None if found is None else Completed(found, is_unique)
        # Most faces are a point at once: other prices are drawn only for those that are not.
        return Completed(found, face.is_a_point(lambda: self.draw(1)))

    @staticmethod
    def _is_same(one: Solution, other: Solution | None) -> bool:
        return other is not None and bool(np.array_equal(one.adjustments, other.adjustments))

    def draw(self, number: int) -> Integers:
        """The drawn price of a unit of every adjustment."""
        if number not in self._draws:
            names = adjustment_names(self.problem)
            prices = [FEWEST + drawn("adjustment", number, *name) for name in names]
            self._draws[number] = np.array(prices, dtype=np.int64)
        return self._draws[number]

    def _face(self, options: Integers) -> _Face:
        problem, slack = self.problem, self._slack(options)
        live = np.flatnonzero(self._most_use > slack)
        return _Face(sparse.csc_array(self._table[live]), problem.adjustment_most.astype(float), slack[live])

    def _slack(self, options: Integers) -> Integers:
        """What options leave of every row; those asked about last are not counted again."""
        if self._left is None or not np.array_equal(self._left[0], options):
            problem, columns = self.problem, self._columns
            if columns is None:
                slack = problem.bounds - problem.use(Solution(options, np.zeros_like(problem.adjustment_most)))
            else:
                slack = columns.bounds - columns.use(options)
            self._left = np.array(options), slack
        return self._left[1]

    def _whole(self, options: Integers, values: Floats) -> Solution | None:
        amounts = np.rint(values)
        if np.abs(values - amounts).max(initial=0.0) > WHOLE:
            return None
        found = Solution(np.asarray(options, dtype=np.int64), amounts.astype(np.int64))
        return found if self._is_feasible(found) else None

    def _is_feasible(self, found: Solution) -> bool:
        if self._has_leasts and self._columns is None:
            return self.problem.is_feasible(found)
        table = self.problem.adjustment_usage if self._columns is None else self._columns.adjustment_usage
        amounts = found.adjustments
        within = np.all(amounts >= 0) and np.all(amounts <= self.problem.adjustment_most)
        return bool(within and np.all(table.T @ amounts <= self._slack(found.options)))


class _Face:
    """Adjustments that are optimal in every objective minimised so far."""

    def __init__(self, table: sparse.csc_array, most: Floats, slack: Integers) -> None:
        self._rows, self._width = table.shape
        self._lower, self._upper = np.zeros(self._width), most.copy()
        self._least, self._sides = np.full(self._rows, -np.inf), slack.astype(float)
        self.values = np.zeros(self._width)
        self._is_empty = bool(np.any(slack < 0)) if not self._width else False
        self._highs = quiet_highs(presolve="off")
        if self._width:
            self._highs.passModel(model_of(table, np.zeros(self._width), most, self._least, self._sides))

    def minimise(self, prices: Integers) -> bool:
        """Minimise over the face, which becomes smaller; is there anything on it?"""
        if not self._width:
            return not self._is_empty
        numbers, rows = np.arange(self._width, dtype=np.int32), np.arange(self._rows, dtype=np.int32)
        highs = self._highs
        highs.changeColsCost(self._width, numbers, prices.astype(float))
        # These programs are small, and without them a plan could not be told: they are asked whatever the time.
        answer = solve_lp(highs, Budget())
        if answer.values is None or answer.duals is None or answer.reduced is None:
            return False
        self.values, duals, reduced = answer.values, answer.duals, answer.reduced
        zero = ZERO * max(1.0, float(np.abs(prices).max(initial=0)))
        self._upper = np.where(reduced > zero, self._lower, self._upper)
        self._lower = np.where(reduced < -zero, self._upper, self._lower)
        self._least = np.where(duals < -zero, self._sides, self._least)
        highs.changeColsBounds(self._width, numbers, self._lower, self._upper)
        if self._rows:
            highs.changeRowsBounds(self._rows, rows, self._least, self._sides)
        return True

    def is_a_point(self, draw: Callable[[], Integers]) -> bool:
        """Is the face one point? If it had an edge, drawn prices would be lower at one end of it."""
        if not np.any(self._upper > self._lower):
            return True
        prices, point = draw(), self.values
        ends = []
        for sign in (1, -1):
            face = (self._lower.copy(), self._upper.copy(), self._least.copy())
            if not self.minimise(sign * prices):
                return False
            ends.append(self.values)
            self._lower, self._upper, self._least = face
            self._highs.changeColsBounds(self._width, np.arange(self._width, dtype=np.int32), self._lower, self._upper)
            if self._rows:
                self._highs.changeRowsBounds(
                    self._rows, np.arange(self._rows, dtype=np.int32), self._least, self._sides
                )
        return all(bool(np.abs(end - point).max() < WHOLE) for end in ends)


def adjustment_names(problem: Problem) -> list[tuple[str | int, ...]]:
    """A name of every relief, then of every transfer, that no order of rows changes."""
    resources = [(one.rule, one.subject, one.period) for one in problem.resources]
    names: list[tuple[str | int, ...]] = [(one.name, *resources[one.resource]) for one in problem.reliefs]
    names += [(one.name, *resources[one.source], *resources[one.target]) for one in problem.transfers]
    seen: dict[tuple[str | int, ...], int] = {}
    unique: list[tuple[str | int, ...]] = []
    for name in names:
        seen[name] = seen.get(name, 0) + 1
        # Two of one name are told apart by their order, which is canonical.
        unique.append(name if seen[name] == 1 else (*name, seen[name]))
    return unique
