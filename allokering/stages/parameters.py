"""What tunes the searches of the stages, in one place: it changes how long they take, and no proven optimum."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Neighbourhoods:
    """Of the large-neighbourhood search in `blocks`."""

    first: float = 1_500.0
    """Values freed at first, at most; the block drawn always is, however many it has."""
    fewest: float = 300.0
    """What that number never falls below."""
    easy: int = 1_000
    """Steps of the simplex below which more are freed the next time."""
    hard: int = 3_000
    """Steps above which fewer are."""
    growth: float = 1.1
    too_hard: int = 10_000
    """Steps that cost more than they can find: then far fewer are freed."""
    shrinking: float = 0.7
    tries: int = 40
    """Neighbourhoods in a row without anything better after which the search ends."""
    nodes: int = 10
    """Most nodes searched in one neighbourhood."""
    seconds: float = 15.0
    """One that takes this long is broken off: a guard, far above what the nodes allow."""
    idle: float = 0.05
    """Chance of a block that costs nothing, beside one that costs 1."""
    beside: float = 0.3
    """How near a block is that could stand in the same row, beside one that stands in it."""
    chance: float = 0.5
    """How much chance enters the choice of those freed with it: what draws them near is weighted from this to 1."""


@dataclass(frozen=True)
class Parameters:
    """Of all stages."""

    few_named: int = 500
    """Supervisors to choose from, over trainees and periods, up to which CP-SAT proves the fewest handovers at once."""
    many_named: int = 12_000
    """Values of that program above which it is too large to be solved at once: neighbourhoods come first. One of 10,745
    is proven in 85 s, and in 150 with them."""
    few_members: int = 400
    """Pairs of kind and meeting up to which CP-SAT proves the least travel to groups at once; with more it spends
    seconds on its root."""
    nodes: int = 1_000
    """Most nodes of a branch and bound: a limit on work, not on time, as that is the same on every machine."""
    seconds: float = 150.0
    """A program that takes this long is broken off: a guard, as the nodes of a large one may take any time. The answer
    says so, as it then depends on the machine."""
    lists_together: int = 1_000
    """Lists from which on a program is worth a list solver's start."""
    neighbourhoods: Neighbourhoods = Neighbourhoods()


DEFAULT = Parameters()
