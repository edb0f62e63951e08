"""The fewest handovers as a linear program in whole numbers, where many trainees share many supervisors.

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

from allokering.stages.blocks import improved
from allokering.stages.choices import Choices, Named
from allokering.stages.cpsat import Found
from allokering.stages.linear import Rows, least_sum

MANY = 12_000
"""Values above which a program is too large to be solved at once: neighbourhoods come first. One of 10,745 is proven in
85 s, and in 150 with them."""


def fewest_changes(part: Choices, known: Found[Named], seed: int) -> Found[Named]:
    """The best of `known` and what a search finds."""
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
    if len(values) > MANY:
        trainees = {trainee: place for place, trainee in enumerate(part.candidates)}
        block = np.array([trainees[trainee] for trainee, _, _ in number])
        block = np.concatenate([block, block[after]])
        values, is_cut_short = improved(costs, most, rows, values, block, seed)
    values, bound, struck = least_sum(costs, most, rows, values, seed)
    value = int(costs @ values)
    return Found(
        dict(zip(number, values[:width].tolist(), strict=True)), value, max(bound, known.bound), struck or is_cut_short
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
