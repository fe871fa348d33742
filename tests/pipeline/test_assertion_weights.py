from __future__ import annotations

import pytest

from ontograft.kg import Concept, KnowledgeGraph, Label, LabelKind, Linker
from ontograft.pipeline.knowledge import LinkedOntology
from ontograft.pipeline.sections import AssertionSettings, KnowledgeSettings

GRAPH = KnowledgeGraph([Concept("x:flu", labels=(Label(LabelKind.PREFERRED, "en", "influenza"),))])
TEXTS = {
    "negated": "There was no influenza.",
    "historical": "He had a history of influenza.",
    "hypothetical": "Call again if there is influenza.",
    "family": "His father had influenza.",
}


def scores(settings: KnowledgeSettings, text: str) -> list[float]:
    linked = LinkedOntology(GRAPH, Linker.build(GRAPH), settings)
    return [link.score for link in linked.links(linked.mentions([text])[0])]


@pytest.mark.parametrize("kind", TEXTS)
def test_what_a_text_does_not_affirm_counts_as_the_project_says(kind: str) -> None:
    text = TEXTS[kind]
    (whole,) = scores(KnowledgeSettings(), text)
    part = KnowledgeSettings(assertion=AssertionSettings(**{kind: 0.25}))
    assert scores(part, text) == pytest.approx([whole * 0.25])
    assert scores(part, "He had influenza.") == [whole]
    nothing = KnowledgeSettings(assertion=AssertionSettings(**{kind: 0.0}))
    assert scores(nothing, text) == []
