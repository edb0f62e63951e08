"""Price and branch, heuristically: root node, primal heuristics, decomposition and LNS, step by step of a schedule.

What a root node is, and how a first plan is found, the method says; in which order the tiers come, the schedule; what
is known, the state. Every combination of a method and a schedule is a solver.
"""

from __future__ import annotations

from dataclasses import replace
from functools import cached_property

import numpy as np

from allokering.problem import Integers, Solution
from allokering.solvers.budget import Budget
from allokering.solvers.column_generation.bounds.lagrangian_decomposition import BlockBounds, LagrangianDecomposition
from allokering.solvers.column_generation.bounds.root_node import trivial_upper_bound
from allokering.solvers.column_generation.lns.neighbourhoods import large_neighbourhood_search
from allokering.solvers.column_generation.master.root import RootNode
from allokering.solvers.column_generation.methods import Method, Workspace
from allokering.solvers.column_generation.primal.incumbent import Incumbent
from allokering.solvers.column_generation.primal.sub_mip import SubMip
from allokering.solvers.column_generation.schedules import Schedule, Step
from allokering.solvers.column_generation.state import SearchState
from allokering.solvers.column_generation.time_shares import TimeShares
from allokering.solvers.exact.solve import solve_exact
from allokering.solvers.exact.tie_breaking import canonical_optimum
from allokering.solvers.integer_bound import given_away, rounded_up
from allokering.solvers.lagrangian_bound import trivial_bound
from allokering.solvers.outcome import Outcome, Status


class PriceAndBranch:
    """Price-and-branch heuristic: one solve under way.

    Args:
        space: problem, pool, pricing, parameters.
        method: how root nodes are solved and first plans found.
        schedule: which scalarisations come when.
        state: what is known; it has the outcome afterwards.
        no_improvement_limit: neighbourhoods in a row that may fail before a step's search ends.
        budget: of the whole.
    """

    def __init__(
        self,
        space: Workspace,
        method: Method,
        schedule: Schedule,
        state: SearchState,
        no_improvement_limit: int,
        budget: Budget,
    ) -> None:
        self._space = space
        self._method = method
        self._schedule = schedule
        self._state = state
        self._no_improvement_limit = no_improvement_limit
        self._budget = budget
        self._parameters = space.parameters.driver
        self._shares = TimeShares(space.parameters.time)
        self._roots: dict[int, RootNode] = {}

    def solve(self) -> bool:
        """Minimise step by step, each tier held from then on; False if there is no plan.

        Asked to stop, it leaves the steps that are left: with a plan at hand, nobody waits for their bounds.
        """
        for step in self._schedule.steps:
            if self._budget.stopped and self._state.incumbent is not None:
                break
            if not self.solve_step(step):
                return False
        return True

    def solve_step(self, step: Step) -> bool:
        """Root node, then search; then hold the tier. False if there is still no plan."""
        state, began = self._state, self._budget.seconds if step.number else 0.0
        root = self.bound(step)
        state.seconds[step.number] = self._budget.seconds - began  # of the first tier, what the weighted sum took too
        if root is not None and not state.is_done(step):
            self._search(step, root)
        state.seconds[step.number] = self._budget.seconds - began
        if state.incumbent is None:
            return False
        state.prefer_start()
        if self._schedule.is_leading(step):
            self._schedule.lead(root)
            return True
        if root is not None:
            self._roots[step.number] = root
        value = state.hold(step)
        self._method.master.add_columns(state.incumbent.columns)
        if not self._schedule.is_led():
            self._method.master.add_objective_cut(step.number, value)
        return True

    def canonical(self, outcome: Outcome) -> Outcome:
        """The canonical optimum where every tier is proven, of all plans that are optimal; else the outcome as it is.

        So the plan is the exact solver's, if few enough options could be part of an optimal plan to look at them all.
        """
        if outcome.status is not Status.OPTIMAL or outcome.solution is None or self._budget.is_over:
            return outcome
        allowed = self._optimal_options(outcome.solution)
        if allowed is None:
            return outcome
        problem, seed = self._space.problem, self._space.seed
        broken = canonical_optimum(problem, allowed, outcome.solution, self._budget, seed)
        return replace(outcome.with_solution(problem, broken.solution), is_unique=broken.is_unique)

    def _optimal_options(self, solution: Solution) -> list[Integers] | None:
        """Reduced cost fixing: by actor, every option that an optimal plan could have; None if they are too many.

        An option whose reduced cost is above the gap between a tier's value and its root node's bound is in no plan
        that keeps the earlier tiers and reaches that value.
        """
        assert self._state.incumbent is not None  # noqa: S101 - the outcome is its
        most, found = self._parameters.listed, None
        for tier, root in self._roots.items():
            room = self._state.incumbent.values[tier] - root.bound + given_away(root.bound, root.duals.constant)
            able = self._space.pricer.within(root.cuts, root.duals, room, most)
            if able is not None:
                options = [own for _, own in able]
                pairs = zip(options, found or options, strict=True)
                found = [np.intersect1d(here, before) for here, before in pairs]
        if found is None and self._is_listed:
            found = [np.arange(len(actor)) for actor in self._space.problem.actors]
        if found is None:
            return None
        return [np.union1d(own, one) for own, one in zip(found, solution.options.tolist(), strict=True)]

    def bound(self, step: Step) -> RootNode | None:
        """The step's root node; None if its bound shows that there is no plan at all.

        Actors without a column cost more and more, until none is left so.
        """
        state, method, schedule = self._state, self._method, self._schedule
        objective = schedule.objective(step, state.objective_cuts)
        if objective.known is not None:
            state.bounds[step.number] = trivial_bound(self._space.problem, step.number)
        most, artificial_cost = trivial_upper_bound(self._space.problem, objective.weights)
        is_slow = method.is_first_plan_slow and state.incumbent is None
        share = self._shares.of_root(schedule.share(step, self._budget), is_first_plan_slow=is_slow)
        method.master.budget = share
        if schedule.is_leading(step):
            method.warm_start()
        best: RootNode | None = None
        for _ in range(self._parameters.artificial_rounds):
            method.master.set_objective(objective.weights, artificial_cost, objective.constant)
            root = method.root(step, state, share, schedule.share(step, self._budget), objective.known)
            best = root if best is None or root.bound > best.bound else best
            if best.bound > most - objective.constant + 1.0:
                state.is_infeasible = True
                return None
            is_whole = root.solution is None or root.solution.shortages.max(initial=0.0) <= method.shortage
            if is_whole or share.left == 0.0:
                break
            artificial_cost *= self._parameters.artificial_growth
        assert best is not None  # noqa: S101 - of the first round at least
        best = best if root.solution is None else replace(best, solution=root.solution)
        state.struck |= share.is_over
        state.raise_bound(step, rounded_up(best.bound, best.duals.constant))
        return best

    def _search(self, step: Step, root: RootNode) -> None:
        """First plan, blocks, enumeration and large-neighbourhood search, in the step's share of the time."""
        state, method, schedule = self._state, self._method, self._schedule
        share = schedule.share(step, self._budget)
        method.master.budget = share
        # While a plan is being constructed, the blocks are solved beside it.
        blocks = self._solve_blocks(step, root, share) if method.is_constructing() else None
        state.offer(step, method.first_plan(root, share, state, step))
        if share.stopped or (state.incumbent is not None and share.is_over):
            state.struck = True
            return
        if not schedule.is_led():
            self._widen_pool(root)
        guide = schedule.guide(root)
        sub_mip = method.sub_mip(guide, step, state, schedule.expected(step, root, state.incumbent))
        if state.incumbent is None:
            self._construct(step, sub_mip, root, share)
            if state.incumbent is not None:
                method.refined(sub_mip, root, step, state, share)
        blocks = self._solve_blocks(step, root, share) if blocks is None else blocks
        blocks = schedule.guiding_blocks(blocks)
        is_proven = self._enumerate(step, root, self._shares.of_enumeration(share))
        if state.incumbent is not None and self._space.problem.actors:
            large_neighbourhood_search(
                sub_mip,
                self._space.operators(guide, blocks, method.search),
                state.incumbent,
                share,
                no_improvement_limit=self._no_improvement_limit,
                workers=self._space.workers,
                is_done=lambda candidate: state.offer(step, candidate),
            )
            if not is_proven:
                self._enumerate(step, root, share)
        state.struck |= sub_mip.struck or share.is_over

    def _widen_pool(self, root: RootNode) -> None:
        """Columns for the search: the cheapest options of every actor at the root's duals."""
        actors = max(1, len(self._space.problem.actors))
        most = int(np.clip(self._parameters.pool_columns // actors, *self._parameters.pool_columns_each))
        self._space.pool.add(self._space.pricer.price(root.cuts, root.duals, most=most).wanted)

    def _construct(self, step: Step, sub_mip: SubMip, root: RootNode, share: Budget) -> None:
        """A first plan: first fit, completed; failing that, the restricted master heuristic over the whole pool."""
        space, state, nodes = self._space, self._state, self._space.parameters.construction.start_nodes
        if space.problem.actors and (columns := space.reduced_costs(root).first_fit()) is not None:
            # Without alternatives this is but a linear program: better a plan a little late than none in time.
            seconds = None if share.left is None else max(share.left, space.parameters.time.late)
            late = Budget(seconds, share.token)
            state.offer(step, sub_mip.restricted_master_heuristic(columns, nodes, late)[0])
        if state.incumbent is None:
            every = np.arange(len(space.pool))
            begun, is_none = sub_mip.restricted_master_heuristic(every, nodes, share)
            if is_none and self._is_listed:
                begun = self._second_opinion()
            state.offer(step, begun)

    def _second_opinion(self) -> Incumbent | None:
        """No engine is believed alone when it says that there is no plan: another one's plan, if it has one.

        And of hard rows that ask for much, such as quotas, the pool may keep each a little and no plan all.
        """
        space = self._space
        second = solve_exact(space.problem, seed=space.seed, workers=space.workers, budget=self._budget)
        self._state.is_infeasible = second.status is Status.INFEASIBLE
        return None if second.solution is None else self._state.plan_of(second.solution)

    @cached_property
    def _is_listed(self) -> bool:
        """Are there so few options, all of them known, that the exact solver can look at them?"""
        actors = self._space.problem.actors
        return all(one.is_listed for one in actors) and sum(map(len, actors)) <= self._parameters.listed

    @cached_property
    def _has_blocks(self) -> bool:
        """Blocks are made of rows that can be short at a price, and of all options that use them."""
        problem = self._space.problem
        return bool(problem.is_relieved.any()) and all(one.is_listed for one in problem.actors)

    @cached_property
    def _decomposition(self) -> LagrangianDecomposition:
        space = self._space
        return LagrangianDecomposition(space.problem, space.workers, space.parameters.decomposition)

    def _solve_blocks(self, step: Step, root: RootNode, share: Budget) -> BlockBounds | None:
        """Raise the step's bound by Lagrangian decomposition; None if it was not asked."""
        state = self._state
        if state.is_done(step) or share.left == 0.0 or not self._has_blocks or not len(self._decomposition):
            return None
        own = self._shares.of_blocks(share, is_leading=self._schedule.is_leading(step))
        blocks = self._decomposition.bound(root.cuts, root.duals, root.priced.cheapest, own)
        state.struck |= self._decomposition.struck
        state.raise_bound(step, rounded_up(blocks.total, root.duals.constant))
        return blocks

    def _enumerate(self, step: Step, root: RootNode, share: Budget) -> bool:
        """Enumeration by reduced cost: if few options could be part of a better plan, branch and bound over them all.

        True if that went to its end.
        """
        state, parameters = self._state, self._parameters
        if state.incumbent is None or state.is_done(step) or share.left == 0.0:
            return False
        value = step.scalarisation.value(state.incumbent.values)
        room = value - root.bound + given_away(root.bound, root.duals.constant)
        costs = self._space.reduced_costs(root).of_columns()
        if np.count_nonzero(costs <= room) > parameters.enumerated:
            return False  # those at hand alone are too many
        able = self._space.pricer.within(root.cuts, root.duals, room, parameters.enumerated)
        if able is None:
            return False
        columns = np.union1d(self._space.pool.add(able), state.incumbent.columns)
        space, costs = self._space, self._space.reduced_costs(root).of_columns()
        sub_mip = SubMip(
            space.pool, costs, step.proof, state.objective_cuts, space.seed, parameters=space.parameters.sub_mip
        )
        nodes = parameters.enumeration_nodes
        candidate, bound = sub_mip.branch_and_bound(state.incumbent, columns, nodes, share)
        state.offer(step, candidate)
        state.raise_bound(step, rounded_up(min(bound, step.scalarisation.value(state.incumbent.values))))
        state.struck |= share.is_over
        return not share.is_over
