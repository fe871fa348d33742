from __future__ import annotations

import json
from typing import Any

import numpy as np
import pytest

from ontograft.data import Document
from ontograft.errors import CorpusError
from ontograft.pipeline.aligned_labels import LabelAlignment
from ontograft.pipeline.labels import LabelSet

# influenza implies infection and disease, infection implies disease.
NAMES = ("disease", "infection", "influenza", "surgery")
NESTED = LabelSet("multi-label", NAMES, (), ((), (0,), (0, 1), ()))


def document(label: Any) -> Document:
    return Document("d", "a text", label=label)


def test_the_labels_of_documents_are_sorted() -> None:
    documents = [document(("b", "c")), document(("a",))]
    assert LabelSet.of(documents, "multi-label").labels == ("a", "b", "c")
    assert LabelSet.of([document(1.5)], "regression").labels == ("value",)


def test_one_label_is_predicted_in_a_single_label_task() -> None:
    values = np.array([[0.2, 0.3, 0.3], [0.9, 0.05, 0.05]])
    predicted = LabelSet("single-label", ("a", "b", "c")).predicted(values)
    assert predicted.tolist() == [[False, True, False], [True, False, False]]


def test_without_thresholds_one_half_is_enough() -> None:
    predicted = LabelSet("multi-label", ("a", "b")).predicted(np.array([[0.5, 0.49]]))
    assert predicted.tolist() == [[True, False]]


def test_each_label_has_its_own_threshold() -> None:
    labels = LabelSet("multi-label", ("a", "b"), (0.2, 0.7))
    predicted = labels.predicted(np.array([[0.2, 0.6], [0.1, 0.7]]))
    assert predicted.tolist() == [[True, False], [False, True]]


def test_a_predicted_label_brings_those_that_it_implies() -> None:
    labels = LabelSet("multi-label", NAMES, (0.9, 0.9, 0.1, 0.5), NESTED.ancestors)
    predicted = labels.predicted(np.array([[0.0, 0.0, 0.2, 0.0], [0.0, 0.95, 0.0, 0.4]]))
    assert predicted.tolist() == [[True, True, True, False], [True, True, False, False]]


def test_an_implied_label_is_at_least_as_probable() -> None:
    values = np.array([[0.1, 0.3, 0.2, 0.9], [0.1, 0.2, 0.6, 0.0]])
    expected = [[0.3, 0.3, 0.2, 0.9], [0.6, 0.6, 0.6, 0.0]]
    np.testing.assert_array_equal(NESTED.consistent(values), expected)
    np.testing.assert_array_equal(values[0], [0.1, 0.3, 0.2, 0.9])  # left as it was


def test_values_stay_where_no_label_implies_another() -> None:
    values = np.array([[0.1, 0.3]])
    assert LabelSet("multi-label", ("a", "b")).consistent(values) is values


def test_a_document_has_the_labels_that_its_own_imply() -> None:
    rows = NESTED.numbers([document(("influenza",)), document(("surgery",)), document(())])
    np.testing.assert_array_equal(np.array(rows), [[1, 1, 1, 0], [0, 0, 0, 1], [0, 0, 0, 0]])


@pytest.mark.parametrize(
    "labels",
    [
        NESTED,
        LabelSet("multi-label", NAMES, (0.1, 0.2, 0.3, 0.4), NESTED.ancestors),
        LabelSet("multi-label", ("a", "b"), (1 / 3, 0.7)),
        LabelSet("single-label", ("a", "b")),
        LabelSet("regression", ("value",)),
        LabelSet(
            "single-label",
            ("a", "b"),
            alignment=(
                LabelAlignment("a", "Ant", ("http://example.org/1",), ("ant",), 0.9, "name"),
                LabelAlignment("b", "b", missing=("b",)),
            ),
        ),
    ],
)
def test_labels_survive_the_settings_of_a_model_folder(labels: LabelSet) -> None:
    settings = json.loads(json.dumps(labels.as_settings()))
    assert LabelSet.of_settings(labels.task, settings) == labels


def test_an_old_model_folder_has_neither_thresholds_nor_implied_labels() -> None:
    labels = LabelSet.of_settings("multi-label", {"labels": ["a", "b"]})
    assert labels == LabelSet("multi-label", ("a", "b"))


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"thresholds": (0.5,)}, "thresholds must have one entry for each label .*expected 2 .*1"),
        ({"ancestors": ((), (), (0,))}, "ancestors must have one entry .*expected 2 .*got 3"),
        (
            {"task": "single-label", "thresholds": (0.5, 0.5)},
            "expected 0 for the single-label task, got 2",
        ),
    ],
)
def test_entries_that_do_not_fit_the_labels_are_refused(
    options: dict[str, Any], message: str
) -> None:
    with pytest.raises(ValueError, match=message):
        LabelSet(**{"task": "multi-label", "labels": ("a", "b")} | options)


@pytest.mark.parametrize(
    ("label", "message"),
    [(None, "document 'd' has no label"), (("plague",), "label 'plague' is unknown to the model")],
)
def test_labels_that_cannot_be_learnt_are_refused(label: Any, message: str) -> None:
    with pytest.raises(CorpusError, match=message):
        NESTED.numbers([document(label)])
