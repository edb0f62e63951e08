"""A bound in floating point as the whole number that it proves: values are whole, so little need be given away."""

from __future__ import annotations

import math

SAFE = 1e-3
"""What is given away whatever the numbers."""
RELATIVE = 1e-12
"""And of the largest numbers that the bound is a difference of."""


def given_away(bound: float, taken_off: float = 0.0) -> float:
    """What sums in floating point may have added to a bound.

    Args:
        bound: what it is.
        taken_off: a large number that the bound is what is left of.
    """
    return SAFE + RELATIVE * (abs(bound) + abs(taken_off))


def rounded_up(bound: float, taken_off: float = 0.0) -> int | None:
    """The bound as a whole number, after what is given away; None if there is none."""
    return math.ceil(bound - given_away(bound, taken_off)) if math.isfinite(bound) else None
