from __future__ import annotations

import copy
import pickle

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ontograft.errors import OntologyError
from ontograft.kg import BROADER, Concept, KnowledgeGraph, Label, LabelKind

PART_OF = "http://example.org/part_of"


def iri(name: str) -> str:
    return f"http://example.org/{name}"


def parents(*pairs: tuple[str, str]) -> list[tuple[str, str, str]]:
    return [(iri(child), BROADER, iri(parent)) for child, parent in pairs]


def graph_of(names: str, edges: list[tuple[str, str, str]]) -> KnowledgeGraph:
    return KnowledgeGraph([Concept(iri(name)) for name in names], edges)


def test_concepts_and_relations_are_numbered_by_iri() -> None:
    graph = graph_of("cab", [(iri("a"), PART_OF, iri("b")), *parents(("c", "a"))])
    assert [concept.iri for concept in graph.concepts] == [iri("a"), iri("b"), iri("c")]
    assert graph.relations == (BROADER, PART_OF)
    assert graph.relation_names == ("broader", "part_of")
    assert graph.source.tolist() == [0, 2]
    assert graph.relation.tolist() == [1, 0]
    assert graph.target.tolist() == [1, 0]
    assert graph.index(iri("c")) == 2
    assert iri("c") in graph


def test_arrays_cannot_be_written() -> None:
    graph = graph_of("ab", parents(("a", "b")))
    for array in (graph.source, graph.relation, graph.target, *graph.closure_csr, graph.out_edges):
        with pytest.raises(ValueError, match="read-only"):
            array[0] = 1
    with pytest.raises(AttributeError):
        graph.iri = "x"  # type: ignore[misc]  # that it is refused is the point


def test_two_concepts_with_one_iri_are_refused() -> None:
    with pytest.raises(OntologyError, match="share the IRI 'http://example.org/a'"):
        graph_of("aa", [])


def test_an_edge_to_nowhere_is_refused() -> None:
    with pytest.raises(OntologyError, match="names 'http://example.org/x', which is not a concept"):
        graph_of("a", parents(("a", "x")))


def test_an_unknown_concept_is_refused() -> None:
    with pytest.raises(OntologyError, match=r"no concept 'x' in the ontology \(no IRI\)"):
        graph_of("a", []).index("x")


def test_an_unknown_kind_is_refused() -> None:
    with pytest.raises(OntologyError, match="unknown kind 'gene'; choose one of: class"):
        Concept(iri("a"), kind="gene")


def test_a_concept_sorts_its_labels_and_drops_blank_ones() -> None:
    label = Label(LabelKind.EXACT, "en", "b")
    other = Label(LabelKind.EXACT, "en", "a")
    blank = Label(LabelKind.EXACT, "en", " ")
    assert Concept("x", labels=(label, other, blank, label)).labels == (other, label)


def test_closure_lists_each_ancestor_with_the_fewest_steps() -> None:
    graph = graph_of("abcd", parents(("a", "b"), ("b", "c"), ("c", "d"), ("a", "c")))
    pointer, concept, steps = graph.closure_csr
    assert concept[pointer[0] : pointer[1]].tolist() == [0, 1, 2, 3]
    assert steps[pointer[0] : pointer[1]].tolist() == [0, 1, 1, 2]
    assert [part.tolist() for part in graph.ancestors(0)] == [[1, 2, 3], [1, 1, 2]]
    assert [part.tolist() for part in graph.closure([1, 0])] == [[0, 1, 2, 3], [0, 0, 1, 2]]
    assert [part.tolist() for part in graph.closure([])] == [[], []]


def test_closure_ends_where_a_cycle_began() -> None:
    graph = graph_of("abc", parents(("a", "b"), ("b", "c"), ("c", "a"), ("b", "b")))
    assert [part.tolist() for part in graph.ancestors(0)] == [[1, 2], [1, 2]]
    assert graph.roots.tolist() == []
    assert graph.depth == 0


def test_closure_refuses_a_number_that_is_no_concept() -> None:
    with pytest.raises(IndexError, match="between 0 and 0, got \\[1\\]"):
        graph_of("a", []).closure([1])


@settings(max_examples=60, deadline=None)
@given(
    size=st.integers(1, 12),
    pairs=st.lists(st.tuples(st.integers(0, 11), st.integers(0, 11)), max_size=40),
)
def test_closure_equals_a_walk_from_each_concept(size: int, pairs: list[tuple[int, int]]) -> None:
    names = "abcdefghijkl"[:size]
    edges = [(names[c], names[p]) for c, p in pairs if c < size and p < size]
    graph = graph_of(names, parents(*edges))
    pointer, concept, steps = graph.closure_csr
    for start in range(size):
        expected = {start: 0}
        frontier = [start]
        while frontier:
            above = {
                names.index(parent)
                for child, parent in edges
                if names.index(child) in frontier and names.index(parent) not in expected
            }
            level = max(expected.values()) + 1
            expected.update(dict.fromkeys(above, level))
            frontier = list(above)
        row = slice(pointer[start], pointer[start + 1])
        ordered = sorted(expected.items(), key=lambda item: (item[1], item[0]))
        assert list(zip(concept[row].tolist(), steps[row].tolist(), strict=True)) == ordered


def test_roots_and_depth() -> None:
    graph = graph_of("abcde", parents(("a", "b"), ("b", "c"), ("a", "d"), ("e", "e")))
    assert graph.roots.tolist() == [2, 3, 4]
    assert graph.depth == 1  # a is one step below d, its nearest root


def test_an_empty_graph_has_empty_arrays() -> None:
    graph = KnowledgeGraph([])
    assert [part.tolist() for part in graph.closure_csr] == [[0], [], []]
    assert (len(graph), graph.depth, graph.roots.tolist(), graph.languages) == (0, 0, [], {})


def test_a_graph_travels_to_other_processes() -> None:
    graph = KnowledgeGraph([Concept(iri("heart"))], iri="i")
    assert pickle.loads(pickle.dumps(graph)).fingerprint == graph.fingerprint
    assert copy.deepcopy(graph).fingerprint == graph.fingerprint


def test_csr_views_agree_with_the_edges() -> None:
    graph = graph_of("abc", [*parents(("a", "c"), ("b", "c")), (iri("c"), PART_OF, iri("a"))])
    pointer, edges = graph.in_edges
    assert np.diff(pointer).tolist() == [1, 0, 2]
    assert graph.source[edges].tolist() == [2, 0, 1]
    assert graph.out_edges.tolist() == [0, 1, 2, 3]
    assert [part.tolist() for part in graph.children_csr] == [[0, 0, 0, 2], [0, 1]]
    assert repr(graph) == "KnowledgeGraph(iri='', version='', concepts=3, relations=2, edges=3)"
