"""Minimal duals: of all optimal duals, such as no single one of could be lower (selection in the dual face).

A row "0 <= 0" that nothing can use at its dual has any dual above some: whoever could supply it would be paid
billions, by columns that are not in the restricted master yet, and generating them leads nowhere. Lowering a dual until
a column that uses the row would have a negative reduced cost keeps the duals optimal, for rows whose bound is not
negative.
"""

from __future__ import annotations

import numpy as np
from scipy import sparse

from allokering.problem import Floats, Integers


def minimal_duals(
    duals: Floats, bounds: Integers, usage: sparse.csc_array, reduced_costs: Floats, passes: int
) -> Floats:
    """The duals, lowered one by one as far as the columns allow: as good as they were, and none higher.

    Args:
        duals: of resources, π, none negative: shape (resources,).
        bounds: of resources, b: shape (resources,).
        usage: what columns use, A: shape (columns, resources).
        reduced_costs: of the columns at these duals, c + A π - σ; a little below 0 counts as 0: shape (columns,).
        passes: times that every dual is lowered in its turn; what lowers one makes room for another.
    """
    duals, reduced = duals.copy(), np.maximum(reduced_costs, 0.0)
    for _ in range(passes):
        for row in np.flatnonzero((bounds >= 0) & (duals > 0)).tolist():
            begin, end = usage.indptr[row : row + 2]
            columns, amounts = usage.indices[begin:end], usage.data[begin:end]
            uses = amounts > 0
            fall = min(duals[row], (reduced[columns[uses]] / amounts[uses]).min(initial=np.inf))
            duals[row] -= fall
            reduced[columns] -= amounts * fall
    return duals
