"""Concurrent construction: a first plan, made in a thread of its own from when the root's duals are worth following.

It takes one thread, as the root node does. What it begins from does not depend on the clock, and its plan is asked for
when the root node is solved; so the result is the same however fast the machine is. The pool may grow meanwhile: its
arrays are replaced, never changed in place, so columns that the plan is made of stay what they are.
"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

from allokering.problem import Integers
from allokering.solvers.budget import Budget
from allokering.solvers.column_generation.lns.construction import partition_pass
from allokering.solvers.column_generation.lns.neighbourhoods import DestroyOperators
from allokering.solvers.column_generation.parameters import ConstructionParameters
from allokering.solvers.column_generation.primal.incumbent import Incumbent
from allokering.solvers.column_generation.primal.sub_mip import SubMip


class ConcurrentConstruction:
    """Concurrent construction of a first plan.

    Args:
        sub_mip: repairs.
        columns: a column per actor to begin with.
        operators: for the groups of the pass.
        budget: of the whole step.
        parameters: of the construction.
    """

    def __init__(
        self,
        sub_mip: SubMip,
        columns: Integers,
        operators: DestroyOperators,
        budget: Budget,
        parameters: ConstructionParameters,
    ) -> None:
        self._budget = budget.apart()  # it can be stopped without stopping the whole
        self._sub_mip = sub_mip
        self._operators = operators
        self._parameters = parameters
        threads = ThreadPoolExecutor(1)
        self._job = threads.submit(self._make, columns)
        threads.shutdown(wait=False)

    def _make(self, columns: Integers) -> Incumbent | None:
        nodes = self._parameters.start_nodes
        begun, _ = self._sub_mip.restricted_master_heuristic(columns, nodes, self._budget)
        if begun is None:
            return None
        return partition_pass(self._sub_mip, self._operators, begun, 1, self._budget, lambda _: False, self._parameters)

    def stop(self) -> None:
        """Begin no more repairs."""
        self._budget.stop()

    def plan(self) -> Incumbent | None:
        """The plan, when it is done; None if there is none."""
        return self._job.result()

    @property
    def struck(self) -> bool:
        """Did time cut it short?"""
        return self._budget.is_over or self._sub_mip.struck
