"""A minimum by linear relaxation and branching, which never returns worse than it was given.

For programs with tight relaxations, of which HiGHS proves in its first nodes what CP-SAT must find out by propagation.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import highspy
import numpy as np
import numpy.typing as npt
from scipy import sparse

Integers = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
Bound = float | Sequence[float]
"""One for every row, or one for each."""
NODES = 1_000
"""Most nodes searched: a limit on work, not on time, so that the answer is the same on every machine."""
SECONDS = 150.0
"""A program that takes this long is broken off: a guard, as the nodes of a large one may take any time.
The answer says so, as it then depends on the machine."""
HEURISTICS = "mip_heuristic_run_rens", "mip_heuristic_run_rins", "mip_heuristic_run_root_reduced_cost"
"""What HiGHS looks for better values with by programs inside the program."""
SAFE = 1e-3
"""What a bound gives away for sums in floating point; values are whole numbers, so nothing is lost by it."""


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
    least = max(0, math.ceil(found.bound - SAFE)) if math.isfinite(found.bound) else 0
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
    model = highspy.HighsLp()
    model.num_row_, model.num_col_ = rows.coefficients.shape
    model.col_cost_ = costs.astype(float)
    model.col_lower_ = np.zeros(len(costs))
    model.col_upper_ = most.astype(float)
    model.integrality_ = [highspy.HighsVarType.kInteger] * len(costs)
    model.row_lower_, model.row_upper_ = rows.lower, rows.upper
    table = rows.coefficients.astype(float)
    model.a_matrix_.format_ = highspy.MatrixFormat.kRowwise
    model.a_matrix_.start_, model.a_matrix_.index_, model.a_matrix_.value_ = table.indptr, table.indices, table.data
    highs = highspy.Highs()
    for option, value in (
        ("output_flag", False),
        ("random_seed", seed),
        ("threads", 1),
        ("mip_rel_gap", 0.0),
        ("mip_abs_gap", 0.999),  # costs are whole numbers
        ("mip_max_nodes", nodes),
        ("time_limit", seconds),
        # Presolve's parallel rows and columns (bit 13) lose feasible solutions in HiGHS 1.12 and 1.13.
        ("presolve_rule_off", 1 << 13),
        *((name, heuristics) for name in HEURISTICS),
    ):
        highs.setOptionValue(option, value)
    highs.passModel(model)
    start = highspy.HighsSolution()
    start.col_value = known.tolist()
    highs.setSolution(start)
    highs.run()
    info = highs.getInfo()
    values = np.rint(np.array(highs.getSolution().col_value)).astype(np.int64)
    is_better = len(values) == len(known) and rows.hold(values) and costs @ values < costs @ known
    struck = highs.getModelStatus() == highspy.HighsModelStatus.kTimeLimit
    return Branched(values if is_better else known, info.mip_dual_bound, info.simplex_iteration_count, struck)
