"""The cheapest flow when prices are vectors compared lexicographically; part of the oracle in `brute_force`."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

Vector = tuple[int, ...]


class Arc(NamedTuple):
    """At most `capacity` units may go from `tail` to `head`, each for `price`."""

    tail: str
    head: str
    capacity: int
    price: Vector


def total(vectors: Iterable[Vector], zero: Vector) -> Vector:
    """The sum, number by number."""
    return tuple(sum(column) for column in zip(zero, *vectors, strict=True))


def cheapest_flow(arcs: Iterable[Arc], source: str, sink: str, zero: Vector) -> Vector | None:
    """The smallest price at which all arcs out of `source` can be filled and emptied into `sink`; None if they cannot.

    Successive cheapest paths. A flow is cheapest of its amount if no cycle of what is left has a negative price, and a
    cheapest path keeps it so; the proof uses only that prices can be added, negated and compared, as vectors in
    lexicographic order can. No arc may have a negative price.
    """
    left = [arc for arc in arcs if arc.capacity > 0]
    wanted = sum(arc.capacity for arc in left if arc.tail == source)
    # An arc stands at an even place, what may be sent back along it at the odd place that follows.
    left = [way for arc in left for way in (arc, Arc(arc.head, arc.tail, 0, tuple(-part for part in arc.price)))]
    paid = zero
    while wanted > 0:
        path = _cheapest_path(left, source, sink, zero)
        if path is None:
            return None
        amount = min(wanted, *(left[place].capacity for place in path))
        for place in path:
            left[place] = left[place]._replace(capacity=left[place].capacity - amount)
            left[place ^ 1] = left[place ^ 1]._replace(capacity=left[place ^ 1].capacity + amount)
            paid = total([paid, tuple(amount * part for part in left[place].price)], zero)
        wanted -= amount
    return paid


def _cheapest_path(arcs: list[Arc], source: str, sink: str, zero: Vector) -> list[int] | None:
    """The places of the arcs of a cheapest path among those with room; None if no path is left (Bellman and Ford)."""
    price = {source: zero}
    came_by: dict[str, int] = {}
    changed = True
    while changed:
        changed = False
        for place, arc in enumerate(arcs):
            if arc.capacity == 0 or arc.tail not in price:
                continue
            offered = total([price[arc.tail], arc.price], zero)
            if arc.head not in price or offered < price[arc.head]:
                price[arc.head], came_by[arc.head], changed = offered, place, True
    if sink not in price:
        return None
    path = []
    node = sink
    while node != source:
        path.append(came_by[node])
        node = arcs[came_by[node]].tail
    return path
