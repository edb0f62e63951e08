"""Why there is no solution: a smallest set of actors and resources that cannot hold together.

QuickXplain (Junker, AAAI 2004): split the candidates in halves and keep of each half only what is needed beside the
other. Every answer is checked by a solve of its own, because a solver's core is sufficient but not smallest.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from allokering.problem import Problem
from allokering.problem_edits import relax_actors, relax_rows, unprice
from allokering.problem_quotas import in_rows
from allokering.solvers.budget import Budget
from allokering.solvers.exact.solve import solve_exact
from allokering.solvers.outcome import Status


@dataclass(frozen=True, order=True)
class Part:
    """An actor, or all rows of one rule and subject."""

    rule: str
    """Empty for an actor."""
    subject: str


@dataclass(frozen=True)
class Parts:
    """A problem without prices, of which every part can be held or let go."""

    problem: Problem
    let_go: Problem
    """Every actor takes from nobody and gives what it can."""
    budget: Budget

    @classmethod
    def of(cls, problem: Problem, budget: Budget) -> Parts:
        """Prices say nothing of what is possible."""
        free = unprice(problem)
        return cls(free, relax_actors(free, {actor.actor for actor in free.actors}), budget)

    @property
    def every(self) -> list[Part]:
        """The actors, then the rows, by rule and subject."""
        rows = sorted({Part(resource.rule, resource.subject) for resource in self.problem.resources})
        return [*(Part("", actor.actor) for actor in self.problem.actors), *rows]

    def conflict(self, parts: Sequence[Part]) -> bool:
        """Have these actors no choice within these rows? The other rows are wide, the other actors use the least."""
        kept = set(parts)
        actors = tuple(
            held if Part("", held.actor) in kept else free
            for held, free in zip(self.problem.actors, self.let_go.actors, strict=True)
        )
        rows = enumerate(self.problem.resources)
        others = [number for number, row in rows if Part(row.rule, row.subject) not in kept]
        held = relax_rows(replace(self.problem, actors=actors), others)
        answer = solve_exact(held, engine="cp-sat", budget=self.budget, is_canonical=False)
        return answer.status is Status.INFEASIBLE


def smallest_conflict(problem: Problem, budget: Budget | None = None) -> tuple[Part, ...] | None:
    """Parts of an infeasible problem that cannot hold together, while any of them could be spared.

    An actor without options is a conflict by itself. None: the budget was over before it was known.

    Raises:
        ValueError: the problem has a solution, or options that are not listed.
    """
    problem = in_rows(problem)
    alone = [Part("", actor.actor) for actor in problem.actors if not len(actor)]
    if alone:
        return tuple(alone[:1])
    parts = Parts.of(problem, Budget() if budget is None else budget)
    if not parts.conflict(parts.every) and not parts.budget.is_over:
        raise ValueError("the problem has a solution")
    found = tuple(sorted(_needed(parts, [], parts.every, is_new=True)))
    return None if parts.budget.is_over else found


def _needed(whole: Parts, beside: list[Part], parts: Sequence[Part], *, is_new: bool) -> list[Part]:
    """Of the parts, the fewest that conflict beside the given ones; `is_new` if those have grown since a test."""
    if is_new and whole.conflict(beside):
        return []
    if len(parts) == 1:
        return list(parts)
    half = len(parts) // 2
    first, second = list(parts[:half]), list(parts[half:])
    of_second = _needed(whole, beside + first, second, is_new=True)
    of_first = _needed(whole, beside + of_second, first, is_new=bool(of_second))
    return of_first + of_second
