"""Constraint programming with clause learning (CP-SAT), lexicographic: never worse than given, and of equals one.

What is best is proven first; among all that is as good, the last group of prices, drawn from ids, leaves one: see
`solvers.canonical`. Only what is proven in both is the same whatever the processor, the seed and the engine.
"""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from dataclasses import dataclass, field, replace
from typing import Generic, TypeVar

from ortools.sat.python import cp_model

from allokering.solvers.budget import Budget
from allokering.solvers.cp_sat_api import solve_cp
from allokering.stages.parameters import DEFAULT, Parameters

Key = TypeVar("Key", bound=Hashable)


@dataclass(frozen=True)
class Search:
    """How to search. `work_limit` is in CP-SAT's deterministic seconds; None: until optimality is proven."""

    seed: int = 0
    work_limit: float | None = None
    budget: Budget = field(default_factory=Budget)
    """Ends every search with the best that is known."""
    parameters: Parameters = DEFAULT

    def share(self, part: int, whole: int) -> Search:
        """The same search with the part of the work limit that a subproblem of this size is given."""
        return replace(self, work_limit=None if self.work_limit is None else self.work_limit * part / whole)


@dataclass(frozen=True)
class Found(Generic[Key]):
    """The best values known, what they cost, and a bound that no solution is under."""

    values: dict[Key, int]
    value: int
    bound: int
    struck: bool = False
    """Did the budget or a guard break the search off? If so, another machine may find other values."""
    is_unique: bool = False
    """Are the values what exact integer code gives, or the one optimum at the prices drawn from ids, proven?"""


def minimise(
    model: cp_model.CpModel,
    objective: cp_model.LinearExprT,
    variables: Mapping[Key, cp_model.IntVar],
    known: Found[Key],
    search: Search,
    *,
    has_symmetries: bool = True,
) -> Found[Key]:
    """The best of `known` and what CP-SAT finds within the work limit.

    One worker and a limit on work, not on time: anything else makes the answer depend on the machine.
    """
    model.minimize(objective)
    model.clear_hints()
    for key, value in known.values.items():
        model.add_hint(variables[key], value)
    answer = solve_cp(
        model,
        search.budget,
        seed=search.seed,
        work_limit=search.work_limit,
        # Both stages have tight relaxations; with them CP-SAT proves in seconds what it else does not prove at all.
        linearization_level=2,
        # Measured on the founding situations: all rows in the relaxation from the start halve what the proofs take.
        add_lp_constraints_lazily=False,
        # 2 is CP-SAT's own choice. Prices that all differ leave no symmetries to look for, and what is sought is near.
        symmetry_level=2 if has_symmetries else 0,
        cp_model_probing_level=2 if has_symmetries else 0,
    )
    if answer.value is None or answer.bound is None:
        return replace(known, struck=known.struck or answer.struck)
    bound = max(known.bound, answer.bound)
    if answer.value > known.value:
        return Found(known.values, known.value, bound, answer.struck)
    values = answer.values(list(variables.values())).tolist()
    return Found(dict(zip(variables, values, strict=True)), answer.value, bound, answer.struck)


def canonical(
    model: cp_model.CpModel,
    objective: cp_model.LinearExprT,
    variables: Mapping[Key, cp_model.IntVar],
    best: Found[Key],
    prices: Mapping[Key, int],
    search: Search,
) -> Found[Key]:
    """Of all that cost no more than `best`, if that is proven, what is cheapest at the prices drawn; else `best`.

    Args:
        model: its constraints; from now on it holds `objective` as well.
        objective: what `best` is best in.
        variables: whose values are decided.
        best: found by `minimise`.
        prices: drawn from ids, one for each variable.
        search: how.
    """
    if best.value > best.bound:
        return best
    model.add(objective <= best.value)
    known = Found(best.values, sum(prices[key] * value for key, value in best.values.items()), 0)
    price = sum(prices[key] * variable for key, variable in variables.items())
    found = minimise(model, price, variables, known, search, has_symmetries=False)
    return replace(best, values=found.values, struck=best.struck or found.struck, is_unique=found.value == found.bound)
