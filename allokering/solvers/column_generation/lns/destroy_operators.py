"""Destroy operators: what each has learnt: how many it frees, and with how many columns each, as the last ones went.

The operators take turns, since each finds what the others miss: see `neighbourhoods`.
"""

from __future__ import annotations

from enum import Enum, auto

import numpy as np

from allokering.problem import Floats, Integers
from allokering.solvers.adaptive_size import AdaptiveSize
from allokering.solvers.column_generation.parameters import OperatorParameters
from allokering.solvers.column_generation.primal.sub_mip import Effort


class Operator(Enum):
    """Which destroy operator frees actors together."""

    PARTITION = auto()
    """It is their group's turn."""
    RINS = auto()
    """The restricted master does not use their columns."""
    RELATED = auto()
    """They want the same (related removal)."""
    BLOCK_GAP = auto()
    """A block's gap is large."""


class DestroyOperator:
    """Destroy operator with adaptive size: more columns each only where the few at hand are exhausted."""

    def __init__(self, parameters: OperatorParameters) -> None:
        self.parameters = parameters
        self.adaptive = AdaptiveSize(
            parameters.size,
            parameters.smallest,
            parameters.largest,
            parameters.easy,
            parameters.hard,
            parameters.growth,
            parameters.unsolved,
        )
        self.columns_each = parameters.columns_each

    @property
    def size(self) -> float:
        """Actors that it frees at present."""
        return self.adaptive.size

    def learn(self, *, is_better: bool, effort: Effort) -> None:
        """Adapt to what a repair gave and took."""
        self.adaptive.learn(effort.steps, is_solved=effort.is_proven)
        if effort.is_proven:
            settings = self.parameters
            each = self.columns_each * (settings.fewer if is_better else settings.more)
            self.columns_each = float(np.clip(each, settings.fewest, settings.most))

    def best(self, score: Floats) -> Integers:
        """Those who score highest, ascending; nobody who scores -inf.

        Args:
            score: of every actor: shape (actors,).
        """
        most = max(1, round(self.size))
        order = np.argsort(-score, kind="stable")[:most]
        return np.sort(order[score[order] > -np.inf])
