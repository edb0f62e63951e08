"""A large problem falls into parts that share little: who can use the same resources belongs together.

Every resource is shared out among the parts by how much their actors could use of it. So the plans of the parts, side
by side, are a plan of the whole; and the options that a part's relaxation likes, and its prices, are near those of the
whole, at a small fraction of the time.

The split is a spectral bisection, repeated: actors are ordered along the second singular vector of "who could use
what" (Dhillon, Co-clustering documents and words using bipartite spectral graph partitioning, KDD 2001).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from scipy import sparse
from scipy.sparse.linalg import svds

from allokering.problem import Floats, Integers, Problem

MOST = 150
"""Actors in one part."""
SMALL = 20
"""Up to so many actors or resources, all singular vectors are found at once."""


@dataclass(frozen=True)
class Part:
    """Some of the actors with their shares of the resources, as a problem of its own; resources keep their numbers."""

    problem: Problem
    actors: Integers
    """Numbers of its actors in the whole."""
    adjustments: Integers
    """Numbers of its adjustments in the whole."""


def groups_of(problem: Problem, most: int = MOST) -> list[Integers]:
    """Groups of at most so many actors."""
    wants = _wants(problem)
    groups = [np.arange(len(problem.actors))]
    while len(largest := max(groups, key=len)) > most:
        groups = [group for group in groups if group is not largest] + _halves(wants, largest)
    return sorted(groups, key=lambda group: int(group[0]))


def shared(problem: Problem, groups: Sequence[Integers]) -> list[Part]:
    """A part for each group, with a share of every resource by how much the group could use of it."""
    share = _wanted(problem, groups) ** 2
    share[0, share.sum(axis=0) == 0] = 1.0
    share /= share.sum(axis=0)
    bounds = _shared_out(problem.bounds, share)
    relieved = np.array([relief.resource for relief in problem.reliefs], dtype=np.int64)
    count = len(problem.reliefs)
    reliefs = _shared_out(problem.adjustment_most[:count], share[:, relieved])
    sources = np.array([transfer.source for transfer in problem.transfers], dtype=np.int64)
    moved = _transfers_shared_out(problem, share[:, sources])
    parts = []
    for part, group in enumerate(groups):
        most = np.concatenate([reliefs[part], moved[part]])
        kept = np.flatnonzero(most)
        parts.append(_part(problem, group, kept, bounds[part], most[kept]))
    return parts


def _part(problem: Problem, group: Integers, kept: Integers, bounds: Integers, most: Integers) -> Part:
    count = len(problem.reliefs)
    amounts = dict(zip(kept.tolist(), most.tolist(), strict=True))
    reliefs = (replace(problem.reliefs[one], most=amounts[one]) for one in amounts if one < count)
    transfers = (replace(problem.transfers[one - count], most=amounts[one]) for one in amounts if one >= count)
    resources = (
        replace(resource, bound=bound) for resource, bound in zip(problem.resources, bounds.tolist(), strict=True)
    )
    actors = tuple(problem.actors[actor] for actor in group)
    return Part(Problem(problem.tiers, tuple(resources), actors, tuple(reliefs), tuple(transfers)), group, kept)


def _wants(problem: Problem) -> sparse.csr_array:
    """Which resources each actor can use, equal parts of 1: shape (actors, resources)."""
    touched = [actor.touched() for actor in problem.actors]
    starts = np.concatenate([[0], np.cumsum([len(one) for one in touched])])
    parts = np.concatenate([np.full(len(one), 1 / max(1, len(one))) for one in touched])
    return sparse.csr_array(
        (parts, np.concatenate(touched), starts), shape=(len(problem.actors), len(problem.resources))
    )


def _wanted(problem: Problem, groups: Sequence[Integers]) -> Floats:
    """How much each group could use of each resource, directly or, where nobody does, by transfers that lead there."""
    number = np.zeros(len(problem.actors), dtype=np.int64)
    for index, group in enumerate(groups):
        number[group] = index
    members = sparse.coo_array((np.ones(len(number)), (number, np.arange(len(number))))).tocsr()
    wanted = (members @ _wants(problem)).toarray()
    rows = [
        (one.source, target)
        for one in problem.transfers
        for target in (one.target, *(resource for resource, amount in one.also_uses if amount > 0))
    ]
    cells = np.array(rows, dtype=np.int64).reshape(-1, 2).T
    size = len(problem.resources)
    leads = sparse.coo_array((np.ones(cells.shape[1]), cells), shape=(size, size)).tocsr()
    total = wanted.sum(axis=0)
    return np.asarray(np.where(total > 0, wanted, (wanted / np.where(total > 0, total, 1.0)) @ leads))


def _transfers_shared_out(problem: Problem, share: Floats) -> Integers:
    """Most units of each transfer by part; whole in every part where the shares of the target see to it."""
    most = problem.adjustment_most[len(problem.reliefs) :]
    targets = np.array([transfer.target for transfer in problem.transfers], dtype=np.int64)
    can_grow = np.zeros(len(problem.resources), dtype=bool)
    can_grow[[relief.resource for relief in problem.reliefs]] = True
    can_grow[[transfer.source for transfer in problem.transfers]] = True
    is_bounded = ~can_grow[targets] & (problem.bounds[targets] <= most)
    return np.where(is_bounded, np.where(share > 0, most, 0), _shared_out(most, share))


def _shared_out(amounts: Integers, share: Floats) -> Integers:
    """Whole numbers by part that sum to the amounts: shape (parts, amounts); the largest remainders get the rest."""
    exact = share * np.abs(amounts)
    given = np.floor(exact + 1e-9).astype(np.int64)
    left = np.abs(amounts) - given.sum(axis=0)
    rank = np.argsort(np.argsort(given - exact, axis=0, kind="stable"), axis=0, kind="stable")
    return np.asarray(np.sign(amounts) * (given + (rank < left)), dtype=np.int64)


def _halves(wants: sparse.csr_array, group: Integers) -> list[Integers]:
    """Two groups of equal size that want different things."""
    table = wants[group]
    table = table[:, np.asarray(table.sum(axis=0)).ravel() > 0]
    by_actor, by_resource = (1 / np.sqrt(np.maximum(np.asarray(table.sum(axis=axis)).ravel(), 1e-9)) for axis in (1, 0))
    scaled = sparse.csr_array(sparse.diags_array(by_actor) @ table @ sparse.diags_array(by_resource))
    order = np.argsort(_second(scaled) * by_actor, kind="stable")
    half = len(group) // 2
    return [np.sort(group[order[:half]]), np.sort(group[order[half:]])]


def _second(scaled: sparse.csr_array) -> Floats:
    """The left singular vector that belongs to the second largest singular value."""
    if min(scaled.shape) <= SMALL:
        vectors = np.linalg.svd(scaled.toarray(), full_matrices=False)[0]
        return np.asarray(vectors[:, min(1, vectors.shape[1] - 1)] if vectors.size else np.zeros(scaled.shape[0]))
    start = np.ones(min(scaled.shape)) / np.sqrt(min(scaled.shape))
    left, values, _ = svds(scaled, k=2, v0=start, solver="arpack")
    return np.asarray(left[:, int(np.argmin(values))], dtype=np.float64)
