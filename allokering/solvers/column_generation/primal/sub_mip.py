"""Sub-MIP: some actors are freed, with columns of the pool to choose from; all others stay fixed as in the incumbent.

It is the repair of large-neighbourhood search, and, with everybody freed, the restricted master heuristic (Joncour,
Michel, Sadykov, Sverdlov and Vanderbeck, Column generation based primal heuristics, Electronic Notes in Discrete
Mathematics 36, 2010, pp. 695-702).

The reliefs and transfers on the rows that the freed actors touch are free too, if they are among the restricted ones.
They are continuous in the program: with every column whole they are flows, whose best amounts are whole; where an
answer's are not, it is solved for once more with whole ones.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

import highspy
import numpy as np
from scipy import sparse

from allokering.problem import Booleans, Floats, Integers
from allokering.solvers.budget import Budget
from allokering.solvers.column_generation.master.column_pool import ColumnPool
from allokering.solvers.column_generation.parameters import DEFAULTS, SubMipParameters
from allokering.solvers.column_generation.primal.incumbent import Incumbent, incumbent_of, keeps_objective_cuts
from allokering.solvers.column_generation.scalarisation import Scalarisation
from allokering.solvers.highs_api import NO_GAP, MipAnswer, model_of, quiet_highs, solve_mip
from allokering.solvers.outcome import Status


@dataclass(frozen=True)
class Effort:
    """What a sub-MIP took."""

    is_proven: bool
    steps: int
    """Of the simplex: the same on every machine, as seconds are not."""


NOTHING = Effort(is_proven=False, steps=0)
"""What a sub-MIP took that was not begun."""


class SubMip:
    """Makes and solves the sub-MIPs of one scalarisation.

    Args:
        pool: the columns, as they are now; those that come later are not known here.
        reduced_costs: of the columns; a sub-MIP takes those of an actor that are least: shape (N,).
        scalarisation: what is minimised.
        objective_cuts: the tiers held, and their values.
        seed: of the solver's own randomness.
        restricted: the adjustments that a sub-MIP may use, those in use apart: shape (adjustments,). None: all.
        bound: of the scalarisation, if sub-MIPs need be solved no further than is worth while beside that; otherwise
            each is solved to the end, as far as its nodes go.
        parameters: limits and tolerances.
    """

    def __init__(
        self,
        pool: ColumnPool,
        reduced_costs: Floats,
        scalarisation: Scalarisation,
        objective_cuts: Mapping[int, int],
        seed: int,
        *,
        restricted: Booleans | None = None,
        bound: float | None = None,
        parameters: SubMipParameters = DEFAULTS.sub_mip,
    ) -> None:
        self.struck = False
        """Was a sub-MIP broken off by its own limit of seconds?"""
        self.problem = pool.problem
        self._pool = pool
        self._scalarisation = scalarisation
        self._objective_cuts = objective_cuts
        self._seed = seed
        self._restricted = np.ones(len(pool.problem.adjustment_most), dtype=bool) if restricted is None else restricted
        self._bound = bound
        self._parameters = parameters
        self._adjustments = pool.problem.adjustment_usage
        self._by_resource = pool.problem.adjustment_usage.tocsc()
        order = np.lexsort((reduced_costs, pool.actor))
        self._columns_of = np.split(order, np.searchsorted(pool.actor[order], np.arange(1, len(pool.problem.actors))))

    def repair(
        self,
        incumbent: Incumbent,
        freed: Integers,
        each: int,
        nodes: int,
        budget: Budget,
        *,
        heuristics: bool = True,
    ) -> tuple[Incumbent, Effort]:
        """Repair: the best plan found with some actors freed, never worse than the incumbent, and what that took.

        Args:
            incumbent: the plan to begin from.
            freed: the actors, ascending.
            each: so many columns each may choose from, besides its own.
            nodes: of the branch and bound.
            budget: when it is over, the best plan known then counts.
            heuristics: may HiGHS look for plans by programs inside this one?
        """
        cheapest = np.concatenate([self._columns_of[actor][:each] for actor in freed])
        whole = 0.0 if self._bound is None else self._scalarisation.weigh(incumbent.values) - self._bound
        gap = self._parameters.gap_share * whole * len(freed) / len(incumbent.columns)
        return self._choose(incumbent, freed, cheapest, budget, _Limits(nodes, gap, heuristics))

    def _choose(
        self, incumbent: Incumbent, freed: Integers, columns: Integers, budget: Budget, limits: _Limits
    ) -> tuple[Incumbent, Effort]:
        """The best plan found with these actors free to choose from these columns and their own, and what that took."""
        columns = np.union1d(columns, incumbent.columns[freed])
        touched = np.unique(self._pool.usage[columns].indices)
        moving = np.unique(self._by_resource[:, touched].indices)
        moving = moving[self._restricted[moving] | (incumbent.amounts[moving] > 0)]
        own = budget.part(self._parameters.seconds)
        candidate, answer = self._solve(_Part(columns, freed, moving, incumbent), own, limits)
        self.struck |= answer.struck and not budget.is_over
        is_proven = answer.status is Status.OPTIMAL
        return self._better(candidate, incumbent), Effort(is_proven, answer.steps)

    def merge(self, parent: Incumbent, incumbent: Incumbent, candidate: Incumbent, budget: Budget) -> Incumbent:
        """Merge: what a candidate changed of its parent, put into the incumbent that there is by now; never worse.

        Where the two sets of changes do not add up, a small sub-MIP decides over what the candidate changed.
        """
        if incumbent is parent:
            return self._better(candidate, incumbent)
        changed = np.flatnonzero(candidate.columns != parent.columns)
        columns, amounts = incumbent.columns.copy(), incumbent.amounts + candidate.amounts - parent.amounts
        columns[changed] = candidate.columns[changed]
        both = incumbent_of(self._pool, columns, amounts)
        both = both if both is not None and keeps_objective_cuts(both, self._objective_cuts) else None
        weigh = self._scalarisation.weigh
        least = weigh(incumbent.values) - weigh(parent.values) + weigh(candidate.values)
        adds_up = both is not None and weigh(both.values) <= least
        if adds_up or not len(changed):
            return self._better(both, incumbent)
        limits = _Limits(self._parameters.merge_nodes)
        return self._choose(incumbent, changed, candidate.columns[changed], budget, limits)[0]

    def branch_and_bound(
        self, incumbent: Incumbent, columns: Integers, nodes: int, budget: Budget
    ) -> tuple[Incumbent, float]:
        """Branch and bound over these columns, all actors freed: the best plan found, and a bound of all of theirs."""
        part = _Part(columns, self._everybody(), self._every_adjustment(), incumbent)
        candidate, answer = self._solve(part, budget, _Limits(nodes))
        return self._better(candidate, incumbent), answer.bound

    def restricted_master_heuristic(
        self, columns: Integers, nodes: int, budget: Budget
    ) -> tuple[Incumbent | None, bool]:
        """Restricted master heuristic: a plan out of these columns, or None; and is it proven that there is none?"""
        part = _Part(columns, self._everybody(), self._every_adjustment(), None)
        candidate, answer = self._solve(part, budget, _Limits(nodes))
        return candidate, answer.status is Status.INFEASIBLE

    def _everybody(self) -> Integers:
        return np.arange(len(self.problem.actors))

    def _every_adjustment(self) -> Integers:
        return np.arange(len(self.problem.adjustment_most))

    def _better(self, candidate: Incumbent | None, incumbent: Incumbent) -> Incumbent:
        """The better of the two."""
        if candidate is None or not self._scalarisation.is_better(candidate.values, incumbent.values):
            return incumbent
        return candidate

    def _solve(self, part: _Part, budget: Budget, limits: _Limits) -> tuple[Incumbent | None, MipAnswer]:
        """Solve for a part of the plan; once more with whole adjustments where they did not come out whole."""
        pool, problem, incumbent = self._pool, self.problem, part.incumbent
        chosen, rest = np.zeros(len(problem.actors), dtype=np.int64), np.zeros(len(problem.adjustment_most), np.int64)
        fixed = np.zeros(0, dtype=np.int64)
        start = None
        if incumbent is not None:
            chosen, rest = incumbent.columns.copy(), incumbent.amounts.copy()
            rest[part.moving] = 0
            fixed = np.delete(incumbent.columns, part.freed)
            own = np.isin(part.columns, incumbent.columns[part.freed])
            start = np.concatenate([own, incumbent.amounts[part.moving]])
        steps, bound = 0, -math.inf
        for is_whole in (False, True):
            model = self._model(part, fixed, rest, is_whole=is_whole)
            answer = self._run(model, start, budget, limits)
            # What was proven with amounts that are not whole holds for whole ones.
            steps, bound = steps + answer.steps, max(bound, answer.bound)
            answer = answer._replace(steps=steps, bound=bound)
            if answer.values is None:
                return None, answer
            options, amounts = np.split(answer.values, [len(part.columns)])
            whole = np.rint(amounts)
            is_integral = np.abs(amounts - whole).max(initial=0.0) <= self._parameters.integrality
            if is_integral or budget.is_over:
                break  # asked for no time at all, HiGHS would still take some
        picked = part.columns[options > 0.5]
        chosen[pool.actor[picked]] = picked
        rest[part.moving] = whole.astype(np.int64)
        return incumbent_of(pool, chosen, rest), answer

    def _model(self, part: _Part, fixed: Integers, rest: Integers, *, is_whole: bool) -> highspy.HighsLp:
        """The program: rows that the part can change, with what the others leave of their bounds."""
        pool, problem, columns, moving = self._pool, self.problem, part.columns, part.moving
        usage, adjusted = pool.usage[columns], self._adjustments[moving]
        used = np.asarray(pool.usage[fixed].sum(axis=0)).ravel() + self._adjustments.T @ rest
        is_all = part.incumbent is None
        rows = np.arange(len(problem.resources)) if is_all else np.union1d(usage.indices, adjusted.indices)
        one_each = (np.searchsorted(part.freed, pool.actor[columns]), np.arange(len(columns)))
        shape = (len(part.freed), len(columns))
        blocks = [
            [
                sparse.coo_array((np.ones(len(columns)), one_each), shape=shape),
                sparse.coo_array((shape[0], len(moving))),
            ],
            [usage[:, rows].T, adjusted[:, rows].T],
        ]
        upper = [np.ones(len(part.freed)), problem.bounds[rows] - used[rows]]
        for tier, value in self._objective_cuts.items():
            prices, others = pool.prices[:, tier], problem.adjustment_prices[:, tier]
            blocks.append([sparse.coo_array(prices[None, columns]), sparse.coo_array(others[None, moving])])
            upper.append(np.array([value - prices[fixed].sum() - others @ rest]))
        table = sparse.csc_array(sparse.block_array(blocks))
        costs = self._scalarisation.weighed(np.concatenate([pool.prices[columns], problem.adjustment_prices[moving]]))
        most = np.concatenate([np.ones(len(columns)), problem.adjustment_most[moving]])
        lower = np.concatenate([np.ones(shape[0]), np.full(table.shape[0] - shape[0], -math.inf)])
        whole = np.arange(len(costs)) < (len(costs) if is_whole else len(columns))
        return model_of(table, costs, most, lower, np.concatenate(upper), whole)

    def _run(self, model: highspy.HighsLp, start: Floats | None, budget: Budget, limits: _Limits) -> MipAnswer:
        highs = quiet_highs(
            heuristics=limits.heuristics,
            random_seed=self._seed,
            mip_abs_gap=max(NO_GAP, limits.gap),
            mip_max_nodes=limits.nodes,
        )
        highs.passModel(model)
        return solve_mip(highs, budget, start=start)


@dataclass(frozen=True)
class _Limits:
    """How far a sub-MIP is solved."""

    nodes: int
    """Of the branch and bound."""
    gap: float = 0.0
    """The absolute gap at which it counts as solved."""
    heuristics: bool = True
    """May HiGHS look for plans by programs inside it?"""


@dataclass(frozen=True)
class _Part:
    """What of a plan is free: columns of the freed actors, and adjustments; all of it if there is no plan yet."""

    columns: Integers
    freed: Integers
    moving: Integers
    incumbent: Incumbent | None
