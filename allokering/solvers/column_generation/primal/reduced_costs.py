"""Reduced costs: what the duals of a root node say of the pool's columns, and the first-fit plan that follows."""

from __future__ import annotations

import numpy as np

from allokering.problem import Floats, Integers
from allokering.solvers.column_generation.master.column_pool import ColumnPool
from allokering.solvers.column_generation.master.pricing import Pricer
from allokering.solvers.column_generation.master.root import RootNode
from allokering.solvers.column_generation.primal.greedy import first_fit


class ReducedCosts:
    """A pool, as it is when asked, at the duals of a root node."""

    def __init__(self, pool: ColumnPool, pricer: Pricer, root: RootNode) -> None:
        self._pool = pool
        self._pricer = pricer
        self._root = root

    def of_columns(self) -> Floats:
        """Reduced costs: what each column costs above its actor's cheapest option: shape (N,)."""
        return self._pricer.reduced_costs(self._root.cuts, self._root.duals, self._root.priced, self._pool)

    def primal_values(self) -> Floats:
        """The value of each column in the restricted master, x: shape (N,)."""
        chosen = np.zeros(len(self._pool))
        if self._root.solution is not None:
            chosen[: len(self._root.solution.chosen)] = self._root.solution.chosen
        return chosen

    def first_fit(self) -> Integers | None:
        """First fit, the surest columns first: a column per actor; None if somebody finds no room.

        The columns that it needs are added to the pool.
        """
        pool, liked = self._pool, self.primal_values()
        actors = len(pool.problem.actors)
        order = np.lexsort((self.of_columns(), -np.round(liked, 3), pool.actor))
        columns_of = np.split(order, np.searchsorted(pool.actor[order], np.arange(1, actors)))
        sure = np.argsort([-liked[columns[0]] for columns in columns_of], kind="stable")
        # An actor's first option stays out, where that is allowed: there is room for it when there is for no other.
        options = [[*pool.option[columns].tolist(), 0] for columns in columns_of]
        chosen = first_fit(pool.problem, options, sure.tolist())
        if chosen is None:
            return None
        return pool.add([(actor, np.array([one])) for actor, one in enumerate(chosen.tolist())])
