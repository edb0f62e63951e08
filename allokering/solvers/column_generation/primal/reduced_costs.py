"""What the prices of a relaxation say of the columns at hand, as they are now, and the first plan that follows."""

from __future__ import annotations

import numpy as np

from allokering.problem import Floats, Integers
from allokering.solvers.column_generation.bounds.root_node import Root
from allokering.solvers.column_generation.master.column_pool import Pool
from allokering.solvers.column_generation.master.pricing import Pricer
from allokering.solvers.column_generation.primal.greedy import first_that_fits


class Guide:
    """A pool seen at the prices of a root."""

    def __init__(self, pool: Pool, pricer: Pricer, root: Root) -> None:
        self._pool = pool
        self._pricer = pricer
        self._root = root

    def excess(self) -> Floats:
        """What each column costs above its actor's cheapest option."""
        return self._pricer.excess(self._root.cuts, self._root.prices, self._root.priced, self._pool)

    def chosen(self) -> Floats:
        """The value of each column in the relaxation."""
        chosen = np.zeros(len(self._pool))
        if self._root.point is not None:
            chosen[: len(self._root.point.chosen)] = self._root.point.chosen
        return chosen

    def first_plan(self) -> Integers | None:
        """A column per actor: the relaxation's surest first, everybody else takes what fits; None if nothing does.

        The columns that it needs are added to the pool.
        """
        pool, liked = self._pool, self.chosen()
        actors = len(pool.problem.actors)
        order = np.lexsort((self.excess(), -np.round(liked, 3), pool.actor))
        columns_of = np.split(order, np.searchsorted(pool.actor[order], np.arange(1, actors)))
        sure = np.argsort([-liked[columns[0]] for columns in columns_of], kind="stable")
        # An actor's first option stays out, where that is allowed: there is room for it when there is for no other.
        options = [[*pool.option[columns].tolist(), 0] for columns in columns_of]
        chosen = first_that_fits(pool.problem, options, sure.tolist())
        if chosen is None:
            return None
        return pool.add([(actor, np.array([one])) for actor, one in enumerate(chosen.tolist())])
