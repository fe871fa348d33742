from __future__ import annotations

from ontograft.kg import Concept, KnowledgeGraph, Label, LabelKind
from ontograft.pipeline.summary import label_problems, summarise


def concept(iri: str, language: str, *texts: str) -> Concept:
    kinds = (LabelKind.PREFERRED, *[LabelKind.EXACT] * len(texts))
    labels = [Label(kind, language, text) for kind, text in zip(kinds, texts, strict=False)]
    return Concept(iri, labels=tuple(labels))


def test_problems_of_labels_stand_among_the_others_sorted() -> None:
    graph = KnowledgeGraph(
        [concept("x:b", "en", "gout", "patients", "A"), concept("x:a", "en", "measles", "was")]
    )
    summary = summarise(graph)
    assert summary["problems"] == {"general-label": 1, "risky-label": 2}
    assert summary["examples"] == [
        "general-label: x:b: label 'patients' is a general word, and no related concept is named "
        "with it: it is not linked",
        "risky-label: x:a: label 'was' is made of stop words: it links only in capitals amid "
        "small letters",
        "risky-label: x:b: label 'A' is a single letter: it is not linked",
    ]
    assert len(summarise(graph, problems=1)["examples"]) == 1


def test_labels_are_looked_at_in_the_language_they_are_in() -> None:
    graph = KnowledgeGraph([concept("x:a", "de", "Gicht", "Ergebnis")])
    assert [problem.code for problem in label_problems(graph, "en")] == ["general-label"]


def test_an_ontology_without_labels_has_no_problems_of_labels() -> None:
    assert label_problems(KnowledgeGraph([Concept("x:a")]), "en") == ()
    assert label_problems(KnowledgeGraph([concept("x:a", "en", "A")]), "en") == ()
