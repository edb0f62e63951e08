"""Which solver a problem gets: all its options at once while they are few, priced options when they are many."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

from allokering.problem import Problem, Solution
from allokering.solvers.budget import Budget
from allokering.solvers.column_generation.solve import solve_large
from allokering.solvers.exact.knowledge import Knowledge
from allokering.solvers.exact.solve import solve_exact
from allokering.solvers.outcome import Outcome, Progress, silent

Solver = Literal["auto", "exact", "large"]
SOLVERS: tuple[Solver, ...] = ("auto", "exact", "large")
MANY = 40_000
"""Options in all from which on `auto` prices them."""


def solve(
    problem: Problem,
    *,
    solver: Solver = "auto",
    seed: int = 0,
    workers: int = 1,
    budget: Budget | None = None,
    start: Solution | None = None,
    progress: Progress = silent,
    parent: Knowledge | None = None,
    restricts: bool = False,
    near: Mapping[str, str] | None = None,
) -> Outcome:
    """Solve by the solver named; `auto` goes by the number of options, so the same problem always gets the same one.

    What a parent taught (see `solve_exact`) is for the exact solver; the other one begins from a `start`.
    """
    is_many = sum(len(actor) for actor in problem.actors) >= MANY or not all(one.is_listed for one in problem.actors)
    is_large = solver == "large" or (solver == "auto" and is_many)
    if is_large:
        return solve_large(problem, seed=seed, workers=workers, budget=budget, start=start, progress=progress)
    return solve_exact(
        problem,
        seed=seed,
        workers=workers,
        budget=budget,
        start=start,
        progress=progress,
        parent=parent,
        restricts=restricts,
        near=near,
    )
