"""Network flow over periods with side constraints, lexicographic: the fewest residents who change list (PuLP).

Any solver that PuLP knows will do. Of all lists that move as few, the last group of prices, drawn from ids, leaves one.

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

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from threading import Thread
from typing import Any

import pulp

from allokering.errors import StageFailed
from allokering.language import say
from allokering.solvers.budget import Budget
from allokering.solvers.canonical import drawn
from allokering.stages.list_bounds import Bounds, Key, Municipality, Together
from allokering.stages.list_solvers import Solver, begin, stop
from allokering.stages.list_start import feasible_lengths
from allokering.stages.parameters import DEFAULT

LOOKS = 0.05
"""Seconds from one look at the budget to the next."""
ENDS = 0.5
"""Seconds that a solver has to end when it is asked to; after them it is left to itself."""

# PuLP's types are partial, so its objects go untyped between the functions here and nowhere else.
Program = Any
Variable = Any
Expression = Any


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
    is_unique: bool
    """Are they the one optimum at the prices drawn from ids, proven?"""


def fewest_moved(
    municipalities: Mapping[str, Municipality], solver: Solver, budget: Budget, guard: float = DEFAULT.seconds
) -> dict[str, Lengths]:
    """The lists of each municipality that move the fewest residents; of these, the ones on which all solvers agree.

    Municipalities share a program only because a solver takes longer to begin than to solve for one of them. Where the
    budget, or a guard of so many seconds, ends a search, the best lists until then stand.

    Raises:
        StageFailed: the solver proves no optimum, though it had the time.
    """
    program: Program = pulp.LpProblem("lists", pulp.LpMinimize)
    parts = {name: _Part(program, number, own) for number, (name, own) in enumerate(municipalities.items())}
    lengths: dict[str, dict[Key, int]] = {}
    # What is decided beforehand is lost whatever the rest; no lists lose less.
    too_fast = {name: moved_too_fast(part.decided, part.lists) for name, part in parts.items()}
    moved = {name: residents_moved(part.decided, part.lists) for name, part in parts.items()}

    def search(group: Callable[[_Part], Expression]) -> bool:
        """Is the least sum of a group of prices proven? Then its lists are those that stand."""
        is_proven = _minimise(program, [group(part) for part in parts.values()], solver, budget.part(guard))
        if is_proven:
            lengths.update({name: part.lengths() for name, part in parts.items()})
        return is_proven

    is_proven = True
    if any(part.hurried for part in parts.values()):
        is_proven = search(lambda part: part.too_fast)
        if is_proven:
            too_fast = {name: moved_too_fast(own, municipalities[name][0]) for name, own in lengths.items()}
            for name, part in parts.items():
                part.hold_too_fast(too_fast[name])
    if is_proven and any(part.falls for part in parts.values()):
        is_proven = search(lambda part: part.moved)
        if is_proven:
            moved = {name: residents_moved(own, municipalities[name][0]) for name, own in lengths.items()}
            for name, part in parts.items():
                part.hold_moved(moved[name])
    if is_proven and any(part.undecided for part in parts.values()):
        is_proven = search(lambda part: part.choice)
    found = {}
    for name, part in parts.items():
        is_decided = not part.undecided
        own = part.lengths() if is_decided else lengths.get(name) or feasible_lengths(municipalities[name])
        found[name] = Lengths(
            own,
            Proven(moved_too_fast(own, part.lists), too_fast[name]),
            Proven(residents_moved(own, part.lists), moved[name]),
            is_unique=is_decided or is_proven,
        )
    return found


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


def _decided(lists: Mapping[Key, Bounds], together: Mapping[int, Together]) -> dict[Key, int]:
    """The lists that have but one length: in most periods of most municipalities all are as long as may be."""
    own = defaultdict(list)
    for key, bounds in lists.items():
        own[key[1], bounds.in_training].append((key, *_range(bounds, together[key[1]])))
    decided: dict[Key, int] = {}
    for (period, in_training), ranges in own.items():
        total = together[period].with_trainees if in_training else together[period].with_settled
        if total == sum(high for _, _, high in ranges):
            decided |= {key: high for key, _, high in ranges}
        elif total == sum(low for _, low, _ in ranges):
            decided |= {key: low for key, low, _ in ranges}
        else:
            decided |= {key: low for key, low, high in ranges if low == high}
    return decided


class _Part:
    """One municipality's part of a program: a variable for each list whose length is still to be chosen."""

    def __init__(self, program: Program, number: int, own: Municipality) -> None:
        self.lists, self._together = own
        self._program = program
        self._mark = f"_{number}"
        self.decided = _decided(self.lists, self._together)
        """Lists that have but one length."""
        self.undecided: dict[Key, Variable] = {
            key: self._variable("patients", place, *_range(bounds, self._together[key[1]]), pulp.LpInteger)
            for place, (key, bounds) in enumerate(self.lists.items())
            if key not in self.decided
        }
        self._patients: dict[Key, Variable] = {
            key: self.decided[key] if key in self.decided else self.undecided[key] for key in self.lists
        }
        self._hold_totals()
        self._hold_above()
        self.falls = self._all_falls()
        """What each list loses, where that is not decided."""
        self.hurried = self._all_hurried()
        """The part of each fall that is too fast, where the policy has a speed."""

    @property
    def too_fast(self) -> Expression:
        """What shrinks too fast, but for what was decided beforehand."""
        return pulp.lpSum(self.hurried)

    @property
    def moved(self) -> Expression:
        """What all lists lose, but for what was decided beforehand."""
        return pulp.lpSum(self.falls.values())

    @property
    def choice(self) -> Expression:
        """What tells apart the lists that move equally many."""
        return pulp.lpSum(drawn(*key) * variable for key, variable in self.undecided.items())

    def hold_too_fast(self, most: int) -> None:
        """From now on no more shrinks too fast."""
        if self.hurried:
            self._program += self.too_fast <= most - moved_too_fast(self.decided, self.lists)

    def hold_moved(self, most: int) -> None:
        """From now on the lists lose no more."""
        if self.falls:
            self._program += self.moved <= most - residents_moved(self.decided, self.lists)

    def lengths(self) -> dict[Key, int]:
        """Every list as it was found last."""
        return {
            key: self.decided[key] if key in self.decided else round(self.undecided[key].value()) for key in self.lists
        }

    def _variable(self, name: str, place: int, *bounds: object) -> Variable:
        return self._program.add_variable(f"{name}{self._mark}_{place}", *bounds)

    def _hold_totals(self) -> None:
        own = defaultdict(list)
        for holder, period in self.undecided:
            own[period, self.lists[holder, period].in_training].append((holder, period))
        decided: Counter[tuple[int, bool]] = Counter()
        for (holder, period), length in self.decided.items():
            decided[period, self.lists[holder, period].in_training] += length
        for (period, in_training), keys in own.items():
            together = self._together[period]
            total = together.with_trainees if in_training else together.with_settled
            self._program += pulp.lpSum(self.undecided[key] for key in keys) == total - decided[period, in_training]

    def _hold_above(self) -> None:
        above = defaultdict(list)
        decided: Counter[int] = Counter()
        for place, ((holder, period), patients) in enumerate(self._patients.items()):
            bounds = self.lists[holder, period]
            if bounds.in_training or bounds.target >= bounds.limit or not self._together[period].above_is_shared:
                continue
            if (holder, period) in self.decided:
                decided[period] += max(0, patients - bounds.target)
            else:
                over = self._variable("above", place, 0)
                self._program += patients - over <= bounds.target
                above[period].append(over)
        for period, variables in above.items():
            self._program += pulp.lpSum(variables) <= self._together[period].above - decided[period]

    def _all_falls(self) -> dict[Key, Variable]:
        """What each list loses that exists in the period before too, unless both lengths are decided."""
        falls = {}
        for place, (key, now) in enumerate(self._patients.items()):
            holder, period = key
            before = self._patients.get((holder, period - 1), self.lists[key].before)
            is_decided = key in self.decided and (holder, period - 1) not in self.undecided
            if before is not None and not is_decided:
                falls[key] = self._variable("fall", place, 0)
                self._program += now + falls[key] >= before
        return falls

    def _all_hurried(self) -> list[Variable]:
        hurried = []
        for place, (key, fall) in enumerate(self.falls.items()):
            speed = self.lists[key].speed
            if speed is not None:
                hurried.append(self._variable("too_fast", place, 0))
                self._program += fall - hurried[-1] <= speed
        return hurried


def _minimise(program: Program, objectives: Iterable[Expression], solver: Solver, budget: Budget) -> bool:
    """Is the least sum proven within the budget? The solver runs in a thread, so that it can be left when that is over.

    Raises:
        StageFailed: it is not, though there was time.
    """
    if budget.is_over:
        return False
    program.setObjective(pulp.lpSum(objectives))
    solver.timeLimit = budget.left
    begin(solver)
    failures: list[BaseException] = []

    def solve() -> None:
        try:
            program.solve(solver)
        except BaseException as failure:  # noqa: BLE001 - raised again where somebody listens
            failures.append(failure)

    solving = Thread(target=solve, daemon=True)
    solving.start()
    while solving.is_alive() and not budget.is_over:
        solving.join(LOOKS)
    if solving.is_alive():
        solving.join(LOOKS)  # what ends by its own limit does so now
        stop(solver)
        solving.join(ENDS)
    if solving.is_alive():
        return False
    if failures:
        raise failures[0]
    if program.sol_status == pulp.LpSolutionOptimal:
        return True
    if budget.is_over:
        return False
    raise StageFailed(
        say(
            "The solver {name} proves no optimum for the lists: {status}",
            name=solver.name,
            status=pulp.LpSolution[program.sol_status],
        )
    )
