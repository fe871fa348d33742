from __future__ import annotations

import pytest

from ontograft.kg import Concept, KnowledgeGraph, Label, LabelKind, Lexicon
from ontograft.pipeline.link_relations import Relations, short_forms


def concept(iri: str, *labels: str) -> Concept:
    return Concept(iri, labels=tuple(Label(LabelKind.EXACT, "en", label) for label in labels))


GRAPH = KnowledgeGraph(
    [
        concept("x:breast", "breast cancer", "cancer of the breast"),
        concept("x:flu", "flu", "influenza", "FLU-A"),
        Concept("x:de", labels=(Label(LabelKind.EXACT, "de", "Grippe"),)),
    ]
)
RELATIONS = Relations(GRAPH, Lexicon.build(GRAPH))
TEXT = "Familial adenomatous polyposis (FAP) and acute lymphoblastic leukemias (ALLs)."


@pytest.mark.parametrize(
    ("mention", "iris", "relation"),
    [
        ("breast cancer", {"x:breast"}, "identical"),
        ("Breast CANCER", {"x:breast"}, "identical"),
        ("breast cancers", {"x:breast"}, "normalised"),
        ("breast\ncancer", {"x:breast"}, "normalised"),
        ("flu", {"x:breast"}, "paraphrase"),
        ("flu", {"x:breast", "x:flu"}, "identical"),
        ("FLU-A", {"x:flu"}, "identical"),
        ("FAP", {"x:flu"}, "abbreviation"),
        ("ALL", {"x:flu"}, "abbreviation"),
        ("ALLs", {"x:flu"}, "abbreviation"),
        ("BRCA-2", {"x:breast"}, "abbreviation"),
        ("A-T", {"x:breast"}, "abbreviation"),
        ("TUMOURIGENESIS", {"x:breast"}, "paraphrase"),
        ("A tumour", {"x:breast"}, "paraphrase"),
        ("tumour of the breast gland", {"x:breast"}, "paraphrase"),
        ("Grippe", {"x:de"}, "paraphrase"),  # a label of another language
        ("breast cancer", set(), "not expressible"),
    ],
)
def test_how_a_mention_relates_to_labels(mention: str, iris: set[str], relation: str) -> None:
    assert RELATIONS.of(mention, iris, short_forms(TEXT)) == relation


def test_a_short_form_in_small_letters_counts_where_the_text_defines_it() -> None:
    text = "variant Creutzfeldt-Jakob disease (vCJD)"
    assert RELATIONS.of("vCJD", {"x:flu"}, short_forms(text)) == "abbreviation"
    assert RELATIONS.of("vCJD", {"x:flu"}, frozenset()) == "paraphrase"


def test_the_short_forms_of_a_text() -> None:
    assert short_forms(TEXT) == {"FAP", "ALL"}
    assert short_forms("none here") == frozenset()
