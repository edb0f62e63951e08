"""Multicommodity flow with shared capacities, as a mixed-integer program: the fewest handovers where many share many.

Index:   trainee, period of practice, supervisor
Math:    sum over supervisors of named[trainee, period, supervisor] = 1
         sum over trainees of takes named[trainee, period, supervisor] <= places, = places of the full, <= crowd
         change[trainee, period, supervisor] >= named[now] - named[period of practice before]
Units:   handovers
Assumes: the relaxation is exact for one trainee alone, and nearly so for all
"""

from __future__ import annotations

import math
from collections import defaultdict
from itertools import pairwise

import numpy as np
from scipy import sparse

from allokering.solvers.canonical import drawn
from allokering.stages.blocks import improved
from allokering.stages.choices import Choices, Named
from allokering.stages.cpsat import Found, Search
from allokering.stages.linear import Rows, canonical_sum, least_sum


def fewest_changes(part: Choices, known: Found[Named], search: Search) -> Found[Named]:
    """The best of `known` and what a search finds; of all that are as good the one that prices leave, if proven."""
    number = {key: place for place, key in enumerate(known.values)}
    before: list[int] = []
    after: list[int] = []
    costs = np.zeros(len(number), dtype=np.int64)
    for trainee, periods in part.candidates.items():
        for earlier, later in pairwise(periods):
            for name in periods[later]:
                if name in periods[earlier]:
                    before.append(number[trainee, earlier, name])
                    after.append(number[trainee, later, name])
                else:
                    costs[number[trainee, later, name]] = 1
    named = np.array(list(known.values.values()), dtype=np.int64)
    changes = np.maximum(0, named[after] - named[before])
    steps, width = np.arange(len(after)), len(number)
    moves = sparse.coo_array(
        (
            np.repeat([-1, 1, 1], len(after)),
            (np.tile(steps, 3), np.concatenate([after, before, width + steps])),
        ),
        shape=(len(after), width + len(after)),
    )
    costs = np.concatenate([costs, np.ones(len(after), dtype=np.int64)])
    most = np.ones(width + len(after), dtype=np.int64)
    rows = Rows.of((moves, 0, math.inf), *_places(part, number, width + len(after)))
    values, is_cut_short = np.concatenate([named, changes]), False
    if len(values) > search.parameters.many_named:
        trainees = {trainee: place for place, trainee in enumerate(part.candidates)}
        block = np.array([trainees[trainee] for trainee, _, _ in number])
        block = np.concatenate([block, block[after]])
        values, is_cut_short = improved(costs, most, rows, values, block, search)
    best = least_sum(costs, most, rows, values, search)
    best = best._replace(bound=max(best.bound, known.bound))
    prices = np.array([drawn(*key) for key in number] + [0] * len(after), dtype=np.int64)
    best, is_unique = canonical_sum(costs, most, rows, best, prices, search)
    return Found(
        values=dict(zip(number, best.values[:width].tolist(), strict=True)),
        value=int(costs @ best.values),
        bound=best.bound,
        struck=best.struck or is_cut_short,
        is_unique=is_unique,
    )


def _places(
    part: Choices, number: dict[Named, int], width: int
) -> list[tuple[sparse.sparray, list[float], list[float]]]:
    """One supervisor for everybody; supervisors and municipalities give no more places than they have."""
    rows: dict[object, list[tuple[int, int]]] = defaultdict(list)
    bounds: dict[object, tuple[float, float]] = {}
    for (trainee, period, name), place in number.items():
        one, own, takes = ("one", trainee, period), ("places", name, period), part.takes[trainee]
        places = part.places[name, period]
        rows[one].append((place, 1))
        rows[own].append((place, takes))
        bounds[one] = (1, 1)
        bounds[own] = (places if (name, period) in part.full else 0, places)
        crowd = part.bounded_together(name, period)
        if crowd is not None:
            rows["crowd", crowd].append((place, takes))
            bounds["crowd", crowd] = (0, part.crowds[crowd])
    cells = np.array([(row, *cell) for row, own in enumerate(rows.values()) for cell in own], dtype=np.int64)
    table = sparse.coo_array((cells[:, 2], (cells[:, 0], cells[:, 1])), shape=(len(rows), width))
    return [(table, [bounds[key][0] for key in rows], [bounds[key][1] for key in rows])]
