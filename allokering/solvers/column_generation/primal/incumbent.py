"""Incumbent: a whole plan, made of the pool's columns."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from allokering.problem import Integers
from allokering.solvers.column_generation.master.column_pool import ColumnPool


@dataclass(frozen=True)
class Incumbent:
    """Incumbent or candidate: a column per actor, and the amounts of the adjustments; feasible, in integers."""

    columns: Integers
    """Numbers of columns, one per actor: shape (actors,)."""
    amounts: Integers
    """Of the adjustments, y: shape (adjustments,)."""
    values: tuple[int, ...]
    """By tier."""


def incumbent_of(pool: ColumnPool, columns: Integers, amounts: Integers) -> Incumbent | None:
    """The plan of these columns, one per actor, and amounts, if it is feasible."""
    problem = pool.problem
    used = np.asarray(pool.usage[columns].sum(axis=0)).ravel() + problem.adjustment_usage.T @ amounts
    within = np.all(amounts >= 0) and np.all(amounts <= problem.adjustment_most)
    if not within or np.any(used > problem.bounds):
        return None
    values = pool.prices[columns].sum(axis=0) + amounts @ problem.adjustment_prices
    return Incumbent(columns, amounts, tuple(int(value) for value in values))


def keeps_objective_cuts(plan: Incumbent, objective_cuts: Mapping[int, int]) -> bool:
    """Objective cuts: does the plan keep to what earlier tiers are held at?"""
    return all(plan.values[tier] <= value for tier, value in objective_cuts.items())
