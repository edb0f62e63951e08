"""Column classes: options of all actors with equal rows in a block (aggregated columns); and which rows make a block.

A block is made of rows that can be short at a price. Rows that one option supplies belong together, and so do rows
that a transfer joins, as long as the block does not grow too large. Rows that nothing but a block's options use, such
as the places of its positions, belong to it too. What options of one class use elsewhere (a ward, a supervisor) may
differ.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy import sparse
from scipy.sparse.csgraph import connected_components

from allokering.problem import Booleans, Floats, Integers, Problem

HASH = 1 << 34
"""Random prices of resources are below this: what an option costs at them is exact in floating point as long as the
amounts it uses sum to less than half a million. Uses count as equal if they cost the same at two such prices; of ten
million uses, one in a million draws would mistake two."""


@dataclass(frozen=True)
class _Own:
    """One actor's options by class: those of class `classes[i]` are `order[starts[i]:starts[i + 1]]`."""

    order: Integers
    starts: Integers
    classes: Integers
    """Numbers of classes, ascending; -1 for options that use nothing in any block."""


class ColumnClasses:
    """Column classes, and the blocks they make.

    Args:
        usage: what each class uses inside the blocks, A: shape (classes, resources).
        block: the block of each class: shape (classes,).
        block_of_row: the block of each resource, -1 for none: shape (resources,).
        own: by actor.
    """

    def __init__(self, usage: sparse.csr_array, block: Integers, block_of_row: Integers, own: list[_Own]) -> None:
        self.usage = usage
        self.block = block
        self.block_of_row = block_of_row
        self.blocks = int(block_of_row.max(initial=-1)) + 1
        self._own = own
        self.most = np.zeros(len(block), dtype=np.int64)
        """How many actors have an option of the class."""
        for one in own:
            self.most[one.classes[one.classes >= 0]] += 1

    def ask(self, actor: int, costs: Floats, asked: Floats) -> float:
        """Lower `asked` by class to what this actor's options cost; the least cost of its options without a class.

        Args:
            actor: the actor.
            costs: of its options: shape (options,).
            asked: least cost of each class so far; changed in place: shape (classes,).
        """
        own = self._own[actor]
        least = np.minimum.reduceat(costs[own.order], own.starts)
        has_none = own.classes[0] < 0
        np.minimum.at(asked, own.classes[1:] if has_none else own.classes, least[1:] if has_none else least)
        return float(least[0]) if has_none else np.inf


def column_classes(problem: Problem, is_short: Booleans, most_rows: int) -> ColumnClasses:
    """Column classes and blocks of a problem; transfers join blocks of up to so many rows."""
    beside = np.zeros(len(problem.resources), dtype=bool)
    for actor in problem.actors:
        beside[actor.beside()] = True
    usage, number_of = _alike(problem, beside)
    block_of_row = _joined(usage, is_short & ~beside, problem, most_rows)
    is_adjusted = np.zeros(len(beside), dtype=bool)
    is_adjusted[problem.adjustment_usage.indices] = True
    block_of_row, block = _with_own_rows(usage, block_of_row, ~is_adjusted & ~beside)
    block_of_row = _with_limits(usage, block_of_row, ~beside, problem)
    inside = sparse.csr_array(usage @ sparse.diags_array((block_of_row >= 0).astype(np.int64), dtype=np.int64))
    inside.eliminate_zeros()
    block[np.diff(inside.indptr) == 0] = -1
    has_block = np.flatnonzero(block >= 0)
    firsts, which = _each_once(_marked(inside[has_block]))
    number = np.full(len(block), -1)
    number[has_block] = which
    firsts = has_block[firsts]
    own = [_grouped(number[numbers]) for numbers in number_of]
    return ColumnClasses(sparse.csr_array(inside[firsts]), block[firsts], block_of_row, own)


def _alike(problem: Problem, beside: Booleans) -> tuple[sparse.csr_array, list[Integers]]:
    """What options use apart from what is beside, each use once; and by actor which of these uses each option has."""
    random, nothing = np.random.default_rng(0), np.zeros(len(problem.tiers))
    prices = [np.where(beside, 0.0, random.integers(1, HASH, len(beside)).astype(np.float64)) for _ in range(2)]
    options, inverses, marks = [], [], [np.zeros((0, 2))]
    for actor in problem.actors:
        _, firsts, inverse = np.unique(actor.alike(), return_index=True, return_inverse=True)
        options.append(firsts)
        inverses.append(inverse.ravel())
        marks.append(np.stack([actor.values_of(firsts, price, nothing) for price in prices], axis=1))
    chosen, number = _each_once(np.concatenate(marks))
    ends = np.cumsum([len(own) for own in options])
    usages = []
    for actor, own, end in zip(problem.actors, options, ends.tolist(), strict=True):
        here = np.sort(chosen[(chosen >= end - len(own)) & (chosen < end)]) - (end - len(own))
        usages.append(actor.usage(own[here], len(beside)))
    usage = sparse.csr_array(sparse.vstack(usages))[np.argsort(np.argsort(chosen))]
    usage = sparse.csr_array(usage @ sparse.diags_array((~beside).astype(np.int64), dtype=np.int64))
    usage.eliminate_zeros()
    return usage, [numbers[inverse] for numbers, inverse in zip(np.split(number, ends[:-1]), inverses, strict=True)]


def _each_once(marks: Floats | Integers) -> tuple[Integers, Integers]:
    """Of rows of marks that are equal, the first; and by row the number of the one it is equal to."""
    order = np.lexsort(marks.T)
    is_new = np.append(True, (marks[order[1:]] != marks[order[:-1]]).any(axis=1))[: len(order)]
    number = np.empty(len(order), dtype=np.int64)
    number[order] = np.cumsum(is_new) - 1
    return order[is_new], number


def _marked(usage: sparse.csr_array) -> Integers:
    """Two marks by row, the same for rows that use the same; whole numbers, which may wrap around."""
    random = np.random.default_rng(0)
    return np.stack([usage @ random.integers(1, 1 << 62, usage.shape[1]) for _ in range(2)], axis=1)


def _joined(usage: sparse.csr_array, is_short: Booleans, problem: Problem, most_rows: int) -> Integers:
    """The block of each resource that can be short: those one option uses, and those that much can be moved between."""
    rows = np.flatnonzero(is_short)
    chained = _chained(sparse.csr_array(usage[:, rows]))
    _, part = connected_components(chained, directed=False)
    size = np.bincount(part)
    moved = sparse.csr_array(problem.adjustment_usage[:, rows])
    links = sparse.coo_array(_chained(moved, problem.adjustment_most))
    flows = sparse.coo_array((links.data, (part[links.row], part[links.col])), shape=(len(size), len(size))).tocsr()
    flows = sparse.coo_array(sparse.triu(flows + flows.T, k=1))
    parent = np.arange(len(size))
    for index in np.lexsort((flows.col, flows.row, -flows.data)).tolist():
        one, two = _root(parent, int(flows.row[index])), _root(parent, int(flows.col[index]))
        if one != two and size[one] + size[two] <= most_rows:
            parent[two], size[one] = one, size[one] + size[two]
    block_of_row = np.full(len(is_short), -1)
    roots = np.array([_root(parent, number) for number in range(len(parent))], dtype=np.int64)
    block_of_row[rows] = np.unique(roots[part], return_inverse=True)[1].ravel() if len(rows) else roots
    return block_of_row


def _chained(usage: sparse.csr_array, weights: Integers | None = None) -> sparse.csr_array:
    """Resources used together, each with the next: shape (resources, resources)."""
    usage = sparse.csr_array(usage)
    usage.sort_indices()
    row = np.repeat(np.arange(usage.shape[0]), np.diff(usage.indptr))
    is_same = row[1:] == row[:-1]
    cells = usage.indices[:-1][is_same], usage.indices[1:][is_same]
    data = np.ones(len(cells[0])) if weights is None else weights[row[1:][is_same]].astype(float)
    return sparse.coo_array((data, cells), shape=(usage.shape[1], usage.shape[1])).tocsr()


def _root(parent: Integers, number: int) -> int:
    while parent[number] != number:
        parent[number] = parent[parent[number]]
        number = int(parent[number])
    return number


def _with_own_rows(usage: sparse.csr_array, block_of_row: Integers, may_be: Booleans) -> tuple[Integers, Integers]:
    """Rows that only the options of one block use belong to it, and so do options that use nothing but such rows."""
    cells = usage.tocoo()
    block = _only(cells.row, block_of_row[cells.col], usage.shape[0])
    while True:
        block_of_own = np.where(may_be, _only(cells.col, block[cells.row], len(may_be)), -1)
        both = np.where(block_of_row >= 0, block_of_row, block_of_own)
        block_now = _only(cells.row, both[cells.col], usage.shape[0])
        # A row used by an option that belongs nowhere, or elsewhere, is nobody's own.
        is_shared = np.zeros(len(may_be), dtype=bool)
        is_shared[cells.col[block_now[cells.row] != both[cells.col]]] = True
        if not np.any(is_shared & may_be & (both >= 0)):
            return both, block_now
        may_be = may_be & ~is_shared


def _only(index: Integers, blocks: Integers, size: int) -> Integers:
    """By index the block that goes with it, -1 if there is none or more than one; blocks of -1 do not count."""
    counts = blocks >= 0
    least, most = np.full(size, np.iinfo(np.int64).max), np.full(size, -1)
    np.minimum.at(least, index[counts], blocks[counts])
    np.maximum.at(most, index[counts], blocks[counts])
    return np.where(least == most, most, -1)


def _with_limits(usage: sparse.csr_array, block_of_row: Integers, may_be: Booleans, problem: Problem) -> Integers:
    """Rows that no option uses, and that limit what leaves a block, belong to it."""
    may_be = may_be & (block_of_row < 0)
    may_be[usage.indices] = False
    cells = problem.adjustment_usage.tocoo()
    leaves = cells.data < 0
    source = _only(cells.row[leaves], block_of_row[cells.col[leaves]], len(problem.adjustment_most))
    limits = np.where(may_be, _only(cells.col, source[cells.row], len(may_be)), -1)
    is_outside = np.zeros(len(may_be), dtype=bool)
    is_outside[cells.col[source[cells.row] < 0]] = True
    return np.where(is_outside | (block_of_row >= 0), block_of_row, limits)


def _grouped(classes: Integers) -> _Own:
    order = np.argsort(classes, kind="stable")
    starts = np.flatnonzero(np.append(True, np.diff(classes[order]) != 0))
    return _Own(order.astype(np.int32), starts, classes[order[starts]])
