"""What must be decided together, and what can be decided apart."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Hashable, Iterator, Mapping
from typing import TypeVar

Member = TypeVar("Member", bound=Hashable)
Shared = TypeVar("Shared", bound=Hashable)


def components(shares: Mapping[Member, Collection[Shared]]) -> Iterator[list[Member]]:
    """Members who share something, directly or through others, come together, in the order in which they were given."""
    sharers: dict[Shared, list[Member]] = defaultdict(list)
    for member, things in shares.items():
        for thing in things:
            sharers[thing].append(member)
    seen: set[Member] = set()
    for first in shares:
        if first in seen:
            continue
        together: set[Member] = set()
        waiting = [first]
        while waiting:
            member = waiting.pop()
            if member not in together:
                together.add(member)
                # Each thing leads to its sharers once; what is popped is not walked again.
                waiting += [other for thing in shares[member] for other in sharers.pop(thing, ())]
        seen |= together
        yield [member for member in shares if member in together]
