"""A total in whole parts, in proportion to weights, each part within its own bounds."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence

_SCALE_BITS = 20


def apportioned(total: int, weights: Sequence[int], least: Sequence[int], most: Sequence[int]) -> list[int]:
    """Parts that sum to `total`, each as near its weight's share as its bounds allow.

    The weights are from 1 to 2**20, and the bounds leave room: sum of `least` <= `total` <= sum of `most`.
    """
    if not sum(least) <= total <= sum(most):
        raise ValueError(f"{total} is not between {sum(least)} and {sum(most)}")

    def parts(scale: int) -> list[int]:
        bounds = zip(weights, least, most, strict=True)
        return [min(max(scale * weight >> _SCALE_BITS, low), high) for weight, low, high in bounds]

    # At this scale every part has reached its upper bound, as every weight is at least 1.
    top = max(most, default=0) + 1 << _SCALE_BITS
    scale = bisect_right(range(top + 1), total, key=lambda scale: sum(parts(scale))) - 1
    given, wanted = parts(scale), parts(scale + 1)
    left = total - sum(given)
    for place, part in enumerate(given):
        if left and wanted[place] > part:
            given[place], left = part + 1, left - 1
    return given
