"""Pricing: the reduced cost of every option at the duals, the Lagrangian bound that follows, and the columns to add.

The options of an actor are priced by a few array operations, whatever their number; a MIR cut is seen by them as a
surcharge by resource and amount, since its coefficients are a function of what an option supplies.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from allokering.problem import Booleans, Floats, Integers, Problem, Surcharges
from allokering.solvers.column_generation.master.column_pool import ColumnPool
from allokering.solvers.column_generation.parameters import DEFAULTS, PricingParameters
from allokering.solvers.lagrangian_bound import lagrangian_bound
from allokering.solvers.mir_cuts import MirCut


@dataclass(frozen=True)
class Duals:
    """Duals of the restricted master's rows, none negative; the convexity rows have theirs in `MasterSolution`."""

    resources: Floats
    """Of the resources, π: shape (resources,)."""
    tiers: Floats
    """What a unit of each tier weighs: its objective weight, or the dual of its objective cut, σ: shape (tiers,)."""
    constant: float
    """Constant term of the dualised objective cuts: their right-hand sides at their duals, σ v."""
    cuts: Floats
    """Of the MIR cuts, μ: shape (cuts,)."""


@dataclass(frozen=True)
class PricingResult:
    """What pricing at some duals found."""

    bound: float
    """Lagrangian bound at these duals, if every actor was asked."""
    cheapest: Floats
    """Reduced cost of each actor's cheapest option before the convexity dual; inf if not asked: shape (actors,)."""
    wanted: list[tuple[int, Integers]]
    """By actor: its cheapest options, as far as their reduced cost is negative."""
    costs: list[Floats]
    """What those cost at the duals, before the convexity dual."""
    paying: Integers
    """Adjustments with a negative reduced cost, by resource that they relieve, the most negative first."""


class Pricer:
    """Pricing problem: one per actor, solved by looking at all its options at once."""

    def __init__(self, problem: Problem, parameters: PricingParameters = DEFAULTS.pricing) -> None:
        self.problem = problem
        self._parameters = parameters
        amounts = [np.zeros(1, dtype=np.int64), *(actor.amounts() for actor in problem.actors)]
        self._amounts = np.unique(np.concatenate(amounts)).astype(np.int64)
        relieved = [one.resource for one in problem.reliefs] + [one.source for one in problem.transfers]
        self._relieved = np.array(relieved, dtype=np.int64)

    def surcharges(self, cuts: Sequence[MirCut], duals: Floats) -> Surcharges | None:
        """Duals of MIR cuts as pricing sees them: what a cut pays options back for their supplies; None if nothing.

        Args:
            cuts: the cuts.
            duals: of the cuts, μ: shape (cuts,).
        """
        if not duals.any():
            return None
        table = np.zeros((len(self.problem.resources) + 1, len(self._amounts)))
        for number in np.flatnonzero(duals).tolist():
            cut = cuts[number]
            table[cut.resource] -= duals[number] * cut.coefficients(self._amounts)
        return Surcharges(self._amounts, table)

    def price(
        self,
        cuts: Sequence[MirCut],
        duals: Duals,
        *,
        convexity_duals: Floats | None = None,
        most: int | None = None,
        actors: Iterable[int] | None = None,
    ) -> PricingResult:
        """Price the options of the actors (all by default; only then is there a bound).

        Args:
            cuts: the MIR cuts that `duals.cuts` speaks of.
            duals: the duals.
            convexity_duals: what each actor's column costs in the restricted master, ν; only options below it, of
                negative reduced cost, are wanted: shape (actors,). None: any option is.
            most: so many options are wanted of each actor.
            actors: the actors asked.
        """
        problem = self.problem
        most = self._parameters.columns_each if most is None else most
        surcharges = self.surcharges(cuts, duals.cuts)
        adjustments = self._adjustment_costs(cuts, duals)
        constant = float(duals.resources @ problem.bounds) + duals.constant
        constant -= sum(duals.cuts[number] * cuts[number].least for number in np.flatnonzero(duals.cuts).tolist())
        cheapest = np.full(len(problem.actors), np.inf)
        wanted, paid = [], []
        for number in range(len(problem.actors)) if actors is None else actors:
            options, costs = problem.actors[number].cheapest(most, duals.resources, duals.tiers, surcharges)
            cheapest[number] = costs.min()
            limit = np.inf
            if convexity_duals is not None:
                limit = convexity_duals[number] - self._parameters.tolerance * max(1.0, abs(convexity_duals[number]))
            if cheapest[number] < limit:
                wanted.append((number, options[costs < limit]))
                paid.append(costs[costs < limit])
        bound = lagrangian_bound(cheapest, adjustments, problem.adjustment_most, constant)
        return PricingResult(bound, cheapest, wanted, paid, self._paying(adjustments))

    def _adjustment_costs(self, cuts: Sequence[MirCut], duals: Duals) -> Floats:
        """Reduced cost of a unit of every adjustment: shape (adjustments,)."""
        costs = self.problem.adjustment_usage @ duals.resources + self.problem.adjustment_prices @ duals.tiers
        for number in np.flatnonzero(duals.cuts).tolist():
            costs[cuts[number].helpers] -= duals.cuts[number] / cuts[number].remainder
        return np.asarray(costs, dtype=np.float64)

    def cheapest_adjustments(self, cuts: Sequence[MirCut], duals: Duals, each: int) -> Booleans:
        """Restricted adjustments: of those that relieve a resource, so many of the least reduced cost."""
        costs = self._adjustment_costs(cuts, duals)
        order = np.lexsort((costs, self._relieved))
        relieved = self._relieved[order]
        is_among = np.zeros(len(costs), dtype=bool)
        is_among[order] = np.arange(len(order)) - np.searchsorted(relieved, relieved) < each
        return is_among

    def best_of_each_resource(self, actor: int, options: Integers, costs: Floats, most: int) -> Integers:
        """Diversified columns: of these options of an actor, the cheapest that uses each resource, ascending."""
        usage = self.problem.actors[actor].usage(options, len(self.problem.resources)).tocoo()
        order = np.lexsort((usage.row, costs[usage.row], usage.col))
        firsts = np.flatnonzero(np.diff(usage.col[order], prepend=-1))
        best = np.unique(np.append(usage.row[order[firsts]], costs.argmin()))
        return np.sort(options[best[np.argsort(costs[best], kind="stable")[:most]]])

    def _paying(self, costs: Floats) -> Integers:
        """The adjustments of negative reduced cost, by resource that they relieve, the most negative first."""
        paying = np.flatnonzero(costs < -self._parameters.adjustment_tolerance)
        return paying[np.lexsort((costs[paying], self._relieved[paying]))]

    def reduced_costs(self, cuts: Sequence[MirCut], duals: Duals, priced: PricingResult, pool: ColumnPool) -> Floats:
        """Reduced costs of the pool's columns: what each costs above its actor's cheapest option: shape (N,)."""
        surcharges = self.surcharges(cuts, duals.cuts)
        costs = pool.usage @ duals.resources + pool.prices @ duals.tiers
        if surcharges is not None:
            costs = costs + surcharges.of(pool.usage)
        return np.asarray(costs - priced.cheapest[pool.actor], dtype=np.float64)

    def within(self, cuts: Sequence[MirCut], duals: Duals, room: float, most: int) -> list[tuple[int, Integers]] | None:
        """Enumeration by reduced cost: by actor, the options that cost at most `room` more than its cheapest.

        None if they are more than `most`, or not known.

        With `room` the gap, no other option is in a better plan (Baldacci, Christofides and Mingozzi, Mathematical
        Programming 115, 2008, pp. 351-385).
        """
        surcharges = self.surcharges(cuts, duals.cuts)
        found, left = [], most
        for number, actor in enumerate(self.problem.actors):
            near = actor.within(room, left, duals.resources, duals.tiers, surcharges)
            if near is None:
                return None
            found.append((number, near))
            left -= len(near)
        return found
