"""Ordered asynchronous parallel search: repairs side by side, with the same result whatever the number of workers.

Each neighbourhood starts from the incumbent that all but the last few before it have made, and candidates are taken in
one after the other in the order in which their neighbourhoods were drawn. So nobody waits for the slowest of a pair,
and nothing depends on who is done first: deterministic, though asynchronous.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field

import numpy as np

from allokering.problem import Integers
from allokering.solvers.budget import Budget
from allokering.solvers.column_generation.lns.destroy_operators import Operator
from allokering.solvers.column_generation.primal.incumbent import Incumbent
from allokering.solvers.column_generation.primal.sub_mip import NOTHING, Effort, SubMip


@dataclass(frozen=True)
class Neighbourhood:
    """Neighbourhood: who is freed, and how far the repair goes."""

    freed: Integers
    """Who is freed, ascending."""
    each: int
    """Columns of each of them."""
    nodes: int
    """Nodes of the branch and bound."""
    near: Integers = field(default_factory=lambda: np.zeros(0, dtype=np.int64))
    """Who else is related to these."""
    operator: Operator = Operator.PARTITION
    """Which operator drew it."""
    heuristics: bool = True
    """May HiGHS look for plans by programs inside its program?"""
    block: int = -1
    """The block whose gap it may close, if it was drawn for that."""


@dataclass(frozen=True)
class RepairOutcome:
    """What the repair of a neighbourhood gave, and what it took."""

    neighbourhood: Neighbourhood
    is_better: bool
    effort: Effort


def ordered_parallel_search(
    sub_mip: SubMip,
    incumbent: Incumbent,
    draw: Callable[[Incumbent, Sequence[Neighbourhood]], Neighbourhood | None],
    tell: Callable[[RepairOutcome, Incumbent], None],
    *,
    in_flight: int,
    workers: int,
    budget: Budget,
) -> Incumbent:
    """Ordered asynchronous search: the incumbent when there is no neighbourhood left to draw, or time is up.

    Args:
        sub_mip: repairs.
        incumbent: the plan to begin from.
        draw: the next neighbourhood, given the incumbent and what is in flight; None: none for now.
        tell: told what a repair gave, and the incumbent as it is then, in the order in which they were drawn.
        in_flight: so many are under way at once, as far as the plan is concerned.
        workers: repaired side by side.
        budget: when to stop.
    """
    under_way: deque[tuple[Neighbourhood, Incumbent, Future[tuple[Incumbent, Effort]]]] = deque()

    def repair(parent: Incumbent, one: Neighbourhood) -> tuple[Incumbent, Effort]:
        if budget.left == 0.0:
            return parent, NOTHING
        return sub_mip.repair(parent, one.freed, one.each, one.nodes, budget, heuristics=one.heuristics)

    threads = ThreadPoolExecutor(min(workers, in_flight))
    try:
        while True:
            while len(under_way) < in_flight and budget.left != 0.0:
                one = draw(incumbent, [other for other, _, _ in under_way])
                if one is None:
                    break
                under_way.append((one, incumbent, threads.submit(repair, incumbent, one)))
            if not under_way:
                return incumbent
            one, parent, job = under_way.popleft()
            candidate, effort = job.result()
            if candidate is not parent:
                incumbent = sub_mip.merge(parent, incumbent, candidate, budget)
            tell(RepairOutcome(one, candidate is not parent, effort), incumbent)
    finally:
        threads.shutdown(cancel_futures=True)
