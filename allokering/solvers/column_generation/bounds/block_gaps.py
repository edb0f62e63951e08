"""Block gaps: where the gap of a plan lies, block by block: what the plan costs there above the block's bound.

The blocks' optima prove a bound that is a sum. At the same duals a plan's cost is a sum over the same blocks, so the
gap of the whole, but for what lies in no block, is shared out among them; and where it is large, there is something to
gain, or to prove.
"""

from __future__ import annotations

import numpy as np

from allokering.problem import Floats, Integers
from allokering.solvers.column_generation.bounds.lagrangian_decomposition import BlockBounds
from allokering.solvers.column_generation.master.column_pool import ColumnPool
from allokering.solvers.column_generation.master.root import RootNode
from allokering.solvers.column_generation.primal.incumbent import Incumbent


class BlockGaps:
    """Block gaps of plans made of a pool's columns, as it is now.

    Args:
        pool: the columns.
        root: at whose duals the blocks were solved.
        bounds: what they said.
    """

    def __init__(self, pool: ColumnPool, root: RootNode, bounds: BlockBounds) -> None:
        duals, block = root.duals, bounds.block_of_row[pool.usage.indices]
        self.block = np.full(len(pool), -1)
        """The block of each column, -1 for one that uses nothing in any: shape (N,)."""
        column = np.repeat(np.arange(len(pool)), np.diff(pool.usage.indptr))
        np.maximum.at(self.block, column, block)
        outside = np.where(bounds.block_of_row >= 0, 0.0, duals.resources)
        self._above = pool.prices @ duals.tiers + pool.usage @ outside - root.priced.cheapest[pool.actor]
        self._bounds = bounds
        order = np.argsort(self.block, kind="stable")
        self._columns = np.split(order, np.searchsorted(self.block[order], np.arange(len(self) + 1)))[1:-1]

    def __len__(self) -> int:
        return len(self._bounds.by_block)

    def columns(self, block: int) -> Integers:
        """The columns that use something in this block."""
        return self._columns[block]

    def of(self, plan: Incumbent) -> Floats:
        """By block what the plan costs there above its bound; 0 where nothing is known: shape (blocks,)."""
        block = self.block[plan.columns]
        chosen = np.bincount(block[block >= 0], self._above[plan.columns][block >= 0], len(self))
        gaps = chosen + self._bounds.adjusting @ plan.amounts - self._bounds.by_block
        return np.where(np.isfinite(gaps), gaps, 0.0)
