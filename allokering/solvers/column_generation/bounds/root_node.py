"""The bound of a tier: column generation over the options, with rounding rows, until neither helps."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from allokering.problem import Floats, Integers, Problem
from allokering.solvers.budget import Budget
from allokering.solvers.column_generation.master.pricing import Priced, Pricer, Prices
from allokering.solvers.column_generation.master.restricted_master import DUAL, PRIMAL, Point, Relaxation
from allokering.solvers.mir_cuts import RoundingRow, Separator

ROUNDS = 20
"""Rounds of rounding rows; the bound has always stood still earlier."""
NEAR = 1e-5
"""A relaxation is solved when bound and value differ by this share."""
EACH = 5
"""Options of an actor that one pricing may bring in."""
CAP = 40
"""Options by actor of all that one pricing may bring in where few want any."""
FEW = 2
"""If at most one in so many actors wants options, it gets the best for each resource."""
MOST = 20_000
"""Options of an actor from which these are taken."""


@dataclass(frozen=True)
class Root:
    """The best bound, the prices that prove it, and what they say of the actors."""

    bound: float
    cuts: tuple[RoundingRow, ...]
    prices: Prices
    priced: Priced
    point: Point | None
    """The relaxation's last solution; None if there was none in the time."""


def tighten(relaxation: Relaxation, pricer: Pricer, separator: Separator, clock: Budget, rounds: int = ROUNDS) -> Root:
    """Generate columns and rounding rows until the bound stands still.

    `relaxation.pool` then holds the columns of a good relaxation, and the relaxation its rows.
    """
    best = nothing_known(relaxation, pricer)
    method = PRIMAL
    for _ in range(rounds):
        found = _generate(relaxation, pricer, best, method, clock)
        if found.point is None:  # time was up before the new rows were solved with: the last point is still the best
            break
        before, best = best, found
        is_still = best.bound - before.bound <= NEAR * max(1.0, abs(best.bound))
        if is_still or clock.left == 0.0 or not relaxation.add_broken(separator, found.point):
            break
        method = DUAL
    return best


def nothing_known(relaxation: Relaxation, pricer: Pricer) -> Root:
    """The bound at no prices at all: every actor takes what is cheapest for itself."""
    resources = len(relaxation.pool.problem.resources)
    prices = Prices(np.zeros(resources), relaxation.weights, relaxation.allowed, np.zeros(len(relaxation.cuts)))
    priced = pricer.price(relaxation.cuts, prices, most=EACH)
    relaxation.grow(relaxation.pool.add(priced.wanted), priced.paying)
    return Root(priced.bound, tuple(relaxation.cuts), prices, priced, None)


def _generate(relaxation: Relaxation, pricer: Pricer, best: Root, method: int, clock: Budget) -> Root:
    """Add columns until the relaxation is solved, first by this method."""
    point: Point | None = None
    while clock.left != 0.0:
        solved = relaxation.solve(method)
        if solved is None:
            break
        point, method = solved, PRIMAL
        priced = pricer.price(relaxation.cuts, point.prices, pays=point.pays, most=EACH)
        if priced.bound > best.bound:
            best = Root(priced.bound, tuple(relaxation.cuts), point.prices, priced, point)
        is_near = point.value - best.bound <= NEAR * max(1.0, abs(point.value))
        wanted = more(relaxation, pricer, point, priced.wanted)
        if not relaxation.grow(relaxation.pool.add(wanted), priced.paying) or is_near:
            break
    return Root(best.bound, best.cuts, best.prices, best.priced, point)


def more(
    relaxation: Relaxation, pricer: Pricer, point: Point, wanted: list[tuple[int, Integers]], cap: int = CAP
) -> list[tuple[int, Integers]]:
    """More options of those who want some, if they are few: all that are alike must come in before prices rise."""
    asked = [actor for actor, _ in wanted]
    if not asked or len(asked) * FEW > len(point.pays):
        return wanted
    most = round(cap * len(point.pays) / len(asked))
    many = pricer.price(relaxation.cuts, point.prices, pays=point.pays, most=MOST, actors=asked)
    return [
        (actor, pricer.best_of_each_resource(actor, options, costs, most))
        for (actor, options), costs in zip(many.wanted, many.costs, strict=True)
    ]


def seen_from(root: Root, pricer: Pricer, tier: int, weights: Floats, allowed: float) -> Root:
    """What the prices of all tiers at once say of one of them, the earlier ones paid for."""
    prices, unit = root.prices, root.prices.tiers[tier]
    seen = Prices(prices.resources / unit, weights, allowed, prices.rows / unit)
    priced = pricer.price(root.cuts, seen, most=EACH)
    return Root(priced.bound, root.cuts, seen, priced, root.point)


def most_conceivable(problem: Problem, weights: Floats) -> tuple[float, float]:
    """What a plan weighs at most, and a price of an actor without an option that nobody would pay."""
    dearest = [actor.dearest(weights) for actor in problem.actors]
    adjusted = np.maximum(problem.adjustment_prices @ weights, 0) @ problem.adjustment_most
    return sum(dearest) + float(adjusted), 1.0 + 2.0 * max((abs(cost) for cost in dearest), default=0.0)


def least_conceivable(problem: Problem, tier: int) -> int:
    """What the tier would cost if every actor took its cheapest option and adjustments only paid."""
    unit = np.eye(len(problem.tiers))[tier]
    cheapest = sum(actor.least(unit, len(problem.resources)) for actor in problem.actors)
    adjusted = np.minimum(problem.adjustment_prices[:, tier], 0) @ problem.adjustment_most
    return round(cheapest) + int(adjusted)
