from __future__ import annotations

import numpy as np
import pytest

from ontograft.kg.similarity import LetterSimilarity, MeaningSimilarity, best


def test_letters_in_common_make_names_similar() -> None:
    scores = LetterSimilarity(["hemolytic anemia", "sickle cell anemia", "asthma"])(
        ["haemolytic anaemia", "asthma"]
    )
    assert scores.shape == (2, 3)
    assert scores.argmax(axis=1).tolist() == [0, 2]
    assert scores[1, 2] == np.float32(1) or abs(scores[1, 2] - 1) < 1e-6


def test_meaning_is_the_cosine_of_the_vectors() -> None:
    vectors = np.eye(2, dtype=np.float32)
    found = MeaningSimilarity(lambda phrases: vectors[[1] * len(phrases)], vectors)(["a", "b"])
    assert found.tolist() == [[0, 1], [0, 1]]


def test_the_best_come_first_and_ties_by_number() -> None:
    scores = np.array([0.5, 0.9, 0.5, 0.5, 0.1], dtype=np.float32)
    assert [number for number, _ in best(scores, 3)] == [1, 0, 2]
    assert [number for number, _ in best(scores, 9)] == [1, 0, 2, 3, 4]


@pytest.mark.parametrize("kinds", [2, 50, 10_000])
@pytest.mark.parametrize("size", [160, 1_601, 5_000])
def test_the_best_of_many_are_those_of_a_whole_sort(size: int, kinds: int) -> None:
    numbers = np.random.default_rng(size + kinds).integers(0, kinds, size)
    scores = (numbers / kinds).astype(np.float32)
    order = sorted(range(size), key=lambda number: (-scores[number], number))
    for count in (1, 10, 100):
        assert best(scores, count) == [(number, float(scores[number])) for number in order[:count]]
