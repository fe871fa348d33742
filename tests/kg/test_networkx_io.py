from __future__ import annotations

from typing import Any

import networkx
import pytest

from ontograft.errors import OntologyError
from ontograft.kg import BROADER, Concept, KnowledgeGraph, Label, LabelKind

PART_OF = "http://example.org/part_of"


def heart() -> KnowledgeGraph:
    label = Label(LabelKind.PREFERRED, "en", "heart")
    organ = Label(LabelKind.EXACT, "", "organ")
    return KnowledgeGraph(
        [
            Concept("urn:heart", "individual", (label,), (("en", "d"),), ("1",), ("X:1",)),
            Concept("urn:organ", "class", (organ,)),
            Concept("urn:bare"),
        ],
        [
            ("urn:heart", BROADER, "urn:organ"),
            ("urn:heart", PART_OF, "urn:organ"),
            ("urn:organ", PART_OF, "urn:organ"),
        ],
        relation_names={PART_OF: "part of"},
        iri="urn:o",
        version="1",
    )


def test_parallel_edges_keep_their_relations() -> None:
    graph = heart().to_networkx()
    assert sorted(graph["urn:heart"]["urn:organ"]) == [PART_OF, BROADER]
    assert graph["urn:heart"]["urn:organ"][PART_OF] == {"relation": "part of"}
    assert graph.nodes["urn:heart"]["label"] == "heart"
    assert graph.nodes["urn:heart"]["labels"] == [
        {"kind": "preferred", "language": "en", "text": "heart"}
    ]


def test_a_knowledge_graph_comes_back_equal() -> None:
    graph = heart()
    back = KnowledgeGraph.from_networkx(graph.to_networkx())
    assert back.fingerprint == graph.fingerprint
    assert back.concepts == graph.concepts
    assert (back.iri, back.version, back.relation_names) == ("urn:o", "1", graph.relation_names)


def test_it_also_comes_back_through_json() -> None:
    data = networkx.node_link_data(heart().to_networkx(), edges="edges")
    back = networkx.node_link_graph(data, edges="edges")
    assert KnowledgeGraph.from_networkx(back).fingerprint == heart().fingerprint


def test_a_graph_of_ones_own_is_taken_over() -> None:
    plain: networkx.MultiDiGraph[Any] = networkx.MultiDiGraph(iri="urn:o", language="en")
    plain.add_node("heart disease", synonyms=["cardiopathy"], definition="An illness.", color="red")
    plain.add_node(7, label="illness", labels=["sickness"], language="en_GB")
    plain.add_node("urn:x", name="heart")
    plain.add_edge("heart disease", 7, key="is_a")
    plain.add_edge("heart disease", "urn:x", key="located in")
    plain.add_edge("heart disease", "urn:x", relation="affects", weight=3)
    plain.add_edge("urn:x", 7, relation="narrower")
    graph = KnowledgeGraph.from_networkx(plain)
    assert [concept.iri for concept in graph.concepts] == [
        "urn:ontograft:node:7",
        "urn:ontograft:node:heart%20disease",
        "urn:x",
    ]
    assert graph.concepts[0].labels == (
        Label(LabelKind.ALTERNATIVE, "en-gb", "sickness"),
        Label(LabelKind.PREFERRED, "en-gb", "illness"),
    )
    assert graph.concepts[1].labels == (
        Label(LabelKind.EXACT, "en", "cardiopathy"),
        Label(LabelKind.PREFERRED, "en", "heart disease"),
    )
    assert graph.concepts[1].definitions == (("en", "An illness."),)
    assert graph.relation_names == ("broader", "affects", "located in")
    assert graph.relation.tolist() == [0, 0, 1, 2]
    assert graph.target.tolist() == [2, 0, 2, 2]
    assert [one.message for one in graph.problems] == [
        "the attributes color of nodes have no place in a knowledge graph; left out",
        "the attributes weight of edges have no place in a knowledge graph; left out",
    ]


@pytest.mark.parametrize(
    "name", ["broader", "is_a", "is a", "subClassOf", "subclass of", BROADER, "rdf"]
)
def test_names_of_the_parent_relation(name: str) -> None:
    plain: networkx.DiGraph[Any] = networkx.DiGraph()
    iri = "http://www.w3.org/2000/01/rdf-schema#subClassOf" if name == "rdf" else name
    plain.add_edge("a", "b", relation=iri)
    graph = KnowledgeGraph.from_networkx(plain)
    assert graph.relations == (BROADER,)
    assert graph.ancestors(0)[0].tolist() == [1]


def test_labels_as_texts_without_a_label_to_show() -> None:
    plain: networkx.DiGraph[Any] = networkx.DiGraph()
    plain.add_node("urn:a", labels=["one", "two"])
    graph = KnowledgeGraph.from_networkx(plain)
    assert [(label.text, label.kind) for label in graph.names(0)] == [
        ("one", LabelKind.PREFERRED),
        ("two", LabelKind.ALTERNATIVE),
    ]


def test_cycles_and_missing_labels_are_reported() -> None:
    plain: networkx.DiGraph[Any] = networkx.DiGraph()
    plain.add_edge("urn:a", "urn:b", relation="is_a")
    plain.add_edge("urn:b", "urn:a", relation="is_a")
    problems = KnowledgeGraph.from_networkx(plain).problems
    assert [one.code for one in problems] == ["cycle", "no-label", "no-label"]


@pytest.mark.parametrize(
    ("attributes", "message"),
    [
        ({"labels": 3}, "node 'a': the attribute 'labels' must be a text or a list, got 3"),
        (
            {"labels": [{"text": "x"}]},
            "node 'a': cannot read the label {'text': 'x'}; expected a t",
        ),
        ({"labels": [("odd", "en", "x")]}, r"cannot read the label \('odd', 'en', 'x'\)"),
        ({"definitions": [("en",)]}, r"node 'a': cannot read the definition \('en',\)"),
        ({"kind": "gene"}, "unknown kind 'gene'; choose one of: class, individual, concept"),
    ],
)
def test_an_attribute_that_is_not_read_is_refused(attributes: dict[str, Any], message: str) -> None:
    plain: networkx.DiGraph[Any] = networkx.DiGraph()
    plain.add_node("a", **attributes)
    with pytest.raises(OntologyError, match=message):
        KnowledgeGraph.from_networkx(plain)


def test_undirected_graphs_and_nameless_edges_are_refused() -> None:
    with pytest.raises(OntologyError, match="expected a directed NetworkX graph"):
        KnowledgeGraph.from_networkx(networkx.Graph())
    plain: networkx.MultiDiGraph[Any] = networkx.MultiDiGraph()
    plain.add_edge("a", "b")
    with pytest.raises(OntologyError, match="the edge 'a' -> 'b' has no relation; expected one as"):
        KnowledgeGraph.from_networkx(plain)


def test_two_nodes_of_one_name_are_refused() -> None:
    plain: networkx.DiGraph[Any] = networkx.DiGraph()
    plain.add_nodes_from([1, "1"])
    with pytest.raises(OntologyError, match="share the IRI 'urn:ontograft:node:1'"):
        KnowledgeGraph.from_networkx(plain)
