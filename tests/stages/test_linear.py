"""A minimum by linear relaxation and branching: never worse than it was given, and a bound whatever the time."""

from __future__ import annotations

from itertools import product

import numpy as np
import pytest
from scipy import sparse

from allokering.solvers.canonical import drawn as drawn_price
from allokering.stages.cpsat import Search
from allokering.stages.linear import Rows, canonical_sum, least_sum
from allokering.stages.parameters import Parameters


def drawn(seed: int) -> tuple[np.ndarray, np.ndarray, Rows]:
    """Ten values of at most 1, three rows that must be covered."""
    random = np.random.default_rng(seed)
    costs, table = random.integers(1, 20, 10), random.integers(0, 6, (3, 10))
    return costs, np.ones(10, dtype=np.int64), Rows.of((sparse.csr_array(table), list(table.sum(axis=1) // 2), np.inf))


@pytest.mark.parametrize("seed", range(10))
def test_it_finds_what_trying_everything_finds(seed: int) -> None:
    costs, most, rows = drawn(seed)
    every = (np.array(values) for values in product((0, 1), repeat=10))
    best = min(int(costs @ values) for values in every if rows.hold(values))

    values, bound, struck = least_sum(costs, most, rows, most, Search())

    assert rows.hold(values)
    assert (int(costs @ values), bound, struck) == (best, best, False)


@pytest.mark.parametrize("seed", range(10))
def test_broken_off_by_the_clock_it_says_so_and_returns_what_it_was_given_and_a_bound(
    seed: int,
) -> None:
    costs, most, rows = drawn(seed)
    optimum = least_sum(costs, most, rows, most, Search()).bound

    values, bound, struck = least_sum(costs, most, rows, most, Search(parameters=Parameters(seconds=0.0)))

    assert struck
    assert rows.hold(values)
    assert 0 <= bound <= optimum <= costs @ values <= costs.sum()


@pytest.mark.parametrize("seed", range(10))
def test_of_equals_it_finds_the_one_that_trying_everything_finds(seed: int) -> None:
    """Costs of 1 and 2 leave many optima; of these, the cheapest at the prices drawn is the same for every seed."""
    _, most, rows = drawn(seed)
    costs = np.arange(10) % 2 + 1
    prices = np.array([drawn_price(seed, place) for place in range(10)])
    every = [values for each in product((0, 1), repeat=10) if rows.hold(values := np.array(each))]
    least = min(int(costs @ values) for values in every)
    best = [values for values in every if costs @ values == least]
    expected = min(best, key=lambda values: int(prices @ values))

    for engine_seed in range(3):
        search = Search(engine_seed)
        found, is_unique = canonical_sum(costs, most, rows, least_sum(costs, most, rows, most, search), prices, search)
        assert is_unique
        assert found.values.tolist() == expected.tolist()


def test_what_is_not_proven_is_not_called_unique() -> None:
    costs, most, rows = drawn(0)
    search = Search(parameters=Parameters(seconds=0.0))
    best = least_sum(costs, most, rows, most, search)

    found, is_unique = canonical_sum(costs, most, rows, best, np.arange(10), search)

    assert not is_unique
    assert found == best
