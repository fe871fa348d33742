"""As sure as right: the temperature by which the logits of a model are divided.

Dividing by a temperature changes no prediction, and makes the probabilities mean what they say
(Guo et al., 2017, https://arxiv.org/abs/1706.04599). With development texts it is the one that fits
these best. Without any, every labelled text was learnt from, and cannot say how right the model is
on others. What is known is how right the *linear probe* is: in cross-validation, where each text
was held out once. So the probe is calibrated on its held-out texts, and the fine-tuned model is
brought to the probe's confidence: two models that are right about as often should, over many texts,
be equally sure (the same link between mean confidence and accuracy estimates the accuracy on
unlabelled texts in Guillory et al., 2021, https://arxiv.org/abs/2107.03315).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

import numpy as np
from scipy.optimize import brentq

from .arrays import Floats
from .evaluation import probabilities
from .logit_fitting import LOG_TEMPERATURES, temperature

if TYPE_CHECKING:
    from .features import EncodedDocument
    from .linear_solution import LinearSolution
    from .preparation import Prepared

COMPARED: Final = 400
"""In so many texts, at most, the confidence of the probe and of the model are compared."""

FEWEST_UNLABELLED: Final = 50
"""With fewer unlabelled texts, the two are compared in the training texts, which both know."""


def probe_temperature(solution: LinearSolution, *, task: str) -> float:
    """Return the temperature of the linear probe.

    Its own, where nothing is known of how frequent the labels are. Otherwise the held-out texts of
    the cross-validation are taken as texts will be met: with ``class_shift`` added to their logits,
    and each counting as often as its label occurs, not as often as it was labelled.
    """
    shift = solution.class_shift
    if solution.held_out is None or not shift.any():
        return solution.temperature
    logits, truth = solution.held_out
    return temperature(logits + shift, truth, task=task, weight=np.exp(shift)[truth.astype(int)])


def compared_documents(prepared: Prepared) -> tuple[Sequence[EncodedDocument], str]:
    """Return the texts in which the probe and the model are compared, and what they are called.

    Every second, third, ... of them where there are more than ``COMPARED``.
    """
    enough = len(prepared.unlabelled) >= FEWEST_UNLABELLED
    documents = prepared.unlabelled if enough else prepared.train
    step = max(1, -(-len(documents) // COMPARED))
    return documents[::step], "the unlabelled texts" if enough else "the training texts"


def mean_confidence(logits: Floats, *, task: str) -> float:
    """Return how sure a model is, on the whole.

    single-label: the mean over the texts of the greatest probability; multi-label: the mean over
    texts and labels of the probability that the likelier of yes and no is right.

    Shapes:
        logits: (document, label)
    """
    chances = probabilities(logits, task=task)
    sure = chances.max(axis=1) if task == "single-label" else np.maximum(chances, 1 - chances)
    return float(sure.mean())


def matching_temperature(logits: Floats, confidence: float, *, task: str) -> float:
    """Return the temperature T at which the mean confidence of logits / T is as given.

    The nearest there is, where none between ``LOG_TEMPERATURES`` reaches it. The mean confidence
    falls with T, so there is one at most.

    Args:
        logits: of any texts; (document, label).
        confidence: the mean confidence; see ``mean_confidence``.
        task: ``single-label`` or ``multi-label``.
    """

    def excess(log_temperature: float) -> float:
        return mean_confidence(logits / np.exp(log_temperature), task=task) - confidence

    low, high = LOG_TEMPERATURES
    if excess(low) <= 0:
        return float(np.exp(low))
    if excess(high) >= 0:
        return float(np.exp(high))
    return float(np.exp(brentq(excess, low, high, xtol=1e-4)))
