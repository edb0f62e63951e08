"""With every actor's option given, the cheapest reliefs and transfers."""

from __future__ import annotations

import numpy as np

from allokering.problem import Integers, Problem, Solution
from allokering.problem_edits import fix_solution
from allokering.solvers.exact.solve import solve_exact


def complete(problem: Problem, options: Integers) -> Solution | None:
    """The best solution in which every actor has this option; None if there is none."""
    outcome = solve_exact(fix_solution(problem, options))
    if outcome.solution is None:
        return None
    return Solution(np.asarray(options, dtype=np.int64), outcome.solution.adjustments)
