from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest
from numpy.typing import NDArray

from ontograft.errors import OntologyError
from ontograft.kg import Concept, KnowledgeGraph, Label, LabelKind, Linker, LinkerOptions

NAMES = {
    "x:hemolytic": "hemolytic anemia",
    "x:sickle": "sickle cell anemia",
    "x:heart": "heart attack",
    "x:v": "factor V deficiency",
    "x:x": "factor X deficiency",
    "x:c5": "complement 5 deficiency",
    "x:c7": "complement 7 deficiency",
    **{f"x:d{number}": f"{name} disorder" for number, name in enumerate("abcdefg")},
    "x:mood": "bipolar affective mood disorder",
}
GRAPH = KnowledgeGraph(
    [Concept(iri, labels=(Label(LabelKind.PREFERRED, "en", name),)) for iri, name in NAMES.items()]
)
LINKER = Linker.build(GRAPH)


def first(linker: Linker, text: str, phrase: str) -> str:
    start = text.index(phrase)
    return linker.candidates(text, start, start + len(phrase))[0].iri


def test_a_name_itself_is_its_first_candidate() -> None:
    assert first(LINKER, "with hemolytic anemia", "hemolytic anemia") == "x:hemolytic"


def test_what_is_like_a_name_has_it_as_candidate() -> None:
    text = "with haemolytical anaemias"
    found = LINKER.candidates(text, 5, len(text))
    assert (found[0].iri, found[0].way) == ("x:hemolytic", "similar")
    assert [item.score for item in found] == sorted((item.score for item in found), reverse=True)


def test_numbers_must_agree() -> None:
    assert first(LINKER, "a complement 7 defect", "complement 7 defect") == "x:c7"


def test_a_short_form_is_written_out() -> None:
    text = "sickle cell anaemia type (SCA). In SCA patients"
    assert first(LINKER, text, "SCA patients") == "x:sickle"


@pytest.mark.parametrize("span", [(0, 0), (3, 2), (-1, 2), (0, 99)])
def test_a_stretch_must_be_in_the_text(span: tuple[int, int]) -> None:
    with pytest.raises(ValueError, match="no stretch of a text of 4 characters"):
        LINKER.candidates("text", *span)


def test_an_encoder_adds_what_is_like_in_meaning() -> None:
    linker = Linker.build(GRAPH)
    vectors = np.eye(len(GRAPH), dtype=np.float32)
    heart = [concept.iri for concept in GRAPH.concepts].index("x:heart")

    def encode(phrases: Sequence[str]) -> NDArray[np.float32]:
        return vectors[[heart] * len(phrases)]

    linker.attach(encode, vectors)
    text = "myocardial infarction"
    found = linker.candidates(text, 0, len(text))[0]
    assert (found.iri, found.way) == ("x:heart", "dense")


def test_there_must_be_a_vector_for_each_concept() -> None:
    with pytest.raises(OntologyError, match=r"expected \d+ concept vectors.*got 1"):
        Linker.build(GRAPH).attach(
            lambda _: np.eye(1, dtype=np.float32), np.eye(1, dtype=np.float32)
        )


def test_phrases_link_only_when_asked_for() -> None:
    text = "a bipolar affective disorder"
    assert not LINKER(text)
    linker = Linker(LINKER.lexicon, LinkerOptions(similar=0.5))
    (mention,) = linker(text)
    assert (mention.text, mention.iri) == ("bipolar affective disorder", "x:mood")


def test_only_phrases_that_may_reach_the_least_score_are_encoded() -> None:
    linker = Linker(LINKER.lexicon)
    width = len(linker.lexicon.iris)
    encoded: list[str] = []

    def encode(phrases: Sequence[str]) -> NDArray[np.float32]:
        encoded.extend(phrases)
        return np.full((len(phrases), width), width**-0.5, dtype=np.float32)

    linker.attach(encode, np.eye(width, dtype=np.float32))
    (name, *_), _ = linker.lexicon.named()
    phrases = [name, "qqqq zzzz"]
    every = linker.proposer.candidates(phrases, 5)
    assert encoded == phrases
    encoded.clear()
    assert linker.proposer.candidates(phrases, 5, least=0.5) == [every[0], ()]
    assert encoded == [name]
    assert all(item.score < 0.5 for item in every[1])
