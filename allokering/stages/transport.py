"""The cheapest way to meet needs from supplies, and what all the cheapest ways have in common.

By complementary slackness, one optimal set of prices tells of *every* cheapest way: it uses none but the arcs of
reduced cost zero, and it uses up each supply of which a place is worth something. What is decided next among the
cheapest ways then needs no row for the cost, and falls apart into small pieces.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
from ortools.graph.python import min_cost_flow

Integers = npt.NDArray[np.int64]


@dataclass(frozen=True)
class Arcs:
    """The arcs of a network, one array per attribute."""

    tails: Integers
    heads: Integers
    capacities: Integers
    costs: Integers

    @staticmethod
    def of(arcs: Sequence[tuple[int, int, int, int]]) -> Arcs:
        """From (tail, head, capacity, cost)."""
        return Arcs(*np.array(arcs, dtype=np.int64).reshape(-1, 4).T)


@dataclass(frozen=True)
class Crowds:
    """Supplies that share a bound: the crowd of each supply, by number, and how much each crowd gives at most."""

    of: Sequence[int]
    most: Sequence[int]


@dataclass(frozen=True)
class Transport:
    """A cheapest way to meet the needs, and the face of all cheapest ways."""

    cost: int
    unmet: dict[int, int]
    """Needs that cannot be met, and by how much; the rest is meaningless unless this is empty."""
    usable: tuple[tuple[int, int], ...]
    """The arcs (need, supply) that a cheapest way may use."""
    used_up: frozenset[int]
    """The supplies of which no cheapest way leaves anything."""


def cheapest_flow(arcs: Arcs, supplies: Sequence[int]) -> Integers:
    """The flow on every arc that brings as much as possible from supply to demand, at the lowest cost."""
    network: Any = min_cost_flow.SimpleMinCostFlow()
    numbers = network.add_arcs_with_capacity_and_unit_cost(
        arcs.tails.astype(np.int32), arcs.heads.astype(np.int32), arcs.capacities, arcs.costs
    )
    network.set_nodes_supplies(np.arange(len(supplies), dtype=np.int32), np.array(supplies, dtype=np.int64))
    network.solve_max_flow_with_min_cost()
    return np.asarray(network.flows(numbers), dtype=np.int64)


def cheapest_transport(
    needs: Sequence[int], supplies: Sequence[int], prices: Mapping[tuple[int, int], int], crowds: Crowds
) -> Transport:
    """Meet as much of the needs as can be met, at the lowest price; `prices` has the arcs (need, supply) that exist.

    The face tells of every cheapest way if the crowds either give all that they may, or could give more than asked.
    """
    first_supply, first_crowd = len(needs), len(needs) + len(supplies)
    sink = first_crowd + len(crowds.most)
    # More than all needs together: a price can then say of a supply that it is scarce, never of an arc.
    unlimited = sum(needs) + 1
    arcs = Arcs.of(
        [
            *((need, first_supply + supply, unlimited, price) for (need, supply), price in prices.items()),
            *(
                (first_supply + number, first_crowd + crowds.of[number], most, 0)
                for number, most in enumerate(supplies)
            ),
            *((first_crowd + number, sink, most, 0) for number, most in enumerate(crowds.most)),
        ]
    )
    flows = cheapest_flow(arcs, [*needs, *[0] * (sink - len(needs)), -sum(needs)])
    reduced_costs = _reduced_costs(arcs, flows, sink + 1)
    to_supply, to_crowd, _ = np.split(reduced_costs, [len(prices), len(prices) + len(supplies)])
    met = np.bincount(arcs.tails, weights=flows, minlength=len(needs)).astype(int)
    return Transport(
        cost=int(arcs.costs @ flows),
        unmet={need: wanted - int(met[need]) for need, wanted in enumerate(needs) if met[need] < wanted},
        # Behind a positive reduced cost lies a supply that none of the cheapest ways touches.
        usable=tuple(
            (need, supply)
            for reduced_cost, (need, supply) in zip(to_supply, prices, strict=True)
            if reduced_cost == 0 and to_crowd[supply] <= 0
        ),
        used_up=frozenset(np.flatnonzero(to_crowd < 0).tolist()),
    )


def _reduced_costs(arcs: Arcs, flows: Integers, nodes: int) -> Integers:
    """Reduced costs at the distances in the residual network from all nodes at once (Bellman-Ford)."""
    forward, backward = flows < arcs.capacities, flows > 0
    tails = np.concatenate([arcs.tails[forward], arcs.heads[backward]])
    heads = np.concatenate([arcs.heads[forward], arcs.tails[backward]])
    costs = np.concatenate([arcs.costs[forward], -arcs.costs[backward]])
    distance = np.zeros(nodes, dtype=np.int64)
    while True:
        nearer = distance.copy()
        np.minimum.at(nearer, heads, distance[tails] + costs)
        if np.array_equal(nearer, distance):
            return arcs.costs + distance[arcs.tails] - distance[arcs.heads]
        distance = nearer
