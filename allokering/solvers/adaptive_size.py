"""Adaptive size of neighbourhoods: how many are freed at once follows from what the last sub-problems took.

The feedback is the steps of the simplex, not seconds: so the same seed gives the same sizes on every machine (adaptive
as in Ropke and Pisinger, Transportation Science 40, 2006, pp. 455-472, but of the size, not of the operators' weights).
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass
class AdaptiveSize:
    """Adaptive size: it grows after an easy sub-problem, and shrinks after a hard one and more after one not solved."""

    size: float
    smallest: float
    largest: float
    easy: int
    """Steps of the simplex below which a sub-problem was easy."""
    hard: int
    """Above which it was hard."""
    growth: float
    """How the size grows after an easy one; by as much it shrinks after a hard one."""
    unsolved: float
    """How it shrinks after one that was not solved, or took more than it can find."""

    def learn(self, steps: int, *, is_solved: bool) -> None:
        """Adapt to what a sub-problem took; afterwards the size is between the smallest and the largest."""
        factor = 1.0
        if not is_solved:
            factor = self.unsolved
        elif steps < self.easy:
            factor = self.growth
        elif steps > self.hard:
            factor = 1 / self.growth
        self.size = min(max(self.size * factor, self.smallest), self.largest)
