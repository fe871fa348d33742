"""How good predictions are: the figures for each kind of task, by scikit-learn."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Final

import numpy as np
from numpy.typing import NDArray
from scipy.special import expit, log_softmax, softmax
from scipy.stats import pearsonr, spearmanr
from sklearn import metrics as sk

from .arrays import Floats, Numbers

if TYPE_CHECKING:
    from .labels import LabelSet

Metrics = dict[str, Any]

BINS: Final = 15
"""How many bins of confidence the calibration error is measured in."""


def probabilities(logits: Floats, *, task: str) -> Floats:
    """Return the probability of each label; for regression the value itself."""
    if task == "single-label":
        return np.asarray(softmax(logits.astype(np.float64), axis=1))
    if task == "multi-label":
        return np.asarray(expit(logits.astype(np.float64)))
    return logits.astype(np.float64)


def measure_labels(logits: Floats, truth: Numbers, labels: LabelSet) -> Metrics:
    """Return all figures for what a model predicts: with its thresholds and implied labels.

    Args:
        logits: the model's output; (document, label).
        truth: numbers of labels (document,), rows of 0 and 1, or values.
        labels: the labels of the model.
    """
    logits, predicted = labels.consistent(logits), None
    if labels.task == "multi-label":
        predicted = labels.predicted(probabilities(logits, task=labels.task))
    return measure(logits, truth, task=labels.task, labels=labels.labels, predicted=predicted)


def measure(
    logits: Floats,
    truth: Numbers,
    *,
    task: str,
    labels: Sequence[str],
    predicted: NDArray[np.bool_] | None = None,
) -> Metrics:
    """Return all figures for some predictions.

    Single-label: ``accuracy``, ``macro_``, ``micro_`` and ``weighted_`` ``f1`` / ``precision`` /
    ``recall``, ``loss``, ``calibration_error``, ``per_label``, ``confusion``. Multi-label: the
    same with ``samples_f1`` and ``hamming_loss`` and no confusion; there ``accuracy`` is the share
    of documents with exactly the right labels. Regression: ``mse``, ``mae``, ``r2``, ``pearson``,
    ``spearman``, ``loss``. As in scikit-learn, a single label that neither occurs nor is predicted
    is left out of the macro average.

    Args:
        logits: the model's output; (document, label).
        truth: numbers of labels (document,), rows of 0 and 1, or values.
        task: ``single-label``, ``multi-label`` or ``regression``.
        labels: the names of the labels in the order of their numbers.
        predicted: which labels are predicted in a multi-label task (document, label); those with a
            probability of at least 0.5 unless given.
    """
    if task == "regression":
        return _regression(logits[:, 0].astype(np.float64), truth.astype(np.float64))
    if task == "multi-label":
        return _multi_label(logits, truth.astype(np.int64), labels, predicted)
    return _single_label(logits, truth.astype(np.int64), labels)


def _single_label(logits: Floats, truth: NDArray[np.int64], labels: Sequence[str]) -> Metrics:
    numbers = list(range(len(labels)))
    guess = logits.argmax(axis=1)
    likelihood = probabilities(logits, task="single-label")
    logs = log_softmax(logits.astype(np.float64), axis=1)
    confusion = sk.confusion_matrix(truth, guess, labels=numbers)
    return {
        "documents": len(truth),
        "accuracy": float((guess == truth).mean()),
        **_averages(truth, guess),
        "loss": float(-logs[np.arange(len(truth)), truth].mean()),
        "calibration_error": calibration_error(likelihood.max(axis=1), guess == truth),
        "per_label": _per_label(truth, guess, labels),
        "confusion": {"labels": list(labels), "rows_true_columns_predicted": confusion.tolist()},
    }


def _multi_label(
    logits: Floats,
    truth: NDArray[np.int64],
    labels: Sequence[str],
    predicted: NDArray[np.bool_] | None,
) -> Metrics:
    guess = (logits >= 0 if predicted is None else predicted).astype(np.int64)
    x = logits.astype(np.float64)
    # log(1 + exp(x)) - x y: the cross-entropy without overflow.
    losses = np.logaddexp(0.0, x) - x * truth
    likelihood = probabilities(logits, task="multi-label")
    # How sure it is that the likelier of yes and no is right, wherever the threshold lies.
    sure, right = np.maximum(likelihood, 1 - likelihood), (logits >= 0) == truth
    return {
        "documents": len(truth),
        "accuracy": float((guess == truth).all(axis=1).mean()),
        **_averages(truth, guess),
        "samples_f1": float(sk.f1_score(truth, guess, average="samples", zero_division=1.0)),
        "hamming_loss": float((guess != truth).mean()),
        "loss": float(losses.mean()),
        "calibration_error": calibration_error(sure.ravel(), right.ravel()),
        "per_label": _per_label(truth, guess, labels),
    }


def _regression(guess: Floats, truth: Floats) -> Metrics:
    varied = len(truth) > 1 and np.ptp(truth) > 0 and np.ptp(guess) > 0
    mse = float(np.square(guess - truth).mean())
    return {
        "documents": len(truth),
        "mse": mse,
        "mae": float(np.abs(guess - truth).mean()),
        # Correlations of a constant are not defined: JSON has null for that.
        "r2": float(sk.r2_score(truth, guess)) if len(truth) > 1 and np.ptp(truth) > 0 else None,
        "pearson": float(pearsonr(truth, guess).statistic) if varied else None,
        "spearman": float(spearmanr(truth, guess).statistic) if varied else None,
        "loss": mse,
    }


def _averages(truth: NDArray[np.int64], guess: NDArray[np.int64]) -> dict[str, float]:
    result: dict[str, float] = {}
    for average in ("macro", "micro", "weighted"):
        precision, recall, f1, _ = sk.precision_recall_fscore_support(
            truth, guess, average=average, zero_division=0.0
        )
        result |= {
            f"{average}_f1": float(f1),
            f"{average}_precision": float(precision),
            f"{average}_recall": float(recall),
        }
    return result


def _per_label(
    truth: NDArray[np.int64], guess: NDArray[np.int64], labels: Sequence[str]
) -> dict[str, dict[str, float]]:
    columns = sk.precision_recall_fscore_support(
        truth, guess, labels=list(range(len(labels))), average=None, zero_division=0.0
    )
    return {
        label: {
            "precision": float(precision),
            "recall": float(recall),
            "f1": float(f1),
            "support": int(support),
        }
        for label, precision, recall, f1, support in zip(labels, *columns, strict=True)
    }


def calibration_error(confidence: Floats, right: NDArray[np.bool_]) -> float:
    """Return the expected calibration error (Guo et al., 2017), with bins of equal width.

    sum over bins b of  n_b / n * |accuracy in b - mean confidence in b|
    """
    bins = np.minimum((confidence * BINS).astype(np.int64), BINS - 1)
    counts = np.bincount(bins, minlength=BINS)
    gaps = np.bincount(bins, right.astype(np.float64) - confidence, minlength=BINS)
    return float(np.abs(gaps).sum() / max(counts.sum(), 1))
