from __future__ import annotations

import json
import math

import numpy as np
import pytest
from sklearn import metrics as sk

from ontograft.pipeline.evaluation import calibration_error, measure, measure_labels, probabilities
from ontograft.pipeline.labels import LabelSet

GENERATOR = np.random.default_rng(0)
LABELS = ("a", "b", "c")


def test_single_label_figures_are_those_of_scikit_learn() -> None:
    logits, truth = GENERATOR.normal(size=(40, 3)), GENERATOR.integers(0, 3, 40)
    guess = logits.argmax(axis=1)
    figures = measure(logits, truth, task="single-label", labels=LABELS)
    assert figures["accuracy"] == pytest.approx(sk.accuracy_score(truth, guess))
    assert figures["macro_f1"] == pytest.approx(sk.f1_score(truth, guess, average="macro"))
    assert figures["micro_f1"] == pytest.approx(figures["accuracy"])
    assert figures["macro_recall"] == pytest.approx(sk.balanced_accuracy_score(truth, guess))
    chances = probabilities(logits, task="single-label")
    assert figures["loss"] == pytest.approx(sk.log_loss(truth, chances))
    assert figures["per_label"]["b"]["support"] == int((truth == 1).sum())
    rows = figures["confusion"]["rows_true_columns_predicted"]
    assert rows == sk.confusion_matrix(truth, guess).tolist()


def test_a_label_that_neither_occurs_nor_is_predicted_is_left_out_of_the_macro_average() -> None:
    logits = np.array([[2.0, 0.0, 0.0], [0.0, 2.0, 0.0]])
    figures = measure(logits, np.array([0, 1]), task="single-label", labels=LABELS)
    assert figures["macro_f1"] == 1.0
    assert figures["per_label"]["c"] == {"precision": 0, "recall": 0, "f1": 0, "support": 0}


def test_multi_label_figures_are_those_of_scikit_learn() -> None:
    logits, truth = GENERATOR.normal(size=(30, 3)), GENERATOR.integers(0, 2, (30, 3))
    guess = (logits > 0).astype(int)
    figures = measure(logits, truth, task="multi-label", labels=LABELS)
    assert figures["accuracy"] == pytest.approx(sk.accuracy_score(truth, guess))
    assert figures["micro_f1"] == pytest.approx(sk.f1_score(truth, guess, average="micro"))
    assert figures["hamming_loss"] == pytest.approx(sk.hamming_loss(truth, guess))
    chances = probabilities(logits, task="multi-label")
    expected = -np.mean(truth * np.log(chances) + (1 - truth) * np.log(1 - chances))
    assert figures["loss"] == pytest.approx(expected)


def test_what_is_predicted_in_a_multi_label_task_can_be_said() -> None:
    logits, truth = GENERATOR.normal(size=(30, 3)), GENERATOR.integers(0, 2, (30, 3))
    guess = logits > -0.8
    figures = measure(logits, truth, task="multi-label", labels=LABELS, predicted=guess)
    plain = measure(logits, truth, task="multi-label", labels=LABELS)
    assert figures["macro_f1"] == pytest.approx(sk.f1_score(truth, guess, average="macro"))
    assert figures["per_label"][LABELS[0]]["recall"] == sk.recall_score(truth[:, 0], guess[:, 0])
    # How good the probabilities are has nothing to do with thresholds.
    assert figures["loss"] == plain["loss"]
    assert figures["calibration_error"] == plain["calibration_error"]


def test_figures_of_labels_with_thresholds_that_imply_others() -> None:
    labels = LabelSet("multi-label", tuple(LABELS), (0.5, 0.9, 0.2), ((), (), (1,)))
    logits = np.array([[3.0, -2.0, -1.0], [-3.0, 1.0, -3.0]])
    figures = measure_labels(logits, np.array([[1, 1, 1], [0, 0, 0]]), labels)
    assert figures["accuracy"] == 1.0
    raised = np.array([[3.0, -1.0, -1.0], [-3.0, 1.0, -3.0]])
    truth = np.array([[1, 1, 1], [0, 0, 0]])
    expected = measure(raised, truth, task="multi-label", labels=LABELS)
    assert figures["loss"] == expected["loss"]


@pytest.mark.parametrize("task", ["single-label", "regression"])
def test_figures_of_labels_of_other_tasks_are_those_of_the_logits(task: str) -> None:
    logits, truth = GENERATOR.normal(size=(30, 3)), GENERATOR.integers(0, 3, 30)
    figures = measure_labels(logits, truth, LabelSet(task, tuple(LABELS)))
    assert figures == measure(logits, truth, task=task, labels=LABELS)


def test_regression_figures_are_those_of_scikit_learn() -> None:
    guess, truth = GENERATOR.normal(size=(20, 1)), GENERATOR.normal(size=20)
    figures = measure(guess, truth, task="regression", labels=("value",))
    assert figures["mse"] == pytest.approx(sk.mean_squared_error(truth, guess[:, 0]))
    assert figures["mae"] == pytest.approx(sk.mean_absolute_error(truth, guess[:, 0]))
    assert figures["r2"] == pytest.approx(sk.r2_score(truth, guess[:, 0]))
    assert figures["pearson"] == pytest.approx(np.corrcoef(truth, guess[:, 0])[0, 1])


def test_what_is_not_defined_is_null() -> None:
    figures = measure(np.ones((3, 1)), np.ones(3), task="regression", labels=("value",))
    assert figures["r2"] is None
    assert figures["pearson"] is None
    assert "NaN" not in json.dumps(figures)


@pytest.mark.parametrize("task", ["single-label", "multi-label"])
def test_large_logits_do_not_overflow(task: str) -> None:
    truth = np.array([1]) if task == "single-label" else np.array([[0, 1, 0]])
    figures = measure(np.array([[1e4, -1e4, 0.0]]), truth, task=task, labels=LABELS)
    assert math.isfinite(figures["loss"])


def test_calibration_error_by_hand() -> None:
    # Bin of 0.95: confidence 0.95, accuracy 0.5; bin of 0.55: confidence 0.55, accuracy 1.
    confidence = np.array([0.95, 0.95, 0.55, 0.55])
    right = np.array([True, False, True, True])
    assert calibration_error(confidence, right) == pytest.approx(0.5 * 0.45 + 0.5 * 0.45)
    assert calibration_error(np.array([1.0]), np.array([True])) == 0.0
