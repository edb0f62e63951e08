"""Schedules: in which order the tiers are minimised, as which scalarisations, and how those done are held."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

from allokering.problem import Floats, Problem
from allokering.solvers.budget import Budget
from allokering.solvers.column_generation.bounds.lagrangian_decomposition import BlockBounds
from allokering.solvers.column_generation.bounds.root_node import rescaled_root
from allokering.solvers.column_generation.master.pricing import Pricer
from allokering.solvers.column_generation.master.root import RootNode
from allokering.solvers.column_generation.parameters import DEFAULTS, Parameters
from allokering.solvers.column_generation.primal.incumbent import Incumbent
from allokering.solvers.column_generation.scalarisation import (
    Scalarisation,
    dualised_cuts,
    lexicographic,
    lexicographic_repair,
    weighted_sum,
)
from allokering.solvers.column_generation.time_shares import TimeShares


@dataclass(frozen=True)
class Step:
    """One minimisation of a schedule."""

    number: int
    """The tier's; of all tiers at once, how many there are."""
    scalarisation: Scalarisation
    """What the search minimises."""
    proof: Scalarisation
    """What a bound is proven of: of a tier, that alone, without the later ones that break ties."""


@dataclass(frozen=True)
class Objective:
    """What a root node is solved for."""

    weights: Floats
    """Of the tiers, w: shape (tiers,)."""
    constant: float = 0.0
    """What objective cuts that are dualised are worth."""
    known: RootNode | None = None
    """What duals of another root node prove of it already."""


class Schedule(Protocol):
    """An order of scalarisations, and what passes from one to the next."""

    steps: tuple[Step, ...]

    def objective(self, step: Step, objective_cuts: Mapping[int, int]) -> Objective:
        """What the step's root node is solved for."""

    def share(self, step: Step, budget: Budget) -> Budget:
        """The step's share of the time that is left."""

    def is_leading(self, step: Step) -> bool:
        """Is it not a tier itself, but leads the search of those that come?"""

    def is_led(self) -> bool:
        """Are the steps from now on led by an earlier one, its objective cuts dualised instead of rows?"""

    def guide(self, root: RootNode) -> RootNode:
        """The root node whose duals guide the search of a step that has this one."""

    def guiding_blocks(self, blocks: BlockBounds | None) -> BlockBounds | None:
        """The blocks whose gaps guide the search of a step that has these."""

    def expected(self, step: Step, root: RootNode, incumbent: Incumbent | None) -> float:
        """What a plan may be expected to weigh at least, where sub-MIPs need be solved no further than worth while."""

    def lead(self, root: RootNode | None) -> None:
        """Let the root node of a leading step lead those that come."""


class TierByTier:
    """Lexicographic schedule: one tier after the other, each held by an objective cut from then on."""

    def __init__(self, problem: Problem, parameters: Parameters = DEFAULTS) -> None:
        self._shares = TimeShares(parameters.time)
        self._tiers = len(problem.tiers)
        own = [lexicographic(problem, tier) for tier in range(self._tiers)]
        self.steps = tuple(Step(tier, one, one) for tier, one in enumerate(own))

    def objective(self, step: Step, objective_cuts: Mapping[int, int]) -> Objective:  # noqa: ARG002 - they are rows
        """The tier itself."""
        return Objective(step.scalarisation.counts)

    def share(self, step: Step, budget: Budget) -> Budget:
        """The same for every tier."""
        return self._shares.of_tier(budget, self._tiers - step.number, is_repaired=False)

    def is_leading(self, step: Step) -> bool:  # noqa: ARG002 - none leads
        """None leads."""
        return False

    def is_led(self) -> bool:
        """None is led."""
        return False

    def guide(self, root: RootNode) -> RootNode:
        """Its own."""
        return root

    def guiding_blocks(self, blocks: BlockBounds | None) -> BlockBounds | None:
        """Its own."""
        return blocks

    def expected(self, step: Step, root: RootNode, incumbent: Incumbent | None) -> float:  # noqa: ARG002 - the bound
        """The bound."""
        return root.bound

    def lead(self, root: RootNode | None) -> None:
        """Nothing leads."""


class WeightedSumFirst:
    """Weighted sum first, then lexicographic repair: the tiers one by one mend what the weighted sum gave away.

    One expensive root node serves all tiers: its duals prove a bound of each, and guide the searches.
    """

    def __init__(self, problem: Problem, pricer: Pricer, parameters: Parameters = DEFAULTS) -> None:
        self._problem = problem
        self._pricer = pricer
        self._parameters = parameters.scalarisation
        self._shares = TimeShares(parameters.time)
        self._tiers = len(problem.tiers)
        self._all = weighted_sum(problem, self._parameters)
        self._root: RootNode | None = None
        self._blocks: BlockBounds | None = None
        repairs = [
            Step(tier, lexicographic_repair(problem, tier, self._parameters), lexicographic(problem, tier))
            for tier in range(self._tiers)
        ]
        self.steps = (Step(self._tiers, self._all, self._all), *repairs)

    def objective(self, step: Step, objective_cuts: Mapping[int, int]) -> Objective:
        """All tiers; then each, the earlier ones dualised: rows that hold them are full, and slow interior points."""
        if self._root is None:
            return Objective(step.scalarisation.counts)
        weights, constant = dualised_cuts(self._problem, step.number, objective_cuts, self._parameters)
        known = rescaled_root(self._root, self._pricer, step.number, weights, constant)
        return Objective(weights, constant, known)

    def share(self, step: Step, budget: Budget) -> Budget:
        """Most for the weighted sum; then from the most important tier on."""
        if self.is_leading(step):
            return self._shares.of_weighted_sum(budget)
        return self._shares.of_tier(budget, self._tiers - step.number, is_repaired=self.is_led())

    def is_leading(self, step: Step) -> bool:
        """The weighted sum leads."""
        return step.number == self._tiers

    def is_led(self) -> bool:
        """When the weighted sum has a root node."""
        return self._root is not None

    def guide(self, root: RootNode) -> RootNode:
        """The weighted sum's."""
        return root if self._root is None else self._root

    def guiding_blocks(self, blocks: BlockBounds | None) -> BlockBounds | None:
        """The weighted sum's."""
        if self._root is None:
            self._blocks = blocks
        return self._blocks

    def expected(self, step: Step, root: RootNode, incumbent: Incumbent | None) -> float:
        """As far off the incumbent as the weighted sum is still open."""
        if self._root is None or incumbent is None:
            return root.bound
        left_open = self._all.value(incumbent.values) - self._root.bound
        return step.scalarisation.weigh(incumbent.values) - left_open

    def lead(self, root: RootNode | None) -> None:
        """Its duals are for all tiers."""
        self._root = root
