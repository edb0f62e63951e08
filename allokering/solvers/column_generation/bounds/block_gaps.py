"""Where the gap of a plan lies: area by area, what the plan costs there above the least that any plan does.

The areas' optima prove a bound that is a sum. At the same prices a plan's cost is a sum over the same areas, so the gap
of the whole, but for what lies in no area, is shared out among them; and where it is large, there is something to gain,
or to prove.
"""

from __future__ import annotations

import numpy as np

from allokering.problem import Floats, Integers
from allokering.solvers.column_generation.bounds.lagrangian_decomposition import AreaBounds
from allokering.solvers.column_generation.bounds.root_node import Root
from allokering.solvers.column_generation.master.column_pool import Pool
from allokering.solvers.column_generation.primal.sub_mip import Incumbent


class Gaps:
    """The gaps of plans made of a pool's columns, as it is now.

    Args:
        pool: the columns.
        root: whose prices the areas were asked about.
        bounds: what they said.
    """

    def __init__(self, pool: Pool, root: Root, bounds: AreaBounds) -> None:
        prices, area = root.prices, bounds.area_of_row[pool.usage.indices]
        self.area = np.full(len(pool), -1)
        """The area of each column, -1 for one that uses nothing in any."""
        column = np.repeat(np.arange(len(pool)), np.diff(pool.usage.indptr))
        np.maximum.at(self.area, column, area)
        outside = np.where(bounds.area_of_row >= 0, 0.0, prices.resources)
        self._above = pool.prices @ prices.tiers + pool.usage @ outside - root.priced.cheapest[pool.actor]
        self._bounds = bounds
        order = np.argsort(self.area, kind="stable")
        self._columns = np.split(order, np.searchsorted(self.area[order], np.arange(len(self) + 1)))[1:-1]

    def __len__(self) -> int:
        return len(self._bounds.by_area)

    def columns(self, area: int) -> Integers:
        """The columns that use something in this area."""
        return self._columns[area]

    def of(self, plan: Incumbent) -> Floats:
        """By area what the plan costs there above the least; 0 where nothing is known (areas)."""
        area = self.area[plan.columns]
        chosen = np.bincount(area[area >= 0], self._above[plan.columns][area >= 0], len(self))
        gaps = chosen + self._bounds.adjusting @ plan.amounts - self._bounds.by_area
        return np.where(np.isfinite(gaps), gaps, 0.0)
