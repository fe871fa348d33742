"""Which statements relate concepts."""

from __future__ import annotations

from .turtle import edges, names, problems, read


def test_object_properties_and_restrictions_are_typed_relations() -> None:
    graph = read("""
        :part_of a owl:ObjectProperty ; rdfs:label "part of"@en, "Teil von"@de .
        :note a owl:AnnotationProperty . :a a owl:Class . :b a owl:Class . :c a owl:Class .
        :a rdfs:subClassOf [ owl:onProperty :part_of ; owl:someValuesFrom :b ] ;
           :note :c ; rdfs:seeAlso :c ; :touches :c .
        :b owl:equivalentClass [ owl:intersectionOf
             ( :c [ owl:onProperty :has ; owl:someValuesFrom :a ] ) ] .
        :c rdfs:subClassOf [ owl:onProperty :has ; owl:allValuesFrom :a ] .
        :i a :a ; :part_of :j . :j a :b .
    """)
    assert edges(graph) == {
        ("a", "part of", "b"),
        ("a", "touches", "c"),
        ("b", "broader", "c"),
        ("b", "has", "a"),
        ("i", "broader", "a"),
        ("i", "part of", "j"),
        ("j", "broader", "b"),
    }


def test_equivalent_named_classes_are_cross_references_and_no_cycle() -> None:
    graph = read(":a a owl:Class ; owl:equivalentClass :b . :b a owl:Class .")
    assert edges(graph) == set()
    assert graph.concepts[0].xrefs == ("http://example.org/b",)


def test_an_expression_nested_in_itself_ends() -> None:
    graph = read("""
        :a a owl:Class ; rdfs:subClassOf _:x . :b a owl:Class .
        _:x owl:intersectionOf _:l . _:l rdf:first _:x, :b ; rdf:rest _:l .
    """)
    assert names(graph) == ["a", "b"]


def test_transitive_parents_count_only_for_want_of_others() -> None:
    graph = read("""
        :a a skos:Concept ; skos:broader :b ; skos:broaderTransitive :b, :c ; skos:related :d .
        :b a skos:Concept . :c a skos:Concept ; skos:narrowerTransitive :b .
        :d a skos:Concept ; skos:broaderTransitive :c ; skos:broadMatch :b .
    """)
    assert edges(graph) == {
        ("a", "broader", "b"),
        ("a", "related", "d"),
        ("b", "broader", "c"),
        ("d", "broader", "c"),
        ("d", "broadMatch", "b"),
    }


def test_what_leads_nowhere_is_reported() -> None:
    graph = read("""
        :a a owl:Class ; rdfs:label "a" ; rdfs:subClassOf :gone ;
           rdfs:subClassOf [ owl:onProperty :p ; owl:someValuesFrom :lost ] .
    """)
    assert problems(graph, "dangling-parent") == [
        "http://example.org/a has the parent http://example.org/gone, which the files given do not "
        "describe; left out"
    ]
    assert "http://example.org/p leads 1 times" in problems(graph, "dangling-relation")[0]
