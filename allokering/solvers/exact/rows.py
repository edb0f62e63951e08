"""Rows of the exact solver's programs: resources, MIR cuts and objective cuts, each known by a name that others know.

A row is "lower <= coefficients @ values <= upper" over the columns (N) and then the adjustments (J). That every actor
chooses one option is no row here: the Lagrangian bound keeps it in the sub-problems, the programs add it themselves.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from scipy import sparse

from allokering.problem import Floats, Integers
from allokering.solvers.exact.enumeration import Columns
from allokering.solvers.exact.knowledge import CutName, Duals, Name
from allokering.solvers.integer_bound import given_away
from allokering.solvers.mir_cuts import Separator


class Rows:
    """The rows; they grow by cuts and holds, and shrink only by `restore`."""

    def __init__(self, columns: Columns) -> None:
        self.columns = columns
        problem = columns.problem
        self.options = len(columns.actor)
        self.width = self.options + len(problem.adjustment_most)
        table = sparse.csr_array(sparse.hstack([columns.usage.T, columns.adjustment_usage.T]))
        self.units = units = _units(table)
        """What each resource's row is divided by."""
        table.data = table.data // np.repeat(units, np.diff(table.indptr))
        self._table = table.astype(float)
        self._added: list[sparse.csr_array] = []
        self.lower = np.full(len(columns.rows), -math.inf)
        self.upper = (columns.bounds // units).astype(float)
        self.names: list[Name] = [("resource", *self._resource(int(number))) for number in columns.rows]
        self._known: set[Name] = set()
        self._separator = Separator(problem)
        self._usage_by_row = columns.usage.tocsc()
        self._row_of = {int(resource): row for row, resource in enumerate(columns.rows)}
        self._supplied = [self._levels(row) for row in range(len(columns.rows)) if self._is_supplied_in_lumps(row)]

    def _resource(self, number: int) -> tuple[str, str, int]:
        resource = self.columns.problem.resources[number]
        return resource.rule, resource.subject, resource.period

    def _is_supplied_in_lumps(self, row: int) -> bool:
        begin, end = self._usage_by_row.indptr[row : row + 2]
        is_lumpy = int(self.columns.rows[row]) in self._separator.lumpy
        return not is_lumpy and int(self._usage_by_row.data[begin:end].min(initial=0)) < -1

    def _levels(self, row: int) -> _Supplied:
        begin, end = self._usage_by_row.indptr[row : row + 2]
        levels, level = np.unique(self._usage_by_row.data[begin:end], return_inverse=True)
        return _Supplied(int(self.columns.rows[row]), self._usage_by_row.indices[begin:end], levels, level)

    def __len__(self) -> int:
        return len(self.names)

    @property
    def table(self) -> sparse.csr_array:
        """Coefficients: shape (rows, N + J)."""
        if self._added:
            self._table = sparse.csr_array(sparse.vstack([self._table, *self._added]))
            self._added = []
        return self._table

    def _add(self, name: Name, used: Integers, amounts: Floats, lower: float, upper: float) -> None:
        row = sparse.csr_array((amounts, used, np.array([0, len(used)])), shape=(1, self.width))
        self._added.append(row)
        self.lower, self.upper = np.append(self.lower, lower), np.append(self.upper, upper)
        self.names.append(name)

    def hold(self, name: int, prices: Integers, value: int) -> None:
        """Epsilon-constraint (objective cut): from now on the sum of prices (N + J) is at most `value`."""
        used = np.flatnonzero(prices)
        if len(used):
            # Divided by what all prices are multiples of, so that the row's coefficients are small.
            unit = math.gcd(*np.unique(prices[used]).tolist())
            self._add(("hold", name), used, prices[used] / unit, -math.inf, float(value // unit))

    def exclude(self, columns: Integers) -> None:
        """No-good cut (Balas and Jeroslow 1972, SIAM J. Appl. Math. 23:61-69): not all of these columns at once."""
        self._add(("exclude",), columns, np.ones(len(columns)), -math.inf, float(len(columns) - 1))

    def mark(self) -> RowsMark:
        """The rows as they are now, to come back to."""
        return RowsMark(self.table, self.lower, self.upper, tuple(self.names), frozenset(self._known))

    def restore(self, mark: RowsMark) -> None:
        """The rows as they were."""
        self._table, self.lower, self.upper, self._added = mark.table, mark.lower, mark.upper, []
        self.names, self._known = list(mark.names), set(mark.known)

    @property
    def cuts(self) -> tuple[CutName, ...]:
        """The MIR cuts among the rows."""
        return tuple(
            (str(rule), str(subject), int(period), int(divisor), int(taken))
            for kind, rule, subject, period, divisor, taken in (name for name in self.names if name[0] == "cut")
        )

    def inherit(self, cuts: tuple[CutName, ...]) -> None:
        """MIR cuts that another problem needed, made anew of this one's bounds, so that they hold here."""
        number = {self._resource(int(resource)): int(resource) for resource in self.columns.rows}
        for rule, subject, period, divisor, taken in cuts:
            if (rule, subject, period) in number:
                self._cut(number[rule, subject, period], divisor, taken)

    def _cut(self, resource: int, divisor: int, taken: int) -> bool:
        """Add a MIR cut; is it new?"""
        name = ("cut", *self._resource(resource), divisor, taken)
        cut = self._separator.cut(resource, divisor, taken)
        if cut is None or name in self._known:
            return False
        begin, end = self._usage_by_row.indptr[self._row_of[resource] : self._row_of[resource] + 2]
        coefficients = cut.coefficients(self._usage_by_row.data[begin:end])
        kept = coefficients > 0
        used = np.concatenate([self._usage_by_row.indices[begin:end][kept], self.options + cut.helpers])
        amounts = np.concatenate([coefficients[kept], np.full(len(cut.helpers), 1 / cut.remainder)])
        self._known.add(name)
        self._add(name, used, amounts, float(cut.least), math.inf)
        return True

    def separate(self, values: Floats) -> int:
        """Add of each resource the MIR cut that the point (N + J) breaks most; how many are new?"""
        before = len(self)
        for row in self._supplied:
            weight = np.bincount(row.level, weights=values[row.columns]).astype(float)
            cut = self._separator.most_broken(row.resource, row.levels, weight, values[self.options :])
            if cut is not None:
                self._cut(cut.resource, cut.divisor, cut.taken)
        return len(self) - before

    def lagrangian(self, cost: Floats, duals: Floats, most: Floats) -> LagrangianBound:
        """Weak duality (Geoffrion 1974, Math. Prog. Study 2:82-114): any duals of the right sign give a bound.

        Args:
            cost: of every column and adjustment (N + J).
            duals: by row; what rounding has put on the wrong side of 0 is cut off.
            most: the upper bound of every column and adjustment (N + J), 0 for what is ruled out.
        """
        is_at_most = np.isfinite(self.upper)
        duals = np.where(is_at_most, np.maximum(duals, 0), np.minimum(duals, 0))
        value = cost + self.table.T @ duals
        choice = np.where(most[: self.options] > 0, value[: self.options], math.inf)
        actors = self.columns.actor
        cheapest = np.minimum.reduceat(choice, np.flatnonzero(np.diff(actors, prepend=-1))) if len(actors) else choice
        adjusted = np.minimum(value[self.options :], 0) @ most[self.options :]
        bound = float(cheapest.sum() + adjusted - duals @ np.where(is_at_most, self.upper, self.lower))
        numbers = np.cumsum(np.diff(actors, prepend=-1) > 0) - 1
        reduced = np.concatenate([value[: self.options] - cheapest[numbers], value[self.options :]])
        return LagrangianBound(bound, reduced, duals)

    def duals_of(self, duals: Duals) -> Floats:
        """Duals by name as duals by row; 0 of rows that have none."""
        return np.array([duals.get(name, 0.0) for name in self.names])

    def named(self, duals: Floats) -> Duals:
        """Duals by row as duals by name."""
        return {self.names[row]: float(duals[row]) for row in np.flatnonzero(duals)}


@dataclass(frozen=True)
class _Supplied:
    """A resource that columns supply in lumps: its columns, the amounts they use, each once, and which uses which."""

    resource: int
    columns: Integers
    levels: Integers
    level: Integers


@dataclass(frozen=True)
class RowsMark:
    """Rows as they were at some time."""

    table: sparse.csr_array
    lower: Floats
    upper: Floats
    names: tuple[Name, ...]
    known: frozenset[Name]


@dataclass(frozen=True)
class LagrangianBound:
    """What duals prove."""

    bound: float
    """No solution costs less."""
    reduced: Floats
    """Reduced costs (N + J): what a column costs above its actor's cheapest, what a unit of an adjustment costs."""
    duals: Floats
    """By row, cleaned."""

    def fix(self, most: Floats, value: float, options: int) -> None:
        """Reduced-cost fixing (Dantzig, Fulkerson and Johnson 1954, Oper. Res. 2:393-410): rule out what cannot pay.

        An option that would cost more than is left between bound and value is in no better solution, nor in one as
        good; of an adjustment, that holds for every unit beyond so many. `most` (N + J) is changed.
        """
        room = value - self.bound + given_away(self.bound)
        reduced = self.reduced
        most[:options][reduced[:options] > room] = 0
        # What sums in floating point may add to a reduced cost is no reason to divide by it.
        is_dear = reduced[options:] > given_away(0.0)
        limit = np.floor(room / np.where(is_dear, reduced[options:], 1) + 1e-9)
        most[options:] = np.where(is_dear, np.minimum(most[options:], np.maximum(limit, 0)), most[options:])


def _units(table: sparse.csr_array) -> Integers:
    """What all coefficients of a row are multiples of (rows): 1 for a row without any.

    Divided by it, its bound rounded down, a row loses no whole solution, and a krone too much in a budget of millions
    is not lost in the engine's tolerance.
    """
    spans = zip(table.indptr[:-1].tolist(), table.indptr[1:].tolist(), strict=True)
    return np.array([max(1, math.gcd(*np.unique(table.data[a:b]).tolist())) for a, b in spans], dtype=np.int64)
