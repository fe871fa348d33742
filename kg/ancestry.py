"""What stands above a concept, asked concept by concept: nothing is computed for all of them."""

from __future__ import annotations

from collections import Counter
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Final

import numpy as np
from numpy.typing import NDArray

from .hierarchy import walk

if TYPE_CHECKING:
    from .graph import KnowledgeGraph

_REMEMBERED: Final = 1 << 15
_SAMPLE: Final = 1000


class Ancestry:
    """Returns the ancestors of single concepts, and remembers those asked for last.

    Args:
        pointer: the CSR row pointer of the parents; shape (concept + 1,).
        parents: the parents of each concept; shape (edge,).
    """

    def __init__(
        self, pointer: NDArray[np.integer[Any]], parents: NDArray[np.integer[Any]]
    ) -> None:
        # One number of an array takes several times as long to get.
        self._pointer = np.ascontiguousarray(pointer).data
        self._parents = np.ascontiguousarray(parents).data
        self._remembered = lru_cache(_REMEMBERED)(self._closure)

    def __call__(self, concept: int) -> frozenset[int]:
        """Return a concept with all its ancestors."""
        return self._remembered(concept)

    def _closure(self, concept: int) -> frozenset[int]:
        pointer, parents = self._pointer, self._parents
        found, new = {concept}, [concept]
        while new:
            below = new.pop()
            for parent in parents[pointer[below] : pointer[below + 1]].tolist():
                if parent not in found:
                    found.add(parent)
                    new.append(parent)
        return frozenset(found)


def broad_concepts(graph: KnowledgeGraph, share: float) -> frozenset[int]:
    """Return the concepts that have more than a share of all concepts below them.

    Args:
        graph: the ontology.
        share: between 0 and 1; a concept counts itself.
    """
    size = len(graph)
    sample = np.random.default_rng(0).permutation(size)[:_SAMPLE].tolist()
    ancestry = Ancestry(*graph.parents_csr)
    above = Counter(concept for number in sample for concept in ancestry(number))
    # A concept above a tenth of all is above less than a twentieth of the sample once in a hundred
    # million times; one above more is missed still less often.
    likely = [concept for concept, count in above.items() if count * 2 > share * len(sample)]
    return frozenset(
        concept
        for concept in likely
        if len(walk(*graph.children_csr, np.array([concept]))[0]) > share * size
    )
