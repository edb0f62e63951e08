"""Large-neighbourhood search: free some actors who compete for the same rows, solve for them exactly, keep the better.

Who is freed: an actor drawn by what its option costs above the cheapest one at the relaxation's prices, and those who
want what it wants, as those prices weigh it. A neighbourhood grows while it is solved at once, and shrinks if not.
"""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import numpy as np
from scipy import sparse

from allokering.problem import Floats, Integers
from allokering.solvers.clock import Clock
from allokering.solvers.large_pool import Pool
from allokering.solvers.large_program import Incumbent, Program

FIRST, LEAST, MOST = 10, 4, 60
"""Actors in the first neighbourhood, and in the smallest and largest."""
OPTIONS = 500, 4000
"""Options that the actors of a neighbourhood share: at first, while that succeeds, and at most."""
NODES = 200
"""Nodes of the branch and bound of one sub-problem."""
PAIR = 2
"""Neighbourhoods solved side by side."""
SPREAD = 0.3
"""How much chance enters the choice of who competes: affinities are weighted from this to 1."""


class Neighbourhood:
    """Draws neighbourhoods, the same ones for the same seed."""

    def __init__(self, pool: Pool, excess: Floats, resource_prices: Floats, seed: int) -> None:
        actors = len(pool.problem.actors)
        self._excess = np.maximum(excess, 0)
        self._random = np.random.default_rng(seed)
        self._tired = np.zeros(actors)
        self._size = float(min(FIRST, actors))
        self._options = float(OPTIONS[0])
        by_actor = sparse.coo_array((np.ones(len(pool)), (pool.actor, np.arange(len(pool)))), shape=(actors, len(pool)))
        touched = sparse.csr_array(by_actor @ abs(pool.usage))
        touched.data = np.sqrt(resource_prices)[touched.indices]
        self._touched = touched

    def draw(self, now: Incumbent) -> Integers:
        """Actors to free, ascending."""
        actors = len(now.columns)
        weight = self._excess[now.columns]
        weight = (weight + max(1.0, weight.mean()) / 10) / (1 + self._tired)
        first = int(self._random.choice(actors, p=weight / weight.sum()))
        affinity = (self._touched @ self._touched[[first]].T).toarray().ravel()
        affinity *= self._random.uniform(SPREAD, 1, actors)
        affinity[first] = np.inf
        self._tired[first] += 1
        return np.sort(np.argsort(-affinity, kind="stable")[: max(1, round(self._size))])

    @property
    def options(self) -> int:
        """Options that the actors of the next neighbourhood share."""
        return round(self._options)

    def learn(self, freed: Integers, *, is_better: bool, is_proven: bool) -> None:
        """Adjust size and interest to what a neighbourhood gave."""
        if is_better:
            self._tired[freed] = 0
        self._options = float(np.clip(self._options * (0.8 if is_better else 1.03), *OPTIONS))
        self._size *= 1.04 if is_proven else 0.8
        self._size = float(np.clip(self._size, min(LEAST, len(self._tired)), min(MOST, len(self._tired))))


def search(
    program: Program,
    neighbourhood: Neighbourhood,
    now: Incumbent,
    clock: Clock,
    *,
    tries: int,
    workers: int,
    is_done: Callable[[Incumbent], bool],
) -> Incumbent:
    """Improve the plan until `tries` neighbourhoods in a row gave nothing, or it is good enough, or time is up.

    Neighbourhoods come in pairs drawn from one plan, whatever the number of workers: it does not change the result.
    """
    failed = 0
    with ThreadPoolExecutor(min(workers, PAIR)) as pool:
        while failed < tries and clock.left != 0.0 and not is_done(now):
            drawn = [neighbourhood.draw(now) for _ in range(PAIR)]
            options, seconds, before = neighbourhood.options, clock.left, now
            jobs = [pool.submit(program.improve, before, freed, options, NODES, seconds) for freed in drawn]
            for freed, job in zip(drawn, jobs, strict=True):
                found, is_proven = job.result()
                is_better = found is not before
                neighbourhood.learn(freed, is_better=is_better, is_proven=is_proven)
                failed = 0 if is_better else failed + 1
                if is_better:
                    now = program.joined(before, now, found, freed)
    return now
