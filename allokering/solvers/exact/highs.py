"""The exact solver's engine on HiGHS: cutting planes, Lagrangian bounds, reduced-cost fixing, restricted programs.

Of every group of objectives the relaxation with MIR cuts gives duals, the duals a bound that no tolerance enters, and
the bound rules out options (`rows`). Where it meets the plan at hand, nothing is left to search; else branch and cut
decides over what is open. The plan at hand comes from restricted programs over the few options that a relaxation of
all tiers weighed likes best, so that proof is what most time goes to.

Adjustments are continuous in the programs, which only relaxes them, and are made whole by `completion`; where whole
ones cost more than the program says, it is solved again with whole adjustments, and so are all after it.
"""

from __future__ import annotations

import numpy as np

from allokering.problem import Floats, Integers, Solution
from allokering.solvers.budget import Budget
from allokering.solvers.exact.certificate import is_impossible
from allokering.solvers.exact.completion import Completion
from allokering.solvers.exact.enumeration import Columns
from allokering.solvers.exact.exchanges import exchanged
from allokering.solvers.exact.knowledge import CutName, Duals, Inherited
from allokering.solvers.exact.objectives import Group, Objective, alone, grouped, tiers_of
from allokering.solvers.exact.program import relax, search
from allokering.solvers.exact.restricted_pool import restricted_pool
from allokering.solvers.exact.rows import LagrangianBound, Rows
from allokering.solvers.integer_bound import given_away, rounded_up
from allokering.solvers.outcome import Report, Status, TierAnswer, UniqueAnswer

WARMTH = 10.0
"""How much more each earlier tier weighs in the relaxation of all tiers."""
RARELY = 1e2
"""How much more the tier at hand weighs than that relaxation, where a pool is chosen for it."""


def _unheard(value: int | None, bound: int | None) -> None:
    """Nobody has asked yet."""


class HighsTiers:
    """Objectives minimised one group after the other, over fewer and fewer options."""

    def __init__(
        self,
        columns: Columns,
        *,
        seed: int,
        workers: int,  # noqa: ARG002 - with more threads HiGHS finds another of the equally good solutions, and later
        work_limit: float | None,  # noqa: ARG002 - HiGHS has no deterministic budget
        budget: Budget,
        start: Solution | None,
        inherited: Inherited | None = None,
    ) -> None:
        self._columns, self._budget, self._seed = columns, budget, seed
        self._problem = columns.problem
        self._rows = Rows(columns)
        self._most = np.concatenate([np.ones(len(columns.actor)), self._problem.adjustment_most]).astype(float)
        self._completion = Completion(self._problem, columns)
        self._objectives = tiers_of(columns)
        self._best = start
        self._inherited = inherited
        self._is_whole = False
        self._has_moved = False
        self._liked: Floats | None = None
        self._held: list[tuple[Objective, int]] = []
        self._group, self._cost = Group((), (), ()), np.zeros(0)
        self._proven: LagrangianBound | None = None
        self._bound: int | None = None
        self._report: Report = _unheard
        self.duals: dict[int, Duals] = {}
        self.is_impossible = False
        if inherited is not None:
            self._rows.inherit(inherited.knowledge.cuts)

    # The first plan

    def begin(self, objectives: list[Objective]) -> None:
        """Restricted master heuristic (Joncour et al. 2010, ENDM 36:695-702): a plan out of few options."""
        self._objectives = objectives
        if not self._rows.width or self._budget.is_over:
            return
        worth = np.array([max(1, tier.worth) for tier in self._problem.tiers], dtype=float)
        weights = worth * WARMTH ** np.arange(len(worth))[::-1]
        scale = weights[-1] or 1.0  # a tier may be worth nothing
        cost = sum(weight * tier.prices for weight, tier in zip(weights / scale, objectives, strict=False))
        relaxed = relax(self._rows, np.asarray(cost, dtype=float), self._most, self._budget)
        if relaxed is None:
            self.is_impossible = is_impossible(self._columns, self._budget)
            return
        self._liked = np.maximum(relaxed.proven.reduced[: self._rows.options], 0)
        self._liked[relaxed.values[: self._rows.options] > 1e-6] = 0
        self._search_pool(self._liked, 0)

    def _search_pool(self, scores: Floats, first: int) -> None:
        """The same objectives from the first on, over a restricted pool; keeps what is better."""
        known = [] if self._best is None else [self._best.options]
        if self._inherited is not None:
            known.append(self._columns.of_keys(self._inherited.knowledge.options))
        pool = restricted_pool(self._columns, self._most, scores, *known)
        mark = self._rows.mark()
        number = first
        while number < len(self._objectives):
            group = self._grouped(number, pool)
            found = search(
                self._rows, group.cost, pool, self._budget, seed=self._seed, unit=group.unit, start=self._best,
                is_whole=self._is_whole,
            )  # fmt: skip
            if found.options is None or not self._take(found.options, found.adjustments):
                break
            assert self._best is not None  # noqa: S101 - it has just been taken, or was at hand
            for part in group.parts:
                self._rows.hold(part.number, part.prices, self._value(part))
            number += len(group.parts)
        self._rows.restore(mark)

    def _narrow(self) -> Floats:
        """Every tier relaxed once more, now that all are held: rules out more; by column, the room that it takes.

        The room is what a relaxation's bound leaves to the value that is held. A column is in no optimal plan if it
        takes more than all of one tier's; if it takes much of several, it is in few.
        """
        taken = np.zeros(self._rows.options)
        for part, value in self._held:
            relaxed = relax(self._rows, part.prices.astype(float), self._most, self._budget)
            if relaxed is not None:
                relaxed.proven.fix(self._most, value, self._rows.options)
                taken += self._taken(relaxed.proven, value)
        return taken

    def _taken(self, proven: LagrangianBound, value: int) -> Floats:
        room = max(value - proven.bound, 0.0) + given_away(proven.bound)
        return np.maximum(proven.reduced[: self._rows.options], 0) / room

    def _search_few(self, scores: Floats) -> None:
        """The group at hand over a restricted pool; keeps what is better."""
        assert self._best is not None  # noqa: S101 - ties are broken of a plan
        pool = restricted_pool(self._columns, self._most, scores, self._best.options)
        found = search(
            self._rows, self._cost, pool, self._budget, seed=self._seed, unit=self._group.unit,
            is_whole=self._is_whole, at_most=self._weighed() - self._group.unit,
        )  # fmt: skip
        if found.options is not None:
            self._take(found.options, found.adjustments)

    def _exchange(self, part: Objective) -> None:
        """What exchanges find that is better, and what it rules out."""
        assert self._best is not None  # noqa: S101 - ties are broken of a plan
        found = exchanged(self._columns, self._most, self._best, [one for one, _ in self._held], part)
        if found is not None and self._columns.is_feasible(found) and self._keeps(found):
            self._best = found
        self._fix()

    def _grouped(self, number: int, most: Floats) -> Group:
        left = self._objectives[number:]
        values = None if self._best is None else tuple(map(self._value, left))
        return grouped(left, self._columns, most, values)

    # Group by group

    def group(self, objectives: list[Objective]) -> Group:
        """Those that are minimised next."""
        values = None if self._best is None else tuple(map(self._value, objectives))
        return grouped(objectives, self._columns, self._most, values)

    def hold(self, part: Objective, value: int) -> None:
        """From now on the sum is at most `value`."""
        self._rows.hold(part.number, part.prices, value)
        self._held.append((part, value))

    def minimise(self, group: Group, report: Report) -> TierAnswer:
        """The least weighed sum of a group's prices."""
        if not self._rows.width:
            return self._nothing_to_choose()
        if self.is_impossible:
            return TierAnswer(Status.INFEASIBLE, None, None)
        self._group, self._cost, self._report = group, group.cost, report
        self._bound = self._inherited_bound(group)
        if self._is_met(self._bound):
            return self._answer()
        self._relax()
        if self._is_met(self._bound):
            return self._answer()
        return self._search()

    def _nothing_to_choose(self) -> TierAnswer:
        """Without columns: are the bounds kept? HiGHS has no answer to a model without columns."""
        if self._problem.actors or np.any(self._problem.bounds < 0):
            return TierAnswer(Status.INFEASIBLE, None, None)
        nothing = np.zeros(0, dtype=np.int64)
        return TierAnswer(Status.OPTIMAL, 0, Solution(nothing, nothing))

    def _inherited_bound(self, group: Group) -> int | None:
        """What the parent's values and duals prove here; its duals rule out options too."""
        if self._inherited is None:
            return None
        parent, bound = self._inherited.knowledge, None
        first, tiers = group.numbers[0], len(self._problem.tiers)
        if first >= tiers:
            return None
        is_tied = all(value == parent.values[part.number] for part, value in self._held)
        if self._inherited.is_restricted and is_tied and len(self._held) == first:
            # No plan of a restriction is better than the parent's, while all earlier tiers are as the parent's; and the
            # distance from a plan is at least 0.
            bound = group.weighed(tuple(parent.bounds[part] if part < tiers else 0 for part in group.numbers))
        if first in parent.duals:
            duals = self._rows.duals_of(parent.duals[first]) * group.weights[0]
            proven = self._rows.lagrangian(self._cost, duals, self._most)
            if self._best is not None:
                proven.fix(self._most, self._weighed(), self._rows.options)
            self.duals[first] = parent.duals[first]
            bound = _larger(bound, group.up(rounded_up(proven.bound)))
        return bound

    def _relax(self) -> None:
        group = self._group
        relaxed = relax(
            self._rows, self._cost, self._most, self._budget, lambda bound: self._is_met(group.up(rounded_up(bound)))
        )
        self._proven = None if relaxed is None else relaxed.proven
        if relaxed is None:
            return
        self.duals[group.numbers[0]] = self._rows.named(relaxed.proven.duals / group.weights[0])
        self._bound = _larger(self._bound, group.up(rounded_up(relaxed.proven.bound)))
        self._fix()
        self._tell()
        if self._is_met(self._bound):
            return
        reduced = np.maximum(relaxed.proven.reduced[: self._rows.options], 0)
        if self._best is None or self._has_moved:
            liked = np.zeros(self._rows.options) if self._liked is None else self._liked
            self._search_pool(RARELY * reduced + liked, group.numbers[0])
            self._fix()

    def _search(self) -> TierAnswer:
        """Branch and cut over what is open; twice if adjustments turn out not to be whole."""
        before = None if self._best is None else self._weighed()
        for _ in range(2):
            found = search(
                self._rows, self._cost, self._most, self._budget, seed=self._seed, unit=self._group.unit,
                start=self._best, is_lean=self._best is not None, is_whole=self._is_whole, told=self._hear,
            )  # fmt: skip
            if found.status is Status.INFEASIBLE:
                return TierAnswer(Status.INFEASIBLE, None, None)
            self._bound = _larger(self._bound, self._group.up(rounded_up(found.bound)))
            if found.options is not None:
                self._take(found.options, found.adjustments)
            self._fix()
            if self._is_met(self._bound) or self._is_whole or found.status is not Status.OPTIMAL:
                break
            self._is_whole = True
        self._has_moved = before is None or self._weighed() < before
        return self._answer()

    def _answer(self) -> TierAnswer:
        if self._best is None:
            return TierAnswer(Status.UNKNOWN, self._bound, None)
        return TierAnswer(Status.OPTIMAL if self._is_met(self._bound) else Status.FEASIBLE, self._bound, self._best)

    def _fix(self) -> None:
        if self._best is not None and self._proven is not None:
            self._proven.fix(self._most, self._weighed(), self._rows.options)

    def _is_met(self, bound: int | None) -> bool:
        return self._best is not None and bound is not None and bound >= self._weighed()

    def _hear(self, value: float) -> None:
        self._report(self._group.first(value), self._first_bound())

    def _tell(self) -> None:
        self._report(None if self._best is None else self._value(self._group.parts[0]), self._first_bound())

    def _first_bound(self) -> int | None:
        return None if self._bound is None else self._group.first(self._bound)

    # Plans

    def _value(self, part: Objective) -> int:
        assert self._best is not None  # noqa: S101 - asked for only with a plan
        return part.value(self._columns, self._best.options, self._best.adjustments)

    def _weighed(self) -> int:
        return self._group.weighed(tuple(map(self._value, self._group.parts)))

    def _take(self, options: Integers, adjustments: Floats | None) -> bool:
        """Make a plan of options whole, and keep it unless the one at hand is better; is the one kept as they are?"""
        found = self._completion.cheapest(options, self._budget)
        if found is None and adjustments is not None and self._is_whole:
            found = Solution(options, np.rint(adjustments).astype(np.int64))
        if found is None or not self._columns.is_feasible(found) or not self._keeps(found):
            return False
        if self._best is None or self._key(found) <= self._key(self._best):
            self._best = found
        return True

    def _keeps(self, found: Solution) -> bool:
        return all(part.value(self._columns, found.options, found.adjustments) <= value for part, value in self._held)

    def _key(self, found: Solution) -> tuple[int, ...]:
        """What plans are compared by: the tiers, then what is minimised now."""
        parts = (*self._objectives, *self._group.parts)
        return tuple(part.value(self._columns, found.options, found.adjustments) for part in parts)

    # After the last

    @property
    def cuts(self) -> tuple[CutName, ...]:
        """The MIR cuts that the relaxations needed."""
        return self._rows.cuts

    def open_columns(self) -> Integers:
        """The columns that may be in a solution as good."""
        return np.flatnonzero(self._most[: self._rows.options] > 0)

    def minimise_uniquely(self, part: Objective) -> UniqueAnswer:
        """The least sum of prices, and that no other choice of options has it: proven by one and the same search.

        A restricted program and exchanges find a plan; then the search is for another one that costs no more, with the
        plan at hand cut off (no-good cut). If there is none, the plan is the optimum and the only one; one that is
        found takes its place.
        """
        self._group, self._report = alone(part), _unheard
        self._cost, self._bound = self._group.cost, None
        if not self._rows.width:
            return UniqueAnswer(self._best, is_unique=True)
        taken = self._narrow()
        self._relax()
        if self._best is not None and self._proven is not None:
            # The plan at hand was not chosen for this objective: most can be ruled out by one that was.
            self._search_few(taken + self._taken(self._proven, self._value(part)))
            self._exchange(part)
        while self._best is not None and not self._budget.is_over:
            is_open = self._most[: self._rows.options] > 0
            if np.bincount(self._columns.actor[is_open]).max(initial=1) == 1:
                return UniqueAnswer(self._best, is_unique=True)
            mark = self._rows.mark()
            self._rows.hold(part.number, part.prices, self._value(part))
            chosen = self._best.options[self._columns.actor] == self._columns.option
            self._rows.exclude(np.flatnonzero(chosen))
            found = search(
                self._rows, self._cost, self._most, self._budget, seed=self._seed, unit=part.unit,
                is_whole=self._is_whole, at_most=self._value(part),
            )  # fmt: skip
            self._rows.restore(mark)
            if found.status is Status.INFEASIBLE:
                return UniqueAnswer(self._best, is_unique=True)
            if found.options is None or not self._replace(part, found.options):
                if self._is_whole:
                    break
                # No whole adjustments go with those options.
                self._is_whole = True
            self._fix()
        return UniqueAnswer(self._best, is_unique=False)

    def _replace(self, part: Objective, options: Integers) -> bool:
        """Take a plan that costs less; False if it does not, or is none."""
        before = self._value(part)
        return self._take(options, None) and self._value(part) < before


def _larger(one: int | None, other: int | None) -> int | None:
    return max((bound for bound in (one, other) if bound is not None), default=None)
