"""Ways to choose who is freed: how many, with how many options each, and how that follows from what the last ones took.

The ways take turns, since each finds what the others miss: see `neighbourhoods`.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from allokering.problem import Floats, Integers
from allokering.solvers.column_generation.lns.ordered_parallel import Why
from allokering.solvers.column_generation.primal.sub_mip import Effort

FEW = 50
"""An actor has few options when they are less than so many."""
SMALLER = 0.8
"""How a neighbourhood shrinks that was not solved."""


@dataclass
class Way:
    """A way to choose who is freed: how many, how many options each, and within what limits."""

    size: float
    smallest: float
    largest: float
    each: float
    fewest: float
    most: float
    easy: int
    """Steps of the simplex below which a neighbourhood was easy."""
    hard: int
    """Above which it was hard."""
    growth: float
    """How it grows after an easy one, and shrinks after a hard one."""
    nodes: int
    """Nodes of the branch and bound of one sub-problem."""
    heuristics: bool = True
    """May HiGHS look for plans by programs inside it?"""

    def learn(self, *, is_better: bool, effort: Effort) -> None:
        """Adjust to what a neighbourhood gave: more options only where the few at hand are exhausted."""
        factor = 1.0
        if not effort.is_proven:
            factor = SMALLER
        elif effort.steps < self.easy:
            factor = self.growth
        elif effort.steps > self.hard:
            factor = 1 / self.growth
        self.size = float(np.clip(self.size * factor, self.smallest, self.largest))
        if effort.is_proven:
            self.each = float(np.clip(self.each * (0.9 if is_better else 1.1), self.fewest, self.most))

    def best(self, score: Floats) -> Integers:
        """Those who score highest, ascending; nobody who scores -inf."""
        most = max(1, round(self.size))
        order = np.argsort(-score, kind="stable")[:most]
        return np.sort(order[score[order] > -np.inf])


@dataclass(frozen=True)
class Ways:
    """How a problem is searched."""

    doubtful: Way
    rivals: Way
    area: Way
    ahead: int
    """Neighbourhoods under way at once, as far as the plan is concerned."""
    chance: float
    """How much chance enters the choice of the doubtful; 1 weighs as much as an option unused by the relaxation."""
    apart: int
    """So many who want what the first of one wants do not become the first of another at the same time."""

    def of(self, why: Why) -> Way:
        """The way to draw for this reason."""
        return {Why.DOUBTFUL: self.doubtful, Why.RIVALS: self.rivals, Why.AREA: self.area}[why]


def usual(options: float) -> Ways:
    """For a region: the doubtful may be most of the whole.

    Args:
        options: of an actor, on average. Where an actor has few, a fifth of them says enough: with all of them at hand,
            many actors make a program that is not solved at all. The doubtful are few then, and soon exhausted. And
            what such a program gives before it is proven comes from heuristics.
    """
    is_few = options < FEW
    chance = 1.0 if is_few else 0.3
    each, fewest = min(10.0, max(3.0, options / 5)), min(6.0, max(3.0, options / 7))
    doubtful = Way(60, 4, 200, each, fewest, 60, easy=5_000, hard=20_000, growth=1.2, nodes=1000, heuristics=is_few)
    rivals = Way(8, 4, 24, 300, 300, 300, easy=1_000, hard=2_000, growth=1.05, nodes=200, heuristics=is_few)
    area = Way(20, 6, 60, 100, 100, 100, easy=1_000, hard=4_000, growth=1.1, nodes=200, heuristics=is_few)
    return Ways(doubtful, rivals, area, ahead=3, chance=chance, apart=0)


def vast() -> Ways:
    """For a problem with thousands of actors: small neighbourhoods, many at once, far from each other."""
    doubtful = Way(60, 20, 100, 10, 6, 60, easy=2_000, hard=5_000, growth=1.1, nodes=1000)
    rivals = Way(6, 3, 12, 300, 300, 300, easy=300, hard=700, growth=1.05, nodes=200)
    area = Way(12, 5, 30, 100, 100, 100, easy=500, hard=2_000, growth=1.1, nodes=200)
    return Ways(doubtful, rivals, area, ahead=8, chance=0.3, apart=100)
