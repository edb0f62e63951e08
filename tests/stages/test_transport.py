"""The cheapest transport, and what all the cheapest ways have in common."""

from __future__ import annotations

from collections import Counter
from itertools import product
from random import Random

import pytest

from allokering.stages.transport import Crowds, cheapest_transport


def ways(needs, supplies, prices, crowds):
    """Every way to meet all needs: the supply of each unit, as (cost, units by arc)."""
    units = [need for need, amount in enumerate(needs) for _ in range(amount)]
    options = [[supply for of, supply in prices if of == need] for need in units]
    for chosen in product(*options):
        used = Counter(chosen)
        together = Counter(crowds.of[supply] for supply in chosen)
        if all(used[supply] <= most for supply, most in enumerate(supplies)) and all(
            together[crowd] <= most for crowd, most in enumerate(crowds.most)
        ):
            arcs = Counter(zip(units, chosen, strict=True))
            yield sum(prices[arc] * amount for arc, amount in arcs.items()), arcs


@pytest.mark.parametrize("are_bounded", [False, True])
@pytest.mark.parametrize("seed", range(150))
def test_the_face_has_all_the_cheapest_ways_and_no_others(seed, are_bounded):
    """Crowds give together all that is asked for, or could give more than there is."""
    random = Random(seed)
    needs = [random.choice([1, 1, 2]) for _ in range(3)]
    supplies = [random.choice([1, 2, 3]) for _ in range(4)]
    prices = {
        (need, supply): random.choice([0, 0, 1, 2, 5])
        for need in range(3)
        for supply in range(4)
        if random.random() < 0.7
    }
    of = [random.randrange(2) for _ in supplies]
    first = random.randrange(sum(needs) + 1)
    crowds = Crowds(of, [first, sum(needs) - first] if are_bounded else [sum(supplies)] * 2)
    everything = list(ways(needs, supplies, prices, crowds))
    transport = cheapest_transport(needs, supplies, prices, crowds)
    assert bool(transport.unmet) is (not everything)
    if not everything:
        return
    lowest = min(cost for cost, _ in everything)
    assert transport.cost == lowest
    for cost, arcs in everything:
        used = Counter(supply for _, supply in arcs.elements())
        is_on_face = set(arcs) <= set(transport.usable) and all(
            used[supply] == supplies[supply] for supply in transport.used_up
        )
        assert is_on_face is (cost == lowest)
