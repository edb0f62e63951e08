"""Large-neighbourhood search: free some actors, solve for them, keep the better plan.

Two ways to choose who is freed take turns, since each finds what the other misses:

- *doubtful*: actors, near each other, whose option the relaxation does not like, many of them, with a few options
  each (relaxation induced neighbourhood search: Danna, Rothberg and Le Pape, Mathematical Programming 102, 2005);
- *rivals*: an actor drawn by what its option costs above the cheapest one at the relaxation's prices, and those who
  want what it wants, as those prices weigh it; few of them, with many options each.

A neighbourhood grows while it is solved at once, and shrinks if not.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np
from scipy import sparse

from allokering.problem import Floats, Integers
from allokering.solvers.clock import Clock
from allokering.solvers.large_pool import Pool
from allokering.solvers.large_program import Effort, Incumbent, Program

SPREAD = 0.3
"""How much chance enters the choice of rivals: affinities are weighted from this to 1."""
NEAR = 250
"""The doubtful are chosen among so many actors who want what one of them wants."""
CHANCE = 0.3
"""How much chance enters the choice of the doubtful, where 1 is an option that the relaxation does not use at all."""
RIVALS = 6
"""Neighbourhoods of rivals to one of the doubtful."""
SMALLER = 0.8
"""How a neighbourhood shrinks that was not solved."""


@dataclass(frozen=True)
class Draw:
    """A neighbourhood."""

    freed: Integers
    """Who is freed, ascending."""
    each: int
    """Options of each of them."""
    nodes: int
    """Nodes of the branch and bound."""


@dataclass(frozen=True)
class Told:
    """What a neighbourhood gave, and what it took."""

    draw: Draw
    is_better: bool
    effort: Effort


@dataclass
class Way:
    """A way to choose who is freed: how many, how many options each, and within what limits."""

    size: float
    smallest: float
    largest: float
    each: float
    fewest: float
    most: float
    easy: int
    """Steps of the simplex below which a neighbourhood was easy."""
    hard: int
    """Above which it was hard."""
    growth: float
    """How it grows after an easy one, and shrinks after a hard one."""
    nodes: int
    """Nodes of the branch and bound of one sub-problem."""

    def learn(self, *, is_better: bool, effort: Effort) -> None:
        """Adjust to what a neighbourhood gave: more options only where the few at hand are exhausted."""
        factor = 1.0
        if not effort.is_proven:
            factor = SMALLER
        elif effort.steps < self.easy:
            factor = self.growth
        elif effort.steps > self.hard:
            factor = 1 / self.growth
        self.size = float(np.clip(self.size * factor, self.smallest, self.largest))
        if effort.is_proven:
            self.each = float(np.clip(self.each * (0.9 if is_better else 1.1), self.fewest, self.most))

    def draw(self, score: Floats) -> Draw:
        """Free those who score highest."""
        freed = np.sort(np.argsort(-score, kind="stable")[: max(1, round(self.size))])
        return Draw(freed, round(self.each), self.nodes)


class Neighbourhood:
    """Draws neighbourhoods, the same ones for the same seed.

    Args:
        pool: the columns at hand.
        excess: what each costs above its actor's cheapest option.
        chosen: value of each in the relaxation.
        resource_prices: of the relaxation.
        seed: of the draws.
    """

    def __init__(self, pool: Pool, excess: Floats, chosen: Floats, resource_prices: Floats, seed: int) -> None:
        actors = len(pool.problem.actors)
        self._excess = np.maximum(excess, 0)
        self._chosen = chosen
        self._random = np.random.default_rng(seed)
        self._tired = np.zeros(actors)
        self._doubtful = Way(60, 4, 200, 10, 6, 60, easy=5_000, hard=20_000, growth=1.2, nodes=1000)
        self._rivals = Way(10, 4, 60, 50, 40, 400, easy=1_000, hard=3_000, growth=1.05, nodes=200)
        by_actor = sparse.coo_array((np.ones(len(pool)), (pool.actor, np.arange(len(pool)))), shape=(actors, len(pool)))
        touched = sparse.csr_array(by_actor @ abs(pool.usage))
        touched.data = np.sqrt(resource_prices)[touched.indices]
        self._touched = touched

    def draw(self, now: Incumbent) -> tuple[list[Draw], list[Draw]]:
        """One neighbourhood of the doubtful, and so many of rivals that they take about as long."""
        doubtful = [self._doubtful.draw(self._doubt(now))]
        return doubtful, [self._rivals.draw(self._rivalry(now)) for _ in range(RIVALS)]

    def everybody(self, size: int) -> list[Integers]:
        """Everybody once, in groups of so many who want what one of them wants."""
        groups, left = [], np.ones(len(self._tired), dtype=bool)
        while left.any():
            first = int(self._random.choice(np.flatnonzero(left)))
            affinity = np.where(left, self._affinity(first), -1.0)
            group = np.sort(np.argsort(-affinity, kind="stable")[: min(size, np.count_nonzero(left))])
            left[group] = False
            groups.append(group)
        return groups

    def learn(self, doubtful: Sequence[Told], rivals: Sequence[Told]) -> None:
        """Adjust sizes and interest to what neighbourhoods of each kind gave."""
        for way, told in ((self._doubtful, doubtful), (self._rivals, rivals)):
            for one in told:
                if one.is_better:
                    self._tired[one.draw.freed] = 0
                way.learn(is_better=one.is_better, effort=one.effort)

    def _doubt(self, now: Incumbent) -> Floats:
        """How little the relaxation likes each actor's option, for the nearest of one drawn by that."""
        actors = len(now.columns)
        # An interior point may say a little more than 1, and no actor is drawn by a negative weight.
        doubt = np.clip(1 - self._chosen[now.columns], 0, 1) + self._random.uniform(0, CHANCE, actors)
        if actors > NEAR:
            affinity = self._affinity(self._drawn(doubt))
            doubt[np.argsort(-affinity, kind="stable")[NEAR:]] = -np.inf
        return doubt

    def _rivalry(self, now: Incumbent) -> Floats:
        """How much each actor wants what one of them, drawn by its excess, wants too."""
        weight = self._excess[now.columns]
        first = self._drawn(weight + max(1.0, weight.mean()) / 10)
        return self._affinity(first) * self._random.uniform(SPREAD, 1, len(weight))

    def _drawn(self, weight: Floats) -> int:
        """An actor drawn by weight, those who were drawn before and gave nothing less often."""
        weight = weight / (1 + self._tired)
        first = int(self._random.choice(len(weight), p=weight / weight.sum()))
        self._tired[first] += 1
        return first

    def _affinity(self, first: int) -> Floats:
        """How much each actor wants what this one wants, at the relaxation's prices; it itself comes first."""
        affinity = (self._touched @ self._touched[[first]].T).toarray().ravel()
        affinity[first] = np.inf
        return np.asarray(affinity)


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
    with ThreadPoolExecutor(min(workers, 2)) as threads:
        while failed < tries and clock.left != 0.0 and not is_done(now):
            now, (doubtful, rivals) = side_by_side(program, now, neighbourhood.draw(now), threads, clock)
            neighbourhood.learn(doubtful, rivals)
            for one in (*doubtful, *rivals):
                failed = 0 if one.is_better else failed + 1
    return now


def side_by_side(
    program: Program, before: Incumbent, batches: Sequence[Sequence[Draw]], threads: ThreadPoolExecutor, clock: Clock
) -> tuple[Incumbent, list[list[Told]]]:
    """The plan after batches of neighbourhoods, each begun from the same plan; and by batch what they gave."""
    jobs = [threads.submit(_in_turn, program, before, batch, clock) for batch in batches]
    now, told = before, []
    for batch, job in zip(batches, jobs, strict=True):
        found, gave = job.result()
        told.append(gave)
        if found is not before:
            now = program.joined(before, now, found, np.unique(np.concatenate([one.freed for one in batch])))
    return now, told


def _in_turn(program: Program, now: Incumbent, batch: Sequence[Draw], clock: Clock) -> tuple[Incumbent, list[Told]]:
    """The plan after these neighbourhoods, one upon the other, as far as time allows."""
    told = []
    for one in batch:
        if clock.left == 0.0:
            break
        found, effort = program.improve(now, one.freed, one.each, one.nodes, clock.left)
        told.append(Told(one, found is not now, effort))
        now = found
    return now, told
