"""The linear probe where no text is labelled: what the names of the labels and more texts say."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy.special import softmax

from .arrays import Floats
from .label_prior import LabelNames
from .linear_solution import LinearSolution
from .logistic import fit_logistic
from .probe_features import ProbeFeatures
from .probe_solving import known_concepts, matrix, split_up

NAMES_ALONE: Final = 2.5
"""The standard deviation of the logits of the label names, where there is nothing else."""

BESIDE: Final = 0.5
"""How much the names count beside what was learnt from the texts that they are surest of."""

STRENGTH: Final = 1.0
"""The value of C where a linear model learns from these texts."""

SUREST: Final = 0.2
"""The share of its texts that a label is learnt from."""

FEWEST: Final = 5
"""From so many a label is learnt at least."""

TEMPERATURE: Final = 1.5
"""Names alone make a model too sure: by so much on five folds of Ohsumed."""

HALF: Final = 0.5
"""So many labels must stand for concepts, or so many texts have links and agree."""


def probe_from_names(
    names: LabelNames | None, unlabelled: ProbeFeatures | None, *, optional_knowledge: bool
) -> LinearSolution:
    """Return what can be known before any text is labelled.

    The names label the unlabelled texts. From those that they are surest of, label by label (a
    fifth of those a label is expected to have), a linear model learns what else such texts have in
    common; it is added to the names.

    Args:
        names: the names of the labels.
        unlabelled: the features of unlabelled documents.
        optional_knowledge: whether knowledge is left out unless ``suits`` says otherwise.

    Raises:
        ValueError: there are no names, or no unlabelled texts.
    """
    if names is None or unlabelled is None:
        raise ValueError("without labelled texts, fit_probe needs names and unlabelled texts")
    helps = not optional_knowledge or suits(names, unlabelled)
    seen = unlabelled if helps else unlabelled.alone()
    prior = names.prior(seen).scaled(NAMES_ALONE)
    rows, labels = _surest(softmax(prior.logits(seen), axis=1))
    known = known_concepts(seen)
    weight, bias = fit_logistic(
        matrix(seen.take(rows), known),
        np.eye(len(prior.bias))[labels],
        strength=STRENGTH,
        exclusive=True,
    )
    solution = LinearSolution(
        **split_up(weight.T, seen, known),
        bias=bias,
        strength=STRENGTH,
        score=0.0,
        temperature=TEMPERATURE,
        adjustment=np.zeros(len(bias)),
        class_shift=np.zeros(len(bias)),
        prior_share=NAMES_ALONE,
        knowledge=helps,
    )
    return solution.plus(prior.scaled(BESIDE)).shaped_like(unlabelled)


def suits(names: LabelNames, unlabelled: ProbeFeatures) -> bool:
    """Tell whether the ontology suits the labels and the texts, as far as can be told without any.

    It does if half of the labels stand for concepts of it. It does, too, if half of the texts have
    links and, in the fifth of these that the names are surest of by the text, the names say the
    same by the concepts in half of the cases. True for features without knowledge.
    """
    if unlabelled.closure is None and unlabelled.graph is None:
        return True
    if names.aligned is not None and names.aligned.any(axis=0).mean() >= HALF:
        return True
    linked = unlabelled.linked
    if linked is None:
        linked = np.ones(len(unlabelled.text), dtype=bool)
    if linked.mean() < HALF:
        return False
    by_text = names.prior(unlabelled.alone()).logits(unlabelled.alone())[linked]
    mute = replace(unlabelled, text=np.zeros_like(unlabelled.text))
    by_concepts = names.prior(mute).logits(mute)[linked]
    second, first = np.partition(by_text, (-2, -1), axis=1)[:, -2:].T
    sure = first - second >= np.quantile(first - second, 1 - SUREST)
    same = by_text.argmax(axis=1) == by_concepts.argmax(axis=1)
    return bool(same[sure].mean() >= HALF)


def _surest(chances: Floats) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return documents and what they are taken for; one document may stand for several labels.

    Shapes:
        chances: (document, label)
    """
    counts = np.maximum(FEWEST, SUREST * chances.sum(axis=0)).astype(int)
    rows = [np.argsort(-chance)[:count] for chance, count in zip(chances.T, counts, strict=True)]
    return np.concatenate(rows), np.repeat(np.arange(len(rows)), [len(row) for row in rows])
