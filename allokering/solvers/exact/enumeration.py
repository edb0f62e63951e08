"""All options of a problem as columns of one sparse table, without those that cannot matter.

Two reductions, both exact: rows that no choice can break are dropped, and of the options of one actor that use and cost
the same, only the first is kept.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from scipy import sparse

from allokering.problem import Integers, Problem, Solution


@dataclass(frozen=True)
class Columns:
    """The options that are left, actor by actor, and the rows that can bind."""

    problem: Problem
    actor: Integers
    """Number of each column's actor (N), ascending."""
    option: Integers
    """The column's option among its actor's (N)."""
    usage: sparse.csr_array
    """What each column uses of the rows: shape (N, rows)."""
    prices: Integers
    """What each column costs: shape (N, tiers)."""
    rows: Integers
    """The resources that can bind."""

    @cached_property
    def adjustment_usage(self) -> sparse.csr_array:
        """What each relief and transfer uses of the rows."""
        return sparse.csr_array(self.problem.adjustment_usage[:, self.rows])

    @cached_property
    def bounds(self) -> Integers:
        """Bounds of the rows."""
        return self.problem.bounds[self.rows]

    def use(self, options: Integers) -> Integers:
        """What options, one per actor, use of the rows; they stand in the columns."""
        chosen = (options[self.actor] == self.option).astype(np.int64)
        return np.asarray(self.usage.T @ chosen, dtype=np.int64)

    def is_feasible(self, solution: Solution) -> bool:
        """Does a solution whose options stand in the columns keep every bound? The rows left out cannot be broken."""
        amounts = solution.adjustments
        within = np.all(amounts >= 0) and np.all(amounts <= self.problem.adjustment_most)
        used = self.use(solution.options) + self.adjustment_usage.T @ amounts
        return bool(within and np.all(used <= self.bounds))

    def represented(self, solution: Solution) -> Solution:
        """The same solution with the options that stand for twins."""
        options = [self._representative(number, int(option)) for number, option in enumerate(solution.options)]
        return Solution(np.array(options, dtype=np.int64), solution.adjustments)

    def _representative(self, number: int, option: int) -> int:
        """The actor's option that stands in the columns for this one."""
        own = np.flatnonzero(self.actor == number)
        if option in self.option[own]:
            return option
        actor, one = self.problem.actors[number], np.array([option])
        used = actor.usage(one, len(self.problem.resources))[:, self.rows].toarray()[0]
        alike = (self.usage[own].toarray() == used).all(axis=1)
        alike &= (self.prices[own] == actor.prices(one)[0]).all(axis=1)
        return int(self.option[own[np.flatnonzero(alike)[0]]])

    def of_keys(self, keys: Mapping[str, str]) -> Integers:
        """By actor, the option in the columns that has the key, or stands for the one that has; -1 without one."""
        found = np.full(len(self.problem.actors), -1, dtype=np.int64)
        for number, actor in enumerate(self.problem.actors):
            option = actor.find(keys[actor.actor]) if actor.actor in keys else None
            if option is not None:
                found[number] = self._representative(number, option)
        return found

    def solution(self, chosen: Integers, adjustments: Integers) -> Solution:
        """The solution in which these columns, one per actor, are chosen."""
        options = np.zeros(len(self.problem.actors), dtype=np.int64)
        options[self.actor[chosen]] = self.option[chosen]
        return Solution(options, adjustments)


def all_columns(problem: Problem, allowed: Sequence[Integers] | None = None) -> Columns:
    """Every option of every actor, reduced; or of the options allowed, ascending, by actor."""
    usages, prices, actors, options = [], [], [], []
    for number, actor in enumerate(problem.actors):
        every = np.arange(len(actor)) if allowed is None else allowed[number]
        usages.append(actor.usage(every, len(problem.resources)))
        prices.append(actor.prices(every))
        actors.append(np.full(len(every), number))
        options.append(every)
    width = len(problem.resources)
    usage = sparse.csr_array(sparse.vstack(usages)) if usages else sparse.csr_array((0, width), dtype=np.int64)
    columns = Columns(
        problem,
        _joined(actors),
        _joined(options),
        usage,
        np.concatenate(prices).astype(np.int64) if prices else np.zeros((0, len(problem.tiers)), dtype=np.int64),
        np.arange(width),
    )
    return _without_twins(_with_rows_that_bind(columns))


def _joined(parts: list[Integers]) -> Integers:
    return np.concatenate(parts).astype(np.int64) if parts else np.zeros(0, dtype=np.int64)


def _with_rows_that_bind(columns: Columns) -> Columns:
    """Drop the rows whose bound holds even if every actor and transfer uses the most it can."""
    problem = columns.problem
    most = np.zeros(len(problem.resources), dtype=np.int64)
    starts = np.flatnonzero(np.diff(columns.actor, prepend=-1))
    by_resource = columns.usage.tocsc()
    for resource in range(len(problem.resources)):
        begin, end = by_resource.indptr[resource : resource + 2]
        if begin == end:
            continue
        used = np.zeros(len(columns.actor), dtype=np.int64)
        used[by_resource.indices[begin:end]] = by_resource.data[begin:end]
        most[resource] = np.maximum.reduceat(used, starts).sum()
    upward = problem.adjustment_usage.maximum(0).T @ problem.adjustment_most
    rows = np.flatnonzero(most + upward > problem.bounds)
    return Columns(
        problem, columns.actor, columns.option, sparse.csr_array(columns.usage[:, rows]), columns.prices, rows
    )


def _without_twins(columns: Columns) -> Columns:
    """Keep the first of an actor's options that use and cost the same."""
    usage = columns.usage
    usage.sort_indices()
    seen: set[tuple[int, bytes, bytes, bytes]] = set()
    kept = []
    for column in range(len(columns.actor)):
        begin, end = usage.indptr[column : column + 2]
        signature = (
            int(columns.actor[column]),
            usage.indices[begin:end].tobytes(),
            usage.data[begin:end].tobytes(),
            columns.prices[column].tobytes(),
        )
        if signature not in seen:
            seen.add(signature)
            kept.append(column)
    left = np.array(kept, dtype=np.int64)
    return Columns(
        columns.problem,
        columns.actor[left],
        columns.option[left],
        sparse.csr_array(usage[left]),
        columns.prices[left],
        columns.rows,
    )
