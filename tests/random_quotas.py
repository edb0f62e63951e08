"""Small random problems with quotas, and the best of each by trying everything, from raw numbers."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import product
from random import Random

import numpy as np
from random_problems import RawProblem, random_problem

from allokering.problem import Problem, Relief, Solution


@dataclass(frozen=True)
class RawQuotas:
    """A random problem whose resources have leasts, some of which can be made up for at a price."""

    raw: RawProblem
    leasts: tuple[int | None, ...]
    makers_up: tuple[Relief, ...]
    problem: Problem

    def solutions(self) -> Iterator[tuple[tuple[int, ...], Solution]]:
        """Every solution that keeps every bound and every least, after what it costs in every tier."""
        raw, reliefs = self.raw, len(self.raw.problem.reliefs)
        levels = [range(one.most + 1) for one in (*raw.adjustments[:reliefs], *self.makers_up)]
        levels += [range(one.most + 1) for one in raw.adjustments[reliefs:]]
        all_levels = np.array(list(product(*levels)), dtype=np.int64)
        eased = all_levels[:, :reliefs]
        made_up = all_levels[:, reliefs : reliefs + len(self.makers_up)]
        moved = all_levels[:, reliefs + len(self.makers_up) :]
        adds = [np.array(one.adds, dtype=np.int64) for one in raw.adjustments]
        moving = moved @ np.array(adds[reliefs:], dtype=np.int64).reshape(-1, len(raw.bounds))
        easing = eased @ np.array(adds[:reliefs], dtype=np.int64).reshape(-1, len(raw.bounds))
        making = np.zeros_like(moving)
        for place, relief in enumerate(self.makers_up):
            making[:, relief.resource] += made_up[:, place]
        prices = [one.prices for one in (*raw.adjustments[:reliefs], *self.makers_up, *raw.adjustments[reliefs:])]
        paid = all_levels @ np.array(prices, dtype=np.int64).reshape(-1, len(self.problem.tiers))
        leasts = np.array([-(10**6) if least is None else least for least in self.leasts])
        for choice in product(*(range(len(options)) for options in raw.actors)):
            chosen = [options[number] for options, number in zip(raw.actors, choice, strict=True)]
            used = np.array([option.uses for option in chosen]).sum(axis=0)
            cost = np.array([option.prices for option in chosen]).sum(axis=0)
            is_within = (used + moving + easing <= raw.bounds).all(axis=1)
            is_enough = (used + moving + making >= leasts).all(axis=1)
            for number in np.flatnonzero(is_within & is_enough):
                value = tuple(int(amount) for amount in paid[number] + cost)
                yield value, Solution(np.array(choice, dtype=np.int64), all_levels[number])

    def best(self) -> tuple[int, ...] | None:
        """The lexicographically smallest cost; None if nothing is feasible."""
        return min((value for value, _ in self.solutions()), default=None)


def random_quotas(seed: int) -> RawQuotas:
    """A random problem with quotas on about half of its resources, and up to two reliefs of them."""
    raw = random_problem(seed)
    draw = Random(f"quotas {seed}")
    leasts = tuple(draw.choice((None, draw.randint(-6, 4))) for _ in raw.bounds)
    with_least = [row for row, least in enumerate(leasts) if least is not None]
    makers_up = tuple(
        Relief(
            f"made-up-{number}",
            draw.choice(with_least),
            draw.randint(1, 3),
            tuple(draw.randint(0, 5) for _ in raw.problem.tiers),
            eases="least",
        )
        for number in range(draw.randint(0, 2) if with_least else 0)
    )
    problem = replace(
        raw.problem,
        resources=tuple(
            replace(resource, least=least) for resource, least in zip(raw.problem.resources, leasts, strict=True)
        ),
        reliefs=(*raw.problem.reliefs, *makers_up),
    )
    return RawQuotas(raw, leasts, makers_up, problem)
