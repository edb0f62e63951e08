"""How long a trainee's path is: the arithmetic of docs/model.md, section 2, for the solver side."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from allokering.kinds import Programme
from allokering.problem import Integers
from allokering.tables import Trainee


@dataclass(frozen=True)
class Lengths:
    """Periods of institution service and of practice that a trainee still has to do."""

    rotation_periods: int
    practice_periods: int

    @property
    def path_periods(self) -> int:
        """Periods from start to finish."""
        return self.rotation_periods + self.practice_periods


def lengths(trainee: Trainee, programme: Programme, period_months: int) -> Lengths:
    """What is left of the programme for this trainee; part-time lengthens it, credit shortens it."""
    work = trainee.fte_percent * period_months  # hundredths of a month that one period counts
    practice_done = min(trainee.practice_months_done, programme.practice_months_counted_max)
    rotation = _ceil(100 * max(0, programme.institution_months - trainee.institution_months_done), work)
    institution = min(
        100 * trainee.institution_months_done + rotation * work, 100 * programme.institution_months_counted_max
    )
    practice = max(
        0,
        100 * (programme.practice_months_min - practice_done),
        100 * (programme.total_months - practice_done) - institution,
    )
    return Lengths(rotation, _ceil(practice, work))


def training_years(trainee: Trainee, starts: Integers, periods: int, period_months: int) -> Integers:
    """Year of training, counted from 0, by (start, period); meaningless before the start."""
    done = 100 * (trainee.practice_months_done + trainee.institution_months_done)
    served = (np.arange(periods)[None, :] - starts[:, None]) * trainee.fte_percent * period_months
    return np.asarray((done + np.maximum(served, 0)) // 1200, dtype=np.int64)


def _ceil(amount: int, unit: int) -> int:
    return -(-amount // unit)
