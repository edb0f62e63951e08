"""That there is no plan is proven by weights that are checked in integers: never where there is one."""

from __future__ import annotations

from dataclasses import replace
from random import Random

import numpy as np
import pytest
from random_problems import random_problem

from allokering.problem import Problem
from allokering.solvers.budget import Budget
from allokering.solvers.exact import solve
from allokering.solvers.exact.certificate import is_impossible, proves
from allokering.solvers.exact.cp_sat import CpSatTiers
from allokering.solvers.exact.enumeration import all_columns
from allokering.solvers.exact.highs import HighsTiers
from allokering.solvers.exact.objectives import Objective
from allokering.solvers.outcome import Status


def with_bounds(problem: Problem, change: int) -> Problem:
    """Every bound changed by as much."""
    resources = tuple(replace(one, bound=one.bound + change) for one in problem.resources)
    return replace(problem, resources=resources)


def test_what_is_proven_impossible_is_so() -> None:
    """Against trying everything: nothing is said falsely, and most of what is impossible is proven so."""
    proven = possible = impossible = 0
    for seed in range(120):
        raw = random_problem(seed)
        columns = all_columns(raw.problem)
        is_proven = is_impossible(columns, Budget())
        if raw.best() is None:
            impossible += 1
            proven += is_proven
        else:
            assert not is_proven, seed
            possible += 1
    assert possible > 30
    assert impossible > 30
    assert proven > impossible * 0.7


def test_no_weights_prove_what_is_false() -> None:
    """Weights drawn by chance, also negative and too large ones: of a possible problem none is a proof."""
    for seed in range(100):
        raw = random_problem(seed)
        if raw.best() is None:
            continue
        columns, draw = all_columns(raw.problem), Random(seed)
        for most in (3, 1 << 20, 1 << 62):
            weights = np.array([draw.randint(-1 if most == 3 else 0, most) for _ in columns.rows], dtype=np.int64)
            assert not proves(columns, weights), (seed, most)


def test_a_unit_decides() -> None:
    """The bounds a unit lower, until nothing is possible: there the proof begins, and not before."""
    tight = 0
    for seed in range(25):
        problem, raw = random_problem(seed).problem, random_problem(seed)
        for change in range(0, -12, -1):
            lower = with_bounds(problem, change)
            best = replace(raw, bounds=tuple(lower.bounds.tolist())).best()
            is_proven = is_impossible(all_columns(lower), Budget())
            assert best is None or not is_proven, (seed, change)
            tight += is_proven and change < 0
    assert tight > 30


def test_a_proof_spares_the_second_engine(monkeypatch: pytest.MonkeyPatch) -> None:
    """It is asked only where weights prove nothing, and the answer is the same."""
    asked: list[int] = []

    class Counted(CpSatTiers):
        """Notes that it is asked."""

        def begin(self, objectives: list[Objective]) -> None:
            """Once a solve."""
            asked.append(1)
            super().begin(objectives)

    monkeypatch.setattr(solve, "ENGINES", {"highs": HighsTiers, "cp-sat": Counted})
    spared = 0
    for seed in range(80):
        raw = random_problem(seed)
        if raw.best() is not None:
            continue
        asked.clear()
        outcome = solve.solve_exact(raw.problem)

        assert outcome.status is Status.INFEASIBLE, seed
        assert bool(asked) == (not is_impossible(all_columns(raw.problem), Budget())), seed
        spared += not asked
    assert spared > 10
