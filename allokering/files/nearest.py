"""The name somebody probably meant."""

from __future__ import annotations

import difflib
from collections.abc import Collection, Iterable

from allokering.language import say


def did_you_mean(word: str, names: Iterable[str]) -> str:
    """A question naming the nearest of `names`, to put after a message; empty if none is near."""
    of_plain = {name.casefold(): name for name in sorted(names, reverse=True)}
    plain = word.casefold()
    # Excel drops the leading zeros of 0301, after which other numbers look nearer.
    zeros = [name for name in of_plain if plain and name.lstrip("0") == plain]
    near = zeros or difflib.get_close_matches(plain, of_plain, n=1, cutoff=0.6)
    return say('; did you mean "{name}"?', name=of_plain[near[0]]) if near else ""


class Suggestions:
    """`did_you_mean` for many words among many names: one look per word, and no more looks than are worth their time.

    Looking for the nearest of thousands of ids is slow, and the first few suggestions often explain the rest.
    """

    def __init__(self, names: Collection[str], most: int = 30) -> None:
        self._names = names
        self._most = most
        self._found: dict[str, str] = {}

    def to(self, word: str) -> str:
        """The question to put after a message about `word`; empty if none is near or enough has been suggested."""
        if word not in self._found and len(self._found) < self._most:
            self._found[word] = did_you_mean(word, self._names)
        return self._found.get(word, "")
