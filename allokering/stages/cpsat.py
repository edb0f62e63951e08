"""One deterministic CP-SAT search that never returns worse than it was given."""

from __future__ import annotations

import math
from collections.abc import Hashable, Mapping
from dataclasses import dataclass
from typing import Generic, TypeVar

from ortools.sat.python import cp_model

Key = TypeVar("Key", bound=Hashable)


@dataclass(frozen=True)
class Search:
    """How to search. `work_limit` is in CP-SAT's deterministic seconds; None: until optimality is proven."""

    seed: int
    work_limit: float | None

    def share(self, part: int, whole: int) -> Search:
        """The same search with the part of the work limit that a subproblem of this size is given."""
        return Search(self.seed, None if self.work_limit is None else self.work_limit * part / whole)


@dataclass(frozen=True)
class Found(Generic[Key]):
    """The best values known, what they cost, and a bound that no solution is under."""

    values: dict[Key, int]
    value: int
    bound: int
    struck: bool = False
    """Did a clock break the search off? If so, another machine may find other values."""


def minimise(
    model: cp_model.CpModel,
    objective: cp_model.LinearExprT,
    variables: Mapping[Key, cp_model.IntVar],
    known: Found[Key],
    search: Search,
) -> Found[Key]:
    """The best of `known` and what CP-SAT finds within the work limit; the same on every machine for the same seed.

    One worker and a limit on work, not on time: anything else makes the answer depend on the machine.
    """
    model.minimize(objective)
    model.clear_hints()
    for key, value in known.values.items():
        model.add_hint(variables[key], value)
    solver = cp_model.CpSolver()
    solver.parameters.num_workers = 1
    # Both stages have tight relaxations; with them CP-SAT proves in seconds what it else does not prove at all.
    solver.parameters.linearization_level = 2
    solver.parameters.random_seed = search.seed
    if search.work_limit is not None:
        solver.parameters.max_deterministic_time = search.work_limit
    status = solver.solve(model)
    if status not in (cp_model.OPTIMAL, cp_model.FEASIBLE):
        return known
    # The bound is a float near an integer; a hundredth is far above its error and far below a step.
    bound = max(known.bound, math.ceil(solver.best_objective_bound - 0.01))
    value = round(solver.objective_value)
    if value > known.value:
        return Found(known.values, known.value, bound)
    return Found({key: solver.value(variable) for key, variable in variables.items()}, value, bound)
