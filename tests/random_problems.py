"""Small random problems without a domain, and every solution of one by trying them all.

The enumeration reads the raw numbers and uses nothing of the engine, so that a misreading does not land twice.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import product
from random import Random

import numpy as np
from scipy import sparse

from allokering.problem import Integers, ListedOptions, Problem, Relief, Resource, Solution, Tier, Transfer


@dataclass(frozen=True)
class RawOption:
    """What an option uses of every resource, and what it costs in every tier."""

    uses: tuple[int, ...]
    prices: tuple[int, ...]


@dataclass(frozen=True)
class RawAdjustment:
    """What a unit of a relief or transfer adds to every resource and costs in every tier, and how many there are."""

    adds: tuple[int, ...]
    prices: tuple[int, ...]
    most: int


@dataclass(frozen=True)
class RawProblem:
    """A problem as plain numbers beside the same problem as the engine knows it."""

    bounds: tuple[int, ...]
    actors: tuple[tuple[RawOption, ...], ...]
    adjustments: tuple[RawAdjustment, ...]
    problem: Problem

    def solutions(self) -> Iterator[tuple[tuple[int, ...], Solution]]:
        """Every solution that keeps every bound, after what it costs in every tier."""
        tiers = len(self.problem.tiers)
        levels = np.array(list(product(*(range(one.most + 1) for one in self.adjustments))), dtype=np.int64)
        adds = np.array([one.adds for one in self.adjustments], dtype=np.int64).reshape(-1, len(self.bounds))
        costs = np.array([one.prices for one in self.adjustments], dtype=np.int64).reshape(-1, tiers)
        added, paid = levels @ adds, levels @ costs
        for choice in product(*(range(len(options)) for options in self.actors)):
            chosen = [options[number] for options, number in zip(self.actors, choice, strict=True)]
            used = [sum(option.uses[row] for option in chosen) for row in range(len(self.bounds))]
            cost = [sum(option.prices[tier] for option in chosen) for tier in range(tiers)]
            for number in np.flatnonzero((added + used <= np.array(self.bounds)).all(axis=1)):
                value = tuple(int(amount) for amount in paid[number] + cost)
                yield value, Solution(np.array(choice, dtype=np.int64), levels[number])

    def best(self) -> tuple[int, ...] | None:
        """The lexicographically smallest cost; None if nothing is feasible."""
        return min((value for value, _ in self.solutions()), default=None)


def random_problem(seed: int) -> RawProblem:
    """Up to four actors, four resources, three reliefs, two transfers and three tiers; options supply and demand.

    Actors often have options that are twins, rows are often too loose to bind, and no plan may be feasible at all.
    """
    draw = Random(seed)
    rows, tiers = draw.randint(1, 4), draw.randint(1, 3)
    lump = draw.choice((2, 5, 7))
    signs, sizes = (0, 0, 1, 2, -1, -1, -1), (1, lump, lump + 1)

    def prices(least: int, most: int) -> tuple[int, ...]:
        return tuple(draw.choice((0, draw.randint(least, most))) for _ in range(tiers))

    actors = []
    for _ in range(draw.randint(1, 4)):
        options = [
            RawOption(tuple(draw.choice(signs) * draw.choice(sizes) for _ in range(rows)), prices(-3, 9))
            for _ in range(draw.randint(1, 3))
        ]
        if draw.random() < 0.4:
            options.append(draw.choice(options))
        actors.append(tuple(options))
    bounds = tuple(draw.randint(-lump - 2, lump) for _ in range(rows))
    reliefs = tuple(
        Relief(f"relief-{number}", draw.randrange(rows), draw.randint(1, 1 + lump // 2), prices(0, 5))
        for number in range(draw.randint(0, 3))
    )
    transfers = tuple(
        Transfer(
            f"transfer-{number}",
            draw.randrange(rows),
            draw.randrange(rows),
            draw.randint(1, 3),
            prices(0, 4),
            draw.choice(((), ((draw.randrange(rows), 1),), ((draw.randrange(rows), draw.randint(-2, 2)),))),
        )
        for number in range(draw.randint(0, 2))
    )
    problem = Problem(
        tiers=tuple(Tier(f"tier-{number}", "units") for number in range(tiers)),
        resources=tuple(Resource("row", f"subject-{row}", 0, bound) for row, bound in enumerate(bounds)),
        actors=tuple(listed(f"actor-{number}", options, rows) for number, options in enumerate(actors)),
        reliefs=reliefs,
        transfers=transfers,
    )
    adjustments = (*(_of_relief(one, rows) for one in reliefs), *(_of_transfer(one, rows) for one in transfers))
    return RawProblem(bounds, tuple(actors), adjustments, problem)


def listed(actor: str, options: tuple[RawOption, ...], rows: int) -> ListedOptions:
    """The options as the engine knows them, with keys by their numbers."""
    usage: Integers = np.array([option.uses for option in options], dtype=np.int64).reshape(-1, rows)
    keys = [f"option-{number}" for number in range(len(options))]
    prices: Integers = np.array([option.prices for option in options], dtype=np.int64)
    return ListedOptions(actor, keys, sparse.csr_array(usage), prices)


def _of_relief(relief: Relief, rows: int) -> RawAdjustment:
    return RawAdjustment(tuple(-int(row == relief.resource) for row in range(rows)), relief.prices, relief.most)


def _of_transfer(transfer: Transfer, rows: int) -> RawAdjustment:
    adds = tuple(
        int(row == transfer.target)
        + sum(amount for resource, amount in transfer.also_uses if resource == row)
        - int(row == transfer.source)
        for row in range(rows)
    )
    return RawAdjustment(adds, transfer.prices, transfer.most)
