"""Large-neighbourhood search (Shaw 1998) by branch and cut: better values of a program too large to be solved whole.

A few blocks of values are freed at a time. A block is what belongs together, such as all values of one trainee; blocks
share the other rows. One is drawn by what it costs, and freed with those who stand in the same rows. How many follows
from the steps of the simplex that the last ones took, so the same seed gives the same values on any machine.
"""

from __future__ import annotations

import numpy as np
from scipy import sparse

from allokering.problem import Floats, Integers
from allokering.solvers.adaptive_size import AdaptiveSize
from allokering.stages.cpsat import Search
from allokering.stages.linear import Branched, Rows, branch


def improved(
    costs: Integers, most: Integers, rows: Rows, known: Integers, block: Integers, search: Search
) -> tuple[Integers, bool]:
    """Whole values from 0 to `most` that keep the rows and cost no more than those known; and was it broken off?

    Args:
        costs: by value; not negative.
        most: by value.
        rows: that are kept.
        known: values that keep them.
        block: number of each value's block, from 0 on.
        search: seed of the draws, budget and parameters.
    """
    limits = search.parameters.neighbourhoods
    random, now, table = np.random.default_rng(search.seed), known.copy(), sparse.csc_array(rows.coefficients)
    blocks = int(block.max(initial=-1)) + 1
    of_block = sparse.csr_array((np.ones(len(block)), (block, np.arange(len(block)))), shape=(blocks, len(block)))
    values_of = np.bincount(block, minlength=blocks)
    could = sparse.csr_array(of_block @ abs(table).T)
    could.data[:] = 1.0
    size = AdaptiveSize(
        limits.first, limits.fewest, float(len(block)), limits.easy, limits.hard, limits.growth, limits.shrinking
    )
    tired, failed, struck = np.zeros(blocks), 0, False
    while failed < min(limits.tries, blocks) and not search.budget.is_over:
        cost: Floats = of_block @ (costs * now)
        weight = (cost + limits.idle) / (1 + tired)
        first = int(random.choice(blocks, p=weight / weight.sum()))
        tired[first] += 1
        stands = sparse.csr_array(of_block @ sparse.diags_array(now.astype(float)) @ abs(table).T)
        near = ((stands + limits.beside * could) @ could[[first]].T).toarray().ravel()
        near *= random.uniform(limits.chance, 1, blocks) * (1 + cost)
        near[first] = np.inf
        order = np.argsort(-near, kind="stable")
        freed = order[(near[order] > 0) & (np.cumsum(values_of[order]) <= max(size.size, values_of[first]))]
        free = np.flatnonzero(np.isin(block, freed))
        found = _freed(costs, most, rows, table, now, free, search)
        struck |= found.struck
        is_better = bool(costs[free] @ found.values < costs[free] @ now[free])
        if is_better:
            now[free] = found.values
            tired[freed] = 0
        failed = 0 if is_better else failed + 1
        size.learn(found.steps, is_solved=found.steps <= limits.too_hard)
    return now, struck or search.budget.is_over


def _freed(
    costs: Integers, most: Integers, rows: Rows, table: sparse.csc_array, now: Integers, free: Integers, search: Search
) -> Branched:
    """The best values found for these, with the others as they are."""
    part = sparse.csc_array(table[:, free])
    touched, rest = np.unique(part.indices), now.copy()
    rest[free] = 0
    used = rows.coefficients[touched] @ rest
    left = Rows(sparse.csr_array(part)[touched], rows.lower[touched] - used, rows.upper[touched] - used)
    # Measured: with heuristics one that has to branch takes five times as long and gives no more.
    limits = search.parameters.neighbourhoods
    return branch(
        costs[free], most[free], left, now[free], search, nodes=limits.nodes, seconds=limits.seconds, heuristics=False
    )
