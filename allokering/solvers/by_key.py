"""A problem solved, and the answer by name: which option each actor has, what is used, and what was paid for."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from typing_extensions import override

from allokering.problem import Problem, Solution
from allokering.solvers.budget import Budget
from allokering.solvers.outcome import Note, Progress, Status, TierOutcome, silent
from allokering.solvers.solve import Solver, solve


@dataclass(frozen=True)
class ProblemAnswer:
    """What a solver says of a problem, by name. Without a solution there are status, notes, and a bound if any."""

    status: Status
    choices: dict[str, str]
    """The key of the option that each actor has."""
    use: dict[str, int]
    """Of each resource, reliefs of its bound and transfers counted."""
    reliefs: dict[str, int]
    """Units of each relief that is taken, under its name and its resource's."""
    transfers: dict[str, int]
    """Units of each transfer that is taken, under its name and those of its two resources."""
    tiers: tuple[TierOutcome, ...]
    """Value, bound and gap of each."""
    notes: tuple[Note, ...]
    seconds: float
    solution: Solution | None
    bound: int | None = None
    """Without a solution: none has a lower value in the first tier; None where that is not known."""

    @property
    def values(self) -> tuple[int, ...]:
        """What the solution costs, by tier."""
        return tuple(tier.value for tier in self.tiers)

    @override
    def __repr__(self) -> str:
        told = "; ".join(f"{tier.tier.name} {tier.value} (bound {tier.bound})" for tier in self.tiers)
        told = told if self.bound is None else f"bound {self.bound}"
        return f"ProblemAnswer({self.status}{': ' if told else ''}{told})"


def solve_problem(
    problem: Problem,
    *,
    solver: Solver = "auto",
    time_limit: float | None = None,
    budget: Budget | None = None,
    seed: int = 0,
    workers: int = 1,
    start: dict[str, str] | None = None,
    progress: Progress = silent,
) -> ProblemAnswer:
    """Solve a problem and recount the answer; what comes back keeps every bound and every least.

    Args:
        problem: what to solve.
        solver: "exact" has all options at hand and proves; "large" generates columns; "auto" goes by their number.
        time_limit: seconds; what is best by then is told, with a note.
        budget: a time limit with a stop token, instead.
        seed: of the search.
        workers: threads.
        start: keys of options to begin from, one for every actor, as of an earlier answer; it is taken if reliefs and
            transfers are not needed with it.
        progress: is told what is known of each tier, as it becomes known.

    Raises:
        KeyError: the start has no such option.
    """
    outcome = solve(
        problem,
        solver=solver,
        seed=seed,
        workers=workers,
        budget=Budget(time_limit) if budget is None else budget,
        start=None if start is None else _start(problem, start),
        progress=progress,
    )
    solution = outcome.solution
    if solution is None:
        return ProblemAnswer(outcome.status, {}, {}, {}, {}, (), outcome.notes, outcome.seconds, None, outcome.bound)
    if not problem.is_feasible(solution):
        raise AssertionError("the solution breaks a bound: this is a fault of the solver")
    reliefs = len(problem.reliefs)
    amounts = solution.adjustments.tolist()
    names = [str(resource) for resource in problem.resources]
    return ProblemAnswer(
        status=outcome.status,
        choices={
            actor.actor: actor.key(option)
            for actor, option in zip(problem.actors, solution.options.tolist(), strict=True)
        },
        use=dict(zip(names, problem.use(solution).tolist(), strict=True)),
        reliefs={
            f"{one.name} {names[one.resource]}": amount
            for one, amount in zip(problem.reliefs, amounts[:reliefs], strict=True)
            if amount
        },
        transfers={
            f"{one.name} {names[one.source]} {names[one.target]}": amount
            for one, amount in zip(problem.transfers, amounts[reliefs:], strict=True)
            if amount
        },
        tiers=outcome.tiers,
        notes=outcome.notes,
        seconds=outcome.seconds,
        solution=solution,
    )


def _start(problem: Problem, keys: dict[str, str]) -> Solution | None:
    """The solution with these options and no adjustments, if it is one."""
    options = []
    for actor in problem.actors:
        number = actor.find(keys[actor.actor])
        if number is None:
            raise KeyError(keys[actor.actor])
        options.append(number)
    solution = Solution(np.array(options, dtype=np.int64), np.zeros(len(problem.adjustment_most), dtype=np.int64))
    return solution if problem.is_feasible(solution) else None
