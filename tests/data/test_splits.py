from __future__ import annotations

import random
from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ontograft.data import (
    Document,
    Label,
    count_labels,
    few_shot_sample,
    stratified_folds,
    stratified_split,
)
from ontograft.errors import CorpusError


def documents(labels: list[Label | None]) -> list[Document]:
    return [Document(f"{i:04}", "t", label) for i, label in enumerate(labels)]


def ids(part: list[Document]) -> list[str]:
    return [document.id for document in part]


LABELS: list[Label | None] = [*["a"] * 50, *["b"] * 30, *["c"] * 7, "d", "d", "e"]


def test_a_split_holds_the_share_of_each_label() -> None:
    rest, part = stratified_split(documents(LABELS), share=0.2, seed=0)
    assert len(part) == 18
    assert count_labels(part) == {"a": 10, "b": 6, "c": 1, "d": 1}
    assert count_labels(rest) == {"a": 40, "b": 24, "c": 6, "d": 1, "e": 1}
    assert sorted(ids(rest) + ids(part)) == ids(documents(LABELS))


@given(
    labels=st.lists(st.sampled_from("abcdefg"), min_size=2, max_size=60),
    share=st.floats(0.05, 0.95),
    seed=st.integers(0, 5),
)
def test_labels_with_two_texts_are_on_both_sides(
    labels: list[str], share: float, seed: int
) -> None:
    counts = Counter(labels)
    if max(counts.values()) == 1:
        return
    rest, part = stratified_split(documents(list(labels)), share=share, seed=seed)
    for label, count in counts.items():
        here, there = (count_labels(side).get(label, 0) for side in (rest, part))
        assert here + there == count
        assert here >= 1
        assert there >= 1 or count == 1
        assert abs(there - share * count) <= 1


def test_the_order_of_the_rows_does_not_matter_and_the_seed_does() -> None:
    shuffled = documents(LABELS)
    random.Random(0).shuffle(shuffled)
    for options in ({"seed": 1}, {"seed": 2}):
        first = stratified_split(documents(LABELS), share=0.2, **options)
        assert stratified_split(shuffled, share=0.2, **options) == first
    assert ids(stratified_split(shuffled, share=0.2, seed=1)[1]) != ids(first[1])
    assert ids(first[1]) == sorted(ids(first[1]))


def test_several_labels_a_text_are_shared_out() -> None:
    generator = random.Random(0)
    labels: list[Label | None] = [
        tuple(
            label
            for label, share in zip("abcd", (0.6, 0.3, 0.1, 0.03), strict=True)
            if generator.random() < share
        )
        for _ in range(400)
    ]
    rest, part = stratified_split(documents(labels), share=0.25, seed=0)
    everywhere = count_labels(documents(labels))
    for label, count in count_labels(part).items():
        assert count == pytest.approx(everywhere[label] / 4, abs=3)
    assert set(count_labels(part)) == set(count_labels(rest)) == set("abcd")
    assert len(part) == pytest.approx(100, abs=5)


def test_numbers_are_shared_out_by_quantile() -> None:
    rest, part = stratified_split(documents([float(i**2) for i in range(100)]), share=0.2, seed=0)
    tenths = Counter(int(document.id) // 10 for document in part)
    assert tenths == dict.fromkeys(range(10), 2)
    assert len(rest) == 80


def test_equal_numbers_can_be_split() -> None:
    rest, part = stratified_split(documents([1.0] * 10), share=0.3, seed=0)
    assert (len(rest), len(part)) == (7, 3)


def test_unlabelled_documents_can_be_split() -> None:
    rest, part = stratified_split(documents([None] * 10), share=0.3, seed=0)
    assert (len(rest), len(part)) == (7, 3)


def test_each_document_is_held_out_once() -> None:
    folds = stratified_folds(documents(LABELS), folds=5, seed=0)
    held = sorted(name for _, part in folds for name in ids(part))
    assert held == ids(documents(LABELS))
    for rest, part in folds:
        assert sorted(ids(rest) + ids(part)) == held
        counts = count_labels(part)
        assert (counts["a"], counts["b"]) == (10, 6)
        assert counts["c"] in {1, 2}
        assert len(part) == 18


def test_labels_with_one_text_each_cannot_be_split() -> None:
    with pytest.raises(CorpusError, match="cannot split 3 documents: no label has two"):
        stratified_split(documents(["a", "b", "c"]), share=0.5, seed=0)


@pytest.mark.parametrize("share", [0, 1, -0.2, float("nan")])
def test_shares_out_of_range_are_refused(share: float) -> None:
    with pytest.raises(CorpusError, match=f"share must be between 0 and 1, got {share}"):
        stratified_split(documents(LABELS), share=share, seed=0)


def test_one_document_cannot_be_split() -> None:
    with pytest.raises(CorpusError, match="cannot split 1 documents; expected at least two"):
        stratified_split(documents(["a"]), share=0.5, seed=0)


@pytest.mark.parametrize(
    ("folds", "message"),
    [(1, "folds must be at least 2, got 1"), (4, "cannot make 4 folds of 3 documents")],
)
def test_impossible_folds_are_refused(folds: int, message: str) -> None:
    with pytest.raises(CorpusError, match=message):
        stratified_folds(documents(["a", "a", "b"]), folds=folds, seed=0)


def test_a_sample_has_as_many_texts_of_each_label_as_asked_or_all() -> None:
    sample = few_shot_sample(documents(LABELS), 5, seed=0)
    assert count_labels(sample) == {"a": 5, "b": 5, "c": 5, "d": 2, "e": 1}
    assert ids(sample) == sorted(ids(sample))


def test_a_small_sample_is_part_of_a_larger_one() -> None:
    reverse = documents(LABELS)[::-1]
    small, large = (few_shot_sample(reverse, count, seed=3) for count in (3, 10))
    assert set(ids(small)) < set(ids(large))
    assert small == few_shot_sample(documents(LABELS), 3, seed=3)


def test_a_sample_of_several_labels_a_text_has_enough_of_each() -> None:
    labels: list[Label | None] = [("a", "b"), ("a",), ("b",), ("c", "a"), (), ("c",)]
    counts = count_labels(few_shot_sample(documents(labels), 2, seed=0))
    assert all(counts[label] >= 2 for label in "abc")


@pytest.mark.parametrize(
    ("labels", "per_label", "message"),
    [
        (["a", "b"], 0, "per_label must be at least 1, got 0"),
        ([0.5, 1.5], 1, "none of 2 documents has a label"),
        ([None], 1, "none of 1 documents has a label"),
    ],
)
def test_impossible_samples_are_refused(
    labels: list[Label | None], per_label: int, message: str
) -> None:
    with pytest.raises(CorpusError, match=message):
        few_shot_sample(documents(labels), per_label, seed=0)
