"""Root node: the best Lagrangian bound, and the duals that prove it."""

from __future__ import annotations

from dataclasses import dataclass

from allokering.solvers.column_generation.master.pricing import Duals, PricingResult
from allokering.solvers.column_generation.master.restricted_master import MasterSolution
from allokering.solvers.mir_cuts import MirCut


@dataclass(frozen=True)
class RootNode:
    """Root node: what column generation ended with, for one scalarisation."""

    bound: float
    """The best Lagrangian bound."""
    cuts: tuple[MirCut, ...]
    """The MIR cuts that `duals.cuts` speaks of."""
    duals: Duals
    """Those that prove the bound."""
    priced: PricingResult
    """What pricing found at them."""
    solution: MasterSolution | None
    """The restricted master's last solution; None if there was none in the time."""
