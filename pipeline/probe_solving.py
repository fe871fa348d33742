"""The linear algebra of the probe: features side by side, folds, the fit for each kind of task."""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from itertools import islice
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray
from sklearn.linear_model import Ridge
from sklearn.metrics import f1_score, r2_score
from sklearn.model_selection import KFold, StratifiedKFold

from .arrays import Floats, Numbers
from .cache import Vectors
from .logistic import fit_logistic
from .probe_features import ProbeFeatures

TEXT_SCALE: Final = 1.0
CLOSURE_SCALE: Final = 0.9
GRAPH_SCALE: Final = 0.5
"""How much the blocks of features count; each row of each block has length 1 before."""

FOLDS: Final = 5
MANY_TEXTS: Final = 1000
MANY_TEXTS_A_LABEL: Final = 60
"""From so many texts, and so many a label on average, the first of the folds is enough."""

ABSENT: Final = -1e4
"""The logit of a label that a fold lacks: out of the running."""


def known_concepts(features: ProbeFeatures) -> NDArray[np.int64]:
    """Return the concepts that occur in some documents, sorted."""
    if features.closure is None:
        return np.empty(0, dtype=np.int64)
    return np.unique(features.closure.indices).astype(np.int64)


def matrix(features: ProbeFeatures, known: NDArray[np.int64]) -> Vectors:
    """Put the blocks side by side; of the concepts only those that occur in training."""
    blocks = [features.text * TEXT_SCALE]
    if features.closure is not None:
        blocks.append(features.closure[:, known].toarray() * CLOSURE_SCALE)
    if features.graph is not None:
        blocks.append(features.graph * GRAPH_SCALE)
    result: Vectors = np.hstack(blocks).astype(np.float32)
    return result


def split_up(weight: Floats, features: ProbeFeatures, known: NDArray[np.int64]) -> dict[str, Any]:
    """Undo ``matrix``: weights for each block, with its scale multiplied in."""
    width = features.text.shape[1]
    closure = graph = None
    if features.closure is not None:
        closure = np.zeros((features.closure.shape[1], len(weight)), dtype=np.float64)
        closure[known] = weight[:, width : width + len(known)].T * CLOSURE_SCALE
    if features.graph is not None:
        graph = weight[:, width + len(known) :] * GRAPH_SCALE
    text = weight[:, :width] * TEXT_SCALE
    return {"text_weight": text, "closure_weight": closure, "graph_weight": graph}


def cut_folds(
    labels: Numbers, *, task: str, seed: int
) -> Iterator[tuple[NDArray[np.int64], NDArray[np.int64]]]:
    """Yield rows to fit and rows to check; stratified where a text has a single label.

    Five folds; one, of a fifth of the texts to check, where these are many: a fifth is then enough
    to choose by.
    """
    count = min(FOLDS, len(labels))
    rows = np.zeros((len(labels), 1))
    most = int(np.bincount(labels.astype(int)).max()) if task == "single-label" else 0
    if most > 1:  # as many folds as the most frequent label has texts, at most
        folds = StratifiedKFold(min(count, most), shuffle=True, random_state=seed)
    else:
        folds = KFold(count, shuffle=True, random_state=seed)
    with warnings.catch_warnings():  # that a label has fewer texts than there are folds
        warnings.simplefilter("ignore", UserWarning)
        cut = folds.split(rows, labels if most > 1 else None)
        yield from islice(cut, 1) if are_many(labels, task) else cut


def are_many(labels: Numbers, task: str) -> bool:
    """Return whether there are so many texts that a fifth of them is enough to choose by."""
    counts = {"single-label": len(np.unique(labels)), "regression": 1}
    num_labels = counts[task] if task in counts else labels.shape[1]
    return len(labels) >= max(MANY_TEXTS, MANY_TEXTS_A_LABEL * num_labels)


def fit_linear(
    x: Vectors,
    y: Numbers,
    strength: float,
    labels: Numbers,
    task: str,
    balanced: bool,
    offset: Floats,
) -> tuple[Floats, Floats]:
    """Return the weights (label, feature) and the bias (label,) for all labels of the task."""
    if task == "regression":
        ridge = Ridge(alpha=1 / strength).fit(x, y)
        return ridge.coef_.reshape(1, -1), np.atleast_1d(ridge.intercept_)
    if task == "multi-label":
        return _fit_several(x, y, strength, balanced, np.broadcast_to(offset, y.shape))
    num_labels = int(labels.max()) + 1
    present = np.unique(y).astype(int)
    weight, bias = np.zeros((num_labels, x.shape[1])), np.full(num_labels, ABSENT)
    targets = (y[:, None] == present).astype(np.float64)
    weight_of = targets @ (len(y) / (len(present) * targets.sum(axis=0))) if balanced else None
    start = np.broadcast_to(offset, (len(y), num_labels))[:, present]
    w, b = fit_logistic(
        x, targets, strength=strength, exclusive=True, offset=start, weight=weight_of
    )
    weight[present], bias[present] = w.T, b
    return weight, bias


def _fit_several(
    x: Vectors, y: Numbers, strength: float, balanced: bool, offset: Floats
) -> tuple[Floats, Floats]:
    """Fit one logistic regression for each label."""
    positive = y.sum(axis=0)
    # Nothing to tell apart: the smoothed log-odds alone.
    bias = np.log((positive + 0.5) / (len(y) - positive + 0.5))
    weight = np.zeros((y.shape[1], x.shape[1]))
    for label in np.flatnonzero((positive > 0) & (positive < len(y))):
        truth = y[:, label].astype(np.float64)
        counts = np.where(
            truth > 0, len(y) / (2 * positive[label]), len(y) / (2 * (len(y) - positive[label]))
        )
        w, b = fit_logistic(
            x,
            truth[:, None],
            strength=strength,
            exclusive=False,
            offset=offset[:, label : label + 1],
            weight=counts if balanced else None,
        )
        weight[label], bias[label] = w[:, 0], b[0]
    return weight, bias


def score_of(logits: Floats, y: Numbers, task: str) -> float:
    """Return the accuracy, the micro-averaged F1 or the R2 of a solution."""
    if task == "single-label":
        return float((logits.argmax(axis=1) == y).mean())
    if task == "multi-label":
        return float(f1_score(y, logits > 0, average="micro", zero_division=0.0))
    return float(r2_score(y, logits[:, 0])) if len(y) > 1 else 0.0
