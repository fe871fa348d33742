from __future__ import annotations

import numpy as np

from ontograft.kg import BROADER, Concept, KnowledgeGraph
from ontograft.kg.ancestry import Ancestry, broad_concepts


def graph_of(size: int, edges: list[tuple[int, int]]) -> KnowledgeGraph:
    iris = [f"x:{number:05}" for number in range(size)]
    triples = [(iris[child], BROADER, iris[parent]) for child, parent in edges]
    return KnowledgeGraph([Concept(iri) for iri in iris], triples)


def test_a_concept_has_itself_and_all_above_it() -> None:
    graph = graph_of(5, [(0, 1), (0, 2), (1, 3), (2, 3)])
    ancestry = Ancestry(*graph.parents_csr)
    assert ancestry(0) == {0, 1, 2, 3}
    assert ancestry(4) == {4}


def test_a_cycle_ends() -> None:
    ancestry = Ancestry(*graph_of(3, [(0, 1), (1, 2), (2, 0)]).parents_csr)
    assert ancestry(1) == {0, 1, 2}


def test_broad_concepts_are_those_of_the_closure() -> None:
    generator = np.random.default_rng(3)
    size = 3000
    edges = [(child, int(child * generator.random() ** 3)) for child in range(1, size)]
    graph = graph_of(size, edges)
    _, ancestors, _ = graph.closure_csr
    below = np.bincount(ancestors, minlength=size)
    for share in (0.1, 0.3, 0.9):
        assert broad_concepts(graph, share) == set(np.flatnonzero(below > share * size).tolist())
