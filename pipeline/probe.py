"""The linear probe: what a linear model makes of the frozen encoder and the linked concepts.

Its solution is where training starts: fine-tuning from a good linear head bends the encoder far
less than fine-tuning from a random one (Kumar et al., 2022, https://arxiv.org/abs/2202.10054).

What may help, and what may not, is chosen by cross-validation or on the development split: the
regularisation, whether the names of the labels are leant on, and whether knowledge is used at all.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Final, NamedTuple, Protocol

import numpy as np
from numpy.typing import NDArray
from scipy.special import softmax

from .arrays import Floats, Numbers
from .cache import Vectors
from .label_prior import LabelNames, LinearPrior
from .linear_solution import LinearSolution
from .logit_fitting import logit_adjustment, temperature
from .probe_features import ProbeFeatures
from .probe_from_names import probe_from_names
from .probe_solving import (
    are_many,
    cut_folds,
    fit_linear,
    known_concepts,
    matrix,
    score_of,
    split_up,
)

STRENGTHS: Final = (1.0, 3.0, 10.0, 30.0, 100.0)
"""The values of C (inverse regularisation) to choose from."""

USUAL_STRENGTH: Final = 10.0
"""The value of C that others must beat by more than chance."""

PRIOR_SHARE: Final = 0.7
"""The standard deviation of the logits of the label names, where they are leant on."""

SHARES: Final = (PRIOR_SHARE, 0.0)

LEAST_GAIN: Final = 0.015
"""By so much knowledge must raise the score where texts are many."""

FEWEST_UNLABELLED: Final = 200
"""From so many unlabelled documents on, the sizes of the labels are estimated from them."""


class _Choice(NamedTuple):
    """A way to fit the probe, what it says of held-out documents, and the best score of any way."""

    strength: float
    share: float
    score: float
    held_out: tuple[Floats, Numbers]
    top: float = 0.0


def fit_probe(
    train: ProbeFeatures,
    labels: Numbers,
    *,
    task: str,
    seed: int,
    balanced: bool = False,
    dev: tuple[ProbeFeatures, Numbers] | None = None,
    names: LabelNames | None = None,
    unlabelled: ProbeFeatures | None = None,
    optional_knowledge: bool = True,
    like: LinearSolution | None = None,
) -> LinearSolution:
    """Fit the linear probe; what is not given is chosen on the development split or by folds.

    Single-label: multinomial logistic regression; multi-label: one logistic regression for each
    label; regression: ridge regression with alpha = 1 / C.

    Chosen are C, whether to lean on the names of the labels, and whether to use knowledge. Names
    and knowledge that do not hurt are kept; where texts are many (see ``are_many``), knowledge must
    help by 1.5 points, more than chance is likely to give. In a single-label task, C is 10 unless
    another is better by more than one standard error of the difference.

    Args:
        train: the features of the training documents.
        labels: numbers of labels (document,), rows of 0 and 1 (document, label), or values.
        task: ``single-label``, ``multi-label`` or ``regression``.
        seed: of the folds.
        balanced: whether rare labels count as much as frequent ones.
        dev: features and labels of the development split.
        names: the names of the labels, to start from.
        unlabelled: features of unlabelled documents: they say how frequent the labels are.
        optional_knowledge: whether knowledge may be left out.
        like: a solution for other features of the same documents, to take the choices of: nothing
            is chosen, then.

    Raises:
        ValueError: there are no labelled texts, and no names or no unlabelled texts either.
    """
    if not len(labels):
        return probe_from_names(
            names, unlabelled, optional_knowledge=optional_knowledge and like is None
        )
    everything = train if unlabelled is None else train.joined(unlabelled)
    folds = [] if dev else list(cut_folds(labels, task=task, seed=seed))

    def search(part: Callable[[ProbeFeatures], ProbeFeatures]) -> _Search:
        prior = None
        if names is not None and task != "regression":
            prior = names.prior(part(everything))
        held_out = (part(dev[0]), dev[1]) if dev else None
        ways = ((like.strength,), (like.prior_share,)) if like else (STRENGTHS, SHARES)
        return _Search(part(train), labels, task, balanced, prior, folds, held_out, *ways)

    chosen, plain, helps = search(lambda features: features), None, True
    best = chosen.choose()
    if (
        optional_knowledge
        and like is None
        and (train.closure is not None or train.graph is not None)
    ):
        without = search(ProbeFeatures.alone)
        plain = without.choose()
        least = LEAST_GAIN if are_many(labels, task) else 0.0
        if plain.top > best.top - least:
            best, chosen, helps = plain, without, False
    solution = chosen.solution(best, like=train)
    if unlabelled is not None and task == "single-label" and not balanced:
        solution = replace(solution, class_shift=class_shift(solution, labels, unlabelled))
    return replace(solution, knowledge=helps, text_score=plain.score if plain else None)


class Checked(Protocol):
    """What is known of a way to fit the probe: its score, and what it says of held-out texts."""

    @property
    def score(self) -> float:
        """Its score."""

    @property
    def held_out(self) -> tuple[Floats, Numbers] | None:
        """The logits (document, label) and the labels of documents it was not fitted to."""


def worse(one: Checked, other: Checked, *, task: str) -> bool:
    """Tell whether one is worse than another: single-label, by more than a standard error."""
    if task != "single-label" or one.held_out is None or other.held_out is None:
        return one.score < other.score
    right, other_right = (
        logits.argmax(axis=1) == truth for logits, truth in (one.held_out, other.held_out)
    )
    lost = other_right.astype(float) - right
    return bool(lost.mean() > lost.std() / np.sqrt(len(lost)))


def _away(choice: _Choice) -> tuple[float, float]:
    """Return how far from the usual C a choice is; of two as far, the smaller is nearer."""
    return round(abs(np.log(choice.strength / USUAL_STRENGTH)), 9), choice.strength


@dataclass(frozen=True)
class _Search:
    """The ways to fit some features.

    Args:
        features: of the training documents.
        labels: as for ``fit_probe``.
        task: as for ``fit_probe``.
        balanced: as for ``fit_probe``.
        prior: what the names of the labels say, if they are known.
        folds: rows to fit and rows to check.
        dev: the development split; used instead of folds.
        strengths: the values of C to try.
        shares: how much to lean on the names, to try.
    """

    features: ProbeFeatures
    labels: Numbers
    task: str
    balanced: bool
    prior: LinearPrior | None
    folds: list[tuple[NDArray[np.int64], NDArray[np.int64]]]
    dev: tuple[ProbeFeatures, Numbers] | None
    strengths: tuple[float, ...]
    shares: tuple[float, ...]

    def choose(self) -> _Choice:
        """Return the best choice, or one that is as good with a more usual C."""
        shares = self.shares if self.prior else (0.0,)
        tried = [self._try(strength, share) for share in shares for strength in self.strengths]
        best = max(tried, key=lambda choice: (choice.score, choice.share))
        rivals = [choice for choice in tried if choice.share == best.share]
        usual = min((one for one in rivals if not worse(one, best, task=self.task)), key=_away)
        return usual._replace(top=best.score)

    def solution(self, choice: _Choice, *, like: ProbeFeatures) -> LinearSolution:
        """Fit all training documents as was chosen; blocks that ``like`` has beyond are zero."""
        known = known_concepts(self.features)
        x = matrix(self.features, known)
        weight, bias = self._fit(x, np.arange(len(x)), choice, self._offset(self.features, choice))
        logits, truth = choice.held_out
        adjustment: Floats = np.zeros(len(bias))
        if self.task == "single-label" and not self.balanced:
            counts = np.bincount(self.labels.astype(int), minlength=len(bias))
            adjustment = logit_adjustment(logits, truth, counts)
        solution = LinearSolution(
            **split_up(weight, self.features, known),
            bias=bias,
            strength=choice.strength,
            score=choice.score,
            temperature=temperature(logits + adjustment, truth, task=self.task),
            adjustment=adjustment,
            class_shift=np.zeros(len(bias)),
            prior_share=choice.share,
            held_out=(logits + adjustment, truth),
        )
        if choice.share and self.prior is not None:
            solution = solution.plus(self.prior.scaled(choice.share))
        return solution.shaped_like(like)

    def _try(self, strength: float, share: float) -> _Choice:
        choice = _Choice(strength, share, 0.0, (np.empty(0), np.empty(0)))
        known = known_concepts(self.features)
        x, offset = matrix(self.features, known), self._offset(self.features, choice)
        parts: list[tuple[Floats, Numbers]] = []
        if self.dev is not None:
            other, truth = self.dev
            weight, bias = self._fit(x, np.arange(len(x)), choice, offset)
            logits = matrix(other, known) @ weight.T + bias
            parts.append((logits + self._offset(other, choice), truth))
        for fit, check in self.folds:
            weight, bias = self._fit(x, fit, choice, offset)
            parts.append((x[check] @ weight.T + bias + offset[check], self.labels[check]))
        score = float(np.mean([score_of(logits, truth, self.task) for logits, truth in parts]))
        logits, truth = (np.concatenate(some) for some in zip(*parts, strict=True))
        return choice._replace(score=score, held_out=(logits, truth))

    def _offset(self, features: ProbeFeatures, choice: _Choice) -> Floats:
        if self.prior is None or not choice.share:
            return np.zeros((features.text.shape[0], 1))
        return self.prior.scaled(choice.share).logits(features)

    def _fit(
        self, x: Vectors, rows: NDArray[np.int64], choice: _Choice, offset: Floats
    ) -> tuple[Floats, Floats]:
        return fit_linear(
            x[rows],
            self.labels[rows],
            choice.strength,
            self.labels,
            self.task,
            self.balanced,
            offset[rows],
        )


def class_shift(solution: LinearSolution, labels: Numbers, unlabelled: ProbeFeatures) -> Floats:
    """Return what unlabelled documents say about how frequent the labels are; (label,).

    The mean probability of a label over many documents is nearer to its frequency than its share in
    texts that were labelled label by label (the first step of Saerens et al., 2002, "Adjusting the
    outputs of a classifier to new a priori probabilities"):

        shift_l = log(mean_d p_dl) - log(share of l in the labelled texts)

    0 for each label where there are fewer than ``FEWEST_UNLABELLED`` documents.
    """
    shift = np.zeros(len(solution.bias))
    if unlabelled.text.shape[0] < FEWEST_UNLABELLED:
        return shift
    logits = solution.logits(unlabelled) + solution.adjustment
    chances = softmax(logits, axis=1).mean(axis=0)
    counts = np.bincount(labels.astype(int), minlength=len(shift))
    present = counts > 0
    shift[present] = np.log(chances[present] * counts.sum() / counts[present])
    return shift
