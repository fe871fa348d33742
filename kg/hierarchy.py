"""Walks over CSR arrays: closures, depths and cycles, without a Python loop over nodes."""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array
from scipy.sparse.csgraph import breadth_first_order, connected_components

Index = NDArray[np.int64]

_BLOCK_CELLS: Final = 1 << 24
"""How many (origin, node) flags a closure holds at once: 16 MiB."""


def frozen(array: NDArray[np.int64]) -> Index:
    """Return the array, contiguous and read-only."""
    result = np.ascontiguousarray(array, dtype=np.int64)
    result.setflags(write=False)
    return result


def expand(pointer: Index, rows: Index) -> tuple[Index, Index]:
    """Return the positions of all entries of some rows of a CSR matrix.

    Args:
        pointer: the row pointer, shape (row + 1,).
        rows: the rows wanted, in any order, repeats allowed.

    Returns:
        for each entry the position in ``rows`` of the row it belongs to, and its own position in
        the CSR arrays; both have shape (entry,).
    """
    counts = pointer[rows + 1] - pointer[rows]
    owner = np.repeat(np.arange(len(rows)), counts)
    before = np.cumsum(counts) - counts
    position = np.arange(len(owner)) - before[owner] + pointer[rows][owner]
    return owner, position


def closure_of_all(pointer: Index, parents: Index) -> tuple[Index, Index, Index]:
    """Return every node with all its ancestors, as CSR, by a breadth-first walk from all at once.

    The walk goes in blocks of origins, so that the table of what has been seen stays small.

    Args:
        pointer: the row pointer of the parents, shape (node + 1,).
        parents: the parents of each node, shape (edge,).

    Returns:
        pointer (node + 1,), node (entry,), steps (entry,); a row is sorted by steps, then node.
    """
    size = len(pointer) - 1
    block = max(1, _BLOCK_CELLS // max(size, 1))
    parts = [
        _closure_block(pointer, parents, np.arange(start, min(start + block, size)))
        for start in range(0, size, block)
    ]
    empty = np.empty(0, dtype=np.int64)
    counts, nodes, steps = (
        np.concatenate([empty, *column])
        for column in (zip(*parts, strict=True) if parts else [()] * 3)
    )
    starts = np.concatenate([[0], np.cumsum(counts)])
    return frozen(starts), frozen(nodes), frozen(steps)


def _closure_block(pointer: Index, parents: Index, origins: Index) -> tuple[Index, Index, Index]:
    """Return the size of each origin's closure, and the nodes and steps of all of them."""
    size = len(pointer) - 1
    seen = np.zeros(len(origins) * size, dtype=np.bool_)
    owner, node = np.arange(len(origins)), origins
    seen[owner * size + node] = True
    levels = [(owner, node)]
    while len(node):
        entry, position = expand(pointer, node)
        keys = owner[entry] * size + parents[position]
        keys = np.unique(keys[~seen[keys]])
        seen[keys] = True
        owner, node = np.divmod(keys, size)
        levels.append((owner, node))
    owners = np.concatenate([owner for owner, _ in levels])
    steps = np.repeat(np.arange(len(levels)), [len(node) for _, node in levels])
    order = np.argsort(owners, kind="stable")  # keeps the order by steps, then node, in each row
    nodes = np.concatenate([node for _, node in levels])[order]
    return np.bincount(owners, minlength=len(origins)), nodes, steps[order]


def walk(pointer: Index, neighbours: Index, start: Index) -> tuple[Index, Index]:
    """Return all nodes that can be reached, with the fewest steps from any of the start nodes.

    Args:
        pointer: the row pointer of the neighbours, shape (node + 1,).
        neighbours: the neighbours of each node, shape (edge,).
        start: the nodes to start from.

    Returns:
        the nodes and their steps, sorted by steps, then node.
    """
    seen = np.zeros(len(pointer) - 1, dtype=np.bool_)
    node = np.unique(start)
    seen[node] = True
    levels = [node]
    while len(node):
        _, position = expand(pointer, node)
        found = neighbours[position]
        node = np.unique(found[~seen[found]])
        seen[node] = True
        levels.append(node)
    steps = np.repeat(np.arange(len(levels)), [len(level) for level in levels])
    return np.concatenate(levels), steps


def find_cycles(size: int, child: Index, parent: Index) -> list[list[int]]:
    """Return one shortest cycle for each group of nodes that are all each other's ancestors.

    Args:
        size: the number of nodes.
        child: the child of each edge.
        parent: the parent of each edge.

    Returns:
        the nodes of each cycle in the order of the walk upwards, beginning with the smallest
        number of its group; the cycles are sorted.
    """
    cycles = [[int(node)] for node in np.unique(child[child == parent])]
    if not size:
        return cycles
    ones = np.ones(len(child), dtype=np.int8)
    upwards = csr_array((ones, (child, parent)), shape=(size, size))
    _, group = connected_components(upwards, directed=True, connection="strong")
    for number in np.flatnonzero(np.bincount(group) > 1):
        members = np.flatnonzero(group == number)
        cycles.append(_shortest_cycle(upwards, members))
    return sorted(cycles)


def _shortest_cycle(upwards: csr_array, members: Index) -> list[int]:
    """Return a shortest cycle through the first of the members of one strong component."""
    inner = csr_array(upwards[members][:, members])
    order, before = breadth_first_order(inner, 0, directed=True)
    closing = inner[:, [0]].toarray().ravel() > 0
    # The nodes come nearest first: the first that has node 0 as its parent closes the cycle.
    path = [int(next(node for node in order if closing[node] and node != 0))]
    while path[-1] != 0:
        path.append(int(before[path[-1]]))
    return [int(members[node]) for node in reversed(path)]
