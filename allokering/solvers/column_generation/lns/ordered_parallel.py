"""Neighbourhoods solved side by side, with the same result whatever the number of workers.

Each starts from the plan that all but the last few before it have made, and they are taken in one after the other in
the order in which they were drawn. So nobody waits for the slowest of a pair, and nothing depends on who is done first.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from enum import Enum, auto

import numpy as np

from allokering.problem import Integers
from allokering.solvers.budget import Budget
from allokering.solvers.column_generation.primal.sub_mip import NOTHING, Effort, Incumbent, Program


class Why(Enum):
    """Why actors are freed together."""

    GROUP = auto()
    """It is their turn."""
    DOUBTFUL = auto()
    """Their options are doubtful."""
    RIVALS = auto()
    """They want the same."""
    AREA = auto()
    """An area's gap is large."""


@dataclass(frozen=True)
class Draw:
    """A neighbourhood."""

    freed: Integers
    """Who is freed, ascending."""
    each: int
    """Options of each of them."""
    nodes: int
    """Nodes of the branch and bound."""
    near: Integers = field(default_factory=lambda: np.zeros(0, dtype=np.int64))
    """Who else wants what these want."""
    why: Why = Why.GROUP
    """Why these were drawn."""
    heuristics: bool = True
    """May HiGHS look for plans by programs inside its program?"""
    area: int = -1
    """The area whose gap they may close, if they were drawn for that."""


@dataclass(frozen=True)
class Told:
    """What a neighbourhood gave, and what it took."""

    draw: Draw
    is_better: bool
    effort: Effort


def improve(
    program: Program,
    now: Incumbent,
    draw: Callable[[Incumbent, Sequence[Draw]], Draw | None],
    tell: Callable[[Told, Incumbent], None],
    *,
    ahead: int,
    workers: int,
    clock: Budget,
) -> Incumbent:
    """The plan after neighbourhoods have been drawn and solved until there is none to draw, or time is up.

    Args:
        program: solves them.
        now: the plan to begin from.
        draw: the next neighbourhood, given the plan and what is under way; None: none for now.
        tell: told what a neighbourhood gave, and the plan as it is then, in the order in which they were drawn.
        ahead: so many are under way at once, as far as the plan is concerned.
        workers: solved side by side.
        clock: when to stop.
    """
    under_way: deque[tuple[Draw, Incumbent, Future[tuple[Incumbent, Effort]]]] = deque()

    def solve(before: Incumbent, one: Draw) -> tuple[Incumbent, Effort]:
        if clock.left == 0.0:
            return before, NOTHING
        return program.improve(before, one.freed, one.each, one.nodes, clock.left, heuristics=one.heuristics)

    threads = ThreadPoolExecutor(min(workers, ahead))
    try:
        while True:
            while len(under_way) < ahead and clock.left != 0.0:
                one = draw(now, [other for other, _, _ in under_way])
                if one is None:
                    break
                under_way.append((one, now, threads.submit(solve, now, one)))
            if not under_way:
                return now
            one, before, job = under_way.popleft()
            found, effort = job.result()
            if found is not before:
                now = program.joined(before, now, found, clock.left)
            tell(Told(one, found is not before, effort), now)
    finally:
        threads.shutdown(cancel_futures=True)
