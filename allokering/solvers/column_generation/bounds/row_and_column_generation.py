"""Row and column generation by interior points: the root node of a problem too large for the simplex.

The restricted master begins without the rows that no solution has violated yet (lazy rows) and without what is
dualised; columns, rows and multipliers then come in together. An interior point's duals lie in the middle of all that
are optimal, so they need no other stabilisation (Rousseau, Gendreau and Feillet, Interior point stabilization for
column generation, Operations Research Letters 35, 2007, pp. 660-668). MIR cuts come in once, when the value is calm.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np

from allokering.solvers.budget import Budget
from allokering.solvers.column_generation.bounds.lagrangian_relaxation import LagrangianRelaxation
from allokering.solvers.column_generation.bounds.root_node import price_selectively, trivial_root, trivial_upper_bound
from allokering.solvers.column_generation.master.column_pool import ColumnPool
from allokering.solvers.column_generation.master.pricing import Pricer
from allokering.solvers.column_generation.master.restricted_master import (
    MasterSolution,
    RestrictedMaster,
    used_resources,
)
from allokering.solvers.column_generation.master.root import RootNode
from allokering.solvers.column_generation.parameters import DEFAULTS, Parameters
from allokering.solvers.column_generation.scalarisation import worths
from allokering.solvers.mir_cuts import Separator

WhenSettled = Callable[[RootNode, float], None]
"""Told a root node whose duals are worth following, and the restricted master's value then."""


def _nothing(_root: RootNode, _value: float) -> None:
    """Nobody follows these duals."""


class RowAndColumnGeneration:
    """Row and column generation: how the restricted master grows from nothing to one whose duals prove a bound."""

    def __init__(self, pool: ColumnPool, parameters: Parameters = DEFAULTS) -> None:
        problem = pool.problem
        self.struck = False
        """Did the budget decide how far the restricted master was solved?"""
        self._pool = pool
        self._parameters = parameters
        self._dualised = LagrangianRelaxation(problem, parameters.row_and_column.penalty)
        self._able = used_resources(problem) & ~self._dualised.resources

    def initial_master(self) -> RestrictedMaster:
        """A restricted master without columns, whose rows are the resources that can be short at a price."""
        problem = self._pool.problem
        is_short = problem.is_relieved | (problem.bounds < 0)
        rows = self._able & is_short
        master = RestrictedMaster(self._pool, is_interior=True, rows=rows, parameters=self._parameters.master)
        master.add_adjustments(np.setdiff1d(np.arange(len(problem.adjustment_most)), self._dualised.transfers))
        return master

    def warm_start(self, master: RestrictedMaster, pricer: Pricer, separator: Separator) -> RestrictedMaster:
        """Warm start of the duals: most columns and rows, found with the tiers weighing what they are worth.

        Where each outweighs the next by far, the value jumps up and down as long as those are missing.
        """
        worth = np.array(worths(self._pool.problem), dtype=np.float64)
        master.set_objective(worth, trivial_upper_bound(self._pool.problem, worth)[1])
        return self.solve_root(master, pricer, separator, master.budget, is_warm_start=True)[1]

    def solve_root(
        self,
        master: RestrictedMaster,
        pricer: Pricer,
        separator: Separator,
        budget: Budget,
        known: RootNode | None = None,
        when_settled: WhenSettled = _nothing,
        *,
        is_warm_start: bool = False,
    ) -> tuple[RootNode, RestrictedMaster]:
        """Row and column generation: the root node, and the restricted master as it is then.

        Args:
            master: to begin from; it is not used afterwards.
            pricer: prices the options.
            separator: of MIR cuts.
            budget: when to stop.
            known: a root node at duals made for another objective.
            when_settled: told, once, as soon as the duals are worth following. It may add to the pool.
            is_warm_start: no further than what the next objective may begin from.
        """
        settings = self._parameters.row_and_column
        master.dualise(np.zeros(len(master.multipliers)))  # those of an earlier tier are in another unit
        best = trivial_root(master, pricer) if known is None else known
        value, is_cut, followed = np.inf, False, 0
        for _ in range(settings.rounds):
            solution = None if budget.left == 0.0 else master.solve("primal")
            if solution is None:
                break
            change = abs(solution.value - value) / max(1.0, abs(value)) if np.isfinite(value) else np.inf
            if is_warm_start and change <= settings.settled:
                break
            priced = pricer.price(master.cuts, solution.duals, convexity_duals=solution.convexity_duals)
            here = RootNode(priced.bound, tuple(master.cuts), solution.duals, priced, solution)
            best = here if priced.bound > best.bound else replace(best, solution=solution)
            is_cheap = budget.left is None or budget.seconds < settings.cheap_share * (budget.seconds + budget.left)
            gap = (solution.value - best.bound) / max(1.0, abs(solution.value))
            if is_cut and gap <= (settings.gap if is_cheap else settings.dear_gap):
                self.struck |= gap > settings.gap
                break
            followed += is_cut
            if followed == settings.worth_following:
                when_settled(here, solution.value)
            cuts = [master.cuts[number] for number in np.flatnonzero(solution.duals.cuts > settings.idle_dual)]
            if not is_cut and change <= settings.calm:
                cuts += master.violated_cuts(separator, solution)
                is_cut = True
            wanted = self._pool.add(price_selectively(master, pricer, solution, priced.wanted, settings.selective))
            if change <= settings.settled:
                self._update_multipliers(master, solution)
            violated = self._able & master.violated_rows(solution)
            falls = solution.value < value - settings.purge_fall * abs(value)
            value = solution.value
            kept = np.concatenate(master.best_columns(settings.columns_kept)) if falls else master.columns
            master = master.rebuilt(np.union1d(kept, wanted), master.rows | violated, cuts)
        return best, master

    def _update_multipliers(self, master: RestrictedMaster, solution: MasterSolution) -> None:
        """Multiplier update: half of the way to the duals of the flow that this solution needs."""
        new = self._dualised.multipliers(master.activity(solution), solution.duals.tiers, master.budget)
        is_first = not master.multipliers.any()
        master.dualise(new if is_first else (master.multipliers + new) / 2)
