"""Bound and first plan of a problem that is too large for the simplex.

1. Column-and-row generation: interior points solve a relaxation without what can be left aside, and without the rows
   that no solution has broken yet. Their prices lie in the middle of all that are optimal, so they need no other
   stabilisation. Rounding rows come in once, when the value is calm.
2. A plan that follows the relaxation where it is sure is made better group by group, twice.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from allokering.solvers.budget import Budget
from allokering.solvers.column_generation.bounds.lagrangian_relaxation import Aside
from allokering.solvers.column_generation.bounds.root_node import Root, more, most_conceivable, nothing_known
from allokering.solvers.column_generation.lns.neighbourhoods import Neighbourhood
from allokering.solvers.column_generation.lns.ordered_parallel import Draw, Told, improve
from allokering.solvers.column_generation.lns.spectral_clusters import groups_of
from allokering.solvers.column_generation.master.column_pool import Pool
from allokering.solvers.column_generation.master.pricing import Pricer
from allokering.solvers.column_generation.master.restricted_master import PRIMAL, Point, Relaxation, used_resources
from allokering.solvers.column_generation.primal.sub_mip import Incumbent, Program
from allokering.solvers.column_generation.scalarisation import worths
from allokering.solvers.mir_cuts import Separator

ROUNDS = 30
"""Rounds of pricing at most."""
NEAR = 1e-3
"""The relaxation is solved well enough when bound and value differ by this share."""
NEAR_ENOUGH = 4e-3
"""And by this one when time is dear: the areas raise the bound by more."""
CHEAP = 0.2
"""Time is dear after this part of what the relaxation may take."""
CALM = 0.03
"""Rounding rows come in, once, when the value changes by no more than this share."""
WORTH_FOLLOWING = 2
"""Prices are worth following when the relaxation has been solved so many times with rounding rows."""
IDLE = 1e-3
"""A rounding row whose price is below this goes."""
EACH = 5
"""Options of an actor that one pricing may bring in."""
CAP = 10
"""Options by actor of all that one pricing may bring in where few want any."""
KEPT = 10
"""Columns of an actor that stay in the relaxation, those that are used apart."""
FELL = 4e-3
"""Where the value has fallen by this share, columns are thrown out; later they would only come again."""
SETTLED = 0.05
"""What is aside is paid for from when on the value changes by no more than this share."""
SWEPT = 65, 70
"""Actors in a group that is freed as one, when everybody is freed first and again."""
LIKED = 8, 15
"""Options of each of them."""
AHEAD = 4
"""Groups under way at once."""
NODES = 1_000
"""Nodes of the branch and bound of a group."""


class Vast:
    """How the relaxation of a vast problem grows, from nothing to one whose prices prove a bound."""

    def __init__(self, pool: Pool) -> None:
        problem = pool.problem
        self.struck = False
        """Did the clock decide how far the relaxation was solved?"""
        self._pool = pool
        self._aside = Aside(problem)
        self._able = used_resources(problem) & ~self._aside.resources

    def beginning(self) -> Relaxation:
        """A relaxation without options, whose rows are the resources that can be short at a price."""
        problem = self._pool.problem
        is_short = problem.is_relieved | (problem.bounds < 0)
        relaxation = Relaxation(self._pool, is_interior=True, rows=self._able & is_short)
        relaxation.let_in(np.setdiff1d(np.arange(len(problem.adjustment_most)), self._aside.transfers))
        return relaxation

    def gently(self, relaxation: Relaxation, pricer: Pricer, separator: Separator) -> Relaxation:
        """The relaxation with most of its columns and rows, found with the tiers weighing what they are worth.

        Where each outweighs the next by far, its value jumps up and down as long as those are missing.
        """
        worth = np.array(worths(self._pool.problem), dtype=np.float64)
        relaxation.minimise(worth, most_conceivable(self._pool.problem, worth)[1])
        return self.tighten(relaxation, pricer, separator, relaxation.clock, None, lambda *_: None, roughly=True)[1]

    def tighten(
        self,
        relaxation: Relaxation,
        pricer: Pricer,
        separator: Separator,
        clock: Budget,
        known: Root | None,
        when_settled: Callable[[Root, float], None],
        *,
        roughly: bool = False,
    ) -> tuple[Root, Relaxation]:
        """Generate columns and rows by interior points; the bound, and the relaxation as it is then.

        `known` is what prices made for something else say. `when_settled` is told the prices and the relaxation's
        value, once, as soon as they are worth following. It may add to the pool. `roughly`: no further than what the
        next weights may begin from.
        """
        relaxation.charge(np.zeros(len(relaxation.charges)))  # those of an earlier tier are in another unit
        best = nothing_known(relaxation, pricer) if known is None else known
        value, is_rounded, followed = np.inf, False, 0
        for _ in range(ROUNDS):
            point = None if clock.left == 0.0 else relaxation.solve(PRIMAL)
            if point is None:
                break
            change = abs(point.value - value) / max(1.0, abs(value)) if np.isfinite(value) else np.inf
            if roughly and change <= SETTLED:
                break
            priced = pricer.price(relaxation.cuts, point.prices, pays=point.pays, most=EACH)
            if priced.bound > best.bound:
                best = Root(priced.bound, tuple(relaxation.cuts), point.prices, priced, point)
            best = Root(best.bound, best.cuts, best.prices, best.priced, point)
            is_cheap = clock.left is None or clock.seconds < CHEAP * (clock.seconds + clock.left)
            gap = (point.value - best.bound) / max(1.0, abs(point.value))
            if is_rounded and gap <= (NEAR if is_cheap else NEAR_ENOUGH):
                self.struck |= gap > NEAR
                break
            followed += is_rounded
            if followed == WORTH_FOLLOWING:
                when_settled(Root(priced.bound, tuple(relaxation.cuts), point.prices, priced, point), point.value)
            cuts = [relaxation.cuts[number] for number in np.flatnonzero(point.prices.rows > IDLE)]
            if not is_rounded and change <= CALM:
                cuts += relaxation.broken_rounding(separator, point)
                is_rounded = True
            wanted = self._pool.add(more(relaxation, pricer, point, priced.wanted, CAP))
            if change <= SETTLED:
                self._pay_for_what_is_aside(relaxation, point)
            broken = self._able & relaxation.broken(point)
            falls = point.value < value - FELL * abs(value)
            value = point.value
            kept = np.concatenate(relaxation.best(KEPT)) if falls else relaxation.columns
            relaxation = relaxation.renewed(np.union1d(kept, wanted), relaxation.rows | broken, cuts)
        return best, relaxation

    def _pay_for_what_is_aside(self, relaxation: Relaxation, point: Point) -> None:
        """Move its prices half of the way to those of the flow that this point needs."""
        new = self._aside.prices(relaxation.used(point), point.prices.tiers)
        is_first = not relaxation.charges.any()
        relaxation.charge(new if is_first else (relaxation.charges + new) / 2)


def sweep(
    program: Program,
    neighbourhood: Neighbourhood,
    now: Incumbent,
    workers: int,
    clock: Budget,
    is_done: Callable[[Incumbent], bool],
) -> Incumbent:
    """The plan after everybody has been freed in groups of competitors, then again in others to cross every border."""
    draws = [Draw(group, LIKED[0], NODES) for group in groups_of(program.problem, SWEPT[0])]
    draws += [Draw(group, LIKED[1], NODES) for group in neighbourhood.everybody(SWEPT[1])]
    left, is_over = iter(draws), is_done(now)

    def draw(_now: Incumbent, _under_way: Sequence[Draw]) -> Draw | None:
        return None if is_over else next(left, None)

    def tell(told: Told, now: Incumbent) -> None:
        nonlocal is_over
        is_over = is_over or (told.is_better and is_done(now))

    return improve(program, now, draw, tell, ahead=AHEAD, workers=workers, clock=clock)
