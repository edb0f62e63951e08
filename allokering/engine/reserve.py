"""How the seconds of a job are shared: what is kept back from the placement for all that follows it.

Measured in processor seconds: naming supervisors, forming groups, setting lists, verifying, writing and reading back
take 0.5 s of ALIS-Vest and 1.2 s of Helse Nord with 60 trainees, so about 0.15 ms for each person's period. Twice that
is kept. Where there are many, the stages can use more than they need: they improve what they have until time is up.
"""

from __future__ import annotations

from dataclasses import dataclass

from allokering.instance import Instance
from allokering.solvers.budget import Budget

MOMENT = 0.3
"""Seconds that each stage has at least, also when the budget is over."""
LEAST = 0.3
"""Seconds that any job keeps back."""
EACH = 0.0003
"""Seconds for each period of each doctor and trainee."""
MANY = 400_000
"""Periods of people, divided by this: the further share of the time that the stages may use."""
MOST = 0.6
"""Of the time left, that is ever kept back."""
SLOWEST = 5.0
"""How many times slower than alone a job is taken to run, at most."""


@dataclass(frozen=True)
class Reserve:
    """The budget of a job, shared among what it does."""

    budget: Budget
    size: int
    """Periods of people (`people_periods`)."""
    slowness: float = 1.0
    """Seconds that the job takes for each second of its processor time: more than 1 on a busy machine."""

    @property
    def needed(self) -> float:
        """Seconds that all that follows the placement takes, generously."""
        return (LEAST + EACH * self.size) * min(max(self.slowness, 1.0), SLOWEST)

    def placement(self) -> Budget:
        """All but what is needed afterwards, and what the stages can use where there are many people."""
        left = self.budget.left
        if left is None:
            return self.budget
        kept = self.needed + left * self.size / MANY
        return self.budget.part(left - min(kept, MOST * left))

    def stage(self, following: int) -> Budget:
        """An equal share, for a stage with so many stages after it.

        Verification and writing have half of what is needed. When the budget is over, a moment: that is seldom less
        than a stage needs.
        """
        left = self.budget.left
        if left is None:
            return self.budget
        share = (left - self.needed / 2) / (following + 1)
        return Budget(MOMENT) if left == 0.0 else self.budget.part(max(share, MOMENT))


def people_periods(instance: Instance) -> int:
    """The size by which the time after the placement goes."""
    return (len(instance.trainees) + len(instance.doctors)) * instance.settings.periods
