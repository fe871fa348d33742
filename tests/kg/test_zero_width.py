from __future__ import annotations

import time

import pytest

from ontograft.kg import Concept, KnowledgeGraph, Label, LabelKind, Linker
from ontograft.kg.zero_width import parted

LINKER = Linker.build(
    KnowledgeGraph(
        Concept(f"x:{number}", labels=(Label(LabelKind.PREFERRED, "en", name),))
        for number, name in enumerate(("kidney disease", "cancer", "breast cancer"))
    )
)


@pytest.mark.parametrize(
    ("text", "spaced"),
    [
        ("kidney\u200bdisease", "kidney disease"),
        ("kid\u200bney\u200bdisease", "kid\u200bney disease"),
        ("the\u200bKidney\u200b\u200bdiseases", "the Kidney  diseases"),
        ("can\u200bcer", "can\u200bcer"),
        ("cancer\u200bous", "cancer\u200bous"),
        ("un\u200bknown", "un\u200bknown"),
        ("kidney \u200bdisease", "kidney \u200bdisease"),
    ],
)
def test_a_zero_width_space_parts_two_words_of_the_names(text: str, spaced: str) -> None:
    assert parted(text, LINKER.lexicon) == spaced


@pytest.mark.parametrize(
    "name",
    ["kidney\u200bdisease", "kid\u200bney\u200bdisease", "can\u200bcer", "breast\u200bcancer"],
)
def test_a_name_links_whatever_its_zero_width_spaces(name: str) -> None:
    text = f"A \u200bnew {name}, again\u200b."
    (mention,) = [item for item in LINKER(text) if not item.nested]
    assert mention.text == text[mention.start : mention.end] == name
    assert mention.iri != "NIL"


def test_a_short_form_is_found_beside_a_zero_width_space() -> None:
    text = "kidney\u200bdisease (KD) and KD; breast cancer"
    assert [text[item.start : item.end] for item in LINKER(text) if item.iri == "x:0"] == [
        "kidney\u200bdisease",
        "KD",
        "KD",
    ]


@pytest.mark.parametrize("run", ["\u200b", "x", "x\u200b", "kidney\u200b"])
def test_time_is_linear(run: str) -> None:
    start = time.process_time()
    parted(run * (200_000 // len(run)) + "\u200b", LINKER.lexicon)
    assert time.process_time() - start < 5
