"""The solution of the linear probe: the weights of a linear model, and how they were found."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from .arrays import Floats, Numbers
from .label_prior import LinearPrior
from .probe_features import ProbeFeatures
from .probe_solving import ABSENT


@dataclass(frozen=True, slots=True)
class LinearSolution(LinearPrior):
    """The weights of a linear probe, ready for ``set_linear_solution`` of the model.

    Args:
        text_weight: (label, width).
        closure_weight: (concept, label), zero for concepts that no training text is linked to.
        graph_weight: (label, width).
        bias: (label,).
        strength: the chosen C.
        score: its score on the development split or in cross-validation.
        temperature: what its logits must be divided by to be as sure as they are right; not yet
            done in the weights, because training learns more from a start that is not too sure.
        adjustment: (label,), what is to be added to the logits because a model of few texts leans
            to frequent labels (see ``logit_adjustment``); not yet done in the weights either.
        class_shift: (label,), the same because labels are more or less frequent than in the
            labelled texts.
        prior_share: how much the label names were leant on; 0 for not at all.
        knowledge: whether knowledge helped; if not, the weights of closure and graph are zero.
        text_score: the score of the best solution without knowledge; None where there was no
            knowledge to do without.
        contrast: whether the encoder's vectors are those after contrastive pre-training.
        contrast_scores: the scores without and with it; None where it was not tried.
        held_out: its logits for documents it was not fitted to, the adjustment added, and their
            labels.
    """

    strength: float
    score: float
    temperature: float
    adjustment: Floats
    class_shift: Floats
    prior_share: float = 0.0
    knowledge: bool = True
    text_score: float | None = None
    contrast: bool = False
    contrast_scores: tuple[float, float] | None = None
    held_out: tuple[Floats, Numbers] | None = None

    @property
    def shift(self) -> Floats:
        """What is to be added to the logits after training; (label,)."""
        return self.adjustment + self.class_shift

    def plus(self, prior: LinearPrior) -> LinearSolution:
        """Return the solution with the weights of a prior added."""
        absent = self.bias <= ABSENT
        return replace(
            self,
            text_weight=self.text_weight + prior.text_weight,
            closure_weight=_sum(self.closure_weight, prior.closure_weight),
            graph_weight=_sum(self.graph_weight, prior.graph_weight),
            bias=np.where(absent, self.bias, self.bias + prior.bias),
        )

    def shaped_like(self, features: ProbeFeatures) -> LinearSolution:
        """Return the solution with zeros for the blocks that only these features have."""
        labels = len(self.bias)
        closure, graph = self.closure_weight, self.graph_weight
        if closure is None and features.closure is not None:
            closure = np.zeros((features.closure.shape[1], labels))
        if graph is None and features.graph is not None:
            graph = np.zeros((labels, features.graph.shape[1]))
        return replace(self, closure_weight=closure, graph_weight=graph)


def _sum(first: Floats | None, second: Floats | None) -> Floats | None:
    return first if first is None or second is None else first + second
