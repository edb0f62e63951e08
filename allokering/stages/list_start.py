"""Greedy construction of feasible lists without a solver: what stands where a search is stopped before it has any.

Index:   holder; period
Math:    in list_program
Units:   patients
Assumes: the lists of a period can hold what they hold together, which `lists` sees to
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence

from allokering.stages.list_bounds import Bounds, Key, Municipality, Together


def feasible_lengths(own: Municipality) -> dict[Key, int]:
    """Every list of a municipality, as it was as far as its bounds and the sum of all allow, in canonical order."""
    lists, together = own
    by_period: dict[int, list[Key]] = defaultdict(list)
    for key in lists:
        by_period[key[1]].append(key)
    lengths: dict[Key, int] = {}
    for period in sorted(by_period):
        for in_training in (True, False):
            keys = [key for key in by_period[period] if lists[key].in_training is in_training]
            lengths |= _in_period(keys, lists, together[period], lengths)
    return {key: lengths[key] for key in lists}


def _in_period(
    keys: Sequence[Key], lists: Mapping[Key, Bounds], together: Together, earlier: Mapping[Key, int]
) -> dict[Key, int]:
    """The lists of a period that are in training, or those that are not."""
    if not keys:
        return {}
    in_training = lists[keys[0]].in_training
    total = together.with_trainees if in_training else together.with_settled
    target = {key: lists[key].limit if in_training else lists[key].target for key in keys}
    before = {key: earlier.get((key[0], key[1] - 1), lists[key].before or 0) for key in keys}
    lengths = {key: min(before[key], target[key]) for key in keys}
    missing = total - sum(lengths.values())
    # Too many: the last lose first. Too few: up to the targets, then above them, which is where the rest must be.
    for key in reversed(keys):
        lost = min(lengths[key], max(0, -missing))
        lengths[key] -= lost
        missing += lost
    for most in (target, {key: lists[key].limit for key in keys}):
        for key in keys:
            come = min(most[key] - lengths[key], missing)
            lengths[key] += come
            missing -= come
    return lengths
