"""How the seconds of a job are shared: what is kept back from the placement for all that follows it.

Measured in processor seconds: naming supervisors, forming groups, setting lists, verifying, writing and reading back
take 0.5 s of ALIS-Vest and 1.2 s of Helse Nord with 60 trainees, so about 0.15 ms for each person's period. Twice that
is kept. Where there are many, the stages can use more than they need: they improve what they have until time is up.
"""

from __future__ import annotations

from allokering.instance import Instance

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


def for_placement(left: float, people_periods: int, slowness: float = 1.0) -> float:
    """Of the seconds left, those that the placement may take.

    Args:
        left: of the whole job.
        people_periods: doctors and trainees, times periods.
        slowness: seconds that the job has taken for each second of its processor time: more than 1 on a busy machine.
    """
    needed = (LEAST + EACH * people_periods) * min(max(slowness, 1.0), SLOWEST)
    useful = left * people_periods / MANY
    return left - min(needed + useful, MOST * left)


def people_periods(instance: Instance) -> int:
    """The size by which the time after the placement goes."""
    return (len(instance.trainees) + len(instance.doctors)) * instance.settings.periods
