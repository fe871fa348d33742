from __future__ import annotations

from collections.abc import Iterable, Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ontograft.kg import Concept, KnowledgeGraph, Label, LabelKind, Linker, LinkerOptions
from ontograft.kg.text_reading import TextReader

NAMES = ("hemolytic anemia", "osteosarcoma", "breast cancer", "ovarian cancer", "thrombocytopenia")
GRAPH = KnowledgeGraph(
    [
        Concept(f"x:{number}", labels=(Label(LabelKind.PREFERRED, "en", name),))
        for number, name in enumerate(NAMES)
    ]
)
LINKER = Linker.build(GRAPH)

# Words right and wrong, short and long, in capitals, beyond ASCII, and parted by the end of a line.
WORDS = st.sampled_from(
    (
        *(
            "hemolytic",
            "hemoltic",
            "Hemoltic",
            "HEMOLLYTIC",
            "hemo-\nltic",
            "h\u00e9moltic",
            "anemia",
        ),
        *("osteosarcoma", "osteosercoma", "ostesarcoma", "Ostesarcoma", "breast", "and", "ovarian"),
        *("cancer", "ovarain", "thrombocytopnia", "thrombo\u00adcytopnia", "hemoltic2", "a\u200bb"),
        *("(HA)", "HA", "ordinary", "unheardof", "x" * 70, "caf\u00e9", "osteo", "-", "\n"),
    )
)
TEXTS = st.lists(st.lists(WORDS, max_size=12).map(" ".join), max_size=8)


def reader(*, misspellings: bool = True) -> TextReader:
    return TextReader(LINKER.lexicon, LinkerOptions(misspellings=misspellings))


@given(TEXTS)
def test_many_texts_link_as_one_by_one(texts: list[str]) -> None:
    together, alone = (Linker(Linker.build(GRAPH).lexicon) for _ in range(2))
    expected = [alone(text) for text in texts]
    assert list(together.many(texts)) == expected
    assert list(together.many(texts)) == expected  # now that their words are known
    assert [together(text) for text in texts] == expected


def test_misspelt_words_of_many_texts_link() -> None:
    texts = ["an ostesarcoma", "hemolytic anemia", "an Ostesarcoma, a thrombocytopnia"]
    found = [[mention.text for mention in own] for own in Linker.build(GRAPH).many(texts)]
    assert found == [["ostesarcoma"], ["hemolytic anemia"], ["Ostesarcoma", "thrombocytopnia"]]


@pytest.mark.parametrize("misspellings", [True, False])
def test_many_texts_are_read_as_one_by_one(misspellings: bool) -> None:
    texts = ["a hemoltic anemia (HA)", "", "HA\u200bcancer", "ordinary words"]
    alone = reader(misspellings=misspellings)
    together = list(reader(misspellings=misspellings).many(texts))
    assert [text for text, _ in together] == texts
    assert [read.text for _, read in together] == [alone(text).text for text in texts]


class Counted:
    """Texts, of which it is known how many were asked for."""

    def __init__(self, texts: Iterable[str]) -> None:
        self.texts = iter(texts)
        self.taken = 0

    def __iter__(self) -> Iterator[str]:
        for text in self.texts:
            self.taken += 1
            yield text


@pytest.mark.parametrize(("length", "most"), [(4, 48), (1 << 18, 4), (1 << 21, 1)])
def test_few_texts_are_read_ahead(length: int, most: int) -> None:
    texts = Counted("word" * (length // 4) for _ in range(200))
    reads = reader().many(texts)
    assert texts.taken == 0
    next(reads)
    assert texts.taken == most
    for _ in range(most):
        next(reads)
    assert texts.taken == 2 * most
