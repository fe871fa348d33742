"""A graph written as RDF."""

from __future__ import annotations

import pytest
import rdflib
from hypothesis import given, settings
from hypothesis import strategies as st

from ontograft.errors import OntologyError
from ontograft.kg import BROADER, Concept, KnowledgeGraph, Label, LabelKind

from .turtle import read


def test_plain_texts_have_rdflibs_own_form() -> None:
    graph = read(':a a owl:Class ; rdfs:label "a" .').to_rdf()
    subject = rdflib.URIRef("http://example.org/a")
    assert graph.value(subject, rdflib.RDFS.label) == rdflib.Literal("a")
    rows = graph.query("SELECT ?label { ?s rdfs:label ?label }")
    assert [tuple(row) for row in rows] == [(rdflib.Literal("a"),)]  # type: ignore[arg-type]


TEXTS = st.text(st.characters(codec="utf-8", exclude_characters="\x00"), min_size=1, max_size=6)
LABELS = st.builds(
    Label,
    kind=st.sampled_from(LabelKind),
    language=st.sampled_from(["", "en", "de", "en-gb"]),
    text=TEXTS,
)


@st.composite
def graphs(draw: st.DrawFn) -> KnowledgeGraph:
    """Draw a graph of every kind of concept, label and relation."""
    iris = [f"http://example.org/{number}" for number in range(draw(st.integers(0, 5)))]
    concepts = [
        Concept(
            iri,
            draw(st.sampled_from(["class", "individual", "concept"])),
            tuple(draw(st.lists(LABELS, max_size=4))),
            tuple(draw(st.lists(st.tuples(st.sampled_from(["", "en"]), TEXTS), max_size=2))),
            tuple(draw(st.lists(TEXTS, max_size=2))),
            tuple(draw(st.lists(TEXTS, max_size=2))),
        )
        for iri in iris
    ]
    relations = [BROADER, "http://www.w3.org/2004/02/skos/core#related", "urn:r:part-of"]
    edge = st.tuples(*map(st.sampled_from, (iris, relations, iris)))
    return KnowledgeGraph(
        concepts,
        draw(st.lists(edge, max_size=8)) if iris else [],
        relation_names={"urn:r:part-of": draw(st.sampled_from(["part of", "Teil"]))},
        iri=draw(st.sampled_from(["", "http://example.org/o"])),
        version=draw(st.sampled_from(["", "1"])),
    )


@settings(max_examples=150, deadline=None)
@given(graphs())
def test_a_graph_of_ones_own_survives_rdf_and_networkx(graph: KnowledgeGraph) -> None:
    assert KnowledgeGraph.from_rdf(graph.to_rdf()).fingerprint == graph.fingerprint
    assert KnowledgeGraph.from_networkx(graph.to_networkx()).fingerprint == graph.fingerprint


@pytest.mark.parametrize(
    ("graph", "message"),
    [
        (KnowledgeGraph([Concept("a b")]), "'a b' is not an absolute IRI"),
        (
            KnowledgeGraph([Concept("urn:a", labels=(Label(LabelKind.EXACT, "e n", "x"),))]),
            "urn:a: 'x' cannot be written as RDF",
        ),
        (
            KnowledgeGraph([Concept("urn:a")], [("urn:a", str(rdflib.RDFS.seeAlso), "urn:a")]),
            "seeAlso' is a term of the ontology languages that relates no concepts",
        ),
    ],
)
def test_what_rdf_cannot_say_is_refused(graph: KnowledgeGraph, message: str) -> None:
    with pytest.raises(OntologyError, match=message):
        graph.to_rdf()
