from __future__ import annotations

from ontograft.kg import Concept, KnowledgeGraph, Label, LabelKind, Linker, LinkerOptions

NAMES = ("breast cancer", *(f"chronic pain of kind {number}" for number in range(12)))
LINKER = Linker.build(
    KnowledgeGraph(
        [
            Concept(f"x:{number}", labels=(Label(LabelKind.PREFERRED, "en", name),))
            for number, name in enumerate(NAMES)
        ]
    )
)


def test_a_mention_grows_over_general_modifiers() -> None:
    outer, inner = LINKER("a familial breast cancer")
    assert (outer.text, outer.iri, outer.candidates[0].way) == (
        "familial breast cancer",
        "x:0",
        "extended",
    )
    assert (inner.text, inner.nested) == ("breast cancer", True)
    assert outer.score < inner.score


def test_modifiers_of_many_names_are_general() -> None:
    assert LINKER("chronic breast cancer")[0].text == "chronic breast cancer"


def test_it_does_not_grow_over_other_words_nor_punctuation() -> None:
    for text in ("human breast cancer", "familial, breast cancer", "severe breast cancer"):
        assert [mention.text for mention in LINKER(text)] == ["breast cancer"]


def test_the_option_switches_it_off() -> None:
    plain = Linker(LINKER.lexicon, LinkerOptions(extend=False))
    assert [mention.text for mention in plain("familial breast cancer")] == ["breast cancer"]
