"""Draws that depend on a seed and a subject only: the same on every machine, and in a part as in the whole."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from hashlib import sha256
from typing import TypeVar

T = TypeVar("T")


class Draws:
    """A stream of draws of its own for each subject, so that one subject's draws never move another's."""

    def __init__(self, seed: int, *subject: object) -> None:
        self._stream = "/".join(map(str, (seed, *subject)))
        self._drawn = 0

    def below(self, bound: int) -> int:
        """A whole number from 0 to `bound` - 1."""
        self._drawn += 1
        digest = sha256(f"{self._stream}/{self._drawn}".encode()).digest()
        return int.from_bytes(digest[:8], "big") % bound

    def between(self, least: int, most: int) -> int:
        """A whole number from `least` to `most`."""
        return least + self.below(most - least + 1)

    def chance(self, permille: int) -> bool:
        """True in so many of a thousand draws."""
        return self.below(1000) < permille

    def one_of(self, weights: Mapping[T, int]) -> T:
        """One of the keys, with probability in proportion to its weight."""
        left = self.below(sum(weights.values()))
        for value, weight in weights.items():
            left -= weight
            if left < 0:
                return value
        raise AssertionError("the weights sum to more than was drawn")

    def some(self, values: Sequence[T], count: int) -> list[T]:
        """So many of the values, each at most once, in the order drawn; all of them if there are no more."""
        pool = list(values)
        return [pool.pop(self.below(len(pool))) for _ in range(min(count, len(pool)))]
