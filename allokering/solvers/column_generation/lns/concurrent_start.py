"""A first plan of a vast problem, made beside the relaxation from when its prices are worth following.

It takes one thread, as the relaxation does. What it begins from does not depend on the clock, and its plan is asked for
when the relaxation is solved; so the result is the same however fast the machine is. The pool may grow meanwhile: its
arrays are replaced, never changed in place, so columns that the plan is made of stay what they are.
"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

from allokering.problem import Integers
from allokering.solvers.budget import Budget
from allokering.solvers.column_generation.bounds.row_and_column_generation import sweep
from allokering.solvers.column_generation.lns.neighbourhoods import Neighbourhood
from allokering.solvers.column_generation.primal.sub_mip import Incumbent, Program


class Beside:
    """The making of a first plan.

    Args:
        program: solves its parts.
        columns: a column per actor to begin with.
        nodes: of the branch and bound of the beginning.
        neighbourhood: for the groups of the sweep.
        left: seconds in all; None: without a limit.
    """

    def __init__(
        self, program: Program, columns: Integers, nodes: int, neighbourhood: Neighbourhood, left: float | None
    ) -> None:
        self._clock = Budget(left)
        self._program = program
        self._neighbourhood = neighbourhood
        threads = ThreadPoolExecutor(1)
        self._job = threads.submit(self._make, columns, nodes)
        threads.shutdown(wait=False)

    def _make(self, columns: Integers, nodes: int) -> Incumbent | None:
        begun, _ = self._program.begin(columns, nodes, self._clock.left)
        if begun is None:
            return None
        return sweep(self._program, self._neighbourhood, begun, 1, self._clock, lambda _: False)

    def stop(self) -> None:
        """Begin no more parts."""
        self._clock.stop()

    def plan(self) -> Incumbent | None:
        """The plan, when it is done; None if there is none."""
        return self._job.result()

    @property
    def struck(self) -> bool:
        """Did time cut it short?"""
        return self._clock.is_over or self._program.struck
