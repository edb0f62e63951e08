"""One solve by the large solver: bound, first plan and search of each tier, and what is kept from one to the next."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace
from functools import cached_property

import numpy as np

from allokering.problem import Floats, Problem, Solution
from allokering.solvers.budget import Budget
from allokering.solvers.column_generation import time_shares
from allokering.solvers.column_generation.bounds.block_gaps import Gaps
from allokering.solvers.column_generation.bounds.lagrangian_decomposition import AreaBounds, Areas
from allokering.solvers.column_generation.bounds.root_node import (
    Root,
    least_conceivable,
    most_conceivable,
    seen_from,
    tighten,
)
from allokering.solvers.column_generation.bounds.row_and_column_generation import Vast, sweep
from allokering.solvers.column_generation.lns.adaptive_size import usual, vast
from allokering.solvers.column_generation.lns.concurrent_start import Beside
from allokering.solvers.column_generation.lns.neighbourhoods import Neighbourhood, search
from allokering.solvers.column_generation.master.column_pool import Pool
from allokering.solvers.column_generation.master.pricing import Pricer
from allokering.solvers.column_generation.master.restricted_master import Relaxation
from allokering.solvers.column_generation.primal.diving import SHORT, dive
from allokering.solvers.column_generation.primal.reduced_costs import Guide
from allokering.solvers.column_generation.primal.sub_mip import Incumbent, Program, incumbent, keeps
from allokering.solvers.column_generation.scalarisation import all_at_once, mended, of_tier, paid_for
from allokering.solvers.exact.solve import solve_exact
from allokering.solvers.integer_bound import given_away, rounded_up
from allokering.solvers.mir_cuts import Separator
from allokering.solvers.outcome import Note, Outcome, Progress, Status, TierOutcome

NAME = "large"
OPTIONS = 100_000
"""Options, the cheapest of each actor at the relaxation's prices, that the search may choose from."""
EACH = 50, 1000
"""Options of one actor among them, at least and at most."""
AT_HAND = 3
"""Adjustments that relieve a resource that a neighbourhood of a vast problem may use, the cheapest at the prices."""
FEW = 10_000
"""If at most so many options could be part of a better plan, a last program holds them all."""
LAST_NODES = 5_000
"""Nodes of the branch and bound of that program."""
BEFORE = 0.1
"""Part of the time that it may take before the search: it proves what is easily proven. After it, whatever is left."""
NODES = 200
"""Nodes of the branch and bound that makes a first plan out of the columns at hand."""
LISTED = 40_000
"""Options in all up to which the exact solver is asked for a first plan, where those at hand give none."""
VAST = 600
"""A problem with more actors is too large for the simplex."""
LATE = 60.0
"""Seconds that a first plan without alternatives may take whatever the time."""
INEXACT = 1e-4
"""What an interior point may leave of a shortage that it has paid for."""
SHORTAGES = 3
"""How often the price of a shortage is raised, each time tenfold, before the relaxation's word is taken."""


class Run:
    """One solve under way: the columns and rows found so far, the best plan, and a bound for every tier.

    Args:
        problem: what is solved; every actor has an option.
        seed: of the neighbourhoods.
        workers: neighbourhoods, or areas, solved side by side.
        tries: neighbourhoods in a row that may fail before a tier's search ends.
        clock: of the whole.
        progress: told about every better value and bound.
    """

    def __init__(
        self, problem: Problem, seed: int, workers: int, tries: int, clock: Budget, progress: Progress
    ) -> None:
        self.best: Incumbent | None = None
        """The best plan so far."""
        self.is_infeasible = False
        """Has it been proven that there is none?"""
        self._start: Incumbent | None = None
        self._problem = problem
        self._seed = seed
        self._workers = workers
        self._tries = tries
        self._clock = clock
        self._progress = progress
        self._pool = Pool(problem)
        self._vast = Vast(self._pool) if len(problem.actors) > VAST else None
        self._relaxation = Relaxation(self._pool) if self._vast is None else self._vast.beginning()
        self._pricer = Pricer(problem)
        self._separator = Separator(problem)
        self._tiers = len(problem.tiers)
        is_at_once = self._vast is not None and self._tiers > 1
        by_tier = mended if is_at_once else of_tier
        self._aims = [*(by_tier(problem, tier) for tier in range(self._tiers)), all_at_once(problem)]
        self.order = [*([self._tiers] if is_at_once else []), *range(self._tiers)]
        """Of what is minimised: the tiers; all of them at once, if they are, come first."""
        self._at_once: Root | None = None
        """What the relaxation of all tiers at once says, when it has been solved."""
        self._leading: AreaBounds | None = None
        """The areas that lead the search: while tiers are mended, those of all at once."""
        self._bounds: list[int | None] = [None] * len(self._aims)
        self._seconds = [0.0] * len(self._aims)
        self._holds: dict[int, int] = {}
        self._struck = False
        self._beside: Beside | None = None

    @cached_property
    def _has_areas(self) -> bool:
        """Areas are made of rows that can be short at a price, and of all options that use them."""
        return bool(self._problem.is_relieved.any()) and all(actor.is_listed for actor in self._problem.actors)

    @cached_property
    def _areas(self) -> Areas:
        return Areas(self._problem, self._workers)

    def take(self, start: Solution) -> None:
        """Begin from this solution."""
        self.best = self._start = self._plan(start)

    def _plan(self, solution: Solution) -> Incumbent | None:
        """A solution as a plan, its options among the columns."""
        columns = self._pool.add([(actor, np.array([one])) for actor, one in enumerate(solution.options.tolist())])
        return incumbent(self._pool, columns, solution.adjustments)

    def solve_tier(self, tier: int) -> bool:
        """Bound the tier and search for the best plan; then hold it. False if there is still no plan."""
        began = self._clock.seconds if tier else 0.0  # the first one is told what all at once took
        root = self._bound(tier)
        self._seconds[tier] = self._clock.seconds - began
        if root is not None and not self._is_done(tier, self.best):
            self._search(tier, root)
        self._seconds[tier] = self._clock.seconds - began
        if self.best is None:
            return False
        self._prefer_start()
        if tier == self._tiers:
            self._at_once = root
            return True
        value = self.best.values[tier]
        self._holds[tier] = value
        self._relaxation.grow(self.best.columns)
        if self._at_once is None:
            self._relaxation.hold(tier, value)
        return True

    def _bound(self, tier: int) -> Root | None:
        """The tier's best bound, and its prices; None if it shows that there is no plan at all."""
        problem, weights, allowed = self._problem, self._aims[tier].counts, 0.0
        known = best = None
        if self._at_once is not None:  # Rows that hold tiers are full, and an interior point slow with them.
            weights, allowed = paid_for(problem, tier, self._holds)
            known = seen_from(self._at_once, self._pricer, tier, weights, allowed)
            self._bounds[tier] = least_conceivable(problem, tier)
        most, shortage = most_conceivable(problem, weights)
        is_slow = self._vast is not None and self.best is None
        share = self._relaxation.clock = time_shares.of_bound(self._share(tier), is_first_plan_slow=is_slow)
        if tier == self._tiers and self._vast is not None:
            self._relaxation = self._vast.gently(self._relaxation, self._pricer, self._separator)
        for _ in range(SHORTAGES):
            self._relaxation.minimise(weights, shortage, allowed)
            root = self._tighten(tier, share, known)
            best = root if best is None or root.bound > best.bound else best
            if best.bound > most - allowed + 1.0:
                self.is_infeasible = True
                return None
            short = SHORT if self._vast is None else INEXACT
            is_whole = root.point is None or root.point.shortages.max(initial=0.0) <= short
            if is_whole or share.left == 0.0:
                break
            shortage *= 10
        assert best is not None  # noqa: S101 - of the first round at least
        best = best if root.point is None else replace(best, point=root.point)
        self._struck |= share.is_over or (self._vast is not None and self._vast.struck)
        self._raise_to(tier, rounded_up(best.bound, best.prices.held))
        return best

    def _raise_to(self, tier: int, bound: int | None) -> None:
        known = self._bounds[tier]
        self._bounds[tier] = known if bound is None else bound if known is None else max(known, bound)
        self._tell(tier)

    def stop(self) -> None:
        """Take what is there of the plan that is made beside the first relaxation; if asked again, do not wait for it.

        The program cannot end, though, before its thread has: that part of the plan is finished.
        """
        if self._beside is not None:
            self._beside.stop()
            with suppress(KeyboardInterrupt):
                self._keep(self.order[0], self._beside.plan())
        self._prefer_start()

    def _prefer_start(self) -> None:
        """All at once, and where ties are broken, a start may be left for what weighs less, and is taken up again."""
        start, best = self._start, self.best
        if start is not None and best is not None and start.values < best.values and keeps(start, self._holds):
            self.best = start

    def _begin_beside(self, tier: int, root: Root, value: float, share: Budget) -> None:
        """Begin a first plan beside the relaxation, of which this is the value so far: its bound is still far off."""
        if self.best is not None or self._beside is not None:
            return
        if (columns := Guide(self._pool, self._pricer, root).first_plan()) is not None:
            program = self._program(tier, root, value)
            self._beside = Beside(program, columns, NODES, self._neighbourhood(root), share.left)

    def _tighten(self, tier: int, share: Budget, known: Root | None) -> Root:
        if self._vast is None:
            return tighten(self._relaxation, self._pricer, self._separator, share)
        whole = self._share(tier)
        root, self._relaxation = self._vast.tighten(
            self._relaxation,
            self._pricer,
            self._separator,
            share,
            known,
            lambda root, value: self._begin_beside(tier, root, value, whole),
        )
        return root

    def _search(self, tier: int, root: Root) -> None:
        """A first plan, then neighbourhoods, in this tier's share of the time that is left."""
        share, bounds, is_raised = self._share(tier), None, False
        led_by = root if self._at_once is None else self._at_once
        self._relaxation.clock = share
        # A plan to begin from is better than what a dive finds; one of the earlier tiers may be far off in this one.
        is_worth_a_dive = self._vast is None and (self.best is None or tier > 0)
        if is_worth_a_dive and (dived := dive(self._relaxation, self._pricer, share)) is not None:
            self._keep(tier, incumbent(self._pool, *dived))
        if self._beside is not None:
            bounds = self._raise_bound(tier, root, share)
            self._keep(tier, self._beside.plan())
            self._struck |= self._beside.struck
            self._beside, is_raised = None, True
        if self.best is not None and share.left == 0.0:
            self._struck = True
            return
        if self._at_once is None:
            most = int(np.clip(OPTIONS // max(1, len(self._problem.actors)), *EACH))
            self._pool.add(self._pricer.price(root.cuts, root.prices, most=most).wanted)
        program = self._program(tier, led_by, self._taken_for_least(tier, root))
        if self.best is None:
            self._begin(tier, program, root, share)
            if self._vast is not None and self.best is not None:
                around, told = self._neighbourhood(root), lambda now: self._keep(tier, now)
                self._keep(tier, sweep(program, around, self.best, self._workers, share, told))
        if not is_raised:
            bounds = self._raise_bound(tier, root, share)
        if self._at_once is None:
            self._leading = bounds
        is_finished = self._finish(tier, root, time_shares.part(share, BEFORE))
        if self.best is not None and self._problem.actors:
            search(
                program,
                self._neighbourhood(led_by, self._leading),
                self.best,
                share,
                tries=self._tries,
                workers=self._workers,
                is_done=lambda now: self._keep(tier, now),
            )
            if not is_finished:
                self._finish(tier, root, share)
        self._struck |= program.struck
        self._struck |= share.is_over

    def _taken_for_least(self, tier: int, root: Root) -> float:
        """The weight that sub-problems look towards; for one mended, as far off as all at once is still open."""
        if self._at_once is None or self.best is None:
            return root.bound
        left_open = self._aims[self._tiers].value(self.best.values) - self._at_once.bound
        return self._aims[tier].weigh(self.best.values) - left_open

    def _program(self, tier: int, root: Root, bound: float) -> Program:
        """What solves sub-problems at these prices.

        Measured: to solve no further than is worth while, with few ways, helps the vast, and costs a region more than
        it gains.
        """
        excess, aim = self._excess(root), self._aims[tier]
        if self._vast is None:
            return Program(self._pool, excess, aim, self._holds, self._seed)
        at_hand = self._pricer.worth_having(root.cuts, root.prices, AT_HAND)
        return Program(self._pool, excess, aim, self._holds, self._seed, at_hand=at_hand, bound=bound)

    def _excess(self, root: Root) -> Floats:
        return Guide(self._pool, self._pricer, root).excess()

    def _neighbourhood(self, root: Root, bounds: AreaBounds | None = None) -> Neighbourhood:
        options = sum(map(len, self._problem.actors)) / len(self._problem.actors)
        ways = usual(options) if self._vast is None else vast()
        gaps = None if bounds is None else Gaps(self._pool, root, bounds)
        chosen = Guide(self._pool, self._pricer, root).chosen()
        return Neighbourhood(self._pool, self._excess(root), chosen, root.prices.resources, self._seed, ways, gaps)

    def _raise_bound(self, tier: int, root: Root, share: Budget) -> AreaBounds | None:
        """Raise the tier's bound by what the areas say, deciding on whole options; None if they were not asked."""
        if self._is_done(tier, self.best) or share.left == 0.0 or not self._has_areas or not len(self._areas):
            return None
        part = time_shares.of_areas(share, is_told=tier < self._tiers)
        bounds = self._areas.bound(root.cuts, root.prices, root.priced.cheapest, part)
        self._struck |= self._areas.struck
        self._raise_to(tier, rounded_up(bounds.total, root.prices.held))
        return bounds

    def _begin(self, tier: int, program: Program, root: Root, share: Budget) -> None:
        """A first plan where the dive gave none: the relaxation's surest first; failing that, out of all columns."""
        if self._problem.actors and (columns := Guide(self._pool, self._pricer, root).first_plan()) is not None:
            # Without alternatives this is but a linear program: better a plan a little late than none in time.
            self._keep(tier, program.begin(columns, NODES, None if share.left is None else max(share.left, LATE))[0])
        if self.best is None:
            begun, is_none = program.begin(np.arange(len(self._pool)), NODES, share.left)
            is_listed = all(actor.is_listed for actor in self._problem.actors)
            if is_none and is_listed and sum(len(actor) for actor in self._problem.actors) <= LISTED:
                # No engine is believed alone when it says that there is no plan; and of hard rows that ask for much,
                # such as quotas, the options at hand may keep each a little and no plan all.
                second = solve_exact(self._problem, seed=self._seed, workers=self._workers, time_limit=self._clock.left)
                self.is_infeasible = second.status is Status.INFEASIBLE
                begun = None if second.solution is None else self._plan(second.solution)
            self._keep(tier, begun)

    def _share(self, tier: int) -> Budget:
        """This tier's share of the time that is left."""
        if tier == self._tiers:
            return time_shares.of_all(self._clock)
        return time_shares.of_tier(self._clock, self._tiers - tier, is_mended=self._at_once is not None)

    def _finish(self, tier: int, root: Root, share: Budget) -> bool:
        """If few options could be part of a better plan, solve for all of them, and improve the bound; to the end?"""
        if self.best is None or self._is_done(tier, self.best) or share.left == 0.0:
            return False
        value = self._aims[tier].value(self.best.values)
        room = value - root.bound + given_away(root.bound, root.prices.held)
        if np.count_nonzero(self._excess(root) <= room) > FEW:
            return False  # those at hand alone are too many
        able = self._pricer.within(root.cuts, root.prices, room, FEW)
        if able is None:
            return False
        columns = np.union1d(self._pool.add(able), self.best.columns)
        # What it proves must be of the tier alone, without the later ones that break ties.
        aim = self._aims[tier] if tier == self._tiers else of_tier(self._problem, tier)
        program = Program(self._pool, self._excess(root), aim, self._holds, self._seed)
        found, bound = program.finish(self.best, columns, LAST_NODES, share.left)
        self._keep(tier, found)
        self._raise_to(tier, rounded_up(min(bound, self._aims[tier].value(self.best.values))))
        self._struck |= share.is_over
        return not share.is_over

    def _keep(self, tier: int, found: Incumbent | None) -> bool:
        """Keep a plan that is better in the tiers up to this one; is it as good as the bound?"""
        if found is not None and self._is_better(tier, found):
            self.best = found
            self._tell(tier)
        return self._is_done(tier, self.best)

    def _is_better(self, tier: int, found: Incumbent) -> bool:
        is_better = self.best is None or self._aims[tier].is_better(found.values, self.best.values)
        return is_better and keeps(found, self._holds)

    def _is_done(self, tier: int, found: Incumbent | None) -> bool:
        bound = self._bounds[tier]
        return found is not None and bound is not None and self._aims[tier].value(found.values) <= bound

    def _tell(self, tier: int) -> None:
        value = None if self.best is None else round(self._aims[tier].value(self.best.values))
        self._progress(self._aims[tier].name, value, self._bounds[tier])

    def outcome(self, notes: tuple[Note, ...]) -> Outcome:
        """The best plan, and how good it is in every tier."""
        assert self.best is not None  # noqa: S101 - asked for only with a plan
        tiers = []
        for number, tier in enumerate(self._problem.tiers):
            value, bound = self.best.values[number], self._bounds[number]
            bound = least_conceivable(self._problem, number) if bound is None else bound
            status = Status.OPTIMAL if bound >= value else Status.FEASIBLE
            tiers.append(TierOutcome(tier, value, min(value, bound), status, self._seconds[number]))
        status = Status.OPTIMAL if all(tier.status is Status.OPTIMAL for tier in tiers) else Status.FEASIBLE
        if self._struck or self._clock.is_over:
            notes = (*notes, Note.STRUCK)
        solution = Solution(self._pool.option[self.best.columns], self.best.amounts)
        return Outcome(status, solution, tuple(tiers), NAME, self._clock.seconds, notes)
