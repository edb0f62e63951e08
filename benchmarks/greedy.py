"""First come, first served: what planners do by hand.

Trainees are taken in the order given. Each takes the option that is best for the trainee alone (rank, wait, travel,
cost), among those for which there still is room; room may be made by a transfer, such as a supervisor in the
neighbouring municipality. Who finds none stays unplaced. Reliefs are then bought for what is left.
"""

from __future__ import annotations

import numpy as np

from allokering.formulation.paths import UNPLACED
from allokering.problem import Options, Problem, Solution
from allokering.solvers.column_generation.primal.greedy import first_fit
from allokering.solvers.exact.completion import complete

TRIED = 400
"""So many of a trainee's options, best first, a planner looks at."""


def by_hand(problem: Problem) -> Solution | None:
    """One option after another, never taken back; None if that leads nowhere."""
    chosen = first_fit(problem, [_wishes(actor, len(problem.tiers)) for actor in problem.actors])
    return None if chosen is None else complete(problem, chosen)


def _wishes(actor: Options, tiers: int) -> list[int]:
    """The actor's options, the one it would choose for itself first; staying out only at the end."""
    cost = actor.prices(np.arange(len(actor))) @ np.ones(tiers)
    order = np.argsort(cost, kind="stable")[:TRIED].tolist()
    stays_out = actor.find(UNPLACED)
    return order if stays_out is None else [*(option for option in order if option != stays_out), stays_out]
