"""The peers are honest: on small instances they reach our optimum; and the readers read what the formats say."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner
from random_instances import random_case

from allokering.engine.build import build
from allokering.generation.region import generate_region
from allokering.model import load_model
from allokering.solvers.exact.solve import solve_exact
from benchmarks import compare
from benchmarks.compact import compact
from benchmarks.compare import OURS, Drawn, Run, run, summary
from benchmarks.gap_types import draw
from benchmarks.greedy import by_hand
from benchmarks.peers import EXACT, PEERS
from benchmarks.published.__main__ import main
from benchmarks.published.facility import read_facility
from benchmarks.published.residents import read_residents
from benchmarks.warm import without, yesterday

FACILITIES = """
2 3
10 100.5
capacity 10
4  8 1
4  8 2.25
4  8 3
"""
"""Two facilities; the second is cheap but holds two customers of three."""
RESIDENTS = """3 2
1: 1 2
2: 1
3: 1 2
1: 1: 2 3 1
2: 1: 3
"""
"""Resident 1 wants hospital 2 second, which does not accept anyone but 3."""


@pytest.mark.parametrize("peer", EXACT)
def test_the_compact_model_has_our_optimum(peer: str) -> None:
    """Given time, each peer finds the same value, and its solution is one of ours; with two threads, as compared."""
    for seed in range(1, 9):
        instance, model = random_case(seed)
        problem = build(instance, model, "weighted")
        expected = solve_exact(problem)

        answer = PEERS[peer](problem, 60, 2)

        assert (answer.solution is None) == (expected.solution is None), seed
        if answer.solution is not None:
            assert problem.is_feasible(answer.solution), seed
            assert problem.values(answer.solution)[0] == expected.tiers[0].value, seed


def test_the_peers_begin_from_the_plan_made_by_hand() -> None:
    """And from any other: its columns keep every row, cost what it costs, and lead back to it."""
    began = 0
    for seed in range(1, 25):
        instance, model = random_case(seed)
        problem = build(instance, model, "weighted")
        program = compact(problem)
        for solution in (by_hand(problem), solve_exact(problem).solution):
            if solution is not None:
                values, used = program.values(solution), program.table @ program.values(solution)
                again = program.solution(values)
                assert np.all(used >= program.lower), seed
                assert np.all(used <= program.upper), seed
                assert np.all(values <= program.most), seed
                assert values @ program.costs == problem.values(solution)[0], seed
                assert again.options.tolist() == solution.options.tolist(), seed
                assert again.adjustments.tolist() == solution.adjustments.tolist(), seed
                began += 1

    assert began > 20


def test_by_hand_is_feasible_and_not_better() -> None:
    """Where first come, first served leads anywhere at all."""
    found = 0
    for seed in range(1, 12):
        instance, model = random_case(seed)
        problem = build(instance, model, "weighted")
        answer = PEERS["greedy"](problem, 60, 1)
        if answer.solution is not None:
            found += 1
            assert problem.is_feasible(answer.solution), seed
            assert problem.values(answer.solution)[0] >= solve_exact(problem).tiers[0].value, seed

    assert found > 3


def test_a_comparison_runs_in_a_process_of_its_own() -> None:
    """And says what it used."""
    done = run(Drawn("helse-nord", 4, 1, 6, 3), "greedy", 600, 1)

    assert (done.peer, done.seed, done.bound, done.gap) == ("greedy", 1, None, None)
    assert done.value is not None
    assert done.megabytes > 0


def test_a_solver_that_dies_is_said_to_have_died() -> None:
    """And not to have been given all of its time."""
    done = run(Drawn("helse-nord", 4, 1, 6, 3), "nobody", 600, 1)

    assert (done.value, done.failure) == (None, "died, exit code 1")
    assert done.seconds < 600


def test_ours_may_have_less_time_than_its_peers(monkeypatch: pytest.MonkeyPatch) -> None:
    """Five seconds beside sixty."""
    given = {}

    def noted(drawn: Drawn, peer: str, seconds: float, threads: int) -> Run:
        given[peer] = seconds
        return Run(peer, drawn.seed, None, None, float(threads), 0)

    monkeypatch.setattr(compare, "run", noted)
    asked = ["--seeds", "1", "--seconds", "60", "--our-seconds", "5", "--peer", OURS, "--peer", "greedy"]
    result = CliRunner().invoke(compare.main, asked)

    assert result.exit_code == 0, result.output
    assert given == {OURS: 5, "greedy": 60}


def test_the_table_gives_the_median_and_the_ratio_to_ours() -> None:
    """Values 100 and 200 of ours, 150 and none of a peer: the peer's only ratio is 1.5."""
    runs = [
        Run(OURS, 1, 100, 90.0, 1.0, 10),
        Run(OURS, 2, 200, 200.0, 1.0, 10),
        Run("peer", 1, 150, None, 2.0, 10),
        Run("peer", 2, None, None, 2.0, 10),
    ]

    columns = [list(column.cells) for column in summary(runs).columns]

    assert columns[1] == ["2/2", "1/2"]
    assert columns[3] == ["5.00 (0.00-10.00)", "-"]
    assert columns[4] == ["1.000", "1.500"]


def test_customers_are_served_by_one_facility_that_is_open() -> None:
    """The second facility holds two customers: the third opens the first, or both are open; 1 + 2.25 + 8 + 10 + 100.5.

    All in the first need 12 places of 10.
    """
    outcome = solve_exact(read_facility(FACILITIES, capacity=8))

    assert outcome.tiers[0].value == round(1000 * (1 + 2.25 + 8 + 10 + 100.5))


def test_residents_are_matched_before_they_are_pleased() -> None:
    """Residents 1 or 2 take the only place of hospital 1; resident 3 makes do with hospital 2."""
    outcome = solve_exact(read_residents(RESIDENTS))

    assert [tier.value for tier in outcome.tiers] == [1, 1 + 2]


def test_published_instances_are_compared_with_published_optima(tmp_path: Path) -> None:
    """One file of each kind in a folder."""
    (tmp_path / "cap").mkdir()
    (tmp_path / "cap" / "tiny").write_text(FACILITIES)
    optima = tmp_path / "optima"
    optima.write_text("tiny 121750\n")

    told = CliRunner().invoke(
        main, [str(tmp_path / "cap"), "--kind", "facility", "--capacity", "8", "--optima", str(optima)]
    )

    assert told.exit_code == 0
    assert "published 121750, +0.000 %" in told.output


def test_drawn_types_have_their_recipe() -> None:
    """Costs and amounts in their ranges, capacities four fifths of the mean load."""
    drawn = draw("d", 5, 40, seed=1)

    assert drawn.amounts.min() >= 1
    assert drawn.amounts.max() <= 100
    assert ((drawn.costs - 111 + drawn.amounts) <= 10).all()
    assert drawn.capacities.tolist() == (8 * drawn.amounts.sum(axis=1) // 50).tolist()


def test_yesterdays_plan_is_kept_but_for_the_one_who_lost_the_position() -> None:
    instance, model = generate_region("helse-nord", 12, 1, 6, 6), load_model("alis", {})
    before = build(instance, model, "weighted")
    old = solve_exact(before).solution
    assert old is not None

    changed = without(instance, before, old.options, 0)
    today = build(changed, model, "weighted")
    start = yesterday(before, old.options, today)

    assert start is not None
    assert today.is_feasible(start)
    loser = changed.pins[-1].trainee_id
    for was, now, option, kept in zip(before.actors, today.actors, old.options, start.options, strict=True):
        if was.actor != loser:
            assert was.key(int(option)) == now.key(int(kept))
        else:
            assert not now.key(int(kept)).startswith(f"{changed.pins[-1].value}@")
