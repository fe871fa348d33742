from __future__ import annotations

from ontograft.kg import BROADER, NIL, Concept, KnowledgeGraph, Label, LabelKind, Linker


def concept(iri: str, *labels: str) -> Concept:
    return Concept(iri, labels=tuple(Label(LabelKind.PREFERRED, "en", text) for text in labels))


GRAPH = KnowledgeGraph(
    [
        concept("x:animal", "animal"),
        concept("x:fish", "bass"),
        concept("x:trout", "trout"),
        concept("x:instrument", "instrument"),
        concept("x:music", "bass"),
        concept("x:violin", "violin"),
    ],
    [
        ("x:fish", BROADER, "x:animal"),
        ("x:trout", BROADER, "x:animal"),
        ("x:music", BROADER, "x:instrument"),
        ("x:violin", BROADER, "x:instrument"),
    ],
)
LINKER = Linker.build(GRAPH)


def test_the_other_concepts_of_a_document_decide_between_names() -> None:
    assert [mention.iri for mention in LINKER("a trout beside a bass")] == ["x:trout", "x:fish"]
    assert [mention.iri for mention in LINKER("a violin beside a bass")] == ["x:violin", "x:music"]


def test_where_they_do_not_the_mention_is_nil() -> None:
    assert [mention.iri for mention in LINKER("a bass")] == [NIL]
    found = {mention.text: mention.iri for mention in LINKER("a violin, a trout, a bass")}
    assert found["bass"] == NIL
