"""A minimum by linear relaxation and branching: never worse than it was given, and a bound whatever the time."""

from __future__ import annotations

from itertools import product

import numpy as np
import pytest
from scipy import sparse

from allokering.stages import linear
from allokering.stages.linear import Rows, least_sum


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

    values, bound, struck = least_sum(costs, most, rows, most, seed=0)

    assert rows.hold(values)
    assert (int(costs @ values), bound, struck) == (best, best, False)


@pytest.mark.parametrize("seed", range(10))
def test_broken_off_by_the_clock_it_says_so_and_returns_what_it_was_given_and_a_bound(
    seed: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    costs, most, rows = drawn(seed)
    optimum = least_sum(costs, most, rows, most, seed=0).bound
    monkeypatch.setattr(linear, "SECONDS", 0.0)

    values, bound, struck = least_sum(costs, most, rows, most, seed=0)

    assert struck
    assert rows.hold(values)
    assert 0 <= bound <= optimum <= costs @ values <= costs.sum()
