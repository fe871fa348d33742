"""A baseline: TF-IDF of words and pairs of words, and a linear support vector machine."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.svm import LinearSVC, LinearSVR

from .arrays import Floats, Numbers
from .probe_solving import ABSENT, cut_folds, score_of

STRENGTHS: Final = (0.03, 0.1, 0.3, 1.0, 3.0, 10.0)
"""The values of C (inverse regularisation) to choose from."""

ITERATIONS: Final = 10_000
"""Enough for the solver to converge with the largest C."""


class _Weights(NamedTuple):
    """Of a linear model: (label, feature) and (label,)."""

    weight: Floats
    bias: Floats

    def logits(self, x: csr_matrix) -> Floats:
        return np.asarray(x @ self.weight.T) + self.bias


@dataclass(frozen=True)
class TfidfSvm:
    """A fitted baseline.

    Args:
        vectorizer: from texts to TF-IDF.
        weights: of the machine of each label.
        held_out: its output for held-out texts, and their targets; see ``LinearSolution``.
    """

    vectorizer: TfidfVectorizer
    weights: _Weights
    held_out: tuple[Floats, Numbers]

    def logits(self, texts: Sequence[str]) -> Floats:
        """Return the distances from the border of each label; (text, label)."""
        if not len(texts):
            return np.zeros((0, len(self.weights.bias)))
        return self.weights.logits(self.vectorizer.transform(texts))


def fit_tfidf_svm(
    texts: Sequence[str],
    targets: Numbers,
    *,
    num_labels: int,
    task: str,
    seed: int,
    balanced: bool = False,
    dev: tuple[Sequence[str], Numbers] | None = None,
) -> TfidfSvm:
    """Fit one machine for each label, or a support vector regression; C is chosen.

    TF is sublinear: 1 + log(count). C is chosen as the linear probe chooses it: by the same figure
    (see ``score_of``), on the development texts or else in cross-validation by the same folds; of
    equally good ones the smallest.

    Args:
        texts: the training texts.
        targets: numbers of labels (text,), rows of 0 and 1 (text, label), or values.
        num_labels: how many labels there are.
        task: ``single-label``, ``multi-label`` or ``regression``.
        seed: of the folds, and of the solver.
        balanced: whether rare labels count as much as frequent ones.
        dev: the development texts and their targets.
    """
    vectorizer = TfidfVectorizer(
        ngram_range=(1, 2), sublinear_tf=True, token_pattern=r"(?u)\b\w+\b"
    )
    x = csr_matrix(vectorizer.fit_transform(texts))
    folds = [] if dev else list(cut_folds(targets, task=task, seed=seed))

    def fit(rows: NDArray[np.int64], strength: float) -> _Weights:
        columns = columns_of(targets, num_labels=num_labels, task=task)[rows]
        return _fit(x[rows], columns, strength, task=task, seed=seed, balanced=balanced)

    def attempt(strength: float) -> tuple[float, Floats, Numbers]:
        parts: list[tuple[Floats, Numbers]] = []
        if dev is not None:
            parts.append(
                (
                    fit(np.arange(len(targets)), strength).logits(vectorizer.transform(dev[0])),
                    dev[1],
                )
            )
        for rows, check in folds:
            parts.append((fit(rows, strength).logits(x[check]), targets[check]))
        score = float(np.mean([score_of(logits, truth, task) for logits, truth in parts]))
        logits, truth = (np.concatenate(some) for some in zip(*parts, strict=True))
        return score, logits, truth

    tried = {strength: attempt(strength) for strength in STRENGTHS}
    chosen = max(tried, key=lambda strength: (tried[strength][0], -strength))
    weights = fit(np.arange(len(targets)), chosen)
    return TfidfSvm(vectorizer, weights, tried[chosen][1:])


def columns_of(targets: Numbers, *, num_labels: int, task: str) -> Numbers:
    """Return one column of targets for each label; (text, label)."""
    if task == "single-label":
        result: Numbers = np.eye(num_labels)[targets.astype(int)]
        return result
    return targets.reshape(len(targets), num_labels)


def _fit(
    x: csr_matrix, columns: Numbers, strength: float, *, task: str, seed: int, balanced: bool
) -> _Weights:
    """Fit one machine for each column; one of which all or none is true needs no machine."""
    if task == "regression":
        return _fit_values(x, columns[:, 0], strength, seed=seed)
    weight = np.zeros((columns.shape[1], x.shape[1]))
    positive = columns.sum(axis=0)
    bias = np.log((positive + 0.5) / (len(columns) - positive + 0.5))
    if task == "single-label":
        bias[positive == 0] = ABSENT
    for label in np.flatnonzero((positive > 0) & (positive < len(columns))):
        machine = LinearSVC(
            C=strength,
            class_weight="balanced" if balanced else None,
            max_iter=ITERATIONS,
            random_state=seed,
        ).fit(x, columns[:, label])
        weight[label], bias[label] = machine.coef_[0], machine.intercept_[0]
    return _Weights(weight, bias)


def _fit_values(x: csr_matrix, values: Numbers, strength: float, *, seed: int) -> _Weights:
    """Fit values that are standardised first, so that the same C suits any unit."""
    mean, spread = float(values.mean()), float(values.std()) or 1.0
    machine = LinearSVR(
        C=strength,
        loss="squared_epsilon_insensitive",
        dual=True,
        max_iter=ITERATIONS,
        random_state=seed,
    ).fit(x, (values - mean) / spread)
    weight = np.reshape(machine.coef_, (1, -1)) * spread
    return _Weights(weight, np.atleast_1d(machine.intercept_) * spread + mean)
