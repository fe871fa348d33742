from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
import pytest

from ontograft.kg import BROADER, Concept, KnowledgeGraph, Label, LabelKind, Linker
from ontograft.pipeline.cache import Vectors
from ontograft.pipeline.label_likeness import (
    BREADTH,
    LETTERS,
    MEANING,
    THRESHOLD,
    Near,
    NearestConcepts,
    concept_widths,
    is_too_broad,
)

HOME = "http://example.org/"
NAMES = {"1": "digestive system disorder", "2": "heart disease", "3": "brain disease"}
GRAPH = KnowledgeGraph(
    [
        Concept(HOME + number, labels=(Label(LabelKind.PREFERRED, "en", name),))
        for number, name in (*NAMES.items(), ("4", "stroke"))
    ],
    [(HOME + "4", BROADER, HOME + "3")],
)
DIRECTIONS = {
    **{"digestive system disorder": 0, "gut troubles": 0},
    **{"heart disease": 1, "cardiac disease": 1, "brain disease": 2, "stroke": 2},
}


def encode(phrases: Sequence[str]) -> Vectors:
    """Return unit vectors; phrases of one direction are alike, others at right angles."""
    result = np.zeros((len(phrases), 4), dtype=np.float32)
    for row, phrase in enumerate(phrases):
        result[row, DIRECTIONS.get(phrase, 3)] = 1
    return result


def nearest() -> NearestConcepts:
    concepts = [GRAPH.preferred_label(number) for number in range(len(GRAPH))]
    return NearestConcepts(
        GRAPH, Linker.build(GRAPH), encode=encode, vectors=lambda: encode(concepts)
    )


def test_the_likeness_is_the_sum_of_three_parts() -> None:
    # Of "cardiac disease" the names of no concept hold "cardi"; the background is 1 / 4.
    (near,) = nearest()(["cardiac disease"])
    assert near is not None
    assert GRAPH.concepts[near.concept].iri == HOME + "2"
    assert MEANING < near.score < MEANING + LETTERS


def test_a_broad_concept_gains() -> None:
    finder = nearest()
    (near,) = finder(["brain disease"])
    assert near == Near(
        GRAPH.index(HOME + "3"), round(MEANING + LETTERS + BREADTH * math.log(2) / 8, 4)
    )


def test_what_is_like_nothing_has_no_concept() -> None:
    assert nearest()(["politics", "cardiac disease"])[0] is None
    assert nearest()([]) == []


def test_two_concepts_equally_like_are_left_to_the_expert() -> None:
    same = [
        Concept(HOME + n, labels=(Label(LabelKind.EXACT, "en", "heart disease"),)) for n in "ab"
    ]
    graph = KnowledgeGraph(same)
    finder = NearestConcepts(
        graph,
        Linker.build(graph),
        encode=encode,
        vectors=lambda: encode(["heart disease", "stroke"]),
    )
    assert finder(["cardiac disease"]) == [None]


def test_vectors_are_asked_for_when_they_are_needed() -> None:
    def never() -> Vectors:
        pytest.fail("asked for")

    finder = NearestConcepts(GRAPH, Linker.build(GRAPH), encode=encode, vectors=never)
    assert finder([]) == []


def test_high_cosines_all_over_are_no_likeness() -> None:
    # Plain BERT gives all texts cosines of 0.8 and more.
    def crowded(phrases: Sequence[str]) -> Vectors:
        vectors = np.concatenate([encode(phrases), np.full((len(phrases), 1), 2.0)], axis=1)
        unit: Vectors = (vectors / np.sqrt(5)).astype(np.float32)
        return unit

    concepts = [GRAPH.preferred_label(number) for number in range(len(GRAPH))]
    linker = Linker.build(GRAPH)
    finder = NearestConcepts(GRAPH, linker, encode=crowded, vectors=lambda: crowded(concepts))
    assert float((crowded(["politics"]) @ crowded(["stroke"]).T)[0, 0]) > THRESHOLD
    assert finder(["politics"]) == [None]


@pytest.mark.parametrize(
    ("width", "total", "expected"),
    [(60, 100, True), (50, 100, False), (99, 99, False)],
)
def test_a_concept_above_most_others_is_too_broad(width: int, total: int, expected: bool) -> None:
    assert is_too_broad(width, total) is expected


def test_the_width_counts_a_concept_and_all_below_it() -> None:
    assert concept_widths(GRAPH).tolist() == [1, 1, 2, 1]
