"""Bound and first plan of a problem that is too large to be solved in one piece from nothing.

1. Parts, each with its share of every resource, are solved roughly: their options are a good beginning.
2. The whole is solved by an interior point over the best columns. Its prices lie in the middle of all that are
   optimal, so they need no other stabilisation.
3. A plan that follows the relaxation where it is sure is made better group by group.
"""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import numpy as np

from allokering.problem import Integers
from allokering.solvers.clock import Clock
from allokering.solvers.large_bound import Root, more, nothing_known
from allokering.solvers.large_neighbourhood import Draw, side_by_side
from allokering.solvers.large_parts import Part, groups_of, shared
from allokering.solvers.large_pool import Pool
from allokering.solvers.large_pricing import Pricer, Prices
from allokering.solvers.large_program import Incumbent, Program
from allokering.solvers.large_relaxation import PRIMAL, Relaxation

SLOWLY = 5e-3
"""A part is solved roughly when one more round makes its value fall by no more than this share."""
NEAR = 2e-3
"""The whole is solved well enough when bound and value differ by this share: the areas raise the bound by more."""
EACH = 5
"""Options of an actor that one pricing may bring in."""
CAP = 10
"""Options by actor of all that one pricing may bring in where few want any."""
KEPT = 8
"""Columns of an actor that stay in the relaxation, those that are used apart."""
FELL = 2e-3
"""Where the value has fallen by this share, columns are thrown out; later they would only come again."""
SWEPT = 65
"""Actors in a group that is freed as one."""
LIKED = 8
"""Options of each of them."""
NODES = 1_000
"""Nodes of the branch and bound of a group."""


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


def tighten_whole(relaxation: Relaxation, pricer: Pricer, clock: Clock) -> tuple[Root, Relaxation]:
    """Generate columns by interior points; the bound, and the relaxation as it is then.

    Without rounding rows: the areas raise this bound by more, in less time.
    """
    pool = relaxation.pool
    best = nothing_known(relaxation, pricer)
    value = -np.inf
    while clock.left != 0.0:
        point = relaxation.solve(PRIMAL)
        if point is None:
            break
        priced = pricer.price((), point.prices, pays=point.pays, most=EACH)
        if priced.bound > best.bound:
            best = Root(priced.bound, (), point.prices, priced, point)
        best = Root(best.bound, (), best.prices, best.priced, point)
        wanted = pool.add(more(relaxation, pricer, point, priced.wanted, CAP))
        if point.value - best.bound <= NEAR * max(1.0, abs(point.value)):
            break
        if point.value < value - FELL * abs(value):
            relaxation = relaxation.renewed(KEPT)
        value = point.value
        if not relaxation.grow(wanted, priced.paying):
            break
    return best, relaxation


def sweep(
    program: Program, now: Incumbent, workers: int, clock: Clock, is_done: Callable[[Incumbent], bool]
) -> Incumbent:
    """The plan after groups of all actors have been freed once, two at a time, with the few options each likes best."""
    draws = [Draw(group, LIKED, NODES) for group in groups_of(program.problem, SWEPT)]
    with ThreadPoolExecutor(min(workers, 2)) as threads:
        for one in range(0, len(draws), 2):
            if clock.left == 0.0 or is_done(now):
                break
            now, _ = side_by_side(program, now, [[draw] for draw in draws[one : one + 2]], threads, clock)
    return now


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
