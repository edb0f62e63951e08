"""Branch and cut on a tight linear relaxation (HiGHS), lexicographic: never worse than given, and of equals one.

For programs of which HiGHS proves in its first nodes what CP-SAT must find out by propagation.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from scipy import sparse

from allokering.problem import Floats, Integers
from allokering.solvers.highs_api import NO_GAP, model_of, quiet_highs, solve_mip
from allokering.solvers.integer_bound import rounded_up
from allokering.stages.cpsat import Search

Bound = float | Sequence[float]
"""One for every row, or one for each."""


class Least(NamedTuple):
    """The values found, a bound on their cost, and whether the budget or a guard broke the search off."""

    values: Integers
    bound: int
    struck: bool


@dataclass(frozen=True)
class Rows:
    """Rows "lower <= coefficients @ values <= upper", every number of them whole or infinite."""

    coefficients: sparse.csr_array
    lower: Floats
    upper: Floats

    @staticmethod
    def of(*blocks: tuple[sparse.sparray, Bound, Bound]) -> Rows:
        """From blocks of rows with their bounds, each one number or one for every row."""

        def every(side: Bound, table: sparse.sparray) -> Floats:
            return np.broadcast_to(np.asarray(side, dtype=np.float64), table.shape[0])

        return Rows(
            sparse.csr_array(sparse.vstack([table for table, _, _ in blocks])),
            np.concatenate([every(lower, table) for table, lower, _ in blocks]),
            np.concatenate([every(upper, table) for table, _, upper in blocks]),
        )

    def with_cost(self, costs: Integers, most: int) -> Rows:
        """These rows, and "costs @ values <= most"."""
        return Rows(
            sparse.csr_array(sparse.vstack([self.coefficients, sparse.csr_array(costs[None, :])])),
            np.append(self.lower, -math.inf),
            np.append(self.upper, most),
        )

    def hold(self, values: Integers) -> bool:
        """Do the values keep every row?"""
        used = self.coefficients @ values
        return bool(np.all(used >= self.lower) and np.all(used <= self.upper))


class Branched(NamedTuple):
    """What branching gave."""

    values: Integers
    """The best found, or those known."""
    bound: float
    """On the cost of any values; minus infinity if there is none."""
    steps: int
    """Of the simplex: the same on every machine, as seconds are not."""
    struck: bool
    """Did the budget or a guard break the search off?"""


def least_sum(costs: Integers, most: Integers, rows: Rows, known: Integers, search: Search) -> Least:
    """Whole values from 0 to `most` that keep the rows at the least cost, and a bound on it; costs are not negative."""
    limits = search.parameters
    found = branch(costs, most, rows, known, search, nodes=limits.nodes, seconds=limits.seconds)
    least = max(0, rounded_up(found.bound) or 0)
    return Least(found.values, min(least, int(costs @ found.values)), found.struck)


def canonical_sum(
    costs: Integers, most: Integers, rows: Rows, best: Least, prices: Integers, search: Search
) -> tuple[Least, bool]:
    """Of all that cost no more than `best`, if that is proven, what is cheapest at the prices drawn; proven?

    Args:
        costs: by value; not negative.
        most: by value.
        rows: that are kept.
        best: found by `least_sum`.
        prices: drawn from ids, by value; 0 for a value that follows from the others.
        search: how.
    """
    value = int(costs @ best.values)
    if best.bound < value:
        return best, False
    found = least_sum(prices, most, rows.with_cost(costs, value), best.values, search)
    is_unique = found.bound == int(prices @ found.values)
    return Least(found.values, best.bound, best.struck or found.struck), is_unique


def branch(
    costs: Integers,
    most: Integers,
    rows: Rows,
    known: Integers,
    search: Search,
    *,
    nodes: int,
    seconds: float,
    heuristics: bool = True,
) -> Branched:
    """The best values found within so many nodes, never worse than those known."""
    highs = quiet_highs(heuristics=heuristics, random_seed=search.seed, mip_abs_gap=NO_GAP, mip_max_nodes=nodes)
    whole = np.ones(len(costs), dtype=bool)
    table = sparse.csc_array(rows.coefficients)
    highs.passModel(model_of(table, costs, most.astype(float), rows.lower, rows.upper, whole))
    answer = solve_mip(highs, search.budget.part(seconds), start=known)
    if answer.values is None:
        return Branched(known, answer.bound, answer.steps, answer.struck)
    values = np.rint(answer.values).astype(np.int64)
    is_better = rows.hold(values) and costs @ values < costs @ known
    return Branched(values if is_better else known, answer.bound, answer.steps, answer.struck)
