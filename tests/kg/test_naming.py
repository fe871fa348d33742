from __future__ import annotations

import pytest

from ontograft.kg import Concept, KnowledgeGraph, Label, LabelKind

HEART = Concept(
    "http://example.org/heart",
    labels=(
        Label(LabelKind.PREFERRED, "de", "Herz"),
        Label(LabelKind.PREFERRED, "en-gb", "heart"),
        Label(LabelKind.EXACT, "en", "cor"),
        Label(LabelKind.EXACT, "", "COR"),
    ),
    definitions=(("de", "Ein Muskel."), ("", "A muscle.")),
)


@pytest.mark.parametrize(
    ("language", "expected"),
    [("de", "Herz"), ("en", "cor"), ("en-GB", "heart"), ("fr", "COR")],
)
def test_preferred_label_by_language(language: str, expected: str) -> None:
    assert KnowledgeGraph([HEART]).preferred_label(0, language) == expected


def test_preferred_label_without_labels_is_the_end_of_the_iri() -> None:
    assert KnowledgeGraph([Concept("http://example.org/a")]).preferred_label(0) == "a"
    only_german = Concept("x", labels=(Label(LabelKind.PREFERRED, "de", "Herz"),))
    assert KnowledgeGraph([only_german]).preferred_label(0, "en") == "Herz"


def test_names_and_definition_by_language() -> None:
    graph = KnowledgeGraph([HEART])
    assert [label.text for label in graph.names(0, "en")] == ["heart", "COR", "cor"]
    assert len(graph.names(0)) == 4
    assert graph.definition(0, "de") == "Ein Muskel."
    assert graph.definition(0, "en") == "A muscle."
    assert KnowledgeGraph([Concept("x", definitions=(("de", "d"),))]).definition(0, "en") == ""
    assert graph.languages == {"": 1, "de": 1, "en": 1, "en-gb": 1}
