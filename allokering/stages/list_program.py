"""The fewest residents who change list in one municipality, as an integer program for any solver that PuLP knows.

Index:   holder; period
Math:    minimise sum of too_fast[holder, period], then sum of fall[holder, period]
         fall[holder, period] >= patients[holder, period - 1] - patients[holder, period]
         too_fast[holder, period] >= fall[holder, period] - speed
         sum of patients[holder, period] over the settled = with_settled[period]; in training = with_trainees[period]
         patients[holder, period] <= target + above[holder, period] of the settled
         sum of above[holder, period] over the settled <= above[period]
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
    speed: int | None = None
    """Patients by which the list may shrink into the period without haste; None: any number."""
    in_training: bool = False
    """Is it a trainee's in training? All other holders are settled: doctors, and those who have finished."""


@dataclass(frozen=True)
class Together:
    """How many patients a municipality's lists hold together in one period."""

    with_settled: int
    with_trainees: int
    targets: int
    """Sum of the targets of the settled."""
    above: int
    """Most patients above targets, over all the settled."""
    room: int
    """Sum of what lies between the targets and limits of the settled."""

    @property
    def all_at_target(self) -> bool:
        """Must all the settled have their target at least? They must if all that may be above targets has to be."""
        return self.with_settled == self.targets + self.above

    @property
    def above_is_shared(self) -> bool:
        """Must the settled share a number above targets that their own limits do not see to?"""
        return 0 < self.above < self.room and not self.all_at_target


@dataclass(frozen=True)
class Proven:
    """A value, and the bound that was proven on it."""

    value: int
    bound: int


@dataclass(frozen=True)
class Lengths:
    """The lists found; by how much they shrink too fast; the residents who leave one."""

    patients: dict[Key, int]
    too_fast: Proven
    moved: Proven


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
    hurried = _hurried(program, falls, lists)
    too_fast = 0
    if hurried:
        too_fast = moved_too_fast(_minimise(program, pulp.lpSum(hurried), patients, solver), lists)
        program += pulp.lpSum(hurried) <= too_fast
    all_falls = pulp.lpSum(falls.values())
    moved = residents_moved(_minimise(program, all_falls, patients, solver), lists)
    program += all_falls <= moved
    choice = pulp.lpSum(_weight(*key) * variable for key, variable in patients.items())
    lengths = _minimise(program, choice, patients, solver)
    return Lengths(
        lengths,
        Proven(moved_too_fast(lengths, lists), too_fast),
        Proven(residents_moved(lengths, lists), moved),
    )


def residents_moved(patients: Mapping[Key, int], lists: Mapping[Key, Bounds]) -> int:
    """How many patients the lists lose from each period to the next, over lists that exist in both."""
    return sum(_lost(patients, lists).values())


def moved_too_fast(patients: Mapping[Key, int], lists: Mapping[Key, Bounds]) -> int:
    """By how many patients lists shrink more than they may without haste."""
    return sum(
        max(0, lost - speed) for key, lost in _lost(patients, lists).items() if (speed := lists[key].speed) is not None
    )


def _lost(patients: Mapping[Key, int], lists: Mapping[Key, Bounds]) -> dict[Key, int]:
    return {
        (holder, period): max(0, before - now)
        for (holder, period), now in patients.items()
        if (before := patients.get((holder, period - 1), lists[holder, period].before)) is not None
    }


def _range(bounds: Bounds, together: Together) -> tuple[int, int]:
    if bounds.in_training:
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
        own[period, lists[holder, period].in_training].append(variable)
    for (period, in_training), variables in own.items():
        total = together[period].with_trainees if in_training else together[period].with_settled
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
        if not bounds.in_training and bounds.target < bounds.limit and together[period].above_is_shared:
            over = program.add_variable(f"above_{number}", lowBound=0)
            program += variable - over <= bounds.target
            above[period].append(over)
    for period, variables in above.items():
        program += pulp.lpSum(variables) <= together[period].above


def _falls(program: Program, patients: Mapping[Key, Variable], lists: Mapping[Key, Bounds]) -> dict[Key, Variable]:
    """What each list loses that exists in the period before too."""
    falls = {}
    for number, ((holder, period), now) in enumerate(patients.items()):
        before = patients.get((holder, period - 1), lists[holder, period].before)
        if before is not None:
            falls[holder, period] = program.add_variable(f"fall_{number}", lowBound=0)
            program += now + falls[holder, period] >= before
    return falls


def _hurried(program: Program, falls: Mapping[Key, Variable], lists: Mapping[Key, Bounds]) -> list[Variable]:
    """The part of each fall that is too fast, where the policy has a speed."""
    hurried = []
    for number, (key, fall) in enumerate(falls.items()):
        speed = lists[key].speed
        if speed is not None:
            hurried.append(program.add_variable(f"too_fast_{number}", lowBound=0))
            program += fall - hurried[-1] <= speed
    return hurried


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
