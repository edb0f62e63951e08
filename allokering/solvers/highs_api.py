"""What all programs for HiGHS have in common: what is switched off, and how a table becomes a model."""

from __future__ import annotations

import highspy
import numpy as np
from scipy import sparse

from allokering.problem import Booleans, Floats, Integers

NO_GAP = 0.999
"""Prices are whole numbers: a gap below 1 is none."""


HEURISTICS = "mip_heuristic_run_rens", "mip_heuristic_run_rins", "mip_heuristic_run_root_reduced_cost"
"""What HiGHS looks for better values with by programs inside the program."""


def quiet_highs(*, heuristics: bool = True, **options: float | str) -> highspy.Highs:
    """A solver that prints nothing, has one thread, stops at no gap, and loses no solutions.

    Args:
        heuristics: may it look for better values by programs inside the program? Without them what can be proven is
            proven in less than half the time, but what is too hard to be proven gives less (docs/performance-tried.md).
        options: of HiGHS, as it names them.
    """
    highs = highspy.Highs()
    for option, value in {
        "output_flag": False,
        "threads": 1,
        "mip_rel_gap": 0.0,
        # Presolve's parallel rows and columns (bit 13) lose feasible solutions in HiGHS 1.12 and 1.13: with them,
        # seed 251 of the random instances is called infeasible.
        "presolve_rule_off": 1 << 13,
        **dict.fromkeys(HEURISTICS, heuristics),
        **options,
    }.items():
        highs.setOptionValue(option, value)
    return highs


def model_of(
    table: sparse.csc_array,
    costs: Floats | Integers,
    most: Floats,
    lower: Floats,
    upper: Floats,
    whole: Booleans | None = None,
) -> highspy.HighsLp:
    """Minimise `costs` @ values with 0 <= values <= `most` and `lower` <= `table` @ values <= `upper`.

    Args:
        table: shape (rows, columns).
        costs: by column.
        most: by column.
        lower: by row.
        upper: by row.
        whole: by column, must it be a whole number? None: no column must.
    """
    model = highspy.HighsLp()
    model.num_row_, model.num_col_ = table.shape
    model.col_cost_, model.col_lower_, model.col_upper_ = costs.astype(float), np.zeros(len(costs)), most.astype(float)
    model.row_lower_, model.row_upper_ = lower.astype(float), upper.astype(float)
    model.a_matrix_.format_ = highspy.MatrixFormat.kColwise
    model.a_matrix_.start_, model.a_matrix_.index_ = table.indptr, table.indices
    model.a_matrix_.value_ = table.data.astype(float)
    if whole is not None:
        kinds = highspy.HighsVarType.kContinuous, highspy.HighsVarType.kInteger
        model.integrality_ = [kinds[is_whole] for is_whole in whole.tolist()]
    return model
