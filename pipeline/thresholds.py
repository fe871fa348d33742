"""Thresholds of a multi-label task: from which probability on a text has a label.

At 0.5 a rare label is hardly ever predicted, however well its texts are told from the others. The
threshold with the best F1 on held-out texts (Lipton et al., 2014, "Optimal thresholding of
classifiers to maximize F1 measure", https://arxiv.org/abs/1402.1892) is chosen for each label that
has enough of them; the others share one.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Final

import numpy as np

from .arrays import Floats, Numbers
from .evaluation import probabilities
from .labels import THRESHOLD, LabelSet

ENOUGH: Final = 20
"""From so many held-out texts with a label on, its threshold is chosen by these alone."""


def with_thresholds(labels: LabelSet, logits: Floats, truth: Numbers) -> LabelSet:
    """Return the labels with the best thresholds for held-out texts.

    Labels of another task than multi-label have none, and stay as they are.

    Args:
        labels: the labels.
        logits: the model's output for the texts, as sure as when it predicts; (document, label).
        truth: rows of 0 and 1; (document, label).
    """
    if labels.task != "multi-label":
        return labels
    values = probabilities(labels.consistent(logits), task=labels.task)
    return replace(labels, thresholds=choose_thresholds(values, truth))


def choose_thresholds(values: Floats, truth: Numbers, *, enough: int = ENOUGH) -> tuple[float, ...]:
    """Return the best threshold for each label.

    For a label with ``enough`` texts it is that of the best F1; for all others the one that is
    best for all texts and labels together (micro-averaged F1).

    Args:
        values: the probabilities of held-out texts; (document, label).
        truth: rows of 0 and 1; (document, label).
        enough: how many texts a label needs for a threshold of its own.
    """
    common = best_threshold(values.ravel(), truth.ravel())
    return tuple(
        best_threshold(column, known) if known.sum() >= enough else common
        for column, known in zip(values.T, truth.T, strict=True)
    )


def best_threshold(values: Floats, truth: Numbers) -> float:
    """Return the threshold with the best F1.

    It is ``THRESHOLD`` where none is better, or nothing is true; else it lies in the middle between
    two probabilities that occur. Of equally good ones the nearest to ``THRESHOLD`` is chosen, then
    the greater.

    Args:
        values: probabilities; (text,).
        truth: 0 or 1 for each; (text,).
    """
    if not truth.any():
        return THRESHOLD
    order = np.argsort(-values, kind="stable")
    ranked = values[order].astype(np.float64)
    after = np.append(ranked[1:], 0.0)
    ends = np.flatnonzero(ranked > after)  # equal values are taken together
    hits = np.cumsum(truth[order])[ends]
    f1 = 2 * hits / (ends + 1 + truth.sum())
    upper, lower = ranked[ends], after[ends]
    middles = (upper + lower) / 2
    middles[(lower < THRESHOLD) & (upper >= THRESHOLD)] = THRESHOLD
    best = np.flatnonzero(f1 >= f1.max(initial=0.0) - 1e-12)
    if not len(best):
        return THRESHOLD
    nearest = min(best, key=lambda end: (abs(middles[end] - THRESHOLD), -middles[end]))
    return float(middles[nearest])
