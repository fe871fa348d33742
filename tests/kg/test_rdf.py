from __future__ import annotations

import random

import pytest
import rdflib

from ontograft.errors import OntologyError
from ontograft.kg import KnowledgeGraph, Label, LabelKind

from .turtle import edges, names, problems, read, statements


def test_classes_individuals_and_skos_concepts() -> None:
    graph = read("""
        :a a owl:Class ; rdfs:label "a" . :b a rdfs:Class ; rdfs:label "b" ; rdfs:subClassOf :a .
        :i a :b ; rdfs:label "i" . :j a owl:NamedIndividual ; rdfs:label "j" .
        :c a skos:Concept ; skos:prefLabel "c" .
        :p a owl:ObjectProperty ; rdfs:label "p" . :o a owl:Ontology ; rdfs:label "o" .
        :s a skos:ConceptScheme ; rdfs:label "s" . _:x a owl:Class ; rdfs:label "blank" .
        owl:Thing a owl:Class ; rdfs:label "thing" . :a rdfs:subClassOf owl:Thing .
        :page a <http://xmlns.com/foaf/0.1/Document> ; rdfs:label "page" .
    """)
    assert {
        name: concept.kind for name, concept in zip(names(graph), graph.concepts, strict=True)
    } == {
        "a": "class",
        "b": "class",
        "i": "individual",
        "j": "individual",
        "c": "concept",
    }
    assert edges(graph) == {("b", "broader", "a"), ("i", "broader", "b")}
    assert graph.problems == ()


def test_classes_that_sort_skos_concepts_are_no_concepts() -> None:
    graph = read("""
        skos:Concept a owl:Class ; rdfs:label "Concept"@en .
        :Descriptor a owl:Class ; rdfs:subClassOf skos:Concept ; rdfs:label "Descriptor"@en .
        :Kind a owl:Class ; rdfs:label "Kind"@en ; rdfs:subClassOf :Top . :Top a owl:Class .
        :a a :Descriptor ; skos:prefLabel "a"@en .
        :b a skos:Concept, :Kind ; skos:prefLabel "b"@en ; skos:broader :a .
    """)
    assert names(graph) == ["a", "b"]
    assert edges(graph) == {("b", "broader", "a")}


def test_untyped_resources_in_a_hierarchy_are_concepts() -> None:
    graph = read("""
        :a skos:prefLabel "a" ; skos:narrower :b . :b skos:prefLabel "b" .
        :c rdfs:label "c" ; rdfs:subClassOf :d . :d rdfs:label "d" .
    """)
    assert [concept.kind for concept in graph.concepts] == ["concept", "concept", "class", "class"]
    assert edges(graph) == {("b", "broader", "a"), ("c", "broader", "d")}


def test_labels_of_every_kind() -> None:
    graph = read("""
        :a a skos:Concept ; skos:prefLabel "pref"@EN-gb ; rdfs:label "label"@en, "pref"@en-GB ;
          skos:altLabel "alt"@en ; skos:hiddenLabel "hidden"@en ; oio:hasExactSynonym "exact" ;
          oio:hasNarrowSynonym "narrow" ; oio:hasBroadSynonym "broad" ; obo:IAO_0000118 "iao" ;
          oio:hasRelatedSynonym "related" ; oio:id "X:1" ; xl:altLabel [ xl:literalForm "xl"@en ] ;
          skos:altLabel "" .
    """)
    assert graph.concepts[0].labels == tuple(
        sorted(
            [
                Label(LabelKind.PREFERRED, "en-gb", "pref"),
                Label(LabelKind.PREFERRED, "en", "label"),
                Label(LabelKind.ALTERNATIVE, "en", "alt"),
                Label(LabelKind.HIDDEN, "en", "hidden"),
                Label(LabelKind.EXACT, "", "exact"),
                Label(LabelKind.NARROW, "", "narrow"),
                Label(LabelKind.BROAD, "", "broad"),
                Label(LabelKind.ALTERNATIVE, "", "iao"),
                Label(LabelKind.RELATED, "", "related"),
                Label(LabelKind.ALTERNATIVE, "en", "xl"),
            ]
        )
    )


def test_a_label_beside_a_preferred_one_is_an_alternative() -> None:
    graph = read(':a a skos:Concept ; skos:prefLabel "one"@en ; rdfs:label "two"@en .')
    kinds = {label.text: label.kind for label in graph.concepts[0].labels}
    assert kinds == {"one": LabelKind.PREFERRED, "two": LabelKind.ALTERNATIVE}
    assert graph.problems == ()


def test_comments_are_definitions_only_where_there_are_no_others() -> None:
    assert read(':a a owl:Class ; rdfs:comment "c"@en .').definition(0) == "c"
    graph = read(
        ':a a owl:Class ; rdfs:comment "c" . :b a owl:Class ; skos:definition "d"@en, "e"@de .'
    )
    assert graph.concepts[0].definitions == ()
    assert graph.concepts[1].definitions == (("de", "e"), ("en", "d"))


def test_notations_and_cross_references() -> None:
    graph = read("""
        :a a skos:Concept ; skos:notation "A1", "01"^^:code ; skos:exactMatch :b ;
          skos:closeMatch <http://other.org/a> ; oio:hasDbXref "MSH:1" ; owl:sameAs [] .
        :b a skos:Concept .
    """)
    assert graph.concepts[0].notations == ("01", "A1")
    assert graph.concepts[0].xrefs == ("MSH:1", "http://example.org/b", "http://other.org/a")
    assert edges(graph) == set()


def test_deprecated_terms_are_left_out_with_their_edges() -> None:
    graph = read("""
        :a a owl:Class ; rdfs:label "a" ; rdfs:subClassOf :old ; dct:isReplacedBy :b .
        :b a owl:Class ; rdfs:label "b" . :c a owl:Class ; rdfs:label "c" ; owl:deprecated false .
        :old a owl:Class ; rdfs:label "old" ; owl:deprecated true ; obo:IAO_0100001 :b .
        :old2 a owl:DeprecatedClass, owl:Class ; rdfs:label "old" .
    """)
    assert names(graph) == ["a", "b", "c"]
    assert edges(graph) == set()
    assert [one.code for one in graph.problems] == ["deprecated"]
    assert "2 deprecated terms were left out" in graph.problems[0].message


def test_each_cycle_is_reported_once() -> None:
    graph = read("""
        :a a owl:Class ; rdfs:subClassOf :b . :b a owl:Class ; rdfs:subClassOf :a .
        :c a owl:Class ; rdfs:subClassOf :c .
    """)
    base = "http://example.org/"
    assert [text.split(";")[0] for text in problems(graph, "cycle")] == [
        f"{base}a is its own ancestor: {base}a > {base}b > {base}a",
        f"{base}c is its own ancestor: {base}c > {base}c",
    ]


def test_a_long_cycle_is_reported_in_short() -> None:
    graph = read(
        "".join(f":{i} rdfs:label 'x' ; rdfs:subClassOf :{(i + 1) % 30} . " for i in range(30))
    )
    assert len(graph.problems) == 1
    assert "> (22 more) > http://example.org/0;" in graph.problems[0].message


def test_missing_and_double_labels_are_reported() -> None:
    graph = read(':a a owl:Class . :b a owl:Class ; rdfs:label "x"@en, "y"@en, "z"@de .')
    assert problems(graph, "no-label") == [
        "http://example.org/a has no label: nothing in a text can be linked to it"
    ]
    assert problems(graph, "two-preferred") == [
        "http://example.org/b has 2 preferred labels in 'en': 'x', 'y'; the first is shown, all "
        "are kept"
    ]
    assert graph.preferred_label(1) == "x"


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        (":o a owl:Ontology ; owl:versionIRI :v ; owl:versionInfo '2' .", (":o", "2")),
        (":o a owl:Ontology ; owl:versionIRI :v .", (":o", "http://example.org/v")),
        (":o a owl:Ontology ; owl:imports :m . :m a owl:Ontology .", (":o", "")),
        (":s a skos:ConceptScheme . :o a owl:Ontology .", (":o", "")),
        (":s a skos:ConceptScheme ; dct:hasVersion '3' .", (":s", "3")),
        ("[] a owl:Ontology ; owl:versionInfo '4' .", ("", "4")),
        ("<http://www.w3.org/2004/02/skos/core> a owl:Ontology .", ("", "")),
    ],
)
def test_iri_and_version_of_the_ontology(header: str, expected: tuple[str, str]) -> None:
    graph = read(header)
    assert (graph.iri.replace("http://example.org/", ":"), graph.version) == expected


def test_triple_order_and_blank_node_names_change_nothing() -> None:
    turtle = """
        :a a owl:Class ; rdfs:label "a"@en, "b"@en ; rdfs:subClassOf :b, _:x, _:y .
        _:x owl:onProperty :p ; owl:someValuesFrom :b . _:y owl:onProperty :q ;
        owl:someValuesFrom :b . :b a owl:Class ; rdfs:label "b" ; owl:equivalentClass _:z .
        _:z owl:intersectionOf ( :c _:x ) . :c a owl:Class . :p rdfs:label "p1", "p2" .
        :o1 a owl:Ontology . :o2 a owl:Ontology .
    """
    fingerprints = set()
    for seed in range(5):
        triples = list(statements(turtle))
        random.Random(seed).shuffle(triples)
        shuffled = rdflib.Graph()
        blank = {node: rdflib.BNode() for triple in triples for node in triple}
        for triple in triples:
            shuffled.add(
                tuple(blank[one] if isinstance(one, rdflib.BNode) else one for one in triple)  # type: ignore[arg-type]  # three of them
            )
        fingerprints.add(KnowledgeGraph.from_rdf(shuffled).fingerprint)
    assert len(fingerprints) == 1


def test_the_graph_given_is_not_held() -> None:
    given = statements(':a a owl:Class ; rdfs:label "a" .')
    graph = KnowledgeGraph.from_rdf(given)
    given.remove((None, None, None))
    assert len(graph.to_rdf()) == 2


def test_the_graphs_of_a_dataset_are_merged() -> None:
    dataset = rdflib.Dataset()
    named = dataset.graph(rdflib.URIRef("urn:g"))
    for name, part in (("urn:a", dataset.default_graph), ("urn:b", named)):
        part.add((rdflib.URIRef(name), rdflib.RDF.type, rdflib.OWL.Class))
    assert len(KnowledgeGraph.from_rdf(dataset)) == 2
    assert len(KnowledgeGraph.from_rdf(named)) == 1


def test_a_term_that_rdf_does_not_allow_is_refused() -> None:
    graph = rdflib.Graph()
    graph.add((rdflib.URIRef("no iri"), rdflib.RDFS.label, rdflib.Literal("x")))
    with pytest.raises(OntologyError, match="holds a term that RDF does not allow"):
        KnowledgeGraph.from_rdf(graph)
