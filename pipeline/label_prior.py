"""What the names of the labels say, before any text is labelled.

A text whose vector lies near that of the name *Neoplasms* is probably about neoplasms; so is a
text whose concepts do. Both are linear in what the linear probe sees, so that names become weights
of the same heads, to which the labelled texts then add. Comparing texts with label names in one
vector space is the plain form of zero-shot classification (Chang et al., 2008, "Importance of
Semantic Representation: Dataless Classification").
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from .arrays import Floats

if TYPE_CHECKING:
    from .cache import Vectors
    from .probe_features import ProbeFeatures

KNOWLEDGE_WEIGHT: Final = 2.0
"""How much each block of knowledge counts; the text counts 1, all standardised for each label."""

ALIGNED_WEIGHT: Final = 1.0
"""How much the concepts count that labels are known to stand for."""


@dataclass(frozen=True, slots=True)
class LinearPrior:
    """Weights that stand in the heads before anything is learnt; see ``LinearSolution``.

    Args:
        text_weight: (label, width).
        closure_weight: (concept, label); None without that channel.
        graph_weight: (label, width); None without that channel.
        bias: (label,).
    """

    text_weight: Floats
    closure_weight: Floats | None
    graph_weight: Floats | None
    bias: Floats

    def logits(self, features: ProbeFeatures) -> Floats:
        """Return what the names say about documents; (document, label)."""
        result: Floats = features.text @ self.text_weight.T + self.bias
        if features.closure is not None and self.closure_weight is not None:
            result = result + features.closure @ self.closure_weight
        if features.graph is not None and self.graph_weight is not None:
            result = result + features.graph @ self.graph_weight.T
        return result

    def scaled(self, factor: float) -> LinearPrior:
        """Return the prior with all its weights multiplied."""
        closure, graph = self.closure_weight, self.graph_weight
        return replace(
            self,
            text_weight=self.text_weight * factor,
            closure_weight=None if closure is None else closure * factor,
            graph_weight=None if graph is None else graph * factor,
            bias=self.bias * factor,
        )


@dataclass(frozen=True, slots=True)
class LabelNames:
    """The names of the labels as vectors.

    Args:
        vectors: of the names, rows of length 1; (label, width).
        concept_vectors: of the concepts; None without knowledge; (concept, width).
        aligned: 1 where a label is known to stand for a concept; (concept, label).
    """

    vectors: Vectors
    concept_vectors: Vectors | None = None
    aligned: Floats | None = None

    def without_knowledge(self) -> LabelNames:
        """Return the names alone."""
        return LabelNames(self.vectors)

    def prior(self, features: ProbeFeatures) -> LinearPrior:
        """Return what the names say; see ``label_prior``."""
        return label_prior(features, self.vectors, self.concept_vectors, self.aligned)


def label_prior(
    features: ProbeFeatures,
    label_vectors: Vectors,
    concept_vectors: Vectors | None = None,
    aligned: Floats | None = None,
) -> LinearPrior:
    """Turn the names of the labels into weights.

    For document d and label l with the vector v_l, the score of each block is

        text     t_d . v_l
        closure  sum_c bag_dc (u_c . v_l)      u_c: the vector of concept c
        graph    g_d . v_l
        aligned  sum_c bag_dc [l stands for c]     the bag has the ancestors of linked concepts too

    Each is standardised for each label over the documents, so that a name near to everything is
    not always chosen; they are added up, closure and graph counting ``KNOWLEDGE_WEIGHT``, aligned
    concepts ``ALIGNED_WEIGHT``, and the sum is scaled to a standard deviation of 1.

    Args:
        features: documents to standardise by, labelled or not.
        label_vectors: the vectors of the names, rows of length 1; (label, width).
        concept_vectors: those of the concepts; needed with the closure channel; (concept, width).
        aligned: 1 where a label is known to stand for a concept; (concept, label).
    """
    by_likeness = None if concept_vectors is None else concept_vectors @ label_vectors.T
    parts: list[tuple[Any, Floats | None, float]] = [
        (features.text, label_vectors.T, 1.0),
        (features.closure, by_likeness, KNOWLEDGE_WEIGHT),
        (features.closure, aligned, ALIGNED_WEIGHT),
        (features.graph, label_vectors.T, KNOWLEDGE_WEIGHT),
    ]
    blocks: list[Floats | None] = []
    bias = np.zeros(len(label_vectors))
    for block, affinity, share in parts:
        if block is None or affinity is None:
            blocks.append(None)
            continue
        weights, shift = _standardised(block, affinity, share)
        blocks.append(weights)
        bias = bias + shift
    text, closure, by_concept, graph = blocks
    if closure is not None and by_concept is not None:
        closure = closure + by_concept
    assert text is not None
    prior = LinearPrior(text.T, closure, None if graph is None else graph.T, bias)
    spread = float(prior.logits(features).std())
    return prior.scaled(1 / spread) if spread > 1e-9 else prior


def _standardised(block: Any, affinity: Floats, share: float) -> tuple[Floats, Floats]:
    """Scale weights so that their scores have this spread for each label; return the bias too."""
    scores = np.asarray(block @ affinity)
    spread = scores.std(axis=0)
    factor = np.where(spread > 1e-9, share / np.maximum(spread, 1e-9), 0.0)
    return affinity * factor, -scores.mean(axis=0) * factor
