from __future__ import annotations

import pytest

from ontograft.kg import NIL, Concept, KnowledgeGraph, Label, LabelKind, Linker, LinkerOptions
from ontograft.kg.abbreviations import definitions, edits, occurrences
from ontograft.kg.rewriting import Rewritten


def pairs(text: str) -> list[tuple[str, str]]:
    return [
        (text[item.short_start : item.short_end], text[item.long_start : item.long_end])
        for item in definitions(text)
    ]


@pytest.mark.parametrize(
    ("text", "short", "long"),
    [
        ("familial adenomatous polyposis (FAP)", "FAP", "familial adenomatous polyposis"),
        ("the ataxia-telangiectasia (A-T) gene", "A-T", "ataxia-telangiectasia"),
        ("two renal cell carcinomas (RCCs) were", "RCCs", "renal cell carcinomas"),
        ("myotonic dystrophy (DM) is common", "DM", "myotonic dystrophy"),
        ("von Hippel-Lindau (VHL) disease", "VHL", "von Hippel-Lindau"),
        ("the von Hippel-Lindau disease (VHL)", "VHL", "von Hippel-Lindau disease"),
        ("TNF (tumor necrosis factor) rose", "TNF", "tumor necrosis factor"),
        ("Becker muscular dystrophy [BMD]", "BMD", "Becker muscular dystrophy"),
        ("creatine kinase (CK, 24 U) rose", "CK", "creatine kinase"),
    ],
)
def test_a_definition_is_found_in_both_orders(text: str, short: str, long: str) -> None:
    assert pairs(text) == [(short, long)]


@pytest.mark.parametrize(
    "text",
    [
        "no parenthesis at all",
        "in 24 patients (mean 3.4 years)",
        "a significant rise (P < 0.05)",
        "the disease (see below)",
        "the liver (2) and the kidney (3)",
        "it was measured. The (CT) scan",
        "the colon (rectum excluded)",
    ],
)
def test_other_parentheses_define_nothing(text: str) -> None:
    assert pairs(text) == []


def test_the_long_form_stays_in_its_clause() -> None:
    assert pairs("cats; dogs (CD)") == []


def test_signs_between_the_words_of_a_long_form_are_no_words() -> None:
    text = "the cats - & - / - & - / - dogs (CD)"
    assert pairs(text) == [("CD", "cats - & - / - & - / - dogs")]


def test_a_short_form_means_what_the_definition_before_it_says() -> None:
    text = "acute pain (AP). AP is bad. anal polyps (AP). AP again"
    found = definitions(text)
    assert [(start, number) for start, _, number in occurrences(text, found)] == [
        (12, 0),
        (17, 0),
        (41, 1),
        (46, 1),
    ]


def test_a_short_form_inside_a_word_is_none() -> None:
    text = "acute pain (AP) in APES and CAP"
    assert [start for start, _, _ in occurrences(text, definitions(text))] == [12]


def test_short_forms_are_written_out_and_definitions_left_out() -> None:
    text = "von Hippel-Lindau (VHL) disease. VHL disease"
    rewritten = Rewritten(text, edits(text, definitions(text)))
    assert rewritten.text == "von Hippel-Lindau disease. von Hippel-Lindau disease"


def concept(iri: str, *labels: str) -> Concept:
    kinds = [LabelKind.PREFERRED, *[LabelKind.EXACT] * (len(labels) - 1)]
    return Concept(
        iri, labels=tuple(Label(kind, "en", text) for kind, text in zip(kinds, labels, strict=True))
    )


LINKER = Linker.build(
    KnowledgeGraph(
        [
            concept("x:was", "Wiskott-Aldrich syndrome"),
            concept("x:vhl", "von Hippel-Lindau disease"),
            concept("x:apc", "activated protein C deficiency", "APC"),
            concept("x:fmf", "familial Mediterranean fever"),
        ]
    )
)


def links(text: str, linker: Linker = LINKER) -> list[tuple[str, str]]:
    return [(mention.text, mention.iri) for mention in linker(text)]


def test_a_defined_abbreviation_links_wherever_it_stands() -> None:
    assert links("Wiskott-Aldrich syndrome (WAS) is rare. WAS is inherited.") == [
        ("Wiskott-Aldrich syndrome", "x:was"),
        ("WAS", "x:was"),
        ("WAS", "x:was"),
    ]


def test_a_long_form_in_parentheses_links_as_well() -> None:
    text = "Both WAS (Wiskott-Aldrich syndrome) and DM (diabetes mellitus) are known. WAS is rare."
    assert links(text) == [
        ("WAS", "x:was"),
        ("Wiskott-Aldrich syndrome", "x:was"),
        ("WAS", "x:was"),
    ]
    mentions = LINKER(text)
    assert [text[mention.start : mention.end] for mention in mentions] == [
        mention.text for mention in mentions
    ]
    assert [mention.candidates[0].way for mention in mentions] == [
        "abbreviation",
        "exact",
        "abbreviation",
    ]


def test_a_long_form_may_begin_with_a_small_word_that_is_part_of_the_name() -> None:
    assert links("VHL (von Hippel-Lindau disease)") == [
        ("VHL", "x:vhl"),
        ("von Hippel-Lindau disease", "x:vhl"),
    ]


def test_it_links_before_its_definition_too() -> None:
    assert links("WAS. Wiskott-Aldrich syndrome (WAS)")[0] == ("WAS", "x:was")


def test_a_name_goes_on_after_the_definition_in_its_midst() -> None:
    assert links("von Hippel-Lindau (VHL) disease; VHL disease") == [
        ("von Hippel-Lindau (VHL) disease", "x:vhl"),
        ("VHL disease", "x:vhl"),
    ]


def test_an_abbreviation_defined_as_something_else_does_not_link() -> None:
    assert ("APC", "x:apc") in links("We saw APC in two patients.")
    assert links("antigen presenting cells (APC) and APC") == []


def test_the_long_form_may_be_the_end_of_a_name() -> None:
    assert ("MEF", "x:fmf") in links("familial Mediterranean fever (MEF)")


def test_the_way_is_abbreviation_and_the_offsets_are_of_the_original() -> None:
    text = "Wiskott-Aldrich syndrome (WAS): in WAS there is"
    for mention in LINKER(text):
        assert text[mention.start : mention.end] == mention.text
    last = LINKER(text)[-1]
    assert (last.text, last.candidates[0].way) == ("WAS", "abbreviation")


def test_the_option_switches_it_off() -> None:
    linker = Linker(LINKER.lexicon, LinkerOptions(abbreviations=False))
    assert links("Wiskott-Aldrich syndrome (WAS)", linker) == [
        ("Wiskott-Aldrich syndrome", "x:was")
    ]


def test_a_way_that_is_not_trusted_gives_nil() -> None:
    linker = Linker(LINKER.lexicon, LinkerOptions(trust={"abbreviation": 0.0}))
    assert links("Wiskott-Aldrich syndrome (WAS)", linker)[-1] == ("WAS", NIL)
