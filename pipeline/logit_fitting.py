"""What is fitted to the logits of held-out texts: a temperature, and what rare labels lack."""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize, minimize_scalar
from scipy.special import logsumexp

from .arrays import Floats, Numbers
from .probe_solving import ABSENT

LOG_TEMPERATURES: Final = (-2.3, 2.3)
"""Where the logarithm of the temperature is looked for."""

USUAL_LEAN: Final = 0.25
"""How much models lean to frequent labels: the standard deviation of t before texts are seen.

It keeps t near 0 where hardly a held-out text is wrong, and there is little to tell it by.
"""


def logit_adjustment(logits: Floats, truth: Numbers, counts: NDArray[np.int64]) -> Floats:
    """Return what is to be added to the logits of a single-label task; (label,).

    A regularised model that has seen few texts leans to frequent labels: of the rare ones it has
    learnt little but that they are rare. Logit adjustment (Menon et al., 2021,
    https://arxiv.org/abs/2007.07314) takes part of that back:

        adjustment_l = -t * log(share of l in the labelled texts)

    up to a constant that makes its mean 0. Of the t from 0 to 1 it is the one that is most likely,
    together with a temperature, by the held-out texts and ``USUAL_LEAN``. All 0 for labels that are
    equally frequent; 0 for a label without texts.

    Args:
        logits: of held-out documents; (document, label).
        truth: their labels; (document,).
        counts: how many texts were labelled so; (label,).
    """
    present = counts > 0
    lean = np.zeros(len(counts))
    lean[present] = np.log(counts[present])
    lean[present] -= lean[present].mean()
    possible = _possible(logits, truth)
    logits, chosen = logits[possible], truth[possible].astype(int)
    if not lean.any() or not len(logits):
        return np.zeros(len(counts))

    def surprise(values: Floats) -> float:
        log_temperature, share = values
        scaled = (logits - share * lean) / np.exp(log_temperature)
        unlikely = _cross_entropy(scaled, chosen).sum()
        return float(unlikely + 0.5 * (share / USUAL_LEAN) ** 2) / len(chosen)

    found = minimize(surprise, (0.0, 0.0), bounds=(LOG_TEMPERATURES, (0.0, 1.0)))
    result: Floats = -found.x[1] * lean
    return result


def temperature(
    logits: Floats, truth: Numbers, *, task: str, weight: Floats | None = None
) -> float:
    """Return the temperature T at which softmax(logits / T) is most likely for the truth.

    The C that predicts best is often so small that every probability is near chance. Dividing by T
    changes no prediction, and makes the probabilities mean what they say (Guo et al., 2017,
    https://arxiv.org/abs/1706.04599). 1 for regression.

    Args:
        logits: of held-out documents; (document, label).
        truth: their labels, as for ``fit_probe``.
        task: ``single-label``, ``multi-label`` or ``regression``.
        weight: how much each document counts; all the same unless given; (document,).
    """
    if task == "regression":
        return 1.0
    if task == "single-label":
        possible = _possible(logits, truth)
        logits, truth = logits[possible], truth[possible].astype(int)
        weight = None if weight is None else weight[possible]
        if not len(logits):
            return 1.0

    def surprise(log_temperature: float) -> float:
        scaled = logits / np.exp(log_temperature)
        if task == "multi-label":
            each = (np.logaddexp(0, scaled) - truth * scaled).mean(axis=1)
        else:
            each = _cross_entropy(scaled, truth)
        return float(np.average(each, weights=weight))

    return float(np.exp(minimize_scalar(surprise, bounds=LOG_TEMPERATURES, method="bounded").x))


def _cross_entropy(logits: Floats, labels: Numbers) -> Floats:
    """Return the cross-entropy of each document; (document,)."""
    result: Floats = logsumexp(logits, axis=1) - logits[np.arange(len(labels)), labels]
    return result


def _possible(logits: Floats, truth: Numbers) -> NDArray[np.bool_]:
    """Tell which documents have a label that their fold did not lack; (document,)."""
    found: NDArray[np.bool_] = logits[np.arange(len(truth)), truth.astype(int)] > ABSENT / 2
    return found
