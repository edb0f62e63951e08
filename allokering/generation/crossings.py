"""Residents who must be listed in another municipality for the real lists to be as long as they are.

Only sums per municipality are known. Where lists hold more than the residents, the nearest municipalities whose lists
hold fewer are taken to send the rest; those without lists of their own come first, and may send everybody.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import combinations

from allokering.generation.figures import Place, kilometres, nearest
from allokering.tables import CrossBorder

FARTHEST_KM = 100
"""Great-circle distance beyond which nobody keeps a list elsewhere (assumption)."""
MARGIN_PERCENT = 20
"""What the agreements allow above the flow of today (assumption)."""


def find_crossings(places: Sequence[Place]) -> Iterator[CrossBorder]:
    """A row for every pair with a flow."""
    for (here, there), residents in sorted(_flows(places).items()):
        allowed = residents * (100 + MARGIN_PERCENT) // 100
        yield CrossBorder(from_municipality_id=here, to_municipality_id=there, max_residents=-(-allowed // 10) * 10)


def _flows(places: Sequence[Place]) -> Counter[tuple[str, str]]:
    """Residents by (home, municipality of the list), the nearest pairs served first."""
    lacking = {place.id: max(0, place.residents - place.listed) for place in places}
    room = {place.id: max(0, place.listed - place.residents) for place in places}
    pairs = [
        (here.has_lists, kilometres(here, there), here.id, there.id)
        for one, other in combinations(places, 2)
        for here, there in ((one, other), (other, one))
        if lacking[here.id] and room[there.id] and kilometres(here, there) <= FARTHEST_KM
    ]
    flows: Counter[tuple[str, str]] = Counter()
    for _, _, here_id, there_id in sorted(pairs):
        moved = min(lacking[here_id], room[there_id])
        if moved:
            flows[here_id, there_id] += moved
            lacking[here_id] -= moved
            room[there_id] -= moved
    for place in places:
        if not place.has_lists:
            served = next((there for there in nearest(place, places) if there.has_lists), None)
            if served is not None and lacking[place.id]:
                flows[place.id, served.id] += lacking[place.id]
    return flows
