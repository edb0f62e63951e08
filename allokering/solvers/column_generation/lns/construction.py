"""One pass of large-neighbourhood search over a partition: everybody is freed once, then once more in other groups."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from allokering.solvers.budget import Budget
from allokering.solvers.column_generation.lns.neighbourhoods import DestroyOperators
from allokering.solvers.column_generation.lns.ordered_parallel import (
    Neighbourhood,
    RepairOutcome,
    ordered_parallel_search,
)
from allokering.solvers.column_generation.lns.spectral_clusters import spectral_clusters
from allokering.solvers.column_generation.parameters import ConstructionParameters
from allokering.solvers.column_generation.primal.incumbent import Incumbent
from allokering.solvers.column_generation.primal.sub_mip import SubMip


def partition_pass(
    sub_mip: SubMip,
    operators: DestroyOperators,
    incumbent: Incumbent,
    workers: int,
    budget: Budget,
    is_done: Callable[[Incumbent], bool],
    parameters: ConstructionParameters,
) -> Incumbent:
    """LNS pass over two partitions: clusters of competitors first, then related actors, to cross every border.

    Args:
        sub_mip: repairs.
        operators: draw the second partition.
        incumbent: the plan to begin from.
        workers: repaired side by side.
        budget: when to stop.
        is_done: told the incumbent when it is better; is it good enough?
        parameters: sizes of the groups.
    """
    (first, second), (few, more) = parameters.group_sizes, parameters.columns_each
    clusters = spectral_clusters(sub_mip.problem, first, parameters.dense)
    drawn = [Neighbourhood(group, few, parameters.nodes) for group in clusters]
    drawn += [Neighbourhood(group, more, parameters.nodes) for group in operators.partition(second)]
    left, is_over = iter(drawn), is_done(incumbent)

    def draw(_incumbent: Incumbent, _in_flight: Sequence[Neighbourhood]) -> Neighbourhood | None:
        return None if is_over else next(left, None)

    def tell(outcome: RepairOutcome, incumbent: Incumbent) -> None:
        nonlocal is_over
        is_over = is_over or (outcome.is_better and is_done(incumbent))

    in_flight = parameters.in_flight
    return ordered_parallel_search(sub_mip, incumbent, draw, tell, in_flight=in_flight, workers=workers, budget=budget)
