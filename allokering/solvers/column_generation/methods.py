"""Methods: how root nodes are solved and first plans found: by the simplex, or, at large scale, interior points."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Protocol

from allokering.problem import Problem
from allokering.solvers.budget import Budget
from allokering.solvers.column_generation.bounds.block_gaps import BlockGaps
from allokering.solvers.column_generation.bounds.lagrangian_decomposition import BlockBounds
from allokering.solvers.column_generation.bounds.root_node import solve_root
from allokering.solvers.column_generation.bounds.row_and_column_generation import RowAndColumnGeneration
from allokering.solvers.column_generation.lns.concurrent_start import ConcurrentConstruction
from allokering.solvers.column_generation.lns.construction import partition_pass
from allokering.solvers.column_generation.lns.neighbourhoods import DestroyOperators
from allokering.solvers.column_generation.master.column_pool import ColumnPool
from allokering.solvers.column_generation.master.pricing import Pricer
from allokering.solvers.column_generation.master.restricted_master import RestrictedMaster
from allokering.solvers.column_generation.master.root import RootNode
from allokering.solvers.column_generation.parameters import (
    DEFAULTS,
    LARGE_SCALE_SEARCH,
    Parameters,
    SearchParameters,
    regional_search,
)
from allokering.solvers.column_generation.primal.diving import dive
from allokering.solvers.column_generation.primal.incumbent import Incumbent, incumbent_of
from allokering.solvers.column_generation.primal.reduced_costs import ReducedCosts
from allokering.solvers.column_generation.primal.sub_mip import SubMip
from allokering.solvers.column_generation.schedules import Step
from allokering.solvers.column_generation.state import SearchState
from allokering.solvers.mir_cuts import Separator


@dataclass
class Workspace:
    """What every part of one solve works with."""

    problem: Problem
    seed: int = 0
    workers: int = 1
    parameters: Parameters = DEFAULTS
    pool: ColumnPool = field(init=False)
    pricer: Pricer = field(init=False)
    separator: Separator = field(init=False)

    def __post_init__(self) -> None:
        self.pool = ColumnPool(self.problem)
        self.pricer = Pricer(self.problem, self.parameters.pricing)
        self.separator = Separator(self.problem)

    def reduced_costs(self, root: RootNode) -> ReducedCosts:
        """The pool at the duals of a root node."""
        return ReducedCosts(self.pool, self.pricer, root)

    def operators(self, root: RootNode, blocks: BlockBounds | None, search: SearchParameters) -> DestroyOperators:
        """Destroy operators at the duals of a root node."""
        seen = self.reduced_costs(root)
        gaps = None if blocks is None else BlockGaps(self.pool, root, blocks)
        costs, values = seen.of_columns(), seen.primal_values()
        return DestroyOperators(self.pool, costs, values, root.duals.resources, self.seed, search, gaps)


class Method(Protocol):
    """How a root node is solved, and a first plan found."""

    master: RestrictedMaster
    """The restricted master as it is now."""
    search: SearchParameters
    """Of large-neighbourhood search."""
    shortage: float
    """What an artificial column may be left at."""
    is_first_plan_slow: bool
    """Does a first plan take so long that time must be kept for it?"""

    def warm_start(self) -> None:
        """Begin the restricted master for a weighted sum."""

    def root(self, step: Step, state: SearchState, share: Budget, whole: Budget, known: RootNode | None) -> RootNode:
        """The root node of a step, whose objective the restricted master has.

        Args:
            step: the step.
            state: the search's.
            share: of the time.
            whole: of the whole step.
            known: a root node at other duals.
        """

    def is_constructing(self) -> bool:
        """Is a first plan being made while the root node is solved?"""

    def first_plan(self, root: RootNode, share: Budget, state: SearchState, step: Step) -> Incumbent | None:
        """A plan by what the restricted master says; None if there is none yet."""

    def sub_mip(self, root: RootNode, step: Step, state: SearchState, expected: float) -> SubMip:
        """What repairs neighbourhoods at the duals of a root node; `expected` is what a plan weighs at least."""

    def refined(self, sub_mip: SubMip, root: RootNode, step: Step, state: SearchState, share: Budget) -> None:
        """Make the first plan that there is better, before blocks are looked at."""

    def stop(self, state: SearchState, step: Step) -> None:
        """Take what is there of a plan that is being made."""


class SimplexMethod:
    """Simplex method, for regions: column and cut generation, then a dive."""

    is_first_plan_slow = False

    def __init__(self, space: Workspace) -> None:
        self._space = space
        self._parameters = space.parameters
        self.shortage = space.parameters.root.shortage
        self.master = RestrictedMaster(space.pool, parameters=space.parameters.master)
        actors = space.problem.actors
        options = sum(map(len, actors)) / max(1, len(actors))
        self.search = space.parameters.search or regional_search(options)

    def warm_start(self) -> None:
        """The simplex begins from its last basis anyhow."""

    def root(self, step: Step, state: SearchState, share: Budget, whole: Budget, known: RootNode | None) -> RootNode:  # noqa: ARG002 - of the protocol
        """Column and cut generation; the better of what it proves and what is known."""
        found = solve_root(self.master, self._space.pricer, self._space.separator, share, self._parameters.root)
        return found if known is None or found.bound >= known.bound else known

    def is_constructing(self) -> bool:
        """No: the dive comes afterwards."""
        return False

    def first_plan(self, root: RootNode, share: Budget, state: SearchState, step: Step) -> Incumbent | None:  # noqa: ARG002 - of the protocol
        """A dive, if worth it: a plan to begin from is better; one of the earlier tiers may be far off in this."""
        if state.incumbent is not None and step.number == 0:
            return None
        dived = dive(self.master, self._space.pricer, share, self._parameters.diving)
        return None if dived is None else incumbent_of(self._space.pool, *dived)

    def sub_mip(self, root: RootNode, step: Step, state: SearchState, expected: float) -> SubMip:  # noqa: ARG002 - of the protocol
        """All adjustments, each sub-MIP solved to the end: to leave out either costs a region more than it gains."""
        costs = self._space.reduced_costs(root).of_columns()
        return SubMip(
            self._space.pool,
            costs,
            step.scalarisation,
            state.objective_cuts,
            self._space.seed,
            parameters=self._parameters.sub_mip,
        )

    def refined(self, sub_mip: SubMip, root: RootNode, step: Step, state: SearchState, share: Budget) -> None:
        """The search does that."""

    def stop(self, state: SearchState, step: Step) -> None:
        """Nothing is under way."""


class InteriorPointMethod:
    """Interior point method, for what is too large for the simplex: rows and columns, and a plan constructed beside."""

    is_first_plan_slow = True

    def __init__(self, space: Workspace) -> None:
        self._space = space
        self._parameters = space.parameters
        self.shortage = space.parameters.row_and_column.shortage
        self._generation = RowAndColumnGeneration(space.pool, space.parameters)
        self.master = self._generation.initial_master()
        self.search = space.parameters.search or LARGE_SCALE_SEARCH
        self._construction: ConcurrentConstruction | None = None

    def warm_start(self) -> None:
        """The duals of the tiers at their worths first."""
        self.master = self._generation.warm_start(self.master, self._space.pricer, self._space.separator)

    def root(self, step: Step, state: SearchState, share: Budget, whole: Budget, known: RootNode | None) -> RootNode:
        """Row and column generation; a plan's construction begins as soon as the duals are worth following."""

        def begin(settled: RootNode, value: float) -> None:
            if state.incumbent is not None or self._construction is not None:
                return
            # The settled root's bound is still far off: sub-MIPs look towards the restricted master's value.
            if (columns := self._space.reduced_costs(settled).first_fit()) is not None:
                sub_mip = self.sub_mip(settled, step, state, value)
                operators = self._space.operators(settled, None, self.search)
                construction = self._parameters.construction
                self._construction = ConcurrentConstruction(sub_mip, columns, operators, whole, construction)

        root, self.master = self._generation.solve_root(
            self.master, self._space.pricer, self._space.separator, share, known, begin
        )
        state.struck |= self._generation.struck
        return root

    def is_constructing(self) -> bool:
        """From when the duals were worth following, until the plan is asked for."""
        return self._construction is not None

    def first_plan(self, root: RootNode, share: Budget, state: SearchState, step: Step) -> Incumbent | None:  # noqa: ARG002 - of the protocol
        """The plan constructed beside the root node."""
        if self._construction is None:
            return None
        construction, self._construction = self._construction, None
        plan = construction.plan()
        state.struck |= construction.struck
        return plan

    def sub_mip(self, root: RootNode, step: Step, state: SearchState, expected: float) -> SubMip:
        """Few adjustments, and no sub-MIP solved further than is worth while: measured, that helps the large scale."""
        space, each = self._space, self._parameters.construction.adjustments_each
        costs = space.reduced_costs(root).of_columns()
        return SubMip(
            space.pool,
            costs,
            step.scalarisation,
            state.objective_cuts,
            space.seed,
            restricted=space.pricer.cheapest_adjustments(root.cuts, root.duals, each),
            bound=expected,
            parameters=self._parameters.sub_mip,
        )

    def refined(self, sub_mip: SubMip, root: RootNode, step: Step, state: SearchState, share: Budget) -> None:
        """A pass over everybody."""
        assert state.incumbent is not None  # noqa: S101 - it is made better
        operators = self._space.operators(root, None, self.search)
        construction, workers = self._parameters.construction, self._space.workers

        def offer(candidate: Incumbent) -> bool:
            return state.offer(step, candidate)

        state.offer(step, partition_pass(sub_mip, operators, state.incumbent, workers, share, offer, construction))

    def stop(self, state: SearchState, step: Step) -> None:
        """Take what is there of the plan that is being constructed; the repair under way is finished."""
        if self._construction is not None:
            self._construction.stop()
            state.offer(step, self._construction.plan())
            self._construction = None
