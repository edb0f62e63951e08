"""Large-neighbourhood search: free some actors, solve for them, keep the better plan.

Three ways to choose who is freed take turns, since each finds what the others miss:

- *area*: those placed where the gap between the plan and what its areas prove is large, and those who could go there
  at the least excess, since there is most to gain;
- *doubtful*: actors, near each other, whose option the relaxation does not like, many of them, with a few options
  each (relaxation induced neighbourhood search: Danna, Rothberg and Le Pape, Mathematical Programming 102, 2005);
- *rivals*: an actor drawn by what its option costs above the cheapest one at the relaxation's prices, and those who
  want what it wants, as those prices weigh it; few of them, with many options each.

A neighbourhood grows while it is solved at once, and shrinks if not. Nobody is freed by two at the same time, as long
as others are left.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
from scipy import sparse

from allokering.problem import Booleans, Floats, Integers
from allokering.solvers.budget import Budget
from allokering.solvers.column_generation.bounds.block_gaps import Gaps
from allokering.solvers.column_generation.lns.adaptive_size import Ways
from allokering.solvers.column_generation.lns.ordered_parallel import Draw, Told, Why, improve
from allokering.solvers.column_generation.master.column_pool import Pool
from allokering.solvers.column_generation.primal.sub_mip import Incumbent, Program
from allokering.solvers.highs_api import NO_GAP

SPREAD = 0.3
"""How much chance enters the choice of rivals: affinities are weighted from this to 1."""
NEAR = 250
"""The doubtful are chosen among so many actors who want what one of them wants."""
TINY = 1e-3
"""An area is worth a neighbourhood if its gap is more than this part of the whole, or more than whole numbers hide."""
CLOSED = 1e-6
"""And a gap that is no more than this is none."""
TURNS = Why.DOUBTFUL, Why.AREA, Why.AREA, Why.RIVALS, Why.AREA, Why.AREA, Why.RIVALS
"""One of the doubtful takes about as long as the others together; where areas are not known, rivals take turns."""


class Neighbourhood:
    """Draws neighbourhoods, the same ones for the same seed.

    Args:
        pool: the columns at hand.
        excess: what each costs above its actor's cheapest option.
        chosen: value of each in the relaxation.
        resource_prices: of the relaxation.
        seed: of the draws.
        ways: how to draw them.
        gaps: where the gap lies, if that is known.
    """

    def __init__(
        self,
        pool: Pool,
        excess: Floats,
        chosen: Floats,
        resource_prices: Floats,
        seed: int,
        ways: Ways,
        gaps: Gaps | None = None,
    ) -> None:
        actors = len(pool.problem.actors)
        self.ways = ways
        self._excess = np.maximum(excess, 0)
        self._chosen = chosen
        self._random = np.random.default_rng(seed)
        self._actor = pool.actor
        self._gaps = gaps
        self._tired = np.zeros(actors)
        self._tired_areas = np.zeros(0 if gaps is None else len(gaps))
        self._drawn = 0
        by_actor = sparse.coo_array((np.ones(len(pool)), (pool.actor, np.arange(len(pool)))), shape=(actors, len(pool)))
        touched = sparse.csr_array(by_actor @ abs(pool.usage))
        touched.data = np.sqrt(resource_prices)[touched.indices]
        self._touched = touched

    def draw(self, now: Incumbent, under_way: Sequence[Draw]) -> Draw:
        """The next neighbourhood.

        Args:
            now: the plan.
            under_way: drawn, but not taken in yet.
        """
        is_busy = self._marked([one.freed for one in under_way])
        if is_busy.all():
            is_busy[:] = False
        why = TURNS[self._drawn % len(TURNS)]
        self._drawn += 1
        if why is Why.AREA:
            drawn = None if self._gaps is None else self._draw_area(self._gaps, now, is_busy)
            if drawn is not None:
                return drawn
            why = Why.RIVALS
        is_doubtful, way = why is Why.DOUBTFUL, self.ways.of(why)
        weight = self._doubt(now) if is_doubtful else self._dear(now)
        first = self._first(weight, is_busy, self._marked([one.near for one in under_way]))
        affinity = self._affinity(first)
        nearest = np.argsort(-affinity, kind="stable")
        if is_doubtful:
            score = weight
            score[nearest[NEAR:]] = -np.inf
        else:
            score = affinity * self._random.uniform(SPREAD, 1, len(affinity))
        score[is_busy] = -np.inf
        near = nearest[: self.ways.apart]
        return Draw(way.best(score), round(way.each), way.nodes, near, why, heuristics=way.heuristics)

    def _draw_area(self, gaps: Gaps, now: Incumbent, is_busy: Booleans) -> Draw | None:
        """In an area drawn by its gap: some of those placed there, rivals; if they are few, all, and who could come.

        Areas where somebody is freed already are left alone; None if there is no gap in any other, or nobody to free.
        """
        home = gaps.area[now.columns]
        gap = gaps.of(now)
        enough = max(CLOSED, min(NO_GAP, TINY * gap.sum()))
        weight = np.where(gap > enough, gap, 0.0) / (1 + self._tired_areas)
        weight[home[is_busy & (home >= 0)]] = 0.0
        if not weight.any():
            return None
        area = int(self._random.choice(len(weight), p=weight / weight.sum()))
        self._tired_areas[area] += 1
        way, placed = self.ways.area, np.flatnonzero(home == area)
        size, chance = round(way.size), self._random.uniform(SPREAD, 1, len(home))
        if len(placed) > size:
            score = np.full(len(home), -np.inf)
            score[placed] = (self._affinity(int(self._random.choice(placed))) * chance)[placed]
        else:
            # What it would cost at the prices to bring each actor in; chance weighs as much as the last one who fits.
            columns, least = gaps.columns(area), np.full(len(home), np.inf)
            np.minimum.at(least, self._actor[columns], self._excess[columns])
            last = np.sort(least)[min(size, len(least) - 1)]
            score = -least - chance * (last if np.isfinite(last) else 0.0)
            score[placed] = np.inf
        score[is_busy] = -np.inf
        freed = way.best(score)
        if not len(freed):
            return None
        return Draw(freed, round(way.each), way.nodes, why=Why.AREA, heuristics=way.heuristics, area=area)

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

    def learn(self, told: Told) -> None:
        """Adjust sizes and interest to what a neighbourhood gave."""
        if told.is_better:
            self._tired[told.draw.freed] = 0
            if told.draw.area >= 0:
                self._tired_areas[told.draw.area] = 0
        self.ways.of(told.draw.why).learn(is_better=told.is_better, effort=told.effort)

    def _marked(self, groups: Sequence[Integers]) -> Booleans:
        marked = np.zeros(len(self._tired), dtype=bool)
        for group in groups:
            marked[group] = True
        return marked

    def _doubt(self, now: Incumbent) -> Floats:
        """How little the relaxation likes each actor's option."""
        # An interior point may say a little more than 1, and no actor is drawn by a negative weight.
        return np.clip(1 - self._chosen[now.columns], 0, 1) + self._random.uniform(
            0, self.ways.chance, len(now.columns)
        )

    def _dear(self, now: Incumbent) -> Floats:
        """What each actor's option costs above its cheapest, and a little for everybody."""
        weight = self._excess[now.columns]
        return np.asarray(weight + max(1.0, weight.mean()) / 10)

    def _first(self, weight: Floats, is_busy: Booleans, is_near: Booleans) -> int:
        """An actor drawn by weight, less often if drawn before for nothing; far from what is under way, if possible."""
        may_be = ~is_busy & ~is_near if not np.all(is_busy | is_near) else ~is_busy
        weight = np.where(may_be, weight / (1 + self._tired), 0.0)
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
    clock: Budget,
    *,
    tries: int,
    workers: int,
    is_done: Callable[[Incumbent], bool],
) -> Incumbent:
    """Improve the plan until `tries` neighbourhoods in a row gave nothing, or it is good enough, or time is up."""
    failed, is_over = 0, is_done(now)

    def draw(now: Incumbent, under_way: Sequence[Draw]) -> Draw | None:
        return None if is_over else neighbourhood.draw(now, under_way)

    def tell(told: Told, now: Incumbent) -> None:
        nonlocal failed, is_over
        neighbourhood.learn(told)
        failed = 0 if told.is_better else failed + 1
        is_over = is_over or failed >= tries or (told.is_better and is_done(now))

    return improve(program, now, draw, tell, ahead=neighbourhood.ways.ahead, workers=workers, clock=clock)
