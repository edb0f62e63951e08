"""Better values of a program too large to be solved as a whole: a few blocks of them are freed at a time.

Large-neighbourhood search (Shaw, 1998). A block is what belongs together, such as all values of one trainee; blocks
share the other rows. One is drawn by what it costs, and freed with those who stand in the same rows. How many follows
from the steps of the simplex that the last ones took, so the same seed gives the same values on any machine.
"""

from __future__ import annotations

import numpy as np
from scipy import sparse

from allokering.problem import Floats, Integers
from allokering.stages.linear import Branched, Rows, branch

FIRST = 1_500.0
"""Values freed at first, at most; the block drawn always is, however many it has."""
FEWEST = 300.0
"""What that number never falls below."""
EASY = 1_000
"""Steps of the simplex below which more are freed the next time."""
HARD = 3_000
"""Steps above which fewer are."""
GROWTH = 1.1
TOO_HARD = 10_000
"""Steps that cost more than they can find: then far fewer are freed."""
SHRINKING = 0.7
TRIES = 40
"""Neighbourhoods in a row without anything better after which the search ends."""
NODES = 10
"""Most nodes searched in one neighbourhood."""
SECONDS = 15.0
"""One that takes this long is broken off: a guard, far above what the nodes allow."""
IDLE = 0.05
"""Chance of a block that costs nothing, beside one that costs 1."""
BESIDE = 0.3
"""How near a block is that could stand in the same row, beside one that stands in it."""
CHANCE = 0.5
"""How much chance enters the choice of those freed with it: what draws them near is weighted from this to 1."""


def improved(
    costs: Integers, most: Integers, rows: Rows, known: Integers, block: Integers, seed: int
) -> tuple[Integers, bool]:
    """Whole values from 0 to `most` that keep the rows and cost no more than those known; and did a clock strike?

    Args:
        costs: by value; not negative.
        most: by value.
        rows: that are kept.
        known: values that keep them.
        block: number of each value's block, from 0 on.
        seed: of the draws.
    """
    random, now, table = np.random.default_rng(seed), known.copy(), sparse.csc_array(rows.coefficients)
    blocks = int(block.max(initial=-1)) + 1
    of_block = sparse.csr_array((np.ones(len(block)), (block, np.arange(len(block)))), shape=(blocks, len(block)))
    values_of = np.bincount(block, minlength=blocks)
    could = sparse.csr_array(of_block @ abs(table).T)
    could.data[:] = 1.0
    size, tired, failed, struck = FIRST, np.zeros(blocks), 0, False
    while failed < min(TRIES, blocks):
        cost: Floats = of_block @ (costs * now)
        weight = (cost + IDLE) / (1 + tired)
        first = int(random.choice(blocks, p=weight / weight.sum()))
        tired[first] += 1
        stands = sparse.csr_array(of_block @ sparse.diags_array(now.astype(float)) @ abs(table).T)
        near = ((stands + BESIDE * could) @ could[[first]].T).toarray().ravel()
        near *= random.uniform(CHANCE, 1, blocks) * (1 + cost)
        near[first] = np.inf
        order = np.argsort(-near, kind="stable")
        freed = order[(near[order] > 0) & (np.cumsum(values_of[order]) <= max(size, values_of[first]))]
        free = np.flatnonzero(np.isin(block, freed))
        found = _freed(costs, most, rows, table, now, free, seed)
        struck |= found.struck
        is_better = bool(costs[free] @ found.values < costs[free] @ now[free])
        if is_better:
            now[free] = found.values
            tired[freed] = 0
        failed = 0 if is_better else failed + 1
        size = min(max(size * _growth(found.steps), FEWEST), float(len(block)))
    return now, struck


def _growth(steps: int) -> float:
    """How many more are freed the next time."""
    if steps > TOO_HARD:
        return SHRINKING
    return GROWTH if steps < EASY else 1 / GROWTH if steps > HARD else 1.0


def _freed(
    costs: Integers, most: Integers, rows: Rows, table: sparse.csc_array, now: Integers, free: Integers, seed: int
) -> Branched:
    """The best values found for these, with the others as they are."""
    part = sparse.csc_array(table[:, free])
    touched, rest = np.unique(part.indices), now.copy()
    rest[free] = 0
    used = rows.coefficients[touched] @ rest
    left = Rows(sparse.csr_array(part)[touched], rows.lower[touched] - used, rows.upper[touched] - used)
    # Measured: with heuristics one that has to branch takes five times as long and gives no more.
    return branch(costs[free], most[free], left, now[free], seed, nodes=NODES, seconds=SECONDS, heuristics=False)
