"""The bound that whole decisions give area by area: a relaxation mixes options, an area must decide on whole ones.

Rows that can be short at a price, such as residents of a municipality in a period, fall into areas: an option that
supplies one supplies others of the same area, and so do transfers. At the relaxation's prices for everything else, an
area is an integer program of its own: how many options of each kind (of the same use in the area) to buy, each at the
least price any actor takes. The areas' optima and what the actors are paid prove a bound that is never below the
relaxation's without rounding rows, and far above it: this is Lagrangian decomposition (Guignard and Kim, Mathematical
Programming 39, 1987), with the relaxation's prices as multipliers.

Areas that transfers would join into one too large stay apart; each then trades at the relaxation's prices.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import highspy
import numpy as np
from scipy import sparse

from allokering.problem import Floats, Integers, Problem
from allokering.solvers.budget import Budget
from allokering.solvers.column_generation.bounds.column_classes import kinds_of
from allokering.solvers.column_generation.master.pricing import Prices
from allokering.solvers.highs_api import model_of, quiet_highs
from allokering.solvers.mir_cuts import RoundingRow

ROWS = 130
"""Rows that can be short that an area may have where transfers join it."""
KINDS = 1500
"""Kinds that an area's program has at first, those that its own relaxation likes best."""
NODES = 5_000
"""Nodes of the branch and bound of an area."""
SECONDS = 60.0
"""A program that takes this long is broken off: its bound counts."""
HARD = 6
"""One area gets at most one in so many seconds of the time that is left."""
SPARE = 8
"""And at most so many times what it would get if all got the same: most need far less."""
SAFE = 1e-7
"""Share of an area's bound that is given away for the tolerances of the solver."""
EXACT = 1e-6
"""A gap below this is none."""
CLOSE = 1e-4
"""An area is solved when plan and bound differ by this share of the value of its relaxation."""


@dataclass(frozen=True)
class _Area:
    """An area: its rows, the kinds that use them, and the adjustments that touch them."""

    number: int
    rows: Integers
    kinds: Integers
    adjustments: Integers
    table: sparse.csr_array
    """What kinds, then adjustments, use: shape (kinds + adjustments, rows)."""


@dataclass(frozen=True)
class AreaBounds:
    """What every plan costs at least, in all and area by area, at the prices that were asked about."""

    total: float
    by_area: Floats
    """What each area costs at least (areas)."""
    area_of_row: Integers
    """The area of each resource, -1 for none."""
    adjusting: sparse.csr_array
    """What a unit of each adjustment costs each area: shape (areas, adjustments)."""


class Areas:
    """The areas of a problem.

    Args:
        problem: the problem.
        workers: areas solved side by side; the bound does not depend on it.
    """

    def __init__(self, problem: Problem, workers: int) -> None:
        self.problem = problem
        self.struck = False
        """Was an area broken off by the clock?"""
        self._workers = workers
        self._kinds = kinds_of(problem, problem.is_relieved, ROWS)
        self._areas = self._build()

    def __len__(self) -> int:
        return len(self._areas)

    def _build(self) -> list[_Area]:
        """The areas, the smallest first: they are solved at once."""
        kinds, usage = self._kinds, self.problem.adjustment_usage
        cells = usage.tocoo()
        is_in = kinds.area_of_row[cells.col] >= 0
        area, adjustment = np.unique(np.stack([kinds.area_of_row[cells.col], cells.row])[:, is_in], axis=1)
        areas = []
        for number in range(kinds.areas):
            rows, own = np.flatnonzero(kinds.area_of_row == number), np.flatnonzero(kinds.area == number)
            moving = adjustment[area == number]
            table = sparse.csr_array(sparse.vstack([kinds.usage[own][:, rows], usage[moving][:, rows]]))
            areas.append(_Area(number, rows, own, moving, table))
        return sorted(areas, key=lambda one: len(one.kinds))

    def _bearers(self) -> tuple[Integers, Integers]:
        """By adjustment how many areas it touches, and the one that bears its price: one that it relieves, if any."""
        cells = self.problem.adjustment_usage.tocoo()
        areas = self._kinds.area_of_row[cells.col]
        is_in = areas >= 0
        pairs = np.unique(np.stack([cells.row[is_in], areas[is_in]]), axis=1)
        count = len(self.problem.adjustment_most)
        touched, bearer = np.bincount(pairs[0], minlength=count), np.full(count, -1)
        for relieved in (cells.data[is_in] >= 0, cells.data[is_in] < 0):
            bearer[cells.row[is_in][relieved]] = areas[is_in][relieved]
        return touched, bearer

    def bound(self, cuts: Sequence[RoundingRow], prices: Prices, pays: Floats, clock: Budget) -> AreaBounds:
        """What every plan costs at least, by these prices.

        Args:
            cuts: rounding rows, which help the areas' programs.
            prices: of the relaxation.
            pays: what each actor pays in it.
            clock: when it strikes, areas not yet solved count with their relaxation.
        """
        problem, kinds = self.problem, self._kinds
        inside = kinds.area_of_row >= 0
        outside = np.where(inside, 0.0, prices.resources)
        asked = np.full(len(kinds.area), np.inf)
        total = float(pays.sum()) - float(outside @ problem.bounds) - prices.held
        for number, actor in enumerate(problem.actors):
            costs = actor.values(outside, prices.tiers) - pays[number]
            free = kinds.ask(number, costs, asked)
            total += min(0.0, free)
        reduced = problem.adjustment_usage @ outside + problem.adjustment_prices @ prices.tiers
        touched, bearer = self._bearers()
        total += float((np.minimum(reduced, 0) * problem.adjustment_most)[touched == 0].sum())
        inner = prices.resources - outside
        traded = np.where(touched > 1, problem.adjustment_usage @ inner, np.nan)
        cuts_of = defaultdict(list)
        for cut in cuts:
            cuts_of[int(kinds.area_of_row[cut.resource])].append(cut)
        programs, borne = [], []
        for area in self._areas:
            borne.append(self._borne(area, reduced, traded, bearer, inner))
            costs, most = np.concatenate([asked[area.kinds], borne[-1]]), self._most(area)
            programs.append(_Program(area, costs, most, problem.bounds[area.rows], cuts_of[area.number]))
        part = max(HARD, len(programs) / SPARE)
        with ThreadPoolExecutor(self._workers) as pool:
            bounds = list(pool.map(lambda program: program.solve(clock, part), programs))
        self.struck |= any(program.struck for program in programs)
        by_area = np.zeros(len(self._areas))
        by_area[[area.number for area in self._areas]] = bounds
        return AreaBounds(float(total + sum(bounds)), by_area, kinds.area_of_row, self._table(borne))

    def _table(self, borne: Sequence[Floats]) -> sparse.csr_array:
        """What each area bears of the adjustments that touch it, as one table: shape (areas, adjustments)."""
        table = sparse.lil_array((len(self._areas), len(self.problem.adjustment_most)))
        for area, costs in zip(self._areas, borne, strict=True):
            table[[area.number], area.adjustments] = costs
        return sparse.csr_array(table)

    def _most(self, area: _Area) -> Floats:
        """How much there is of an area's kinds and adjustments."""
        most = self._kinds.most[area.kinds], self.problem.adjustment_most[area.adjustments]
        return np.concatenate(most).astype(float)

    def _borne(self, area: _Area, costs: Floats, traded: Floats, bearer: Integers, prices: Floats) -> Floats:
        """What each of an area's adjustments costs it.

        What goes between areas is `traded` at so much in all, NaN for what does not: the area that bears its price is
        paid, or pays, for what it does to the others, and they pay, or are paid, for what it does to them.
        """
        own = area.adjustments
        here = area.table[len(area.kinds) :] @ prices[area.rows]
        theirs = np.where(bearer[own] == area.number, costs[own] + traded[own] - here, -here)
        return np.where(np.isnan(traded[own]), costs[own], theirs)


class _Program:
    """An area's integer program: kinds in whole numbers, adjustments in any amount."""

    def __init__(self, area: _Area, costs: Floats, most: Floats, bounds: Integers, cuts: Sequence[RoundingRow]) -> None:
        self.struck = False
        self._area = area
        self._costs = np.where(np.isfinite(costs), costs, 0.0)
        self._most = np.where(np.isfinite(costs), most, 0.0)
        rounding = [self._rounding(cut) for cut in cuts]
        self._table = sparse.csr_array(sparse.hstack([area.table, *rounding]))
        self._upper = np.concatenate([bounds, [-cut.least for cut in cuts]]).astype(float)

    def _rounding(self, cut: RoundingRow) -> sparse.coo_array:
        """A rounding row, turned round: shape (kinds + adjustments, 1)."""
        area, count = self._area, len(self._area.kinds)
        used = area.table[:count, [int(np.searchsorted(area.rows, cut.resource))]].tocoo()
        helping = count + np.flatnonzero(np.isin(area.adjustments, cut.helpers))
        values = np.concatenate([-cut.coefficients(used.data), np.full(len(helping), -1 / cut.remainder)])
        rows = np.concatenate([used.row, helping])
        return sparse.coo_array((values, (rows, np.zeros_like(rows))), shape=(len(self._costs), 1))

    def solve(self, clock: Budget, part: float) -> float:
        """What the area costs at least; -inf if not even its relaxation was solved.

        It takes one in `part` of the seconds that the clock has left, at most.
        """
        count = len(self._area.kinds)
        own = Budget(SECONDS if clock.left is None else min(SECONDS, clock.left / part))
        least, reduced = self._relaxed()
        if not math.isfinite(least) or not count:
            return least
        order = np.argsort(np.where(self._most[:count] > 0, reduced[:count], np.inf), kind="stable")
        taken, found = KINDS, least
        while True:
            # Any plan with a kind that is left out costs what that adds to the relaxation, at least.
            beyond = least + float(reduced[order[taken]]) if taken < count else math.inf
            if own.left == 0.0:
                self.struck = True
                return found - SAFE * abs(least)
            bound = max(least, self._whole(np.sort(order[:taken]), least, own.left or 0.0))
            found = max(found, min(bound, beyond))
            if bound <= beyond or self.struck:
                return found - SAFE * abs(least)
            taken *= 4

    def _relaxed(self) -> tuple[float, Floats]:
        """Value and reduced costs of the relaxation; the value is by weak duality, so no tolerance enters."""
        every = np.arange(len(self._area.kinds))
        highs = quiet_highs()
        highs.passModel(self._model(every, is_whole=False))
        highs.run()
        prices = np.maximum(-np.array(highs.getSolution().row_dual), 0.0)
        if len(prices) != len(self._upper):
            return -math.inf, self._costs
        reduced = self._costs + self._table @ prices
        return float(np.minimum(reduced, 0) @ self._most - prices @ self._upper), np.maximum(reduced, 0)

    def _whole(self, kinds: Integers, least: float, seconds: float) -> float:
        """The solver's bound with these kinds in whole numbers."""
        close = max(EXACT, CLOSE * abs(least))  # costs have prices in them: they are not whole
        highs = quiet_highs(mip_abs_gap=close, mip_max_nodes=NODES, time_limit=seconds)
        highs.passModel(self._model(kinds, is_whole=True))
        highs.run()
        self.struck |= highs.getModelStatus() == highspy.HighsModelStatus.kTimeLimit
        if highs.getModelStatus() == highspy.HighsModelStatus.kInfeasible:
            return math.inf
        return float(highs.getInfo().mip_dual_bound)

    def _model(self, kinds: Integers, *, is_whole: bool) -> highspy.HighsLp:
        count = len(self._area.kinds)
        kept = np.concatenate([kinds, np.arange(count, len(self._costs))])
        table = sparse.csc_array(self._table[kept].T)
        free = np.full(len(self._upper), -math.inf)
        whole = kept < count if is_whole else None
        return model_of(table, self._costs[kept], self._most[kept], free, self._upper, whole)
