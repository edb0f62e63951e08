"""What every option costs at the prices of the relaxation: the bound that follows, and the options worth having.

Any prices that are not negative give a bound, by weak duality: every actor takes its cheapest option, every relief and
transfer is taken whole where it pays, and what the rows allow is paid back. So no tolerance of a solver enters.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from allokering.problem import Booleans, Floats, Integers, Problem, Surcharges
from allokering.solvers.column_generation.master.column_pool import Pool
from allokering.solvers.mir_cuts import RoundingRow

SAFE = 1e-9
"""Relative difference between two costs below which neither is called cheaper."""
FREE = 1e-6
"""An adjustment whose unit costs no less than minus this is not called paying."""


@dataclass(frozen=True)
class Prices:
    """A price per resource, per held tier and per rounding row, none negative."""

    resources: Floats
    tiers: Floats
    """What a unit of each tier weighs: what is minimised by its weights, what is held by the hold's price."""
    held: float
    """What the holds allow, at their prices."""
    rows: Floats


@dataclass(frozen=True)
class Priced:
    """What prices say of the actors that were asked."""

    bound: float
    cheapest: Floats
    """Cost of each actor's cheapest option."""
    wanted: list[tuple[int, Integers]]
    """By actor: its cheapest options, as far as they cost less than the actor pays at present."""
    costs: list[Floats]
    """What those cost."""
    paying: Integers
    """Adjustments that pay at these prices, by resource that they relieve, those that pay most first."""


class Pricer:
    """Prices the options of all actors."""

    def __init__(self, problem: Problem) -> None:
        self.problem = problem
        amounts = [np.zeros(1, dtype=np.int64), *(actor.amounts() for actor in problem.actors)]
        self._amounts = np.unique(np.concatenate(amounts)).astype(np.int64)
        relieved = [one.resource for one in problem.reliefs] + [one.source for one in problem.transfers]
        self._relieved = np.array(relieved, dtype=np.int64)

    def surcharges(self, cuts: Sequence[RoundingRow], row_prices: Floats) -> Surcharges | None:
        """What the rounding rows pay options back for their supplies; None if they pay nothing."""
        if not row_prices.any():
            return None
        table = np.zeros((len(self.problem.resources) + 1, len(self._amounts)))
        for number in np.flatnonzero(row_prices).tolist():
            cut = cuts[number]
            table[cut.resource] -= row_prices[number] * cut.coefficients(self._amounts)
        return Surcharges(self._amounts, table)

    def price(
        self,
        cuts: Sequence[RoundingRow],
        prices: Prices,
        *,
        pays: Floats | None = None,
        most: int = 5,
        actors: Iterable[int] | None = None,
    ) -> Priced:
        """Price the options of the actors (all by default; only then is there a bound).

        Args:
            cuts: the rounding rows that `prices.rows` speaks of.
            prices: the prices.
            pays: what each actor pays in the relaxation; only cheaper options are wanted. None: any option is.
            most: so many options are wanted of each actor.
            actors: the actors asked.
        """
        problem = self.problem
        surcharges = self.surcharges(cuts, prices.rows)
        adjustments = self._adjustment_costs(cuts, prices)
        allowed = float(prices.resources @ problem.bounds) + prices.held
        allowed -= sum(prices.rows[number] * cuts[number].least for number in np.flatnonzero(prices.rows).tolist())
        cheapest = np.full(len(problem.actors), np.inf)
        wanted, paid = [], []
        for number in range(len(problem.actors)) if actors is None else actors:
            options, costs = problem.actors[number].cheapest(most, prices.resources, prices.tiers, surcharges)
            cheapest[number] = costs.min()
            limit = np.inf if pays is None else pays[number] - SAFE * max(1.0, abs(pays[number]))
            if cheapest[number] < limit:
                wanted.append((number, options[costs < limit]))
                paid.append(costs[costs < limit])
        bound = cheapest.sum() + np.minimum(adjustments, 0) @ problem.adjustment_most - allowed
        return Priced(float(bound), cheapest, wanted, paid, self._best_of_each_source(adjustments))

    def _adjustment_costs(self, cuts: Sequence[RoundingRow], prices: Prices) -> Floats:
        """What a unit of every adjustment costs; a negative one pays."""
        costs = self.problem.adjustment_usage @ prices.resources + self.problem.adjustment_prices @ prices.tiers
        for number in np.flatnonzero(prices.rows).tolist():
            costs[cuts[number].helpers] -= prices.rows[number] / cuts[number].remainder
        return np.asarray(costs, dtype=np.float64)

    def worth_having(self, cuts: Sequence[RoundingRow], prices: Prices, ways: int) -> Booleans:
        """The adjustments that are worth having at hand: of those that relieve a resource, so many that cost least."""
        costs = self._adjustment_costs(cuts, prices)
        order = np.lexsort((costs, self._relieved))
        relieved = self._relieved[order]
        is_worth = np.zeros(len(costs), dtype=bool)
        is_worth[order] = np.arange(len(order)) - np.searchsorted(relieved, relieved) < ways
        return is_worth

    def best_of_each_resource(self, actor: int, options: Integers, costs: Floats, most: int) -> Integers:
        """Of these options of an actor, the cheapest that uses each resource, ascending."""
        usage = self.problem.actors[actor].usage(options, len(self.problem.resources)).tocoo()
        order = np.lexsort((usage.row, costs[usage.row], usage.col))
        firsts = np.flatnonzero(np.diff(usage.col[order], prepend=-1))
        best = np.unique(np.append(usage.row[order[firsts]], costs.argmin()))
        return np.sort(options[best[np.argsort(costs[best], kind="stable")[:most]]])

    def _best_of_each_source(self, costs: Floats) -> Integers:
        """The adjustments that pay, by resource that they relieve, those that pay most first."""
        paying = np.flatnonzero(costs < -FREE)
        return paying[np.lexsort((costs[paying], self._relieved[paying]))]

    def excess(self, cuts: Sequence[RoundingRow], prices: Prices, priced: Priced, columns: Pool) -> Floats:
        """What columns cost above their actors' cheapest options."""
        surcharges = self.surcharges(cuts, prices.rows)
        costs = columns.usage @ prices.resources + columns.prices @ prices.tiers
        if surcharges is not None:
            costs = costs + surcharges.of(columns.usage)
        return np.asarray(costs - priced.cheapest[columns.actor], dtype=np.float64)

    def within(
        self, cuts: Sequence[RoundingRow], prices: Prices, room: float, most: int
    ) -> list[tuple[int, Integers]] | None:
        """By actor: the options that cost at most `room` more than its cheapest; None if above `most`, or not known."""
        surcharges = self.surcharges(cuts, prices.rows)
        found, left = [], most
        for number, actor in enumerate(self.problem.actors):
            near = actor.within(room, left, prices.resources, prices.tiers, surcharges)
            if near is None:
                return None
            found.append((number, near))
            left -= len(near)
        return found
