"""Lagrangian decomposition: the bound of whole decisions, block by block: a relaxation mixes options, a block may not.

Rows that can be short at a price, such as residents of a municipality in a period, fall into blocks: an option that
supplies one supplies others of the same block, and so do transfers. At the root's duals for everything else, a block is
an integer program of its own: how many options of each column class (of equal rows in the block) to buy, each at the
least price any actor takes. The blocks' optima and what the actors are paid prove a bound that is never below the
restricted master's without MIR cuts, and far above it (Guignard and Kim, Lagrangean decomposition, Mathematical
Programming 39, 1987, pp. 215-228), with the root's duals as multipliers.

Blocks that transfers would join into one too large stay apart; the cost of what goes between them is split at the
root's duals (cost splitting).
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import highspy
import numpy as np
from scipy import sparse

from allokering.problem import Floats, Integers, Problem
from allokering.solvers.budget import Budget
from allokering.solvers.column_generation.bounds.column_classes import column_classes
from allokering.solvers.column_generation.master.pricing import Duals
from allokering.solvers.column_generation.parameters import DEFAULTS, DecompositionParameters
from allokering.solvers.highs_api import model_of, quiet_highs, solve_lp, solve_mip
from allokering.solvers.lagrangian_bound import lagrangian_bound
from allokering.solvers.mir_cuts import MirCut
from allokering.solvers.outcome import Status


@dataclass(frozen=True)
class _Block:
    """A block: its rows, the column classes that use them, and the adjustments that touch them."""

    number: int
    rows: Integers
    classes: Integers
    adjustments: Integers
    table: sparse.csr_array
    """What classes, then adjustments, use: shape (classes + adjustments, rows)."""


@dataclass(frozen=True)
class BlockBounds:
    """What every plan costs at least, in all and block by block, at the duals that were asked about."""

    total: float
    by_block: Floats
    """What each block costs at least: shape (blocks,)."""
    block_of_row: Integers
    """The block of each resource, -1 for none: shape (resources,)."""
    adjusting: sparse.csr_array
    """What a unit of each adjustment costs each block, its price split: shape (blocks, adjustments)."""


class LagrangianDecomposition:
    """Lagrangian decomposition of a problem into blocks.

    Args:
        problem: the problem.
        workers: blocks solved side by side; the bound does not depend on it.
        parameters: how large blocks are, and how far they are solved.
    """

    def __init__(
        self, problem: Problem, workers: int, parameters: DecompositionParameters = DEFAULTS.decomposition
    ) -> None:
        self.problem = problem
        self.struck = False
        """Was a block broken off by the budget?"""
        self._workers = workers
        self._parameters = parameters
        self._classes = column_classes(problem, problem.is_relieved, parameters.rows)
        self._blocks = self._build()

    def __len__(self) -> int:
        return len(self._blocks)

    def _build(self) -> list[_Block]:
        """The blocks, the smallest first: they are solved at once."""
        classes, usage = self._classes, self.problem.adjustment_usage
        cells = usage.tocoo()
        is_in = classes.block_of_row[cells.col] >= 0
        block, adjustment = np.unique(np.stack([classes.block_of_row[cells.col], cells.row])[:, is_in], axis=1)
        blocks = []
        for number in range(classes.blocks):
            rows, own = np.flatnonzero(classes.block_of_row == number), np.flatnonzero(classes.block == number)
            moving = adjustment[block == number]
            table = sparse.csr_array(sparse.vstack([classes.usage[own][:, rows], usage[moving][:, rows]]))
            blocks.append(_Block(number, rows, own, moving, table))
        return sorted(blocks, key=lambda one: len(one.classes))

    def _owners(self) -> tuple[Integers, Integers]:
        """By adjustment how many blocks it touches, and the one that owns its price: one that it relieves, if any."""
        cells = self.problem.adjustment_usage.tocoo()
        blocks = self._classes.block_of_row[cells.col]
        is_in = blocks >= 0
        pairs = np.unique(np.stack([cells.row[is_in], blocks[is_in]]), axis=1)
        count = len(self.problem.adjustment_most)
        touched, owner = np.bincount(pairs[0], minlength=count), np.full(count, -1)
        for relieved in (cells.data[is_in] >= 0, cells.data[is_in] < 0):
            owner[cells.row[is_in][relieved]] = blocks[is_in][relieved]
        return touched, owner

    def bound(self, cuts: Sequence[MirCut], duals: Duals, convexity_duals: Floats, budget: Budget) -> BlockBounds:
        """Decomposition bound: what every plan costs at least, at these multipliers.

        Args:
            cuts: MIR cuts, which help the blocks' programs.
            duals: of the root; those of rows inside blocks only split the costs of what goes between blocks.
            convexity_duals: what each actor is paid, ν; any numbers prove a bound: shape (actors,).
            budget: when it strikes, blocks not yet solved count with their relaxation.
        """
        problem, classes = self.problem, self._classes
        inside = classes.block_of_row >= 0
        outside = np.where(inside, 0.0, duals.resources)
        asked = np.full(len(classes.block), np.inf)
        actors = convexity_duals.copy()
        for number, actor in enumerate(problem.actors):
            costs = actor.values(outside, duals.tiers) - convexity_duals[number]
            actors[number] += min(0.0, classes.ask(number, costs, asked))
        reduced = problem.adjustment_usage @ outside + problem.adjustment_prices @ duals.tiers
        touched, owner = self._owners()
        inner = duals.resources - outside
        traded = np.where(touched > 1, problem.adjustment_usage @ inner, np.nan)
        cuts_of = defaultdict(list)
        for cut in cuts:
            cuts_of[int(classes.block_of_row[cut.resource])].append(cut)
        programs, split = [], []
        for block in self._blocks:
            split.append(self._split_costs(block, reduced, traded, owner, inner))
            costs, most = np.concatenate([asked[block.classes], split[-1]]), self._most(block)
            own_cuts, bounds = cuts_of[block.number], problem.bounds[block.rows]
            programs.append(_BlockProgram(block, costs, most, bounds, own_cuts, self._parameters))
        one_in = max(self._parameters.one_in, len(programs) / self._parameters.times_equal)
        with ThreadPoolExecutor(self._workers) as threads:
            solved = list(threads.map(lambda program: program.solve(budget, one_in), programs))
        self.struck |= any(program.struck for program in programs)
        by_block = np.zeros(len(self._blocks))
        by_block[[block.number for block in self._blocks]] = solved
        # Outside the blocks, every actor and adjustment decides for itself: the Lagrangian bound of what is left.
        constant = float(outside @ problem.bounds) + duals.constant
        free = touched == 0
        rest = lagrangian_bound(actors, reduced[free], problem.adjustment_most[free], constant)
        return BlockBounds(rest + sum(solved), by_block, classes.block_of_row, self._table(split))

    def _table(self, split: Sequence[Floats]) -> sparse.csr_array:
        """What each block pays for the adjustments that touch it, as one table: shape (blocks, adjustments)."""
        table = sparse.lil_array((len(self._blocks), len(self.problem.adjustment_most)))
        for block, costs in zip(self._blocks, split, strict=True):
            table[[block.number], block.adjustments] = costs
        return sparse.csr_array(table)

    def _most(self, block: _Block) -> Floats:
        """How much there is of a block's classes and adjustments: shape (classes + adjustments,)."""
        most = self._classes.most[block.classes], self.problem.adjustment_most[block.adjustments]
        return np.concatenate(most).astype(float)

    def _split_costs(self, block: _Block, costs: Floats, traded: Floats, owner: Integers, duals: Floats) -> Floats:
        """Cost splitting: what each of a block's adjustments costs it; over the blocks these sum to the cost.

        What goes between blocks is `traded` at so much in all, NaN for what does not: the block that owns its price is
        paid, or pays, for what it does to the others, and they pay, or are paid, for what it does to them.
        """
        own = block.adjustments
        here = block.table[len(block.classes) :] @ duals[block.rows]
        theirs = np.where(owner[own] == block.number, costs[own] + traded[own] - here, -here)
        return np.where(np.isnan(traded[own]), costs[own], theirs)


class _BlockProgram:
    """A block's integer program: column classes in whole numbers, adjustments in any amount."""

    def __init__(
        self,
        block: _Block,
        costs: Floats,
        most: Floats,
        bounds: Integers,
        cuts: Sequence[MirCut],
        parameters: DecompositionParameters,
    ) -> None:
        self.struck = False
        self._block = block
        self._parameters = parameters
        self._costs = np.where(np.isfinite(costs), costs, 0.0)
        self._most = np.where(np.isfinite(costs), most, 0.0)
        self._table = sparse.csr_array(sparse.hstack([block.table, *(self._cut(cut) for cut in cuts)]))
        self._upper = np.concatenate([bounds, [-cut.least for cut in cuts]]).astype(float)

    def _cut(self, cut: MirCut) -> sparse.coo_array:
        """A MIR cut, turned round: shape (classes + adjustments, 1)."""
        block, count = self._block, len(self._block.classes)
        used = block.table[:count, [int(np.searchsorted(block.rows, cut.resource))]].tocoo()
        helping = count + np.flatnonzero(np.isin(block.adjustments, cut.helpers))
        values = np.concatenate([-cut.coefficients(used.data), np.full(len(helping), -1 / cut.remainder)])
        rows = np.concatenate([used.row, helping])
        return sparse.coo_array((values, (rows, np.zeros_like(rows))), shape=(len(self._costs), 1))

    def solve(self, budget: Budget, one_in: float) -> float:
        """What the block costs at least; -inf if not even its relaxation was solved.

        It takes one in so many of the seconds that the budget has left, at most.
        """
        count, settings = len(self._block.classes), self._parameters
        left = budget.left
        own = budget.part(settings.seconds if left is None else min(settings.seconds, left / one_in))
        least, reduced = self._relaxed(Budget(None, budget.token))  # whatever the time, but not if asked to stop
        if not math.isfinite(least) or not count:
            return least
        given_away = settings.given_away * abs(least)
        order = np.argsort(np.where(self._most[:count] > 0, reduced[:count], np.inf), kind="stable")
        taken, found = settings.classes, least
        while True:
            # Any plan with a class that is left out costs what that adds to the relaxation, at least.
            beyond = least + float(reduced[order[taken]]) if taken < count else math.inf
            if own.left == 0.0:
                self.struck = True
                return found - given_away
            bound = max(least, self._whole(np.sort(order[:taken]), least, own))
            found = max(found, min(bound, beyond))
            if bound <= beyond or self.struck:
                return found - given_away
            taken *= settings.growth

    def _relaxed(self, budget: Budget) -> tuple[float, Floats]:
        """Lagrangian bound of the block's own relaxation, and reduced costs: shape (classes + adjustments,)."""
        every = np.arange(len(self._block.classes))
        highs = quiet_highs()
        highs.passModel(self._model(every, is_whole=False))
        answer = solve_lp(highs, budget)
        if answer.duals is None:
            self.struck |= answer.struck
            return -math.inf, self._costs
        duals = np.maximum(-answer.duals, 0.0)
        reduced = self._costs + self._table @ duals
        nobody = np.zeros(0)  # no actor must choose here: classes come in any number, as adjustments do
        return lagrangian_bound(nobody, reduced, self._most, float(duals @ self._upper)), np.maximum(reduced, 0)

    def _whole(self, classes: Integers, least: float, budget: Budget) -> float:
        """The solver's bound with these classes in whole numbers."""
        # Costs have duals in them: they are not whole.
        gap = max(self._parameters.least_gap, self._parameters.gap * abs(least))
        highs = quiet_highs(mip_abs_gap=gap, mip_max_nodes=self._parameters.nodes)
        highs.passModel(self._model(classes, is_whole=True))
        answer = solve_mip(highs, budget)
        self.struck |= answer.struck
        return math.inf if answer.status is Status.INFEASIBLE else answer.bound

    def _model(self, classes: Integers, *, is_whole: bool) -> highspy.HighsLp:
        count = len(self._block.classes)
        kept = np.concatenate([classes, np.arange(count, len(self._costs))])
        table = sparse.csc_array(self._table[kept].T)
        free = np.full(len(self._upper), -math.inf)
        whole = kept < count if is_whole else None
        return model_of(table, self._costs[kept], self._most[kept], free, self._upper, whole)
