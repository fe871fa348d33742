from __future__ import annotations

from pathlib import Path

import pytest

from ontograft.data import Document, check_labels, count_labels, read_label_names
from ontograft.errors import CorpusError


def documents(*labels: str | tuple[str, ...] | float | None) -> list[Document]:
    return [Document(str(i), "t", label, row=i, source="c.csv") for i, label in enumerate(labels)]


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("l.tsv", "label\tname\nb\tBee, the\na\tAnt\n"),
        ("l.csv", 'name,label\n"Bee, the",b\nAnt,a\n'),
    ],
)
def test_label_names_are_read_in_their_order(name: str, content: str, tmp_path: Path) -> None:
    path = tmp_path / name
    path.write_text(content, encoding="utf-8")
    assert list(read_label_names(path).items()) == [("b", "Bee, the"), ("a", "Ant")]


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("l.txt", "", "label names are read from .tsv or .csv files .* got '.txt'"),
        ("l.tsv", "label\tname\na\tAnt\na\tBee\n", r"row 2 \(line 3\): label 'a' is named twice"),
        ("l.tsv", "label\tname\na\t \n", r"row 1 \(line 2\): a label or its name is empty"),
        ("l.tsv", "label\tname\na\n", r"row 1 \(line 2\): it has 1 cells, expected 2"),
        ("l.tsv", "label\tname\n", "there are no rows; expected a label and its name"),
        ("l.tsv", "label\ttitle\n", "no column 'name'"),
    ],
)
def test_label_names_that_cannot_be_used(
    name: str, content: str, message: str, tmp_path: Path
) -> None:
    path = tmp_path / name
    path.write_text(content, encoding="utf-8")
    with pytest.raises(CorpusError, match=message):
        read_label_names(path)


def test_labels_are_counted_in_order() -> None:
    counts = count_labels(documents("b", "a", "b", None, ("a", "c")))
    assert list(counts.items()) == [("a", 2), ("b", 2), ("c", 1)]


@pytest.mark.parametrize(
    ("train", "message"),
    [
        ([], "the training split is empty"),
        (["a", "a", "a"], "has one label only: 'a' in 3 documents; expected at least two"),
        ([("a",), ("a",)], "has one label only: 'a' in 2 documents"),
        ([1.5, 1.5], "each document of the training split has the value 1.5"),
        ([None, "a"], "c.csv, row 0: document '0' of the train split has no label"),
        (["a", None], "c.csv, row 1: document '1' of the train split has no label"),
        (["a", 1.0], "document '1' of the train split has 1.0; expected .* such as 'a'"),
    ],
)
def test_training_labels_that_cannot_be_learnt(
    train: list[str | tuple[str, ...] | float | None], message: str
) -> None:
    with pytest.raises(CorpusError, match=message):
        check_labels(documents(*train))


@pytest.mark.parametrize("split", ["dev", "test"])
def test_labels_unknown_to_training_are_named_with_their_counts(split: str) -> None:
    message = rf"the {split} split has 2 labels .*: 'c' \(2\), 'd' \(1\); the training .* 'a', 'b'"
    with pytest.raises(CorpusError, match=message):
        check_labels(documents("a", "b"), **{split: documents("a", "c", "c", "d")})


def test_unlabelled_test_documents_are_refused() -> None:
    with pytest.raises(CorpusError, match="document '1' of the test split has no label"):
        check_labels(documents("a", "b"), test=documents("a", None))


def test_sound_splits_have_no_notes() -> None:
    assert check_labels(documents("a", "b", "a", "b"), test=documents("a", "b")) == ()
    assert check_labels(documents(0.5, 1.5)) == ()
    assert check_labels(documents(("a",), (), ("a",))) == ()


def test_a_label_with_one_text_is_noted() -> None:
    (note,) = check_labels(documents("a", "a", "b"))
    assert note.startswith("1 labels have a single training text")
    assert note.endswith("'b'")


def test_imbalance_and_lacking_labels_are_noted() -> None:
    imbalance, lacking = check_labels(documents(*["a"] * 200, "b", "b"), dev=documents("a"))
    assert "out of balance: 2 to 200 training texts a label" in imbalance
    assert lacking == "the dev split has no text of 1 labels: 'b'"
