"""Time shares: among the steps of a schedule, and in each of them among root node, first plan and search."""

from __future__ import annotations

from allokering.solvers.budget import Budget
from allokering.solvers.column_generation.parameters import DEFAULTS, TimeParameters


class TimeShares:
    """How time is shared out where there is a limit; what is left of a share goes to whoever comes next."""

    def __init__(self, parameters: TimeParameters = DEFAULTS.time) -> None:
        self._parameters = parameters

    def of_weighted_sum(self, budget: Budget) -> Budget:
        """What the weighted sum of all tiers has of the time that is left."""
        return part(budget, self._parameters.weighted_sum)

    def of_tier(self, budget: Budget, tiers: int, *, is_repaired: bool) -> Budget:
        """What a tier has of the time that is left for so many, itself among them.

        All have the same; but what the weighted sum gave away is repaired from the most important tier on.
        """
        return part(budget, 1 / (min(2, tiers) if is_repaired else tiers))

    def of_root(self, share: Budget, *, is_first_plan_slow: bool) -> Budget:
        """What the root node has of a tier's share: half, or less where there would be no time for a first plan."""
        if share.left is None:
            return share.part(None)
        own = share.left * self._parameters.bound
        return share.part(max(0.0, min(own, share.left - self._parameters.first_plan)) if is_first_plan_slow else own)

    def of_blocks(self, share: Budget, *, is_leading: bool) -> Budget:
        """What the blocks have of a tier's share: half; little where nobody is told their bound and they only lead."""
        return part(share, self._parameters.leading if is_leading else self._parameters.blocks)

    def of_enumeration(self, share: Budget) -> Budget:
        """What enumeration may take before the search."""
        return part(share, self._parameters.enumeration)


def part(budget: Budget, share: float) -> Budget:
    """A part of the time that is left, with the same stop token."""
    left = budget.left
    return budget.part(None if left is None else left * share)
