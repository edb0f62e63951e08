"""Blocks of values freed a few at a time: rows are kept, nothing gets worse, and much gets better."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from scipy import sparse

from allokering.problem import Integers
from allokering.stages import handover_program
from allokering.stages.blocks import improved
from allokering.stages.choices import Choices
from allokering.stages.cpsat import Search
from allokering.stages.handovers import fewest_handovers
from allokering.stages.linear import Least, Rows, least_sum
from allokering.stages.parameters import Neighbourhoods, Parameters

JOBS, AGENTS = 40, 5


FEW_AT_A_TIME = Neighbourhoods(first=30.0, fewest=15.0, growth=1.0)
"""Of 200 values 30 at most, and never more."""


def search(seed: int = 0, neighbourhoods: Neighbourhoods = FEW_AT_A_TIME) -> Search:
    """A search in such neighbourhoods."""
    return Search(seed, parameters=Parameters(neighbourhoods=neighbourhoods))


def drawn(seed: int) -> tuple[Integers, Rows, Integers, Integers]:
    """Jobs shared out among agents who each take a fifth of them and two more: costs, rows, a way, the jobs."""
    random = np.random.default_rng(seed)
    costs = random.integers(1, 30, JOBS * AGENTS)
    job, agent = np.divmod(np.arange(JOBS * AGENTS), AGENTS)
    one, taken = (
        sparse.csr_array((np.ones(len(number), dtype=int), (number, np.arange(len(number))))) for number in (job, agent)
    )
    rows = Rows.of((one, 1, 1), (taken, 0, JOBS // AGENTS + 2))
    return costs, rows, (agent == job % AGENTS).astype(np.int64), job


@pytest.mark.parametrize("seed", range(10))
def test_it_comes_near_the_optimum_and_keeps_the_rows(seed: int) -> None:
    """Six jobs of forty at a time, agents nearly full: what is left is a tenth of the way from the start at most."""
    costs, rows, known, job = drawn(seed)
    most = np.ones(len(costs), dtype=np.int64)
    optimum = least_sum(costs, most, rows, known, Search()).bound

    values, struck = improved(costs, most, rows, known, job, search())

    assert not struck
    assert rows.hold(values)
    assert optimum <= costs @ values <= optimum + (costs @ known - optimum) / 10


def test_the_same_seed_gives_the_same_values_and_what_is_known_stays_as_it_was() -> None:
    costs, rows, known, job = drawn(seed=1)
    before, most = known.copy(), np.ones(len(costs), dtype=np.int64)

    first, again = (improved(costs, most, rows, known, job, search(3))[0] for _ in range(2))

    assert first.tolist() == again.tolist()
    assert known.tolist() == before.tolist()


def test_broken_off_by_the_clock_it_says_so() -> None:
    costs, rows, known, job = drawn(seed=1)
    at_once = search(neighbourhoods=replace(FEW_AT_A_TIME, seconds=0.0))

    values, struck = improved(costs, np.ones(len(costs), dtype=np.int64), rows, known, job, at_once)

    assert struck
    assert rows.hold(values)
    assert costs @ values <= costs @ known


def test_nothing_is_freed_where_there_is_nothing() -> None:
    nothing = np.zeros(0, dtype=np.int64)

    values, struck = improved(nothing, nothing, Rows.of((sparse.csr_array((0, 0)), 0, 0)), nothing, nothing, search())

    assert (len(values), struck) == (0, False)


@pytest.mark.parametrize("seed", range(5))
def test_neighbourhoods_alone_find_the_fewest_handovers(seed: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Six trainees and three supervisors over four periods, in which places are scarce and not always there."""
    random = np.random.default_rng(seed)
    names, trainees, periods = ("a", "b", "c"), [f"t{number}" for number in range(6)], range(4)
    places = {(name, period): int(random.integers(1, 4)) for name in names for period in periods}
    for period in periods:
        places["c", period] = max(places["c", period], 6 - places["a", period] - places["b", period])
    choices = Choices(
        candidates={trainee: dict.fromkeys(periods, names) for trainee in trainees},
        takes=dict.fromkeys(trainees, 1),
        places=places,
        full=frozenset(),
        twins={name: (name,) for name in names},
        municipality=dict.fromkeys(names, "m"),
        crowds={},
    )
    asked: list[Integers] = []

    def as_it_is(_costs: Integers, _most: Integers, _rows: Rows, known: Integers, _search: Search) -> Least:
        asked.append(known)
        return Least(known, 0, struck=False)

    expected = fewest_handovers(choices, Search())
    monkeypatch.setattr(handover_program, "least_sum", as_it_is)

    in_neighbourhoods = Parameters(few_named=0, many_named=0, neighbourhoods=FEW_AT_A_TIME)
    found = fewest_handovers(choices, Search(parameters=in_neighbourhoods))

    assert asked
    assert found.value == expected.value
