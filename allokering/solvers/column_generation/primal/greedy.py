"""First fit (greedy): every actor in its turn takes the first option that it likes for which there is room.

Room may be made by one transfer a unit, such as a supervisor in the neighbouring municipality. What reliefs can make up
for, how much a transfer may move, and what else it uses are not looked at: whoever completes the choice finds out.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence

import numpy as np

from allokering.problem import Integers, Problem


def first_fit(problem: Problem, liked: Sequence[Sequence[int]], order: Iterable[int] | None = None) -> Integers | None:
    """First fit: an option per actor, never taken back; None if some actor finds no room for any that it likes.

    Args:
        problem: what to choose in.
        liked: by actor, options from best to worst.
        order: who comes when; None: as they are numbered.
    """
    capacity = ResidualCapacity(problem)
    chosen = np.zeros(len(problem.actors), dtype=np.int64)
    for number in range(len(liked)) if order is None else order:
        options = liked[number]
        usage = problem.actors[number].usage(np.array(options, dtype=np.int64), len(problem.resources))
        for place, option in enumerate(options):
            begin, end = usage.indptr[place : place + 2]
            uses = dict(zip(usage.indices[begin:end].tolist(), usage.data[begin:end].tolist(), strict=True))
            if capacity.take(uses):
                chosen[number] = option
                break
        else:
            return None
    return chosen


class ResidualCapacity:
    """Residual capacities of the resources that no relief can make up for."""

    def __init__(self, problem: Problem) -> None:
        self._left = problem.bounds.copy()
        self._is_relieved = problem.is_relieved
        self._transfers: dict[int, list[int]] = defaultdict(list)
        self._targets = [transfer.target for transfer in problem.transfers]
        for number, transfer in enumerate(problem.transfers):
            self._transfers[transfer.source].append(number)
        for transfers in self._transfers.values():
            transfers.sort(key=lambda number: problem.transfers[number].prices)

    def take(self, uses: dict[int, int]) -> bool:
        """Take what an option uses if there is room for all of it, by one transfer a unit where need be.

        Where there is not, nothing is taken.
        """
        taken: dict[int, int] = defaultdict(int)
        for resource, amount in uses.items():
            if self._is_relieved[resource]:
                continue
            missing = amount - max(0, self._left[resource] - taken[resource])
            taken[resource] += amount - max(0, missing)
            for number in self._transfers[resource]:
                if missing <= 0:
                    break
                target = self._targets[number]
                moved = min(missing, self._left[target] - taken[target])
                if moved > 0:
                    taken[target] += moved
                    missing -= moved
            if missing > 0:
                return False
        for resource, amount in taken.items():
            self._left[resource] -= amount
        return True
