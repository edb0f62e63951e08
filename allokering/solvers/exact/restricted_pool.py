"""The restricted pool: a few options per actor, those of least reduced cost, to find a first plan among."""

from __future__ import annotations

import numpy as np

from allokering.problem import Floats, Integers
from allokering.solvers.exact.enumeration import Columns

PER_ACTOR = 8
"""Options per actor, on average: 8 best; with 16 all takes 1.15, with 30 1.4 of the time."""
LEAST = 3
"""Options that every actor has of them."""


def restricted_pool(columns: Columns, most: Floats, scores: Floats, *also: Integers) -> Floats:
    """Upper bounds (N + J) that leave open what scores least.

    Args:
        columns: all columns.
        most: upper bounds (N + J).
        scores: by column (N), the less the better.
        also: options by actor that stay open too, as of a plan at hand.
    """
    pool = most.copy()
    number = len(columns.actor)
    is_open = np.flatnonzero(most[:number] > 0)
    chosen = np.zeros(number, dtype=bool)
    by_actor = is_open[np.lexsort((scores[is_open], columns.actor[is_open]))]
    first = np.flatnonzero(np.diff(columns.actor[by_actor], prepend=-1))
    rank = np.arange(len(by_actor)) - np.repeat(first, np.diff(np.append(first, len(by_actor))))
    chosen[by_actor[rank < LEAST]] = True
    many = PER_ACTOR * len(columns.problem.actors)
    chosen[is_open[np.argsort(scores[is_open], kind="stable")[:many]]] = True
    for options in also:
        chosen |= options[columns.actor] == columns.option
    pool[:number] = np.where(chosen & (most[:number] > 0), 1.0, 0.0)
    return pool
