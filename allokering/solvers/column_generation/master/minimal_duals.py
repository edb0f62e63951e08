"""Of all prices that are optimal, the least.

A row "0 <= 0" that nothing can use at its price has any price above some: whoever could supply it would be paid
billions, by columns that are not in the program yet, and wanting them leads nowhere. Lowering a price until a column
that uses the row would pay keeps the prices optimal, for rows whose bound is not negative.
"""

from __future__ import annotations

import numpy as np
from scipy import sparse

from allokering.problem import Floats, Integers

PASSES = 4
"""Times that every price is lowered in its turn; what lowers one makes room for another."""


def least_prices(prices: Floats, bounds: Integers, usage: sparse.csc_array, reduced: Floats) -> Floats:
    """The prices, lowered as far as they may be.

    Args:
        prices: of resources, none negative.
        bounds: of resources.
        usage: what columns use: shape (columns, resources).
        reduced: reduced costs of the columns at these prices; what is a little below 0 counts as 0.
    """
    prices, reduced = prices.copy(), np.maximum(reduced, 0.0)
    for _ in range(PASSES):
        for row in np.flatnonzero((bounds >= 0) & (prices > 0)).tolist():
            begin, end = usage.indptr[row : row + 2]
            columns, amounts = usage.indices[begin:end], usage.data[begin:end]
            uses = amounts > 0
            fall = min(prices[row], (reduced[columns[uses]] / amounts[uses]).min(initial=np.inf))
            prices[row] -= fall
            reduced[columns] -= amounts * fall
    return prices
