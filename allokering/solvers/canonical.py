"""Perturbation of the objective by pseudo-random prices (Charnes 1952, Econometrica 20:160-170): of equal optima, one.

A price is drawn from ids by sha256 and from nothing else, so it is the same on every machine, in every run and for
ever, whatever the order of rows, the seed of an engine or the number of threads. As the last group of a lexicographic
objective it costs nothing in the groups before it. Of n things with such prices, the optimum that is left is unique
but for a chance of n / 2**bits at most (the isolation lemma of Mulmuley, Vazirani and Vazirani 1987, Combinatorica
7:105-113, lemma 1): whoever promises more proves it by a second search.
"""

import hashlib
from functools import lru_cache


@lru_cache(maxsize=1 << 16, typed=True)
def drawn(*ids: str | int, bits: int = 20) -> int:
    """A pseudo-random integer from 1 to 2**bits (1 to 256 bits), decided by the ids alone; 1 and "1" are different ids.

    Raises:
        ValueError: so many bits cannot be drawn.
    """
    if not 1 <= bits <= 256:
        raise ValueError(f"from 1 to 256 bits can be drawn, not {bits}")
    # The type and the length stand before each id, so that no two tuples of ids share a text.
    text = "".join(f"{'i' if isinstance(an_id, int) else 's'}{len(str(an_id))}:{an_id}" for an_id in ids)
    digest = hashlib.sha256(text.encode("utf-8")).digest()
    return (int.from_bytes(digest, "big") >> 256 - bits) + 1
