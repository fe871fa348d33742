from __future__ import annotations

from ontograft.kg import BROADER, Concept, KnowledgeGraph, Label, LabelKind

HEART = Concept(
    "http://example.org/heart",
    labels=(Label(LabelKind.PREFERRED, "de", "Herz"), Label(LabelKind.EXACT, "en", "cor")),
    definitions=(("de", "Ein Muskel."),),
)
ORGAN = Concept("http://example.org/organ")


def test_fingerprint_ignores_order_and_sees_every_text() -> None:
    concepts = [HEART, ORGAN]
    edges = [(HEART.iri, BROADER, ORGAN.iri)]
    graph = KnowledgeGraph(concepts, edges, iri="i", version="1")
    same = KnowledgeGraph(concepts[::-1], edges * 2, iri="i", version="1")
    assert graph.fingerprint == same.fingerprint
    others = [
        KnowledgeGraph(concepts, [], iri="i", version="1"),
        KnowledgeGraph(concepts, edges, iri="i", version="2"),
        KnowledgeGraph(concepts, edges, iri="j", version="1"),
        KnowledgeGraph([HEART, Concept(ORGAN.iri, notations=("1",))], edges, iri="i", version="1"),
        KnowledgeGraph([HEART, Concept(ORGAN.iri, kind="concept")], edges, iri="i", version="1"),
    ]
    assert len({graph.fingerprint, *(other.fingerprint for other in others)}) == 6
