from __future__ import annotations

import pytest

from ontograft.kg import Concept, KnowledgeGraph, Label, LabelKind, Linker, LinkerOptions
from ontograft.kg.misspelling import Misspellings
from ontograft.kg.variants import rules_for

ENGLISH = rules_for("en")
WORDS = ("hemolytic", "anemia", "microcephaly", "osteosarcoma", "thyroid", "retinal", "serous")


@pytest.mark.parametrize(
    ("slip", "word"),
    [
        ("hemolitic", ""),  # exchanged in a word of nine letters
        ("hemoltic", "hemolytic"),
        ("hemollytic", "hemolytic"),
        ("hemoyltic", "hemolytic"),
        ("osteosercoma", "osteosarcoma"),
        ("osteosarcuma", ""),
        ("macrocephaly", ""),
        ("thyroids", ""),
        ("serious", ""),
        ("retinol", ""),
        ("osteosarcoma", ""),
        ("xsteosarcoma", ""),
    ],
)
def test_a_slip_is_one_letter_of_a_long_word(slip: str, word: str) -> None:
    found = [item for _, _, item in Misspellings(WORDS, ENGLISH)(f"the {slip}, seen")]
    assert found == ([word] if word else [])


def test_a_slip_near_two_words_is_neither() -> None:
    assert not list(Misspellings(("carcinomax", "carcinomay"), ENGLISH)("a carcinoma here"))


def test_the_offsets_are_those_of_the_word() -> None:
    text = "of hemoltic anemia and (hemoltic) again"
    assert [text[start:end] for start, end, _ in Misspellings(WORDS, ENGLISH)(text)] == [
        "hemoltic"
    ] * 2


def test_a_text_seen_before_gives_the_same() -> None:
    find = Misspellings(WORDS, ENGLISH)
    text = "ordinary words, hemoltic anemia"
    assert list(find(text)) == list(find(text))


def test_a_misspelt_name_links_with_its_own_way() -> None:
    concept = Concept("x:ha", labels=(Label(LabelKind.PREFERRED, "en", "hemolytic anemia"),))
    linker = Linker.build(KnowledgeGraph([concept]))
    (mention,) = linker("chronic hemoltic anemia")
    assert (mention.text, mention.iri) == ("hemoltic anemia", "x:ha")
    assert mention.candidates[0].way == "misspelt"
    assert not Linker(linker.lexicon, LinkerOptions(misspellings=False))("hemoltic anemia")
