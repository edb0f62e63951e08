"""Is one problem a restriction of another, or a relaxation? In form, by a fingerprint: checked, not believed.

A restriction has for every option one of the other's that uses and costs the same; every resource of the other, none
with a larger bound; and a subset of its adjustments, with the same use and prices, none with a larger most. Its every
solution is then one of the other, at the same values. Use and prices of options are compared by a hash that is linear
in them (Carter and Wegman 1979, J. Comput. Syst. Sci. 18:143-154), with weights by the names of rows and tiers, so
that rows that only one problem has can be left out; two options are taken for the same in error once in 2**60.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

import numpy as np
from scipy import sparse

from allokering.problem import Options, Problem
from allokering.solvers.exact.completion import adjustment_names
from allokering.solvers.exact.knowledge import Fingerprint, Hashes, Name


@dataclass(frozen=True)
class Relation:
    """What a problem is of another."""

    restricts: bool
    relaxes: bool


def fingerprint(problem: Problem) -> Fingerprint:
    """The form of a problem."""
    return _fingerprint(problem, None)


def relation(parent: Fingerprint, problem: Problem) -> Relation:
    """Is the problem a restriction of the parent, a relaxation, both or neither, in form?

    A problem that lacks a resource of the parent is a relaxation in truth, and neither in form.
    """
    return compared(parent, problem)[0]


def compared(parent: Fingerprint, problem: Problem) -> tuple[Relation, Fingerprint | None]:
    """What the problem is of the parent, and its own form, if it has no resource that the parent lacks."""
    own = _fingerprint(problem, parent.bounds)
    return _relation(parent, own), own if own.bounds.keys() <= parent.bounds.keys() else None


def _relation(parent: Fingerprint, own: Fingerprint) -> Relation:
    has_all = parent.bounds.keys() <= own.bounds.keys()
    if own.tiers != parent.tiers or not has_all or own.options.keys() != parent.options.keys():
        return Relation(restricts=False, relaxes=False)
    restricts = _is_within(own, parent) and all(own.bounds[name] <= bound for name, bound in parent.bounds.items())
    has_same = own.bounds.keys() == parent.bounds.keys()
    relaxes = has_same and _is_within(parent, own) and all(own.bounds[n] >= bound for n, bound in parent.bounds.items())
    return Relation(restricts=restricts, relaxes=relaxes)


def _is_within(small: Fingerprint, large: Fingerprint) -> bool:
    """Are the options and adjustments of the one among those of the other?"""
    for name, (most, prices, uses) in small.adjustments.items():
        known = large.adjustments.get(name, (0, prices, uses))
        if most > known[0] or (most and (prices, uses) != known[1:]):
            return False
    return all(bool(np.isin(hashes, large.options[actor]).all()) for actor, hashes in small.options.items())


def _fingerprint(problem: Problem, known: dict[Name, int] | None) -> Fingerprint:
    """The form of a problem; what is used of resources that are not known is left out."""
    names: list[Name] = [(one.rule, one.subject, one.period) for one in problem.resources]
    weights = np.array([_hash(name) if known is None or name in known else 0 for name in names], dtype=np.uint64)
    tiers = tuple((tier.name, tier.unit, tier.worth) for tier in problem.tiers)
    table = problem.adjustment_usage
    adjustments = {}
    for number, name in enumerate(adjustment_names(problem)):
        begin, end = table.indptr[number : number + 2]
        used = zip(table.indices[begin:end].tolist(), table.data[begin:end].tolist(), strict=True)
        uses = tuple(sorted((names[row], amount) for row, amount in used if known is None or names[row] in known))
        prices = tuple(problem.adjustment_prices[number].tolist())
        adjustments[name] = (int(problem.adjustment_most[number]), prices, uses)
    tier_weights = np.array([_hash(("tier", tier.name)) for tier in problem.tiers], dtype=np.uint64)
    options = {actor.actor: _hashes(actor, weights, tier_weights) for actor in problem.actors}
    bounds = {name: resource.bound for name, resource in zip(names, problem.resources, strict=True)}
    return Fingerprint(bounds, adjustments, options, tiers)


def _hashes(actor: Options, weights: Hashes, tier_weights: Hashes) -> Hashes:
    every = np.arange(len(actor))
    usage = sparse.csr_array(actor.usage(every, len(weights)))
    # Sums modulo 2**64: unsigned integers wrap around, which is what is wanted.
    table = sparse.csr_array((usage.data.astype(np.uint64), usage.indices, usage.indptr), shape=usage.shape)
    hashes = np.asarray(table @ weights, dtype=np.uint64)
    hashes += (actor.prices(every).astype(np.uint64) * tier_weights).sum(axis=1, dtype=np.uint64)
    return np.sort(hashes)


def _hash(name: object) -> int:
    return int.from_bytes(hashlib.blake2b(repr(name).encode(), digest_size=8).digest(), "big") | 1
