"""Logistic regression that may start from something known: offsets, and targets that are unsure.

scikit-learn's has neither. The minimum is found by the same means, SciPy's L-BFGS-B.
"""

from __future__ import annotations

from functools import cache
from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize
from scipy.special import expit, log_softmax
from threadpoolctl import ThreadpoolController

from .arrays import Floats

MAX_ITERATIONS: Final = 300
TOLERANCE: Final = 1e-3
"""The greatest slope at which the search is over; near enough for where training starts."""

WORTH_THREADS: Final = 500_000_000
"""From so many multiplications a step on, several threads are worth the waiting for each other.

Below, two threads of one busy core took ten times as long as one.
"""


@cache
def _libraries() -> ThreadpoolController:
    """Return the handle to the libraries of linear algebra that are loaded."""
    return ThreadpoolController()


def fit_logistic(
    x: Floats,
    targets: Floats,
    *,
    strength: float,
    exclusive: bool,
    offset: Floats | None = None,
    weight: Floats | None = None,
) -> tuple[Floats, Floats]:
    """Minimise the penalised cross-entropy of a linear model.

        strength * sum_i weight_i H(targets_i, p_i)  +  |W|^2 / 2

    with p = softmax(offset + x W + b) where a text has one label, and the sigmoid of the same where
    it may have any number; b is not penalised. As in scikit-learn's ``LogisticRegression``, whose C
    is ``strength``.

    Args:
        x: the features; (document, feature).
        targets: the probability of each label for each document; (document, label).
        strength: the inverse of the regularisation.
        exclusive: whether a text has exactly one label.
        offset: the logits from which the search starts out, and to which regularisation pulls
            back; (document, label). 0 unless given.
        weight: how much each document counts; (document,). 1 unless given.

    Returns:
        W (feature, label) and b (label,), without the offset.
    """
    x = np.asarray(x, dtype=np.float32)
    num_features, num_labels = x.shape[1], targets.shape[1]
    base = np.zeros(targets.shape) if offset is None else np.asarray(offset, dtype=np.float64)
    counts = np.full(len(x), strength) if weight is None else strength * np.asarray(weight)

    def value(flat: NDArray[np.float64]) -> tuple[float, NDArray[np.float64]]:
        w, b = flat[:-num_labels].reshape(num_features, num_labels), flat[-num_labels:]
        logits = base + x @ w.astype(np.float32) + b
        if exclusive:
            surprise = -log_softmax(logits, axis=1)
            losses = (targets * surprise).sum(axis=1)
            guess = np.exp(-surprise) * targets.sum(axis=1, keepdims=True)
        else:
            losses = (np.logaddexp(0, logits) - targets * logits).sum(axis=1)
            guess = expit(logits)
        slope = (guess - targets) * counts[:, None]
        of_w = x.T @ slope.astype(np.float32) + w
        loss = float(counts @ losses) + 0.5 * float(w.ravel() @ w.ravel())
        return loss, np.concatenate([of_w.ravel(), slope.sum(axis=0)])

    small = len(x) * num_features * num_labels < WORTH_THREADS
    with _libraries().limit(limits=1 if small else None, user_api="blas"):
        found = minimize(
            value,
            np.zeros((num_features + 1) * num_labels),
            jac=True,
            method="L-BFGS-B",
            options={"maxiter": MAX_ITERATIONS, "gtol": TOLERANCE, "ftol": 1e-9},
        )
    flat = np.asarray(found.x)
    return flat[:-num_labels].reshape(num_features, num_labels), flat[-num_labels:]
