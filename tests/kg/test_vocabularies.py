from __future__ import annotations

from ontograft.kg import BROADER, Concept, KnowledgeGraph, Label, LabelKind
from ontograft.kg.vocabularies import nearest_with


def concept(iri: str, *xrefs: str) -> Concept:
    return Concept(iri, labels=(Label(LabelKind.PREFERRED, "en", iri),), xrefs=xrefs)


GRAPH = KnowledgeGraph(
    [
        concept("x:root"),
        concept("x:cancer", "MSH:D009369"),
        concept("x:breast", "MESH:D001943", "OMIM:114480"),
        concept("x:carcinoma", "NCI:C4872"),
        concept("x:ductal", "OMIM:1"),
    ],
    [
        ("x:cancer", BROADER, "x:root"),
        ("x:breast", BROADER, "x:cancer"),
        ("x:carcinoma", BROADER, "x:breast"),
        ("x:ductal", BROADER, "x:carcinoma"),
    ],
)


def test_the_nearest_ancestor_with_a_cross_reference_stands_for_a_concept() -> None:
    of_mesh = {"x:root": "", "x:carcinoma": "x:breast", "x:ductal": "x:breast"}
    assert nearest_with(GRAPH, ["MESH"]) == nearest_with(GRAPH, ["MSH"]) == of_mesh
    assert nearest_with(GRAPH, ["OMIM", "MESH"]) == {"x:root": "", "x:carcinoma": "x:breast"}


def test_of_a_vocabulary_that_no_concept_has_nothing_stands_for_any() -> None:
    assert set(nearest_with(GRAPH, ["SNOMEDCT"]).values()) == {""}
