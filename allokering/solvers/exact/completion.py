"""With every actor's option given, the cheapest reliefs and transfers."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from allokering.problem import Integers, ListedOptions, Problem, Solution
from allokering.solvers.exact.solve import solve_exact


def complete(problem: Problem, options: Integers) -> Solution | None:
    """The best solution in which every actor has this option; None if there is none."""
    actors = []
    for actor, option in zip(problem.actors, options, strict=True):
        one = np.array([option])
        usage = actor.usage(one, len(problem.resources))
        actors.append(ListedOptions(actor.actor, [actor.key(int(option))], usage, actor.prices(one)))
    outcome = solve_exact(replace(problem, actors=tuple(actors)))
    if outcome.solution is None:
        return None
    return Solution(np.asarray(options, dtype=np.int64), outcome.solution.adjustments)
