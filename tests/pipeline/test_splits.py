from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from ontograft.data import Document
from ontograft.errors import CorpusError
from ontograft.pipeline import Project
from ontograft.pipeline.labels import LabelSet
from ontograft.pipeline.splits import check_splits, read_splits

from .conftest import rows, write_jsonl


def documents(count: int, labels: int) -> list[Document]:
    return [Document(str(n), f"text {n}", f"label {n % labels}") for n in range(count)]


def test_all_labelled_texts_are_for_training(make_project: Callable[..., Project]) -> None:
    splits = read_splits(make_project())
    assert (len(splits.train), len(splits.dev), len(splits.test)) == (24, 0, 8)


def test_a_share_is_held_back(make_project: Callable[..., Project]) -> None:
    splits = read_splits(make_project(corpus={"dev": 0.25}))
    assert (len(splits.train), len(splits.dev)) == (18, 6)


def test_a_file_is_the_development_split(
    make_project: Callable[..., Project], tmp_path: Path
) -> None:
    write_jsonl(tmp_path / "dev.jsonl", rows()[:6])
    splits = read_splits(make_project(corpus={"dev": "dev.jsonl"}))
    assert (len(splits.train), len(splits.dev)) == (24, 6)


def test_bad_rows_can_be_left_out_and_are_counted(
    make_project: Callable[..., Project], tmp_path: Path
) -> None:
    project = make_project(corpus={"on_bad_row": "skip"})
    path = tmp_path / "train.jsonl"
    path.write_text(path.read_text() + '{"id": "x"}\n')
    splits = read_splits(project)
    assert splits.rows[str(path)].startswith("25 rows: 24 read, 1 rejected")


def test_texts_in_train_and_test_are_noted() -> None:
    train = documents(4, 2)
    splits = check_splits(train, test=[Document("x", "text 0", "label 0")])
    assert any("have their text in train too" in note for note in splits.notes)


def test_labels_get_numbers_in_their_order() -> None:
    labels = LabelSet.of(documents(4, 2), "single-label")
    assert labels.labels == ("label 0", "label 1")
    assert labels.numbers(documents(3, 2)) == [0, 1, 0]


def test_several_labels_are_a_row_of_0_and_1() -> None:
    texts = [Document("1", "x", ("b", "a")), Document("2", "y", ())]
    numbers = LabelSet.of(texts, "multi-label").numbers(texts)
    np.testing.assert_array_equal(np.array(numbers), [[1, 1], [0, 0]])


def test_a_value_stays_a_value() -> None:
    texts = [Document("1", "x", 0.5)]
    assert LabelSet.of(texts, "regression").numbers(texts) == [0.5]


def test_an_unknown_label_is_named_with_its_row() -> None:
    labels = LabelSet("single-label", ("a", "b"))
    with pytest.raises(CorpusError, match=r"t\.csv, row 7: label 'c' is unknown to the model"):
        labels.numbers([Document("1", "x", "c", row=7, source="t.csv")])
