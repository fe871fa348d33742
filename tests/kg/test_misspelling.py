from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pytest

from ontograft.kg import Concept, KnowledgeGraph, Label, LabelKind, Linker, LinkerOptions
from ontograft.kg.misspelling import Misspellings
from ontograft.kg.near_words import NearWords
from ontograft.kg.variants import rules_for
from ontograft.kg.word_codes import WordCodes

ENGLISH = rules_for("en")


def codes(*words: str) -> WordCodes:
    return WordCodes(words, np.arange(len(words), dtype=np.int32))


def new(words: WordCodes, folded: list[str]) -> list[str]:
    return words.new(folded, words.encode(folded))


WORDS = codes(
    *("hemolytic", "anemia", "microcephaly", "osteosarcoma", "thyroid", "retinal", "serous")
)


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
    assert not list(Misspellings(codes("carcinomax", "carcinomay"), ENGLISH)("a carcinoma here"))


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


@pytest.mark.parametrize(
    ("text", "may_occur"),
    [
        ("ordinary words, anemia", False),
        ("ordinary hemoltic anemia", True),
        ("ordinary hemol\u00adtic anemia", True),  # beyond ASCII it is left to a closer look
        ("hemo-\nltic anemia", True),
    ],
)
def test_a_text_of_words_that_are_right_is_told_without_a_closer_look(
    text: str, may_occur: bool
) -> None:
    words = codes("hemolytic", "anemia")
    find = Misspellings(words, ENGLISH)
    folded = ENGLISH.fold(text).text.split(" ")
    for _ in range(2):  # the second time it remembers the words
        assert find.may_occur(text, folded, new(words, folded)) is may_occur


def test_a_word_of_the_names_may_still_hold_a_misspelt_one() -> None:
    words = codes("hemolytic", "hemoltic2")
    find = Misspellings(words, ENGLISH)
    assert list(find("a hemoltic2")) == [(2, 10, "hemolytic")]
    assert find.may_occur("a hemoltic2", ["a", "hemoltic2"], new(words, ["a", "hemoltic2"]))


def test_words_met_in_many_texts_are_looked_up_in_one_call(monkeypatch: pytest.MonkeyPatch) -> None:
    calls: list[list[str]] = []
    look_up = NearWords.__call__

    def counted(near: NearWords, words: list[str]) -> Iterator[tuple[str, str]]:
        calls.append(sorted(words))
        return look_up(near, words)

    monkeypatch.setattr(NearWords, "__call__", counted)
    words = codes("hemolytic", "anemia")
    find = Misspellings(words, ENGLISH)
    texts = ["ordinary anemia", "ordinary hemoltic anemia", "something in hemolytic anemia"]
    news = [new(words, text.split(" ")) for text in texts]
    find.meet(zip(texts, news, strict=True))
    assert calls == [["hemoltic", "ordinary", "something"]]
    told = [
        find.may_occur(text, text.split(" "), own) for text, own in zip(texts, news, strict=True)
    ]
    assert told == [False, True, False]
    assert [list(find(text)) for text in texts] == [[], [(9, 17, "hemolytic")], []]
    assert list(find("Hemoltic, Something")) == [(0, 8, "hemolytic")]
    assert len(calls) == 1


def test_words_met_in_texts_beyond_ascii_are_looked_up_as_they_stand() -> None:
    words = codes("hemolytic", "anemia")
    find = Misspellings(words, ENGLISH)
    find.meet([("an h\u00e9moltic anemia", []), ("of hemo-\nltic", ["hemoltic"])])
    assert find._settled[1] == {"h\u00e9moltic": "hemolytic"}


def test_the_memory_of_words_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ontograft.kg.misspelling._MOST_REMEMBERED", 10)
    monkeypatch.setattr("ontograft.kg.word_codes._MOST_MET", 10)
    words = codes("hemolytic")
    find = Misspellings(words, ENGLISH)
    for number in range(50):
        folded = [
            f"{'abcdefghij'[number % 10] * 3}words{'klmnopqrst'[number // 10] * 3}",
            "hemoltic",
        ]
        assert find.may_occur(" ".join(folded), folded, new(words, folded))
        assert [word for _, _, word in find(" ".join(folded))] == ["hemolytic"]
    settled, wrong = find._settled
    assert wrong.keys() <= settled
    assert len(settled) <= 12
    assert len(words._codes) <= 11
    assert list(words) == ["hemolytic"]
