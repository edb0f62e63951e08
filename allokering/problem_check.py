"""Does a class of one's own keep what `Options` promises? It is tried out at random prices, against its own tables."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from allokering.problem import Floats, Integers, Options, Surcharges

MANY = 2_000
"""Options of an actor that are looked at, one by one, at most."""
SAFE = 1e-6
"""Relative difference between two costs below which they are the same."""


def faults_of_options(options: Options, resources: int, tiers: int, *, rounds: int = 20, seed: int = 0) -> list[str]:
    """What an actor's options say that does not go together, each thing once, in words; nothing if all is well.

    Uses and prices are the truth; what options cost at given prices, which are cheapest and which are near that is
    recounted from them.

    Args:
        options: what is tried out.
        resources: how many there are in its problem.
        tiers: how many there are in its problem.
        rounds: so many random prices are asked about.
        seed: of these.
    """
    random = np.random.default_rng(seed)
    found = dict.fromkeys(options.faults(resources, tiers))
    for _ in range(rounds):
        resource_prices = np.where(random.random(resources) < 0.5, 0.0, random.normal(0, 5, resources))
        weights = random.integers(0, 4, tiers).astype(float)
        found |= dict.fromkeys(_faults_at(options, resource_prices, weights, random))
    found |= dict.fromkeys(_faults_of_tables(options, resources, tiers))
    return list(found)


def _faults_of_tables(options: Options, resources: int, tiers: int) -> Iterator[str]:
    """Names, uses, prices, and what is said of all of them."""
    some = np.arange(min(len(options), MANY))
    keys = [options.key(option) for option in some.tolist()]
    if len(set(keys)) < len(keys):
        yield "two options have one key"
    elif any(options.find(key) != option for option, key in enumerate(keys)):
        yield "find does not find the option that has the key"
    usage, prices = options.usage(some, resources), options.prices(some)
    if usage.shape != (len(some), resources) or usage.dtype.kind not in "iu":
        yield f"usage is {usage.dtype} of shape {usage.shape}, not whole numbers of shape {(len(some), resources)}"
        return
    if prices.shape != (len(some), tiers) or prices.dtype.kind not in "iu":
        yield f"prices are {prices.dtype} of shape {prices.shape}, not whole numbers of shape {(len(some), tiers)}"
        return
    used = usage.tocoo()
    if not set(used.col[used.data != 0].tolist()) <= set(options.touched().tolist()):
        yield "touched leaves out a resource that an option uses"
    if options.takes_surcharges and not set(used.data.tolist()) <= {0, *options.amounts().tolist()}:
        yield "amounts leaves out an amount that an option uses"
    if options.is_listed:
        yield from _faults_of_alike(options, usage.toarray(), resources)


def _faults_of_alike(options: Options, usage: Integers, resources: int) -> Iterator[str]:
    apart = np.ones(resources, dtype=bool)
    apart[options.beside()] = False
    numbers = options.alike()
    if len(numbers) != len(options):
        yield "alike has not a number for each option"
        return
    first: dict[int, Integers] = {}
    for number, used in zip(numbers[: len(usage)].tolist(), usage[:, apart], strict=True):
        if (first.setdefault(number, used) != used).any():
            yield "options that are alike use different amounts of what is not beside"
            return


def _faults_at(
    options: Options, resource_prices: Floats, weights: Floats, random: np.random.Generator
) -> Iterator[str]:
    """What is wrong at these prices."""
    surcharges = _surcharges(options, len(resource_prices), random) if options.takes_surcharges else None
    chosen, costs = options.cheapest(5, resource_prices, weights, surcharges)
    if not len(chosen):
        if len(options):
            yield "cheapest names none of the options"
        return
    if (np.diff(chosen) <= 0).any():
        yield "cheapest is not ascending"
    if not _same(costs, _recounted(options, chosen, resource_prices, weights, surcharges)):
        yield "cheapest says another cost than uses and prices do"
    again, _ = options.cheapest(5, resource_prices, weights, surcharges)
    _, alone = options.cheapest(1, resource_prices, weights, surcharges)
    if not np.array_equal(again, chosen):
        yield "cheapest says another thing when it is asked again"
    some = np.arange(min(len(options), MANY))
    recounted = _recounted(options, some, resource_prices, weights, surcharges)
    if max(costs.min(), alone.min()) > recounted.min() + SAFE * max(1.0, abs(recounted.min())):
        yield "cheapest is not the cheapest: another option costs less"
    if not _same(options.values(resource_prices, weights, surcharges)[some], recounted):
        yield "values are not prices and usage at what they cost"
    unsurcharged = _recounted(options, some, resource_prices, weights, None)
    if not _same(options.values_of(some, resource_prices, weights), unsurcharged):
        yield "values_of are not prices and usage at what they cost"
    own = options.prices(some) @ weights
    if options.least(weights, len(resource_prices)) > own.min() + SAFE * max(1.0, abs(own.min())):
        yield "least is above what an option costs"
    if options.dearest(weights) < own.max() - SAFE * max(1.0, abs(own.max())):
        yield "dearest is below what an option costs"
    room = float(np.median(recounted) - recounted.min())
    near = options.within(room, len(options) + 1, resource_prices, weights, surcharges)
    wanted = some[recounted < recounted.min() + room - SAFE * max(1.0, abs(room))]
    if near is not None and not np.isin(wanted, near).all():
        yield "within leaves out an option that is near enough"


def _surcharges(options: Options, resources: int, random: np.random.Generator) -> Surcharges:
    """A charge on each use of half of the resources."""
    amounts = np.union1d(options.amounts(), [0])
    table = np.where(random.random((resources + 1, 1)) < 0.5, 0.0, random.normal(0, 5, (resources + 1, len(amounts))))
    table[-1] = 0.0
    table[:, amounts == 0] = 0.0
    return Surcharges(amounts, table)


def _recounted(
    options: Options, chosen: Integers, resource_prices: Floats, weights: Floats, surcharges: Surcharges | None
) -> Floats:
    usage = options.usage(chosen, len(resource_prices))
    costs = options.prices(chosen) @ weights + usage @ resource_prices
    return np.asarray(costs if surcharges is None else costs + surcharges.of(usage), dtype=np.float64)


def _same(one: Floats, other: Floats) -> bool:
    return one.shape == other.shape and bool(np.allclose(one, other, rtol=SAFE, atol=SAFE))
