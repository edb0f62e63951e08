"""Which year of training a trainee is in: docs/model.md, section 3, for the solver side."""

from __future__ import annotations

import numpy as np

from allokering.problem import Integers
from allokering.tables import Trainee


def training_years(trainee: Trainee, starts: Integers, periods: int, period_months: int) -> Integers:
    """Year of training, counted from 0, by (start, period); meaningless before the start."""
    done = 100 * (trainee.practice_months_done + trainee.institution_months_done)
    served = (np.arange(periods)[None, :] - starts[:, None]) * trainee.fte_percent * period_months
    return np.asarray((done + np.maximum(served, 0)) // 1200, dtype=np.int64)
