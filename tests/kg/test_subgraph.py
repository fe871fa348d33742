from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ontograft.kg import BROADER, Concept, ConceptBatch, KnowledgeGraph, Link, extract

PART_OF = "urn:part_of"


def graph_of(size: int, edges: list[tuple[int, int, int]]) -> KnowledgeGraph:
    names = [f"urn:c{number:02}" for number in range(size)]
    relations = (BROADER, PART_OF)
    return KnowledgeGraph(
        [Concept(name) for name in names],
        [(names[source], relations[relation], names[target]) for source, relation, target in edges],
    )


def reference(
    graph: KnowledgeGraph, documents: list[list[Link]], hops: int, budget: int | None, decay: float
) -> tuple[list[int], dict[tuple[int, int], float], set[tuple[int, int, int]]]:
    """Say the same as ``extract``, slowly: concepts, closure weights and edges."""
    closure: dict[tuple[int, int], float] = {}
    for number, links in enumerate(documents):
        for link in links:
            concepts, steps = graph.closure([link.concept])
            for concept, step in zip(concepts.tolist(), steps.tolist(), strict=True):
                key = number, concept
                closure[key] = closure.get(key, 0.0) + link.score * decay**step
    relevance: dict[int, float] = {}
    for (_, concept), weight in sorted(closure.items()):
        relevance[concept] = relevance.get(concept, 0.0) + weight
    linked = {link.concept for links in documents for link in links}
    layers = [linked, set(relevance) - linked]
    edges = list(
        zip(graph.source.tolist(), graph.relation.tolist(), graph.target.tolist(), strict=True)
    )
    reached, frontier = set(linked), set(linked)
    for _ in range(hops):
        gained: dict[int, float] = {}
        for source, _, target in edges:
            for near, far in ((source, target), (target, source)):
                if near in frontier and far not in reached:
                    gained[far] = gained.get(far, 0.0) + decay * relevance[near]
        frontier = set(gained)
        reached |= frontier
        layers.append({node for node in gained if node not in relevance})
        relevance = {**gained, **relevance}
    order = [
        node for layer in layers for node in sorted(layer, key=lambda one: (-relevance[one], one))
    ]
    kept = sorted(order[:budget])
    inside = {edge for edge in edges if edge[0] in kept and edge[2] in kept}
    return kept, {key: weight for key, weight in closure.items() if key[1] in kept}, inside


LINKS = st.builds(
    Link,
    concept=st.integers(0, 9),
    score=st.sampled_from([0.25, 0.5, 1.0]),
    start=st.just(0),
    end=st.just(3),
)


@settings(max_examples=150, deadline=None)
@given(
    edges=st.lists(st.tuples(st.integers(0, 9), st.integers(0, 1), st.integers(0, 9)), max_size=30),
    documents=st.lists(st.lists(LINKS, max_size=4), max_size=4),
    hops=st.integers(0, 3),
    budget=st.one_of(st.none(), st.integers(1, 8)),
)
def test_extract_equals_the_slow_way(
    edges: list[tuple[int, int, int]],
    documents: list[list[Link]],
    hops: int,
    budget: int | None,
) -> None:
    graph = graph_of(10, edges)
    batch = extract(graph, documents, hops=hops, max_nodes=budget, decay=0.5)
    kept, closure, inside = reference(graph, documents, hops, budget, 0.5)
    assert batch.concept_ids.tolist() == kept
    keys = zip(
        batch.closure_document.tolist(),
        batch.concept_ids[batch.closure_node].tolist(),
        strict=True,
    )
    assert dict(zip(keys, batch.closure_weight.tolist(), strict=True)) == pytest.approx(closure)
    source, target = batch.concept_ids[batch.edge_index].tolist()
    found = list(zip(source, batch.edge_type.tolist(), target, strict=True))
    turned = {(t, r + len(graph.relations), s) for s, r, t in inside}
    assert sorted(found) == sorted(inside | turned)
    links = [
        (number, link)
        for number, document in enumerate(documents)
        for link in document
        if link.concept in kept
    ]
    assert batch.link_document.tolist() == [number for number, _ in links]
    assert batch.concept_ids[batch.link_node].tolist() == [link.concept for _, link in links]


def chain() -> KnowledgeGraph:
    """Return 0 -> 1 -> 2 by broader, and 3 part of 0."""
    return graph_of(4, [(0, 0, 1), (1, 0, 2), (3, 1, 0)])


def test_weights_decay_upwards_and_add_up_over_links() -> None:
    batch = extract(chain(), [[Link(0, 1.0, 0, 3), Link(1, 0.5, 4, 7)], []], hops=0, decay=0.5)
    assert batch.concept_ids.tolist() == [0, 1, 2]
    assert batch.closure_document.tolist() == [0, 0, 0]
    assert batch.closure_node.tolist() == [0, 1, 2]
    assert batch.closure_weight.tolist() == [1.0, 1.0, 0.5]
    assert batch.link_score.tolist() == [1.0, 0.5]
    assert (batch.link_start.tolist(), batch.link_end.tolist()) == ([0, 4], [3, 7])


def test_every_edge_is_there_in_both_directions() -> None:
    batch = extract(chain(), [[Link(0, 1.0, 0, 3)]], hops=1)
    assert batch.edge_index.tolist() == [[0, 1, 3, 1, 2, 0], [1, 2, 0, 0, 1, 3]]
    assert batch.edge_type.tolist() == [0, 0, 1, 2, 2, 3]


def test_the_budget_keeps_linked_then_ancestors_then_neighbours() -> None:
    documents = [[Link(0, 1.0, 0, 3)]]
    kept = [
        extract(chain(), documents, max_nodes=budget).concept_ids.tolist()
        for budget in (1, 2, 3, 4)
    ]
    assert kept == [[0], [0, 1], [0, 1, 2], [0, 1, 2, 3]]


def test_a_cut_of_equally_relevant_concepts_goes_by_iri() -> None:
    links = [Link(number, 1.0, 0, 1) for number in (3, 1, 2)]
    batch = extract(graph_of(4, []), [links], max_nodes=2)
    assert batch.concept_ids.tolist() == [1, 2]
    assert batch.concept_ids[batch.link_node].tolist() == [1, 2]


@pytest.mark.parametrize("documents", [[], [[]], [[], []]])
def test_no_links_give_empty_arrays_of_the_right_type(documents: list[list[Link]]) -> None:
    batch = extract(chain(), documents)
    assert batch.concept_ids.shape == (0,)
    assert batch.edge_index.shape == (2, 0)
    assert batch.closure_weight.dtype == np.float64
    assert batch.link_score.dtype == np.float64


def test_the_company_of_a_document_does_not_change_its_weights() -> None:
    graph = graph_of(6, [(0, 0, 1), (1, 0, 2), (3, 0, 2), (4, 1, 5)])
    first, second = [Link(0, 0.3, 0, 1), Link(3, 0.9, 2, 3)], [Link(3, 0.7, 0, 1)]

    def weights(batch: ConceptBatch, number: int) -> dict[int, float]:
        own = batch.closure_document == number
        concepts = batch.concept_ids[batch.closure_node[own]].tolist()
        return dict(zip(concepts, batch.closure_weight[own].tolist(), strict=True))

    together = extract(graph, [second, first], max_nodes=None)
    assert weights(together, 1) == weights(extract(graph, [first], max_nodes=None), 0)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"hops": -1}, "hops must be 0 or more, got -1"),
        ({"max_nodes": 0}, "max_nodes must be 1 or more, or None for no limit, got 0"),
        ({"decay": 0.0}, "decay must be more than 0 and at most 1, got 0.0"),
        ({"decay": 1.5}, "decay must be more than 0 and at most 1, got 1.5"),
    ],
)
def test_an_option_out_of_range_is_refused(options: dict[str, float], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        extract(chain(), [[]], **options)  # type: ignore[arg-type]  # as a caller without types


@pytest.mark.parametrize(
    ("link", "message"),
    [
        (Link(4, 1.0, 0, 1), "names concept 4; the graph has the concepts 0 to 3"),
        (Link(-1, 1.0, 0, 1), "names concept -1"),
        (Link(0, 0.0, 0, 1), "must be finite and more than 0, got 0.0"),
        (Link(0, float("nan"), 0, 1), "must be finite and more than 0, got nan"),
    ],
)
def test_a_bad_link_is_refused(link: Link, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        extract(chain(), [[link]])
