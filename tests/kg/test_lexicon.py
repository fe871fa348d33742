from __future__ import annotations

import pytest

from ontograft.errors import OntologyError
from ontograft.kg import BROADER, Concept, KnowledgeGraph, Label, LabelKind, Lexicon


def concept(iri: str, *labels: str, language: str = "") -> Concept:
    kinds = [LabelKind.PREFERRED, *[LabelKind.EXACT] * (len(labels) - 1)]
    named = [Label(kind, language, text) for kind, text in zip(kinds, labels, strict=True)]
    return Concept(iri, labels=tuple(sorted(named)))


def test_each_occurrence_of_a_form_is_found_as_whole_words() -> None:
    lexicon = Lexicon.build(
        KnowledgeGraph([concept("x:a", "cancer"), concept("x:b", "lung cancer")])
    )
    found = {(start, end) for start, end, _ in lexicon.find("lung cancer cancerous cancer")}
    assert found == {(0, 11), (5, 11), (22, 28)}


def test_a_form_gives_one_entry_a_concept_the_most_trusted_first() -> None:
    graph = KnowledgeGraph([concept("x:a", "tumor", "tumour"), concept("x:b", "swelling", "tumor")])
    lexicon = Lexicon.build(graph)
    ((_, _, form),) = lexicon.find("tumor")
    assert [(entry.concept, entry.kind) for entry in lexicon.entries(form)] == [
        (0, LabelKind.PREFERRED),
        (1, LabelKind.EXACT),
    ]


def test_risky_labels_are_flagged_with_the_term() -> None:
    graph = KnowledgeGraph([concept("x:a", "Wiskott-Aldrich syndrome", "WAS", "A", "42")])
    messages = [problem.message for problem in Lexicon.build(graph).flagged]
    assert messages == [
        "label '42' is only a number: it is not linked",
        "label 'A' is a single letter: it is not linked",
        "label 'WAS' is made of stop words: it links only in capitals amid small letters",
    ]


def test_a_name_of_many_concepts_is_flagged() -> None:
    graph = KnowledgeGraph([concept(f"x:{n}", f"name x{n}", "shared") for n in range(4)])
    (problem,) = Lexicon.build(graph, vary=False, max_shared=3).flagged
    assert problem.code == "shared-label"
    assert "'shared' names 4 concepts (more than 3)" in problem.message
    assert Lexicon.build(graph, max_shared=4).flagged == ()


def test_the_concept_above_all_others_does_not_link() -> None:
    kinds = [f"x:{number:03}" for number in range(120)]
    concepts = [concept("x:top", "thing"), *(concept(iri, f"sort {iri[2:]}") for iri in kinds)]
    graph = KnowledgeGraph(concepts, [(iri, BROADER, "x:top") for iri in kinds])
    lexicon = Lexicon.build(graph)
    assert lexicon.find("thing") == []
    assert [(problem.code, problem.subject) for problem in lexicon.flagged] == [
        ("top-label", "x:top")
    ]
    assert len(Lexicon.build(graph, link_top=True).find("thing")) == 1


def test_an_abbreviation_with_its_meaning_in_brackets_is_not_loosened() -> None:
    lexicon = Lexicon.build(KnowledgeGraph([concept("x:a", "COLD (chronic lung disease)")]))
    assert lexicon.find("cold") == []


def test_labels_of_other_languages_stay_out() -> None:
    graph = KnowledgeGraph(
        [
            Concept(
                "x:a",
                labels=(
                    Label(LabelKind.PREFERRED, "de", "Krebs"),
                    Label(LabelKind.PREFERRED, "en", "cancer"),
                ),
            )
        ]
    )
    assert Lexicon.build(graph, language="de").find("cancer") == []
    assert len(Lexicon.build(graph, language="de").find("krebs")) == 1


def test_a_language_without_labels_is_refused_with_those_that_are_there() -> None:
    graph = KnowledgeGraph(
        [concept("x:a", "Krebs", language="de"), concept("x:b", "cancer", language="en")]
    )
    with pytest.raises(
        OntologyError,
        match="no concept has a label in language 'tlh'; languages present: de, en",
    ):
        Lexicon.build(graph, language="tlh")


def test_the_order_of_concepts_does_not_matter() -> None:
    concepts = [concept("x:a", "tumor"), concept("x:b", "tumor"), concept("x:c", "lung cancer")]
    first, second = (
        Lexicon.build(KnowledgeGraph(concepts)),
        Lexicon.build(KnowledgeGraph(concepts[::-1])),
    )
    assert first.dump() == second.dump()


def test_a_lexicon_of_another_format_is_refused() -> None:
    files = Lexicon.build(KnowledgeGraph([concept("x:a", "tumor")])).dump()
    text = files["lexicon.json"].decode().replace('"format": 1', '"format": 99')
    with pytest.raises(OntologyError, match="the lexicon has format 99, expected 1"):
        Lexicon.restore({**files, "lexicon.json": text.encode()})


def test_a_damaged_lexicon_is_refused() -> None:
    files = Lexicon.build(KnowledgeGraph([concept("x:a", "tumor")])).dump()
    with pytest.raises(OntologyError, match="the lexicon is damaged or incomplete"):
        Lexicon.restore({**files, "lexicon.automaton": b"junk"})
