"""Spectral co-clustering: groups of actors who compete: who can use the same resources belongs together.

The split is a spectral bisection, repeated: actors are ordered along the second singular vector of "who could use
what" (Dhillon, Co-clustering documents and words using bipartite spectral graph partitioning, KDD 2001, pp. 269-274).
"""

from __future__ import annotations

import numpy as np
from scipy import sparse
from scipy.sparse.linalg import svds

from allokering.problem import Floats, Integers, Problem
from allokering.solvers.column_generation.parameters import DEFAULTS


def spectral_clusters(problem: Problem, most: int, dense: int = DEFAULTS.construction.dense) -> list[Integers]:
    """Spectral co-clustering: groups of at most so many actors, everybody in one.

    Args:
        problem: of the actors.
        most: actors in a group.
        dense: up to so many actors or resources, all singular vectors are found at once.
    """
    wants = _wants(problem)
    groups = [np.arange(len(problem.actors))]
    while len(largest := max(groups, key=len)) > most:
        groups = [group for group in groups if group is not largest] + _halves(wants, largest, dense)
    return sorted(groups, key=lambda group: int(group[0]))


def _wants(problem: Problem) -> sparse.csr_array:
    """Which resources each actor can use, equal parts of 1: shape (actors, resources)."""
    touched = [actor.touched() for actor in problem.actors]
    starts = np.concatenate([[0], np.cumsum([len(one) for one in touched])])
    parts = np.concatenate([np.full(len(one), 1 / max(1, len(one))) for one in touched])
    return sparse.csr_array(
        (parts, np.concatenate(touched), starts), shape=(len(problem.actors), len(problem.resources))
    )


def _halves(wants: sparse.csr_array, group: Integers, dense: int) -> list[Integers]:
    """Spectral bisection: two groups of equal size that want different things."""
    table = wants[group]
    table = table[:, np.asarray(table.sum(axis=0)).ravel() > 0]
    by_actor, by_resource = (1 / np.sqrt(np.maximum(np.asarray(table.sum(axis=axis)).ravel(), 1e-9)) for axis in (1, 0))
    # The normalised matrix of Dhillon, p. 271: D1^(-1/2) A D2^(-1/2).
    scaled = sparse.csr_array(sparse.diags_array(by_actor) @ table @ sparse.diags_array(by_resource))
    order = np.argsort(_second(scaled, dense) * by_actor, kind="stable")
    half = len(group) // 2
    return [np.sort(group[order[:half]]), np.sort(group[order[half:]])]


def _second(scaled: sparse.csr_array, dense: int) -> Floats:
    """The left singular vector that belongs to the second largest singular value."""
    if min(scaled.shape) <= dense:
        vectors = np.linalg.svd(scaled.toarray(), full_matrices=False)[0]
        return np.asarray(vectors[:, min(1, vectors.shape[1] - 1)] if vectors.size else np.zeros(scaled.shape[0]))
    start = np.ones(min(scaled.shape)) / np.sqrt(min(scaled.shape))
    left, values, _ = svds(scaled, k=2, v0=start, solver="arpack")
    return np.asarray(left[:, int(np.argmin(values))], dtype=np.float64)
