"""The first plan of a vast problem, which is made beside the master."""

from __future__ import annotations

from threading import Event

import pytest
from as_vast import AS_VAST
from scenes.problems import bounds, jobs_and_agents, values

from allokering.solvers.budget import Budget
from allokering.solvers.column_generation.lns import neighbourhoods
from allokering.solvers.column_generation.lns.concurrent_start import ConcurrentConstruction
from allokering.solvers.column_generation.master.pricing import Pricer
from allokering.solvers.column_generation.primal.sub_mip import SubMip
from allokering.solvers.column_generation.solve import solve_large
from allokering.solvers.outcome import Note

made: list[ConcurrentConstruction] = []


AT_ONCE = AS_VAST.changed(
    {
        "construction.group_sizes": (6, 8),
        "row_and_column.calm": 1e9,
        "row_and_column.worth_following": 1,
        "row_and_column.gap": -1.0,
        "row_and_column.rounds": 6,
    }
)
"""Forty actors are too many for the simplex, duals are worth following at once, and no bound is near enough."""


@pytest.fixture(autouse=True)
def remembered(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is constructed is remembered."""
    made.clear()
    begin = ConcurrentConstruction.__init__

    def begun(self: ConcurrentConstruction, *given: object) -> None:
        made.append(self)  # first, as its thread may be at work before this one is
        begin(self, *given)  # type: ignore[arg-type]

    monkeypatch.setattr(ConcurrentConstruction, "__init__", begun)


@pytest.mark.parametrize("seed", range(2))
def test_it_is_the_same_whatever_the_number_of_workers(seed: int) -> None:
    problem = jobs_and_agents(40, 5, seed=seed)

    alone, together = (
        solve_large(problem, workers=workers, no_improvement_limit=10, parameters=AT_ONCE) for workers in (1, 2)
    )

    first, second = (beside.plan() for beside in made)
    assert first is not None
    assert second is not None
    assert first.values == second.values
    assert first.columns.tolist() == second.columns.tolist()
    assert values(alone) == values(together)
    assert bounds(alone)[0] <= values(alone)[0] <= first.values[0]


def test_with_a_plan_to_begin_from_no_other_is_made() -> None:
    problem = jobs_and_agents(40, 5, seed=1)
    known = solve_large(problem, no_improvement_limit=10, parameters=AT_ONCE).solution
    made.clear()

    again = solve_large(problem, no_improvement_limit=10, start=known, parameters=AT_ONCE)

    assert made == []
    assert again.solution is not None


def test_asked_to_stop_before_the_root_node_is_solved_it_returns_the_plan_made_beside(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """In the first pricing after the construction was begun: what it has by then is taken."""
    problem, budget, price = jobs_and_agents(40, 5, seed=2), Budget(), Pricer.price
    repair = SubMip.repair

    def stopping(self: Pricer, *given: object, **named: object) -> object:
        if made:
            begun.wait()
            budget.stop()
        return price(self, *given, **named)  # type: ignore[arg-type]

    def beginning(self: SubMip, *given: object, **named: object) -> object:
        begun.set()
        return repair(self, *given, **named)  # type: ignore[arg-type]

    begun = Event()
    monkeypatch.setattr(Pricer, "price", stopping)
    monkeypatch.setattr(SubMip, "repair", beginning)
    outcome = solve_large(problem, budget=budget, parameters=AT_ONCE)

    assert len(made) == 1
    assert outcome.solution is not None
    assert problem.is_feasible(outcome.solution)
    assert outcome.notes == (Note.INTERRUPTED,)


def test_stopped_it_begins_no_more_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    """Stopped in the first of many parts; what is there by then is a plan none the less."""
    repair, parts = SubMip.repair, []

    def stopping(self: SubMip, *given: object, **named: object) -> object:
        parts.append(self)
        made[0].stop()
        return repair(self, *given, **named)  # type: ignore[arg-type]

    monkeypatch.setattr(SubMip, "repair", stopping)
    monkeypatch.setattr(
        neighbourhoods, "ordered_parallel_search", lambda _mip, now, *_, **__: now
    )  # no search afterwards
    outcome = solve_large(jobs_and_agents(40, 5, seed=3), parameters=AT_ONCE)

    assert parts[0] is not None
    assert len(parts) == 1
    assert made[0].struck
    assert made[0].plan() is not None
    assert outcome.solution is not None
