"""Search state: what one solve knows so far: the incumbent, a bound for every step, and the tiers that are held."""

from __future__ import annotations

import numpy as np

from allokering.problem import Problem, Solution
from allokering.solvers.column_generation.master.column_pool import ColumnPool
from allokering.solvers.column_generation.primal.incumbent import Incumbent, incumbent_of, keeps_objective_cuts
from allokering.solvers.column_generation.schedules import Step
from allokering.solvers.lagrangian_bound import trivial_bound
from allokering.solvers.outcome import Note, Outcome, Progress, Status, TierOutcome

NAME = "large"
"""The solver's name in a plan's record: a contract."""


class SearchState:
    """Search state of one solve.

    Invariants: the incumbent keeps every objective cut; a bound never falls; what is told grows better in its step.

    Args:
        problem: what is solved.
        pool: where plans find their columns.
        steps: of the schedule.
        progress: told about every better value and bound.
    """

    def __init__(self, problem: Problem, pool: ColumnPool, steps: tuple[Step, ...], progress: Progress) -> None:
        self.incumbent: Incumbent | None = None
        """The best plan so far."""
        self.is_infeasible = False
        """Has it been proven that there is none?"""
        self.struck = False
        """Did a budget decide anything?"""
        self.objective_cuts: dict[int, int] = {}
        """The tiers held, and their values."""
        self.bounds: dict[int, int | None] = {step.number: None for step in steps}
        """By step, what is proven of it, the earlier tiers being held."""
        self.seconds = {step.number: 0.0 for step in steps}
        self._start: Incumbent | None = None
        self._problem = problem
        self._pool = pool
        self._progress = progress

    def begin_from(self, start: Solution) -> None:
        """Take this solution, if it is feasible, as incumbent, and as what the outcome is never worse than."""
        self.incumbent = self._start = self.plan_of(start)

    def plan_of(self, solution: Solution) -> Incumbent | None:
        """A solution as a plan, its options among the columns."""
        columns = self._pool.add([(actor, np.array([one])) for actor, one in enumerate(solution.options.tolist())])
        return incumbent_of(self._pool, columns, solution.adjustments)

    def offer(self, step: Step, candidate: Incumbent | None) -> bool:
        """Accept a candidate that is better in this step; is the incumbent then as good as the bound?"""
        if candidate is not None and self._is_better(step, candidate):
            self.incumbent = candidate
            self.tell(step)
        return self.is_done(step)

    def _is_better(self, step: Step, candidate: Incumbent) -> bool:
        incumbent = self.incumbent
        is_better = incumbent is None or step.scalarisation.is_better(candidate.values, incumbent.values)
        return is_better and keeps_objective_cuts(candidate, self.objective_cuts)

    def is_done(self, step: Step) -> bool:
        """Is the incumbent as good as the bound?"""
        bound = self.bounds[step.number]
        if self.incumbent is None or bound is None:
            return False
        return step.scalarisation.value(self.incumbent.values) <= bound

    def raise_bound(self, step: Step, bound: int | None) -> None:
        """Take a bound that is proven, if it is higher than the one that is known."""
        known = self.bounds[step.number]
        self.bounds[step.number] = known if bound is None else bound if known is None else max(known, bound)
        self.tell(step)

    def tell(self, step: Step) -> None:
        """Tell the best value and bound of a step, and hand out the incumbent."""
        name, bound, incumbent = step.scalarisation.name, self.bounds[step.number], self.incumbent
        if incumbent is None:
            self._progress(name, None, bound)
            return
        solution = Solution(self._pool.option[incumbent.columns], incumbent.amounts)
        self._progress(name, round(step.scalarisation.value(incumbent.values)), bound, solution)

    def hold(self, step: Step) -> int:
        """Hold a tier at the incumbent's value: an objective cut from now on."""
        assert self.incumbent is not None  # noqa: S101 - a tier is held at what a plan reached
        value = self.incumbent.values[step.number]
        self.objective_cuts[step.number] = value
        return value

    def prefer_start(self) -> None:
        """Take the start up again, where it was left for what weighs less but is not better tier by tier."""
        start, best = self._start, self.incumbent
        if start is None or best is None or start.values >= best.values:
            return
        if keeps_objective_cuts(start, self.objective_cuts):
            self.incumbent = start

    def bound_on_first_tier(self) -> int:
        """What is proven of it: also where no plan is known."""
        bound = self.bounds[0]
        return trivial_bound(self._problem, 0) if bound is None else bound

    def outcome(self, seconds: float, notes: tuple[Note, ...]) -> Outcome:
        """The incumbent, which there must be, and how good it is in every tier."""
        assert self.incumbent is not None  # noqa: S101 - asked for only with a plan
        tiers = []
        for number, tier in enumerate(self._problem.tiers):
            value, bound = self.incumbent.values[number], self.bounds[number]
            bound = trivial_bound(self._problem, number) if bound is None else bound
            status = Status.OPTIMAL if bound >= value else Status.FEASIBLE
            tiers.append(TierOutcome(tier, value, min(value, bound), status, self.seconds[number]))
        status = Status.OPTIMAL if all(tier.status is Status.OPTIMAL for tier in tiers) else Status.FEASIBLE
        solution = Solution(self._pool.option[self.incumbent.columns], self.incumbent.amounts)
        return Outcome(status, solution, tuple(tiers), NAME, seconds, notes)
