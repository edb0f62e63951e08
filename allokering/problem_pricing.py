"""Options too many to list, found by a function of the user's own that prices them: column generation needs no more.

An actor with ten to the thirteenth options has one thing to say: which are cheapest when resources cost so much. That
is a shortest path, a knapsack, a dynamic program: the user's own. Every option that the function has named has a number
from then on, and the solver chooses among these; what the function says of the cheapest is what proves the bound.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from threading import Lock

import numpy as np
from scipy import sparse
from typing_extensions import override

from allokering.problem import Choice, Floats, Integers, Options, Surcharges

Pricing = Callable[[Floats, Floats, int], Sequence[Choice]]
"""Given what a unit of every resource costs, what a unit of every tier weighs, and how many are wanted at most: choices
that are cheap, a cheapest among them. Nothing, if there are no options at all."""
Enumeration = Callable[[Floats, Floats, float], Sequence[Choice] | None]
"""Given the same costs and weights, and a limit: every choice that costs no more; None if it cannot or will not say."""
SAFE = 1e-9
"""Relative difference below which two costs are the same."""


class PricedOptions(Options):
    """The options of an actor that a function finds. `solve_large` takes them; `solve_exact` wants options in a list.

    An option costs `prices @ tier weights + sum of amounts x resource prices`. The function must find a cheapest one,
    exactly: the solver proves bounds by it. The others are for the search: up to as many as it is asked for; fewer is
    never wrong, but the more and the more varied they are, the better a plan can be made of them. It is asked again and
    again, from one thread at a time, and must say the same when asked the same.

    Args:
        actor: who chooses.
        price: the function.
        touched: every resource that some option may use.
        dearest: by tier, what no option costs more than.
        within: names all options within a limit, where that is possible. Without it a search may end with a gap that
            is none, because nobody can say that no option is missing.
    """

    is_listed = False
    takes_surcharges = False

    def __init__(
        self,
        actor: str,
        price: Pricing,
        *,
        touched: Sequence[int],
        dearest: tuple[int, ...],
        within: Enumeration | None = None,
    ) -> None:
        self.actor = actor
        self._price = price
        self._within = within
        self._touched = np.unique(np.array(touched, dtype=np.int64))
        self._dearest = dearest
        self._choices: list[Choice] = []
        self._numbers: dict[str, int] = {}
        self._lock = Lock()

    @override
    def __repr__(self) -> str:
        return f"PricedOptions({self.actor!r}, {len(self)} options met)"

    @override
    def faults(self, resources: int, tiers: int) -> list[str]:
        found = []
        if len(self._touched) and not 0 <= self._touched.min() <= self._touched.max() < resources:
            found.append(f"{self.actor} touches resources {self._touched.tolist()}; there are {resources}, from 0")
        if len(self._dearest) != tiers:
            found.append(f"{self.actor} says what is dearest in {len(self._dearest)} tiers; there are {tiers}")
        return found

    def meet(self, choice: Choice) -> int:
        """The number of an option, met now or before: so can an option of a plan to start from be made known.

        Raises:
            ValueError: it is not in whole numbers, uses what is not touched, costs more than the dearest, or is another
                option under a name that is taken.
        """
        with self._lock:
            number = self._numbers.get(choice.key)
            if number is None:
                self._check(choice)
                number = self._numbers[choice.key] = len(self._choices)
                self._choices.append(choice)
            elif self._choices[number] != choice:
                raise ValueError(f"{self.actor}: two options have the name {choice.key!r}")
        return number

    def _check(self, choice: Choice) -> None:
        unknown = sorted(set(choice.uses) - set(self._touched.tolist()))
        if unknown:
            raise ValueError(f"{self.actor}: {choice.key!r} uses resource {unknown[0]}, which is not among the touched")
        numbers = [*choice.uses.values(), *choice.prices]
        if any(not isinstance(number, (int, np.integer)) for number in numbers):
            raise ValueError(f"{self.actor}: {choice.key!r} must use and cost whole numbers: {numbers}")
        if len(choice.prices) != len(self._dearest):
            raise ValueError(f"{self.actor}: {choice.key!r} has {len(choice.prices)} prices, not {len(self._dearest)}")
        if any(price > most for price, most in zip(choice.prices, self._dearest, strict=True)):
            raise ValueError(
                f"{self.actor}: {choice.key!r} costs {choice.prices}, more than the dearest {self._dearest}"
            )

    @override
    def __len__(self) -> int:
        """How many have been met."""
        return len(self._choices)

    @override
    def key(self, option: int) -> str:
        return self._choices[option].key

    @override
    def find(self, key: str) -> int | None:
        return self._numbers.get(key)

    @override
    def usage(self, options: Integers, resources: int) -> sparse.csr_array:
        uses = [self._choices[option].uses for option in np.asarray(options).tolist()]
        columns = [resource for used in uses for resource in used]
        amounts = [amount for used in uses for amount in used.values()]
        ends = np.cumsum([0, *map(len, uses)])
        data = np.array(amounts, dtype=np.int64), np.array(columns, dtype=np.int64), ends
        table = sparse.csr_array(data, shape=(len(uses), resources), dtype=np.int64)
        table.sort_indices()
        return table

    @override
    def prices(self, options: Integers) -> Integers:
        rows = [self._choices[option].prices for option in np.asarray(options).tolist()]
        return np.array(rows, dtype=np.int64).reshape(len(rows), len(self._dearest))

    @override
    def amounts(self) -> Integers:
        """None: they are for surcharges, which it does not take."""
        return np.zeros(0, dtype=np.int64)

    @override
    def touched(self) -> Integers:
        return self._touched

    @override
    def values(self, resource_prices: Floats, tier_weights: Floats, surcharges: Surcharges | None = None) -> Floats:
        """What those that have been met cost."""
        return self.values_of(np.arange(len(self)), resource_prices, tier_weights)

    @override
    def values_of(self, options: Integers, resource_prices: Floats, tier_weights: Floats) -> Floats:
        used = self.usage(options, len(resource_prices)) @ resource_prices
        return np.asarray(self.prices(options) @ tier_weights + used, dtype=np.float64)

    @override
    def dearest(self, tier_weights: Floats) -> float:
        return float(np.array(self._dearest) @ tier_weights)

    @override
    def cheapest(
        self, most: int, resource_prices: Floats, tier_weights: Floats, surcharges: Surcharges | None = None
    ) -> tuple[Integers, Floats]:
        named = self._price(resource_prices, tier_weights, most)
        numbers = np.unique(np.array([self.meet(choice) for choice in named], dtype=np.int64))
        return numbers, self.values_of(numbers, resource_prices, tier_weights)

    @override
    def least(self, tier_weights: Floats, resources: int) -> float:
        _, costs = self.cheapest(1, np.zeros(resources), tier_weights)
        return float(costs.min(initial=np.inf))

    @override
    def within(
        self,
        room: float,
        most: int,
        resource_prices: Floats,
        tier_weights: Floats,
        surcharges: Surcharges | None = None,
    ) -> Integers | None:
        if self._within is None:
            return None
        _, costs = self.cheapest(1, resource_prices, tier_weights)
        limit = float(costs.min()) + room
        named = self._within(resource_prices, tier_weights, limit + SAFE * max(1.0, abs(limit)))
        if named is None or len(named) > most:
            return None
        return np.unique(np.array([self.meet(choice) for choice in named], dtype=np.int64))
