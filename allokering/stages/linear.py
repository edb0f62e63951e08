"""A minimum by linear relaxation and branching, which never returns worse than it was given.

For programs with tight relaxations, of which HiGHS proves in its first nodes what CP-SAT must find out by propagation.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import highspy
import numpy as np
from scipy import sparse

from allokering.problem import Floats, Integers
from allokering.solvers.highs_api import NO_GAP, model_of, quiet_highs
from allokering.solvers.integer_bound import rounded_up

Bound = float | Sequence[float]
"""One for every row, or one for each."""
NODES = 1_000
"""Most nodes searched: a limit on work, not on time, so that the answer is the same on every machine."""
SECONDS = 150.0
"""A program that takes this long is broken off: a guard, as the nodes of a large one may take any time.
The answer says so, as it then depends on the machine."""


class Least(NamedTuple):
    """The values found, a bound on their cost, and whether the clock broke the search off."""

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
    """Did the clock break the search off?"""


def least_sum(costs: Integers, most: Integers, rows: Rows, known: Integers, seed: int) -> Least:
    """Whole values from 0 to `most` that keep the rows at the least cost, and a bound on it; costs are not negative."""
    found = branch(costs, most, rows, known, seed, nodes=NODES, seconds=SECONDS)
    least = max(0, rounded_up(found.bound) or 0)
    return Least(found.values, min(least, int(costs @ found.values)), found.struck)


def branch(
    costs: Integers,
    most: Integers,
    rows: Rows,
    known: Integers,
    seed: int,
    *,
    nodes: int,
    seconds: float,
    heuristics: bool = True,
) -> Branched:
    """The best values found within so many nodes, never worse than those known."""
    whole = np.ones(len(costs), dtype=bool)
    highs = quiet_highs(
        heuristics=heuristics, random_seed=seed, mip_abs_gap=NO_GAP, mip_max_nodes=nodes, time_limit=seconds
    )
    table = sparse.csc_array(rows.coefficients)
    highs.passModel(model_of(table, costs, most.astype(float), rows.lower, rows.upper, whole))
    start = highspy.HighsSolution()
    start.col_value = known.tolist()
    highs.setSolution(start)
    highs.run()
    info = highs.getInfo()
    values = np.rint(np.array(highs.getSolution().col_value)).astype(np.int64)
    is_better = len(values) == len(known) and rows.hold(values) and costs @ values < costs @ known
    struck = highs.getModelStatus() == highspy.HighsModelStatus.kTimeLimit
    return Branched(values if is_better else known, info.mip_dual_bound, info.simplex_iteration_count, struck)
