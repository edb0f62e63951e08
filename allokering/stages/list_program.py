"""The fewest residents who change list in one municipality, as an integer program for any solver that PuLP knows.

Index:   holder; period
Math:    minimise sum of fall[holder, period]
         fall[holder, period] >= patients[holder, period - 1] - patients[holder, period]
         sum of patients[holder, period] over doctors = with_doctors[period]; over trainees = with_trainees[period]
         patients[doctor, period] <= target + above[doctor, period]
         sum of above[doctor, period] over doctors <= above[period]
Units:   patients
Assumes: patients flow along each list and through one pool per period: a network, whose corners are whole numbers. Rows
         for `above` break it, and are needed only in a period that may have more above targets than it must
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

import pulp
from pulp import apis

from allokering.errors import StageFailed, UsageError
from allokering.language import say
from allokering.plan import HolderKind

Key = tuple[str, int]
"""Holder and period."""

# PuLP's types are partial, so its objects go untyped between the functions here and nowhere else.
Program = Any
Variable = Any
Expression = Any
Solver = Any


@dataclass(frozen=True)
class Bounds:
    """What one list may be in one period."""

    kind: HolderKind
    target: int
    limit: int
    before: int | None
    """Patients just before the period, where that is a fact and not a decision."""


@dataclass(frozen=True)
class Together:
    """How many patients a municipality's lists hold together in one period."""

    with_doctors: int
    with_trainees: int
    targets: int
    """Sum of the doctors' targets."""
    above: int
    """Most patients above targets, over all doctors."""
    room: int
    """Sum of what lies between the doctors' targets and limits."""

    @property
    def all_at_target(self) -> bool:
        """Must all doctors have their target at least? They must if all that may be above targets has to be."""
        return self.with_doctors == self.targets + self.above

    @property
    def above_is_shared(self) -> bool:
        """Must the doctors share a number above targets that their own limits do not see to?"""
        return 0 < self.above < self.room and not self.all_at_target


@dataclass(frozen=True)
class Lengths:
    """The lists found; the residents who leave one; and a bound on them."""

    patients: dict[Key, int]
    moved: int
    bound: int


def available_solver(name: str) -> Solver:
    """`cbc`, `highs`, or a solver by PuLP's name for it, set to stop at nothing but the optimum.

    Raises:
        UsageError: PuLP does not know it, or cannot find it on this machine.
    """
    settings = {"msg": False, "gapRel": 0}
    solver: Solver = None
    if name == "cbc":
        # The one that PuLP brings along, through the class that PuLP 4 keeps.
        solver = apis.COIN_CMD(path=apis.PULP_CBC_CMD.pulp_cbc_path, **settings)
    elif name == "highs":
        solver = apis.HiGHS(**settings)
    elif name in pulp.listSolvers():
        solver = pulp.getSolver(name, **settings)
    if solver is None or not solver.available():
        raise UsageError(say("No solver {name} here: install it, or use cbc or highs, which need nothing", name=name))
    return solver


def fewest_moved(lists: Mapping[Key, Bounds], together: Mapping[int, Together], solver: Solver) -> Lengths:
    """The lists of one municipality that move the fewest residents; of these, the ones on which all solvers agree.

    Raises:
        StageFailed: the solver proves no optimum.
    """
    program: Program = pulp.LpProblem("lists", pulp.LpMinimize)
    patients = {
        key: program.add_variable(f"patients_{number}", *_range(bounds, together[key[1]]), pulp.LpInteger)
        for number, (key, bounds) in enumerate(lists.items())
    }
    _hold_totals(program, patients, lists, together)
    _hold_above(program, patients, lists, together)
    falls = _falls(program, patients, lists)
    moved = residents_moved(_minimise(program, falls, patients, solver), lists)
    program += falls <= moved
    choice = pulp.lpSum(_weight(*key) * variable for key, variable in patients.items())
    lengths = _minimise(program, choice, patients, solver)
    return Lengths(lengths, residents_moved(lengths, lists), moved)


def residents_moved(patients: Mapping[Key, int], lists: Mapping[Key, Bounds]) -> int:
    """How many patients the lists lose from each period to the next, over lists that exist in both."""
    return sum(
        max(0, before - now)
        for (holder, period), now in patients.items()
        if (before := patients.get((holder, period - 1), lists[holder, period].before)) is not None
    )


def _range(bounds: Bounds, together: Together) -> tuple[int, int]:
    if bounds.kind is HolderKind.TRAINEE:
        return 0, bounds.limit
    return bounds.target if together.all_at_target else 0, bounds.limit if together.above else bounds.target


def _hold_totals(
    program: Program,
    patients: Mapping[Key, Variable],
    lists: Mapping[Key, Bounds],
    together: Mapping[int, Together],
) -> None:
    own = defaultdict(list)
    for (holder, period), variable in patients.items():
        own[period, lists[holder, period].kind].append(variable)
    for (period, kind), variables in own.items():
        total = together[period].with_doctors if kind is HolderKind.DOCTOR else together[period].with_trainees
        program += pulp.lpSum(variables) == total


def _hold_above(
    program: Program,
    patients: Mapping[Key, Variable],
    lists: Mapping[Key, Bounds],
    together: Mapping[int, Together],
) -> None:
    above = defaultdict(list)
    for number, ((holder, period), variable) in enumerate(patients.items()):
        bounds = lists[holder, period]
        if bounds.kind is HolderKind.DOCTOR and bounds.target < bounds.limit and together[period].above_is_shared:
            over = program.add_variable(f"above_{number}", lowBound=0)
            program += variable - over <= bounds.target
            above[period].append(over)
    for period, variables in above.items():
        program += pulp.lpSum(variables) <= together[period].above


def _falls(program: Program, patients: Mapping[Key, Variable], lists: Mapping[Key, Bounds]) -> Expression:
    """The sum of what all lists lose."""
    falls = []
    for number, ((holder, period), now) in enumerate(patients.items()):
        before = patients.get((holder, period - 1), lists[holder, period].before)
        if before is not None:
            fall = program.add_variable(f"fall_{number}", lowBound=0)
            program += now + fall >= before
            falls.append(fall)
    return pulp.lpSum(falls)


def _minimise(
    program: Program,
    objective: Expression,
    patients: Mapping[Key, Variable],
    solver: Solver,
) -> dict[Key, int]:
    program.setObjective(objective)
    program.solve(solver)
    if program.sol_status != pulp.LpSolutionOptimal:
        raise StageFailed(
            say(
                "The solver {name} proves no optimum for the lists: {status}",
                name=solver.name,
                status=pulp.LpSolution[program.sol_status],
            )
        )
    return {key: round(variable.value()) for key, variable in patients.items()}


def _weight(holder: str, period: int) -> int:
    """A weight as if drawn at random, the same for ever: it leaves one optimum where there were many."""
    return int.from_bytes(sha256(f"{holder} {period}".encode()).digest()[:2])
