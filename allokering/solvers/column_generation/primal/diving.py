"""A first whole plan: fix what the relaxation likes best, solve again, price again, until every actor has one option.

Where the relaxation then leaves an actor without any option, or cannot keep a hold, what was fixed last is let go and
half as much is fixed; a single option that cannot stand is not tried again in this dive.
"""

from __future__ import annotations

import numpy as np

from allokering.problem import Booleans, Integers
from allokering.solvers.budget import Budget
from allokering.solvers.column_generation.master.pricing import Pricer
from allokering.solvers.column_generation.master.restricted_master import DUAL, PRIMAL, Point, Relaxation

SURE = 0.95
"""Columns of at least this value are fixed at once."""
LIKELY = 0.5
"""Columns below this value are fixed one at a time."""
PART = 25
"""One in so many actors is fixed from a value that is not sure before the relaxation is solved again."""
EACH = 3
"""Options of an actor that one pricing may bring in."""
SHORT = 1e-6
"""A shortage above this is one."""


def dive(relaxation: Relaxation, pricer: Pricer, clock: Budget) -> tuple[Integers, Integers] | None:
    """The chosen columns, one per actor in order, and the adjustments; None if the dive went dry or time was up."""
    pool = relaxation.pool
    fixed: dict[int, int] = {}
    banned: set[int] = set()
    last: dict[int, int] = {}
    most = len(pool.problem.actors)
    found = None
    for _ in range(1 + 2 * len(pool.problem.actors)):
        relaxation.allow(_allowed(pool.actor, fixed, banned))
        point = _priced(relaxation, pricer, fixed)
        if clock.left == 0.0:
            break
        if point is None or np.any(point.shortages > SHORT):
            if not last:
                break
            fixed = {actor: column for actor, column in fixed.items() if actor not in last}
            banned |= set(last.values()) if len(last) == 1 else set()
            most = max(1, len(last) // 2)
            last = {}
            continue
        if len(fixed) == len(pool.problem.actors):
            columns = np.array([fixed[actor] for actor in range(len(fixed))], dtype=np.int64)
            found = columns, np.rint(point.amounts).astype(np.int64)
            break
        last = _next(point, pool.actor, fixed, banned, most)
        fixed |= last
        most *= 2
    relaxation.allow(np.ones(len(pool), dtype=bool))
    return found


def _priced(relaxation: Relaxation, pricer: Pricer, fixed: dict[int, int]) -> Point | None:
    """The relaxation as it is now, after one pricing of the actors that are free."""
    point = relaxation.solve(DUAL)
    free = [actor for actor in range(len(relaxation.pool.problem.actors)) if actor not in fixed]
    if point is None or not free:
        return point
    priced = pricer.price(relaxation.cuts, point.prices, pays=point.pays, most=EACH, actors=free)
    if relaxation.grow(relaxation.pool.add(priced.wanted), priced.paying):
        return relaxation.solve(PRIMAL)
    return point


def _next(point: Point, actor: Integers, fixed: dict[int, int], banned: set[int], most: int) -> dict[int, int]:
    """The columns to fix now, at most so many: all that are sure, and the likeliest of the others."""
    new: dict[int, int] = {}
    unsure = 0
    for column in np.argsort(-point.chosen, kind="stable").tolist():
        value, who = point.chosen[column], int(actor[column])
        if who in fixed or who in new or column in banned:
            continue
        if value < SURE:
            if unsure >= max(1, len(point.pays) // PART) or (unsure and value < LIKELY):
                break
            unsure += 1
        new[who] = column
        if len(new) == most:
            break
    return new


def _allowed(actor: Integers, fixed: dict[int, int], banned: set[int]) -> Booleans:
    """The fixed columns, and of the actors that are free all but the banned."""
    allowed = ~np.isin(actor, list(fixed))
    allowed[list(fixed.values())] = True
    allowed[list(banned)] = False
    return allowed
