"""Bound and first plan of a problem that is too large to be solved in one piece from nothing.

1. Parts, each with its share of every resource, are solved roughly: their options are a good beginning.
2. The whole is solved by an interior point over the best columns. Its prices lie in the middle of all that are
   optimal, so they need no other stabilisation.
3. Group by group, dives give a plan, each in what the relaxation of the whole leaves to it.
"""

from __future__ import annotations

import numpy as np
from scipy import sparse

from allokering.problem import Floats, Integers
from allokering.solvers.clock import Clock
from allokering.solvers.large_bound import Root, more, nothing_known, tighten
from allokering.solvers.large_dive import dive
from allokering.solvers.large_parts import Part, left_over, shared
from allokering.solvers.large_pool import Pool
from allokering.solvers.large_pricing import Pricer, Prices
from allokering.solvers.large_program import incumbent
from allokering.solvers.large_relaxation import PRIMAL, USED, Relaxation
from allokering.solvers.rounding import Separator

SLOWLY = 5e-3
"""A part is solved roughly when one more round makes its value fall by no more than this share."""
ROUGH = 2e-3
"""A part is solved well enough for a dive when bound and value differ by this share."""
NEAR = 5e-4
"""The whole, likewise."""
ROUNDS = 3
"""Rounds of rounding rows."""
EACH = 5
"""Options of an actor that one pricing may bring in."""
CAP = 10
"""Options by actor of all that one pricing may bring in where few want any."""
KEPT = 8
"""Columns of an actor that stay in the relaxation, those that are used apart."""
FELL = 2e-3
"""Where the value has fallen by this share, columns are thrown out; later they would only come again."""
SLIGHT = 1e-3
"""Parts of a unit that the relaxation may leave over for nothing."""


def begin(relaxation: Relaxation, groups: list[Integers], shortage: float, clock: Clock) -> None:
    """Take in what the parts, solved roughly and one by one, would choose from."""
    problem = relaxation.pool.problem
    for part in shared(problem, groups):
        if clock.left == 0.0:
            break
        small = _part_relaxation(part, relaxation, shortage, clock)
        _roughly(small, Pricer(part.problem), clock)
        _give(small, part, relaxation)


def _roughly(small: Relaxation, pricer: Pricer, clock: Clock) -> None:
    """Generate columns while the value falls fast."""
    nothing = Prices(np.zeros(len(small.pool.problem.resources)), small.weights, 0.0, np.zeros(0))
    wanted, paying, value = pricer.price((), nothing, most=EACH).wanted, np.zeros(0, dtype=np.int64), np.inf
    while small.grow(small.pool.add(wanted), paying) and clock.left != 0.0:
        point = small.solve(PRIMAL)
        if point is None or (np.isfinite(value) and point.value > value - SLOWLY * abs(value)):
            break
        value = point.value
        priced = pricer.price((), point.prices, pays=point.pays, most=EACH)
        wanted, paying = priced.wanted, priced.paying


def tighten_whole(
    relaxation: Relaxation, pricer: Pricer, separator: Separator, clock: Clock
) -> tuple[Root, Relaxation]:
    """Generate columns, and rounding rows, by interior points; the bound, and the relaxation as it is then."""
    pool = relaxation.pool
    best = nothing_known(relaxation, pricer)
    for _ in range(1 + ROUNDS):
        is_near, value = False, -np.inf
        while not is_near and clock.left != 0.0:
            point = relaxation.solve(PRIMAL)
            if point is None:
                return best, relaxation
            priced = pricer.price(relaxation.cuts, point.prices, pays=point.pays, most=EACH)
            if priced.bound > best.bound:
                best = Root(priced.bound, tuple(relaxation.cuts), point.prices, priced, point)
            best = Root(best.bound, best.cuts, best.prices, best.priced, point)
            is_near = point.value - best.bound <= NEAR * max(1.0, abs(point.value))
            wanted = pool.add(more(relaxation, pricer, point, priced.wanted, CAP))
            if point.value < value - FELL * abs(value):
                relaxation = relaxation.renewed(KEPT)
            value = point.value
            if not relaxation.grow(wanted, priced.paying):
                break
        if best.point is None or clock.left == 0.0 or not relaxation.add_broken(separator, best.point):
            break
    return best, relaxation


def plan(
    relaxation: Relaxation, root: Root, pricer: Pricer, groups: list[Integers], shortage: float, clock: Clock
) -> Integers | None:
    """Columns, one per actor, by dives group after group; None if one went dry or time was up.

    A group finds what those before it have left, less what those after it use in the relaxation, rounded up: who comes
    first may have the whole of what is shared.
    """
    pool, problem, point = relaxation.pool, relaxation.pool.problem, root.point
    if point is None:
        return None
    chosen = np.zeros(len(pool))
    chosen[: len(point.chosen)] = point.chosen
    shape = (len(problem.actors), len(pool))
    who = sparse.coo_array((chosen, (pool.actor, np.arange(len(pool)))), shape=shape).tocsr()
    expected = sparse.csr_array(who @ pool.usage)
    total = np.maximum(np.asarray(abs(expected).sum(axis=0)).ravel(), SLIGHT)
    sources = [one.resource for one in problem.reliefs] + [one.source for one in problem.transfers]
    relieved = np.array(sources, dtype=np.int64)
    is_soft = np.zeros(len(problem.resources), dtype=bool)
    is_soft[relieved[: len(problem.reliefs)]] = True
    excess = pricer.excess(root.cuts, root.prices, root.priced, pool)
    options = np.zeros(len(problem.actors), dtype=np.int64)
    used, moved = np.zeros(len(problem.resources), dtype=np.int64), np.zeros_like(problem.adjustment_most)
    for place, group in enumerate(groups):
        later = np.concatenate([np.zeros(0, dtype=np.int64), *groups[place + 1 :]])
        share = np.asarray(abs(expected[later]).sum(axis=0)).ravel() / total
        adjusted = problem.adjustment_usage.T @ (point.amounts * share[relieved])
        theirs = np.asarray(expected[later].sum(axis=0)).ravel() + adjusted
        bounds = np.ceil(problem.bounds - used - theirs - SLIGHT).astype(np.int64)
        # What later groups supply can be counted on only where a relief can make up for it.
        bounds = np.where(is_soft & (theirs < 0), bounds, np.minimum(bounds, problem.bounds - used))
        part = left_over(problem, group, bounds, problem.adjustment_most - moved)
        found = _dive(part, relaxation, chosen, excess, shortage, clock)
        if found is None:
            return None
        options[group], amounts = found
        moved[part.adjustments] += amounts
        for actor in group:
            row = problem.actors[actor].usage(options[[actor]], len(problem.resources))
            used[row.indices] += row.data
        used += np.asarray(problem.adjustment_usage[part.adjustments].T @ amounts, dtype=np.int64)
    return pool.add([(actor, np.array([option])) for actor, option in enumerate(options.tolist())])


def _dive(
    part: Part, relaxation: Relaxation, chosen: Floats, excess: Floats, shortage: float, clock: Clock
) -> tuple[Integers, Integers] | None:
    """Options of a group's actors, and adjustments; begins from the columns that are best in the whole."""
    pool, small = relaxation.pool, _part_relaxation(part, relaxation, shortage, clock)
    liked = []
    for number, actor in enumerate(part.actors.tolist()):
        own = np.flatnonzero(pool.actor == actor)
        best = own[np.argsort(excess[own], kind="stable")[: 2 * KEPT]]
        liked.append((number, np.sort(pool.option[np.union1d(best, own[chosen[own] > USED])])))
    small.grow(small.pool.add(liked))
    pricer = Pricer(part.problem)
    tighten(small, pricer, Separator(part.problem), clock, ROUGH, 2)
    dived = dive(small, pricer, clock)
    found = None if dived is None else incumbent(small.pool, *dived)
    return None if found is None else (small.pool.option[found.columns], found.amounts)


def _part_relaxation(part: Part, relaxation: Relaxation, shortage: float, clock: Clock) -> Relaxation:
    small = Relaxation(Pool(part.problem))
    small.clock = clock
    small.minimise(relaxation.weights, shortage)
    return small


def _give(small: Relaxation, part: Part, relaxation: Relaxation) -> None:
    """What a part has, for the whole."""
    if not small.is_solved:
        return
    liked = [
        (int(part.actors[number]), small.pool.option[np.sort(columns)])
        for number, columns in enumerate(small.best(KEPT))
    ]
    relaxation.grow(relaxation.pool.add(liked))
    relaxation.let_in(part.adjustments[small.moved()])
