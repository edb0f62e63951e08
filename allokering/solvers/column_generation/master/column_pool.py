"""Column pool: the options generated so far, a few of every actor's, as columns of one table."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from scipy import sparse

from allokering.problem import Integers, Problem


class ColumnPool:
    """Column pool: N columns in the order in which they came; none is ever dropped, so its number never changes."""

    def __init__(self, problem: Problem) -> None:
        self.problem = problem
        self.actor = np.zeros(0, dtype=np.int64)
        """Number of each column's actor, k(n): shape (N,)."""
        self.option = np.zeros(0, dtype=np.int64)
        """The column's option among its actor's: shape (N,)."""
        self.usage = sparse.csr_array((0, len(problem.resources)), dtype=np.int64)
        """What each column uses, A: shape (N, resources)."""
        self.prices = np.zeros((0, len(problem.tiers)), dtype=np.int64)
        """What each column costs, C: shape (N, tiers)."""
        self._number: dict[tuple[int, int], int] = {}

    def __len__(self) -> int:
        return len(self.actor)

    def add(self, wanted: Sequence[tuple[int, Integers]]) -> Integers:
        """Have these options of actors in the pool; the numbers of their columns, in the order asked.

        After it, every option asked for is a column once, and the columns that were there have the numbers they had.
        Arrays are replaced, never changed in place: another thread may go on reading the old ones.
        """
        usages, prices, actors, options = [self.usage], [self.prices], [self.actor], [self.option]
        size = len(self)
        for actor, chosen in wanted:
            new = np.array([one for one in chosen.tolist() if (actor, one) not in self._number], dtype=np.int64)
            if not len(new):
                continue
            self._number.update({(actor, one): size + index for index, one in enumerate(new.tolist())})
            size += len(new)
            usages.append(self.problem.actors[actor].usage(new, len(self.problem.resources)))
            prices.append(self.problem.actors[actor].prices(new))
            actors.append(np.full(len(new), actor))
            options.append(new)
        if size > len(self):
            self.usage = sparse.csr_array(sparse.vstack(usages))
            self.prices = np.concatenate(prices)
            self.actor, self.option = np.concatenate(actors), np.concatenate(options)
        numbers = [self._number[actor, one] for actor, chosen in wanted for one in chosen.tolist()]
        return np.array(numbers, dtype=np.int64)
