from __future__ import annotations

import itertools
from math import exp

import pytest

from ontograft.kg.tagging import BEGIN, INSIDE, OUTSIDE, Tagger, Weights

WEIGHTS: dict[str, Weights] = {
    "a": (0.3, 1.2, -0.4),
    "b": (1.0, -0.5, 0.8),
    "c": (-0.7, 0.2, 1.5),
}
STEPS: tuple[Weights, ...] = ((0.5, 0.1, 9.0), (-0.2, -0.6, 1.1), (0.4, -0.3, 0.2))
ROWS = [["a"], ["b", "c"], ["c", "unknown"], ["a", "b"], ["b"]]


def all_chances() -> dict[tuple[int, int], float]:
    """Return the probability of each mention, by adding up all sequences of tags."""
    found: dict[tuple[int, int], float] = {}
    whole = 0.0
    for tags in itertools.product((OUTSIDE, BEGIN, INSIDE), repeat=len(ROWS)):
        pairs = list(itertools.pairwise(tags))
        if tags[0] == INSIDE or (OUTSIDE, INSIDE) in pairs:
            continue
        total = sum(STEPS[one][other] for one, other in pairs)
        for tag, features in zip(tags, ROWS, strict=True):
            total += sum(WEIGHTS.get(name, (0.0, 0.0, 0.0))[tag] for name in features)
        whole += exp(total)
        for first, tag in enumerate(tags):
            if tag == BEGIN:
                last = first
                while last + 1 < len(tags) and tags[last + 1] == INSIDE:
                    last += 1
                found[first, last] = found.get((first, last), 0.0) + exp(total)
    return {place: chance / whole for place, chance in found.items()}


def test_a_mention_is_as_likely_as_all_taggings_with_it() -> None:
    chances = Tagger(WEIGHTS, STEPS)(ROWS)
    for (first, last), expected in all_chances().items():
        assert chances.of(first, last) == pytest.approx(expected)


def test_likely_mentions_are_those_that_are_likely_enough() -> None:
    chances = Tagger(WEIGHTS, STEPS)(ROWS)
    expected = {place: chance for place, chance in all_chances().items() if chance >= 0.1}
    found = {(first, last): chance for first, last, chance in chances.likely(0.1)}
    assert found == pytest.approx(expected)
    assert 0 < len(expected) < len(all_chances())


def test_a_mention_has_at_most_twelve_tokens() -> None:
    sure: dict[str, Weights] = {"a": (-9.0, 9.0, 0.0), "b": (-9.0, -9.0, 9.0)}
    tagger = Tagger(sure, ((0.0,) * 3,) * 3)
    assert [place[:2] for place in tagger([["a"], *[["b"]] * 11]).likely(0.9)] == [(0, 11)]
    assert tagger([["a"], *[["b"]] * 12]).likely(0.01) == []


def test_huge_weights_do_no_harm() -> None:
    tagger = Tagger({"a": (1e6, -1e6, 0.0), "b": (0.0, 0.0, 1e6)}, ((0.0,) * 3,) * 3)
    chances = tagger([["a"], ["b"], ["a"]])
    assert all(0 <= chance <= 1 for _, _, chance in chances.likely(0.0))
    assert tagger([]).likely(0.0) == []
