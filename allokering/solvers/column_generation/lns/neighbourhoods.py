"""Large-neighbourhood search: destroy some of the incumbent, repair it by a sub-MIP, keep what is better.

(Shaw, Using constraint programming and local search methods to solve vehicle routing problems, CP 1998, LNCS 1520,
pp. 417-431.) Three destroy operators take turns, since each finds what the others miss:

- *block gap*: those placed where the gap between the incumbent and the blocks' bounds is large, and those who could go
  there at the least reduced cost, since there is most to gain;
- *RINS*: actors, related to each other, whose column the restricted master does not use, many of them, with a few
  columns each (relaxation induced neighbourhood search: Danna, Rothberg and Le Pape, Mathematical Programming 102,
  2005, pp. 71-90);
- *related removal*: an actor drawn by its column's reduced cost, and those who want what it wants, as the duals weigh
  it; few of them, with many columns each (Shaw, section 3).

A neighbourhood grows while it is solved at once, and shrinks if not. Nobody is freed by two at the same time, as long
as others are left.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
from scipy import sparse

from allokering.problem import Booleans, Floats, Integers
from allokering.solvers.budget import Budget
from allokering.solvers.column_generation.bounds.block_gaps import BlockGaps
from allokering.solvers.column_generation.lns.destroy_operators import DestroyOperator, Operator
from allokering.solvers.column_generation.lns.ordered_parallel import (
    Neighbourhood,
    RepairOutcome,
    ordered_parallel_search,
)
from allokering.solvers.column_generation.master.column_pool import ColumnPool
from allokering.solvers.column_generation.parameters import SearchParameters
from allokering.solvers.column_generation.primal.incumbent import Incumbent
from allokering.solvers.column_generation.primal.sub_mip import SubMip
from allokering.solvers.highs_api import NO_GAP

TURNS = (
    Operator.RINS,
    Operator.BLOCK_GAP,
    Operator.BLOCK_GAP,
    Operator.RELATED,
    Operator.BLOCK_GAP,
    Operator.BLOCK_GAP,
    Operator.RELATED,
)
"""One of RINS takes about as long as the others together; where blocks are not known, related removal takes turns."""


class DestroyOperators:
    """Destroy operators: draws neighbourhoods, the same ones for the same seed.

    Args:
        pool: the columns, as they are now.
        reduced_costs: of the columns: shape (N,).
        primal_values: of each in the restricted master, x: shape (N,).
        duals: of the resources, π: shape (resources,).
        seed: of the draws.
        parameters: of the operators.
        gaps: where the gap lies, if that is known.
    """

    def __init__(
        self,
        pool: ColumnPool,
        reduced_costs: Floats,
        primal_values: Floats,
        duals: Floats,
        seed: int,
        parameters: SearchParameters,
        gaps: BlockGaps | None = None,
    ) -> None:
        actors = len(pool.problem.actors)
        self.parameters = parameters
        self.operators = {
            Operator.RINS: DestroyOperator(parameters.rins),
            Operator.RELATED: DestroyOperator(parameters.related),
            Operator.BLOCK_GAP: DestroyOperator(parameters.block_gap),
        }
        self._reduced_costs = np.maximum(reduced_costs, 0)
        self._primal_values = primal_values
        self._random = np.random.default_rng(seed)
        self._actor = pool.actor
        self._gaps = gaps
        self._fatigue = np.zeros(actors)
        self._block_fatigue = np.zeros(0 if gaps is None else len(gaps))
        self._drawn = 0
        by_actor = sparse.coo_array((np.ones(len(pool)), (pool.actor, np.arange(len(pool)))), shape=(actors, len(pool)))
        touched = sparse.csr_array(by_actor @ abs(pool.usage))
        touched.data = np.sqrt(duals)[touched.indices]
        self._touched = touched

    def draw(self, incumbent: Incumbent, in_flight: Sequence[Neighbourhood]) -> Neighbourhood:
        """The next neighbourhood, by the operator whose turn it is.

        Args:
            incumbent: the plan.
            in_flight: drawn, but not taken in yet.
        """
        is_busy = self._marked([one.freed for one in in_flight])
        if is_busy.all():
            is_busy[:] = False
        turn = TURNS[self._drawn % len(TURNS)]
        self._drawn += 1
        if turn is Operator.BLOCK_GAP:
            drawn = None if self._gaps is None else self._block_gap(self._gaps, incumbent, is_busy)
            if drawn is not None:
                return drawn
            turn = Operator.RELATED
        is_rins, operator = turn is Operator.RINS, self.operators[turn]
        weight = self._unused(incumbent) if is_rins else self._dear(incumbent)
        first = self._first(weight, is_busy, self._marked([one.near for one in in_flight]))
        relatedness = self._relatedness(first)
        nearest = np.argsort(-relatedness, kind="stable")
        if is_rins:
            score = weight
            score[nearest[self.parameters.near :]] = -np.inf
        else:
            score = relatedness * self._random.uniform(self.parameters.spread, 1, len(relatedness))
        score[is_busy] = -np.inf
        near = nearest[: self.parameters.apart]
        return self._neighbourhood(turn, operator.best(score), near)

    def _neighbourhood(
        self, turn: Operator, freed: Integers, near: Integers | None = None, block: int = -1
    ) -> Neighbourhood:
        operator = self.operators[turn]
        settings, each = operator.parameters, round(operator.columns_each)
        near = np.zeros(0, dtype=np.int64) if near is None else near
        return Neighbourhood(freed, each, settings.nodes, near, turn, heuristics=settings.heuristics, block=block)

    def _block_gap(self, gaps: BlockGaps, incumbent: Incumbent, is_busy: Booleans) -> Neighbourhood | None:
        """Block gap: in a block drawn by its gap, some of those placed there, related; if few, all, and who could come.

        Blocks where somebody is freed already are left alone; None if there is no gap in any other, or nobody to free.
        """
        home = gaps.block[incumbent.columns]
        gap = gaps.of(incumbent)
        enough = max(self.parameters.least_gap, min(NO_GAP, self.parameters.gap_share * gap.sum()))
        weight = np.where(gap > enough, gap, 0.0) / (1 + self._block_fatigue)
        weight[home[is_busy & (home >= 0)]] = 0.0
        if not weight.any():
            return None
        block = int(self._random.choice(len(weight), p=weight / weight.sum()))
        self._block_fatigue[block] += 1
        operator, placed = self.operators[Operator.BLOCK_GAP], np.flatnonzero(home == block)
        size, chance = round(operator.size), self._random.uniform(self.parameters.spread, 1, len(home))
        if len(placed) > size:
            score = np.full(len(home), -np.inf)
            score[placed] = (self._relatedness(int(self._random.choice(placed))) * chance)[placed]
        else:
            # What it would cost at the duals to bring each actor in; chance weighs as much as the last one who fits.
            columns, least = gaps.columns(block), np.full(len(home), np.inf)
            np.minimum.at(least, self._actor[columns], self._reduced_costs[columns])
            last = np.sort(least)[min(size, len(least) - 1)]
            score = -least - chance * (last if np.isfinite(last) else 0.0)
            score[placed] = np.inf
        score[is_busy] = -np.inf
        freed = operator.best(score)
        return self._neighbourhood(Operator.BLOCK_GAP, freed, block=block) if len(freed) else None

    def partition(self, size: int) -> list[Integers]:
        """Partition: everybody once, in groups of so many who are related to one of them."""
        groups, left = [], np.ones(len(self._fatigue), dtype=bool)
        while left.any():
            first = int(self._random.choice(np.flatnonzero(left)))
            relatedness = np.where(left, self._relatedness(first), -1.0)
            group = np.sort(np.argsort(-relatedness, kind="stable")[: min(size, np.count_nonzero(left))])
            left[group] = False
            groups.append(group)
        return groups

    def learn(self, outcome: RepairOutcome) -> None:
        """Adapt sizes and fatigue to what a repair gave."""
        drawn = outcome.neighbourhood
        if outcome.is_better:
            self._fatigue[drawn.freed] = 0
            if drawn.block >= 0:
                self._block_fatigue[drawn.block] = 0
        self.operators[drawn.operator].learn(is_better=outcome.is_better, effort=outcome.effort)

    def _marked(self, groups: Sequence[Integers]) -> Booleans:
        marked = np.zeros(len(self._fatigue), dtype=bool)
        for group in groups:
            marked[group] = True
        return marked

    def _unused(self, incumbent: Incumbent) -> Floats:
        """RINS: how little the restricted master uses each actor's column, and some chance: shape (actors,)."""
        # An interior point may say a little more than 1, and no actor is drawn by a negative weight.
        unused = np.clip(1 - self._primal_values[incumbent.columns], 0, 1)
        return unused + self._random.uniform(0, self.parameters.randomness, len(incumbent.columns))

    def _dear(self, incumbent: Incumbent) -> Floats:
        """Reduced cost of each actor's column, and a little for everybody: shape (actors,)."""
        weight = self._reduced_costs[incumbent.columns]
        return np.asarray(weight + max(1.0, weight.mean()) / 10)

    def _first(self, weight: Floats, is_busy: Booleans, is_near: Booleans) -> int:
        """An actor drawn by weight, less often if drawn before for nothing; far from what is in flight, if possible."""
        may_be = ~is_busy & ~is_near if not np.all(is_busy | is_near) else ~is_busy
        weight = np.where(may_be, weight / (1 + self._fatigue), 0.0)
        first = int(self._random.choice(len(weight), p=weight / weight.sum()))
        self._fatigue[first] += 1
        return first

    def _relatedness(self, first: int) -> Floats:
        """Relatedness (Shaw, section 3): how much each wants what this one wants, at the duals; it itself first."""
        related = (self._touched @ self._touched[[first]].T).toarray().ravel()
        related[first] = np.inf
        return np.asarray(related)


def large_neighbourhood_search(
    sub_mip: SubMip,
    operators: DestroyOperators,
    incumbent: Incumbent,
    budget: Budget,
    *,
    no_improvement_limit: int,
    workers: int,
    is_done: Callable[[Incumbent], bool],
) -> Incumbent:
    """Large-neighbourhood search until so many repairs in a row gave nothing, or it is good enough, or time is up.

    Args:
        sub_mip: repairs.
        operators: destroy.
        incumbent: the plan to begin from.
        budget: when to stop.
        no_improvement_limit: neighbourhoods in a row without a better plan.
        workers: repaired side by side.
        is_done: told the incumbent when it is better; is it good enough?
    """
    failed, is_over = 0, is_done(incumbent)

    def draw(incumbent: Incumbent, in_flight: Sequence[Neighbourhood]) -> Neighbourhood | None:
        return None if is_over else operators.draw(incumbent, in_flight)

    def tell(outcome: RepairOutcome, incumbent: Incumbent) -> None:
        nonlocal failed, is_over
        operators.learn(outcome)
        failed = 0 if outcome.is_better else failed + 1
        is_over = is_over or failed >= no_improvement_limit or (outcome.is_better and is_done(incumbent))

    in_flight = operators.parameters.in_flight
    return ordered_parallel_search(sub_mip, incumbent, draw, tell, in_flight=in_flight, workers=workers, budget=budget)
