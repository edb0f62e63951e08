"""The first plan of a vast problem, which is made beside the relaxation."""

from __future__ import annotations

import pytest
from small_problems import bounds, jobs_and_agents, values

from allokering.solvers.column_generation import driver as large_run
from allokering.solvers.column_generation.bounds import row_and_column_generation as large_vast
from allokering.solvers.column_generation.lns import neighbourhoods as large_neighbourhood
from allokering.solvers.column_generation.lns.concurrent_start import Beside
from allokering.solvers.column_generation.master.pricing import Pricer
from allokering.solvers.column_generation.primal.sub_mip import Program
from allokering.solvers.column_generation.solve import solve_large
from allokering.solvers.outcome import Status

made: list[Beside] = []


@pytest.fixture(autouse=True)
def as_vast(monkeypatch: pytest.MonkeyPatch) -> None:
    """Forty actors are too many for the simplex, prices are worth following at once, and no bound is near enough."""
    monkeypatch.setattr(large_run, "VAST", 1)
    monkeypatch.setattr(large_run, "FEW", 0)
    for name, value in {"SWEPT": (6, 8), "CALM": 1e9, "WORTH_FOLLOWING": 1, "NEAR": -1.0, "ROUNDS": 6}.items():
        monkeypatch.setattr(large_vast, name, value)
    made.clear()
    begin = Beside.__init__

    def begun(self: Beside, *given: object) -> None:
        made.append(self)  # first, as its thread may be at work before this one is
        begin(self, *given)  # type: ignore[arg-type]

    monkeypatch.setattr(Beside, "__init__", begun)


@pytest.mark.parametrize("seed", range(4))
def test_it_is_the_same_whatever_the_number_of_workers(seed: int) -> None:
    problem = jobs_and_agents(40, 5, seed=seed)

    alone, together = (solve_large(problem, workers=workers, work_limit=10) for workers in (1, 2))

    first, second = (beside.plan() for beside in made)
    assert first is not None
    assert second is not None
    assert first.values == second.values
    assert first.columns.tolist() == second.columns.tolist()
    assert values(alone) == values(together)
    assert bounds(alone)[0] <= values(alone)[0] <= first.values[0]


def test_with_a_plan_to_begin_from_no_other_is_made() -> None:
    problem = jobs_and_agents(40, 5, seed=1)
    known = solve_large(problem, work_limit=10).solution
    made.clear()

    again = solve_large(problem, work_limit=10, start=known)

    assert made == []
    assert again.solution is not None


def test_interrupted_before_the_relaxation_is_solved_it_returns_the_plan_made_beside(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """As when someone presses Ctrl-C in the first pricing after the plan was begun."""
    problem = jobs_and_agents(40, 5, seed=2)
    price = Pricer.price

    def interrupted(self: Pricer, *given: object, **named: object) -> object:
        if made:
            raise KeyboardInterrupt
        return price(self, *given, **named)  # type: ignore[arg-type]

    monkeypatch.setattr(Pricer, "price", interrupted)
    outcome = solve_large(problem)

    assert len(made) == 1
    assert outcome.solution is not None
    assert problem.is_feasible(outcome.solution)
    assert outcome.notes == ("interrupted",)


def test_interrupted_twice_it_does_not_wait_for_the_plan_made_beside(monkeypatch: pytest.MonkeyPatch) -> None:
    """There is no plan then, and no error either."""
    price = Pricer.price

    def interrupted(self: Pricer, *given: object, **named: object) -> object:
        if made:
            raise KeyboardInterrupt
        return price(self, *given, **named)  # type: ignore[arg-type]

    def again(_self: Beside) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(Pricer, "price", interrupted)
    monkeypatch.setattr(Beside, "plan", again)
    outcome = solve_large(jobs_and_agents(40, 5, seed=2))

    assert len(made) == 1
    assert outcome.status is Status.UNKNOWN
    assert outcome.notes == ("interrupted",)


def test_stopped_it_begins_no_more_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    """Stopped in the first of many parts; what is there by then is a plan none the less."""
    improve, parts = Program.improve, []

    def stopping(self: Program, *given: object, **named: object) -> object:
        parts.append(self)
        made[0].stop()
        return improve(self, *given, **named)  # type: ignore[arg-type]

    monkeypatch.setattr(Program, "improve", stopping)
    monkeypatch.setattr(large_neighbourhood, "improve", lambda _program, now, *_, **__: now)  # no search afterwards
    outcome = solve_large(jobs_and_agents(40, 5, seed=3))

    assert parts[0] is not None
    assert len(parts) == 1
    assert made[0].struck
    assert made[0].plan() is not None
    assert outcome.solution is not None
