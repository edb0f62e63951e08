"""One sub-problem: some actors are free, with the columns at hand, all else stays as it is in the plan we have.

The reliefs and transfers on the rows that the free actors touch are free too, if they are worth having at hand. They
are continuous in the program: with every option whole they are flows, whose best amounts are whole; where an answer's
are not, it is solved for once more with whole ones.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace

import highspy
import numpy as np
from scipy import sparse

from allokering.problem import Booleans, Floats, Integers
from allokering.solvers.budget import Budget
from allokering.solvers.column_generation.master.column_pool import Pool
from allokering.solvers.column_generation.scalarisation import Aim
from allokering.solvers.highs_api import NO_GAP, model_of, quiet_highs

WHOLE = 1e-6
"""How far from a whole number an amount of the solver may be."""
CLOSE = 0.1
"""A sub-problem is solved when its gap is this part of its actors' share of the gap of the whole."""
JOINING = 100
"""Nodes of the branch and bound that joins two plans."""
SECONDS = 15.0
"""A sub-problem that takes this long is broken off: a guard, far above what the nodes allow."""


@dataclass(frozen=True)
class Effort:
    """What a sub-problem took."""

    is_proven: bool
    steps: int
    """Of the simplex: the same on every machine, as seconds are not."""


NOTHING = Effort(is_proven=False, steps=0)
"""What a sub-problem took that was not begun."""


@dataclass(frozen=True)
class Incumbent:
    """A whole plan: a column per actor, and the amounts of the adjustments."""

    columns: Integers
    amounts: Integers
    values: tuple[int, ...]
    """By tier."""


def incumbent(pool: Pool, columns: Integers, amounts: Integers) -> Incumbent | None:
    """The plan, if it is feasible."""
    problem = pool.problem
    used = np.asarray(pool.usage[columns].sum(axis=0)).ravel() + problem.adjustment_usage.T @ amounts
    within = np.all(amounts >= 0) and np.all(amounts <= problem.adjustment_most)
    if not within or np.any(used > problem.bounds):
        return None
    values = pool.prices[columns].sum(axis=0) + amounts @ problem.adjustment_prices
    return Incumbent(columns, amounts, tuple(int(value) for value in values))


def keeps(plan: Incumbent, holds: Mapping[int, int]) -> bool:
    """Does it keep to what earlier tiers are held at?"""
    return all(plan.values[tier] <= value for tier, value in holds.items())


class Program:
    """Makes and solves the sub-problems of one aim.

    Args:
        pool: the columns at hand.
        excess: what each costs above its actor's cheapest option; a sub-problem takes the cheapest first.
        aim: what is minimised.
        holds: the tiers held, and their values.
        seed: of the solver's own randomness.
        at_hand: the adjustments that a sub-problem may use; those in use it may always. None: all.
        bound: what that is at least, if sub-problems need be solved no further than is worth while beside that;
            otherwise each is solved to the end, as far as its nodes go.
    """

    def __init__(
        self,
        pool: Pool,
        excess: Floats,
        aim: Aim,
        holds: dict[int, int],
        seed: int,
        *,
        at_hand: Booleans | None = None,
        bound: float | None = None,
    ) -> None:
        self.struck = False
        """Was a sub-problem broken off by the clock?"""
        self.problem = pool.problem
        self._pool = pool
        self._aim = aim
        self._holds = holds
        self._seed = seed
        self._at_hand = np.ones(len(pool.problem.adjustment_most), dtype=bool) if at_hand is None else at_hand
        self._bound = bound
        self._adjustments = pool.problem.adjustment_usage
        self._by_resource = pool.problem.adjustment_usage.tocsc()
        order = np.lexsort((excess, pool.actor))
        self._columns_of = np.split(order, np.searchsorted(pool.actor[order], np.arange(1, len(pool.problem.actors))))

    def improve(
        self,
        now: Incumbent,
        free: Integers,
        each: int,
        nodes: int,
        seconds: float | None,
        *,
        heuristics: bool = True,
    ) -> tuple[Incumbent, Effort]:
        """The best plan found with some actors free, and what that took.

        Args:
            now: the plan to begin from.
            free: the actors, ascending.
            each: so many options each may choose from.
            nodes: of the branch and bound.
            seconds: at most; None: no limit but the guard.
            heuristics: may HiGHS look for plans by programs inside this one?
        """
        cheapest = np.concatenate([self._columns_of[actor][:each] for actor in free])
        gap = 0.0 if self._bound is None else self._aim.weigh(now.values) - self._bound
        close = CLOSE * gap * len(free) / len(now.columns)
        return self._choose(now, free, cheapest, seconds, _How(nodes, close, heuristics))

    def _choose(
        self, now: Incumbent, free: Integers, columns: Integers, seconds: float | None, how: _How
    ) -> tuple[Incumbent, Effort]:
        """The best plan found with these actors free to choose from these columns and their own, and what that took."""
        columns = np.union1d(columns, now.columns[free])
        touched = np.unique(self._pool.usage[columns].indices)
        moving = np.unique(self._by_resource[:, touched].indices)
        moving = moving[self._at_hand[moving] | (now.amounts[moving] > 0)]
        most = SECONDS if seconds is None else min(SECONDS, seconds)
        found, answer = self._solve(_Part(columns, free, moving, now), most, how)
        if answer.status == highspy.HighsModelStatus.kTimeLimit and (seconds is None or seconds > SECONDS):
            self.struck = True
        is_proven = answer.status == highspy.HighsModelStatus.kOptimal
        return self._better(found, now), Effort(is_proven, answer.steps)

    def joined(self, before: Incumbent, now: Incumbent, found: Incumbent, seconds: float | None) -> Incumbent:
        """What was found from a plan before, as much of it as makes the plan that we have now better."""
        if now is before:
            return self._better(found, now)
        changed = np.flatnonzero(found.columns != before.columns)
        columns, amounts = now.columns.copy(), now.amounts + found.amounts - before.amounts
        columns[changed] = found.columns[changed]
        both = incumbent(self._pool, columns, amounts)
        both = both if both is not None and keeps(both, self._holds) else None
        weigh = self._aim.weigh
        least = weigh(now.values) - weigh(before.values) + weigh(found.values)
        adds_up = both is not None and weigh(both.values) <= least
        if adds_up or not len(changed):
            return self._better(both, now)
        return self._choose(now, changed, found.columns[changed], seconds, _How(JOINING))[0]

    def finish(self, now: Incumbent, columns: Integers, nodes: int, seconds: float | None) -> tuple[Incumbent, float]:
        """The best plan found out of these columns, and what any plan out of them costs at least."""
        actors, adjustments = len(self._pool.problem.actors), len(self._pool.problem.adjustment_most)
        part = _Part(columns, np.arange(actors), np.arange(adjustments), now)
        found, answer = self._solve(part, seconds, _How(nodes))
        return self._better(found, now), answer.bound

    def _better(self, found: Incumbent | None, now: Incumbent) -> Incumbent:
        """The better of the two."""
        return now if found is None or not self._aim.is_better(found.values, now.values) else found

    def begin(self, columns: Integers, nodes: int, seconds: float | None) -> tuple[Incumbent | None, bool]:
        """A plan out of these columns; None if none was found, and whether it was proven that there is none."""
        actors, adjustments = len(self._pool.problem.actors), len(self._pool.problem.adjustment_most)
        part = _Part(columns, np.arange(actors), np.arange(adjustments), None)
        found, answer = self._solve(part, seconds, _How(nodes))
        return found, answer.status == highspy.HighsModelStatus.kInfeasible

    def _solve(self, part: _Part, seconds: float | None, how: _How) -> tuple[Incumbent | None, _Answer]:
        """Solve for a part of the plan; once more with whole adjustments where they did not come out whole."""
        pool, problem, now = self._pool, self._pool.problem, part.now
        chosen, rest = np.zeros(len(problem.actors), dtype=np.int64), np.zeros(len(problem.adjustment_most), np.int64)
        staying = np.zeros(0, dtype=np.int64)
        start = None
        if now is not None:
            chosen, rest = now.columns.copy(), now.amounts.copy()
            rest[part.moving] = 0
            staying = np.delete(now.columns, part.free)
            start = np.concatenate([np.isin(part.columns, now.columns[part.free]), now.amounts[part.moving]])
        clock, steps, bound = Budget(seconds), 0, -math.inf
        for is_whole in (False, True):
            model = self._model(part, staying, rest, is_whole=is_whole)
            answer = self._run(model, start, clock.left, how)
            # What was proven with amounts that are not whole holds for whole ones.
            steps, bound = steps + answer.steps, max(bound, answer.bound)
            answer = replace(answer, steps=steps, bound=bound)
            if answer.values is None:
                return None, answer
            options, amounts = np.split(answer.values, [len(part.columns)])
            whole = np.rint(amounts)
            if np.abs(amounts - whole).max(initial=0.0) <= WHOLE or clock.is_over:
                break  # asked for no time at all, HiGHS would still take some
        picked = part.columns[options > 0.5]
        chosen[pool.actor[picked]] = picked
        rest[part.moving] = whole.astype(np.int64)
        return incumbent(pool, chosen, rest), answer

    def _model(self, part: _Part, staying: Integers, rest: Integers, *, is_whole: bool) -> highspy.HighsLp:
        """The program: rows that the part can change, with what the others leave of their bounds."""
        pool, problem, columns, moving = self._pool, self._pool.problem, part.columns, part.moving
        usage, adjusted = pool.usage[columns], self._adjustments[moving]
        used = np.asarray(pool.usage[staying].sum(axis=0)).ravel() + self._adjustments.T @ rest
        rows = np.arange(len(problem.resources)) if part.now is None else np.union1d(usage.indices, adjusted.indices)
        one_each = (np.searchsorted(part.free, pool.actor[columns]), np.arange(len(columns)))
        shape = (len(part.free), len(columns))
        blocks = [
            [
                sparse.coo_array((np.ones(len(columns)), one_each), shape=shape),
                sparse.coo_array((shape[0], len(moving))),
            ],
            [usage[:, rows].T, adjusted[:, rows].T],
        ]
        upper = [np.ones(len(part.free)), problem.bounds[rows] - used[rows]]
        for tier, value in self._holds.items():
            prices, others = pool.prices[:, tier], problem.adjustment_prices[:, tier]
            blocks.append([sparse.coo_array(prices[None, columns]), sparse.coo_array(others[None, moving])])
            upper.append(np.array([value - prices[staying].sum() - others @ rest]))
        table = sparse.csc_array(sparse.block_array(blocks))
        costs = self._aim.weighed(np.concatenate([pool.prices[columns], problem.adjustment_prices[moving]]))
        most = np.concatenate([np.ones(len(columns)), problem.adjustment_most[moving]])
        lower = np.concatenate([np.ones(shape[0]), np.full(table.shape[0] - shape[0], -math.inf)])
        whole = np.arange(len(costs)) < (len(costs) if is_whole else len(columns))
        return model_of(table, costs, most, lower, np.concatenate(upper), whole)

    def _run(self, model: highspy.HighsLp, start: Floats | None, seconds: float | None, how: _How) -> _Answer:
        highs = quiet_highs(
            heuristics=how.heuristics,
            random_seed=self._seed,
            mip_abs_gap=max(NO_GAP, how.close),
            mip_max_nodes=how.nodes,
            time_limit=math.inf if seconds is None else seconds,
        )
        highs.passModel(model)
        if start is not None:
            solution = highspy.HighsSolution()
            solution.col_value = start.astype(float).tolist()
            highs.setSolution(solution)
        highs.run()
        info, values = highs.getInfo(), None
        if info.primal_solution_status == highspy.SolutionStatus.kSolutionStatusFeasible:
            values = np.array(highs.getSolution().col_value)
        return _Answer(values, highs.getModelStatus(), info.mip_dual_bound, info.simplex_iteration_count)


@dataclass(frozen=True)
class _Answer:
    """What HiGHS says."""

    values: Floats | None
    """Of the best solution found."""
    status: highspy.HighsModelStatus
    bound: float
    steps: int
    """Of the simplex."""


@dataclass(frozen=True)
class _How:
    """How far a program is solved."""

    nodes: int
    """Of the branch and bound."""
    close: float = 0.0
    """The gap at which it counts as solved."""
    heuristics: bool = True
    """May HiGHS look for plans by programs inside it?"""


@dataclass(frozen=True)
class _Part:
    """What of a plan is free: columns of the free actors, and adjustments; all of it if there is no plan yet."""

    columns: Integers
    free: Integers
    moving: Integers
    now: Incumbent | None
