"""Neighbourhoods solved side by side, with the same result whatever the number of workers.

Each starts from the plan that all but the last few before it have made, and is taken in when a fixed number more have
been drawn. So nobody waits for the slowest of a pair, and nothing depends on who is done first.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field

import numpy as np

from allokering.problem import Integers
from allokering.solvers.clock import Clock
from allokering.solvers.large_program import NOTHING, Effort, Incumbent, Program


@dataclass(frozen=True)
class Draw:
    """A neighbourhood."""

    freed: Integers
    """Who is freed, ascending."""
    each: int
    """Options of each of them."""
    nodes: int
    """Nodes of the branch and bound."""
    patience: int
    """It is taken in, at the latest, when so many have been drawn, itself counted."""
    near: Integers = field(default_factory=lambda: np.zeros(0, dtype=np.int64))
    """Who else wants what these want."""
    is_doubtful: bool = False
    """Was it drawn because their options are doubtful?"""


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
    workers: int,
    clock: Clock,
) -> Incumbent:
    """The plan after neighbourhoods have been drawn and solved until there is none to draw, or time is up.

    Args:
        program: solves them.
        now: the plan to begin from.
        draw: the next neighbourhood, given the plan and what is under way; None: no more.
        tell: told what a neighbourhood gave, and the plan as it is then, in the order in which they are taken in.
        workers: solved side by side.
        clock: when to stop.
    """
    under_way: list[_Job] = []

    def solve(before: Incumbent, one: Draw) -> tuple[Incumbent, Effort]:
        if clock.left == 0.0:
            return before, NOTHING
        return program.improve(before, one.freed, one.each, one.nodes, clock.left)

    threads, drawn, is_over = ThreadPoolExecutor(workers), 0, False
    try:
        while True:
            job = min(under_way, key=lambda one: one.due, default=None)
            if job is None or job.due > drawn:
                one = None if is_over or clock.left == 0.0 else draw(now, [other.draw for other in under_way])
                is_over = one is None
                if one is not None:
                    under_way.append(_Job(one, now, drawn + one.patience, threads.submit(solve, now, one)))
                    drawn += 1
                    continue
            if job is None:
                return now
            under_way.remove(job)
            found, effort = job.answer.result()
            if found is not job.before:
                now = program.joined(job.before, now, found)
            tell(Told(job.draw, found is not job.before, effort), now)
    finally:
        threads.shutdown(cancel_futures=True)


@dataclass(frozen=True, eq=False)
class _Job:
    """A neighbourhood under way."""

    draw: Draw
    before: Incumbent
    """The plan that it begins from."""
    due: int
    """It is taken in before this many and one have been drawn."""
    answer: Future[tuple[Incumbent, Effort]]
