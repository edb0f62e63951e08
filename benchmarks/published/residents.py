"""Hospitals and residents: as many residents as possible, then as high on their lists as possible.

The format (plain text, as in the matching literature): the number of residents and of hospitals; a line
`i: h1 h2 ...` for each resident, best first; a line `j: capacity: r1 r2 ...` for each hospital with the residents it
accepts. Stability is not asked for: this is the planner's problem, not the game's.
"""

from __future__ import annotations

import numpy as np
from scipy import sparse

from allokering.problem import ListedOptions, Problem, Resource, Tier

UNMATCHED = "unmatched"


def read_residents(text: str) -> Problem:
    """Residents are actors, hospitals are resources.

    Raises:
        ValueError: the lines are not those of the format.
    """
    lines = [line for line in text.splitlines() if line.strip()]
    residents, hospitals = (int(word) for word in lines[0].split()[:2])
    if len(lines) != 1 + residents + hospitals:
        raise ValueError("not a hospitals-and-residents file: the lines do not add up")
    wishes = [[int(word) for word in line.split(":")[1].split()] for line in lines[1 : 1 + residents]]
    capacity, accepted = [], []
    for line in lines[1 + residents :]:
        _, places, names = line.split(":")
        capacity.append(int(places))
        accepted.append({int(word) for word in names.split()})
    actors = []
    for number, wished in enumerate(wishes, start=1):
        able = [(rank, hospital) for rank, hospital in enumerate(wished, start=1) if number in accepted[hospital - 1]]
        usage = np.zeros((1 + len(able), hospitals), dtype=np.int64)
        for row, (_, hospital) in enumerate(able, start=1):
            usage[row, hospital - 1] = 1
        prices = np.array([[1, 0], *([0, rank] for rank, _ in able)], dtype=np.int64)
        keys = [UNMATCHED, *(f"hospital-{hospital:04}" for _, hospital in able)]
        actors.append(ListedOptions(f"resident-{number:05}", keys, sparse.csr_array(usage), prices))
    return Problem(
        tiers=(Tier("unmatched", "residents"), Tier("rank", "steps")),
        resources=tuple(
            Resource("places", f"hospital-{number:04}", 0, places) for number, places in enumerate(capacity, start=1)
        ),
        actors=tuple(actors),
    )
