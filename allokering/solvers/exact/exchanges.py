"""Local search at once: one or two actors take other options, with the adjustments as they are.

A neighbour counts that costs less in what is minimised and no more in what is held, and keeps every bound: all pairs of
open options are looked at as arrays, in integers, so that a step takes hundredths of a second. What it finds is a plan,
not a proof; among equal plans it nearly always finds the one that drawn prices choose (docs/performance-tried.md).
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from allokering.problem import Booleans, Floats, Integers, Solution
from allokering.solvers.exact.enumeration import Columns
from allokering.solvers.exact.objectives import Objective

MANY = 2_000
"""Open options above which all pairs of them are too many to look at."""
BATCH = 500
"""Pairs whose use is looked at together, cheapest first."""


def exchanged(
    columns: Columns, most: Floats, best: Solution, held: Sequence[Objective], part: Objective
) -> Solution | None:
    """The best neighbour by steps, until none is better; None if the first step finds none.

    Args:
        columns: all columns.
        most: upper bounds (N + J): which columns are open.
        best: a feasible solution whose options stand in the columns.
        held: what may cost no more than it does.
        part: what is to cost less.
    """
    found = None
    step: Solution | None = best
    while step is not None:
        step = _step(columns, most, step, held, part)
        found = found if step is None else step
    return found


def _step(
    columns: Columns, most: Floats, best: Solution, held: Sequence[Objective], part: Objective
) -> Solution | None:
    number = len(columns.actor)
    others = np.flatnonzero(most[:number] > 0)
    if not 0 < len(others) <= MANY:
        return None
    chosen = np.flatnonzero(best.options[columns.actor] == columns.option)
    actor = columns.actor[others]
    # Every actor has one column that is chosen, and columns are in the order of actors.
    instead_of = chosen[actor]
    dearer = _pairs(part.prices[others] - part.prices[instead_of])
    # To take what one has is the other half of a move of one actor.
    is_own = others == instead_of
    is_pair = (actor[:, None] < actor) | (is_own[:, None] & (actor[:, None] == actor))
    fits = is_pair & (dearer < 0)
    for one in held:
        fits &= _pairs(one.prices[others] - one.prices[instead_of]) <= 0
    pair = _first_within(columns, best, others, instead_of, fits, dearer)
    if pair is None:
        return None
    options = best.options.copy()
    for place in pair:
        options[actor[place]] = columns.option[others[place]]
    return Solution(options, best.adjustments)


def _pairs(change: Integers) -> Integers:
    return np.asarray(change[:, None] + change, dtype=np.int64)


def _first_within(
    columns: Columns, best: Solution, others: Integers, instead_of: Integers, fits: Booleans, dearer: Integers
) -> tuple[int, int] | None:
    """Of the pairs that fit, the cheapest that keeps every bound."""
    used = columns.use(best.options) + columns.adjustment_usage.T @ best.adjustments
    slack = columns.bounds - used
    more = (columns.usage[others] - columns.usage[instead_of]).toarray()
    one, other = np.nonzero(fits)
    order = np.argsort(dearer[one, other], kind="stable")
    for begin in range(0, len(order), BATCH):
        few = order[begin : begin + BATCH]
        is_within = np.all(more[one[few]] + more[other[few]] <= slack, axis=1)
        if is_within.any():
            first = few[np.argmax(is_within)]
            return int(one[first]), int(other[first])
    return None
