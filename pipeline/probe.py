"""The linear probe: what a linear model makes of the frozen encoder and the linked concepts.

Its solution is where training starts: fine-tuning from a good linear head bends the encoder far
less than fine-tuning from a random one (Kumar et al., 2022, https://arxiv.org/abs/2202.10054).
"""

from __future__ import annotations

import warnings
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import torch
from numpy.typing import NDArray
from scipy.optimize import minimize_scalar
from scipy.sparse import csr_matrix
from scipy.special import logsumexp
from sklearn.exceptions import ConvergenceWarning
from sklearn.linear_model import LogisticRegression, Ridge
from sklearn.metrics import f1_score, r2_score
from sklearn.model_selection import KFold, StratifiedKFold

from ..kg.subgraph import extract
from ..model import Entries, closure_bag
from .cache import Vectors

if TYPE_CHECKING:
    from ..kg import KnowledgeGraph
    from ..kg.subgraph import Link
    from ..model.retrieval import Retrieval

Floats = NDArray[np.floating[Any]]
Numbers = NDArray[np.floating[Any] | np.integer[Any]]

TEXT_SCALE: Final = 1.0
CLOSURE_SCALE: Final = 0.9
GRAPH_SCALE: Final = 0.5
"""How much the blocks of features count; each row of each block has length 1 before."""

STRENGTHS: Final = (1.0, 3.0, 10.0, 30.0, 100.0)
"""The values of C (inverse regularisation) to choose from."""

FOLDS: Final = 5
RETRIEVE_AT_ONCE: Final = 256
ABSENT: Final = -1e4
"""The logit of a label that a fold lacks: out of the running."""

LOG_TEMPERATURES: Final = (-2.3, 2.3)
"""Where the logarithm of the temperature is looked for."""


@dataclass(frozen=True, slots=True)
class ProbeFeatures:
    """What the linear probe sees of some documents; a block is None where its channel is off.

    Args:
        text: the frozen encoder's document vectors; (document, width), rows of length 1.
        closure: the bags of linked concepts and their ancestors, see ``closure_bag``;
            (document, concept), rows of length 1 or 0.
        graph: the concepts' text vectors, averaged by closure weight; (document, width), rows of
            length 1 or 0. What the graph channel computes before it has learnt anything.
    """

    text: Vectors
    closure: csr_matrix | None = None
    graph: Vectors | None = None

    def take(self, rows: NDArray[np.int64]) -> ProbeFeatures:
        """Return the features of these documents."""
        return ProbeFeatures(
            self.text[rows],
            None if self.closure is None else self.closure[rows],
            None if self.graph is None else self.graph[rows],
        )


@dataclass(frozen=True, slots=True)
class LinearSolution:
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
    """

    text_weight: Floats
    closure_weight: Floats | None
    graph_weight: Floats | None
    bias: Floats
    strength: float
    score: float
    temperature: float

    def logits(self, features: ProbeFeatures) -> Floats:
        """Return what the solution says about documents; (document, label)."""
        result: Floats = features.text @ self.text_weight.T + self.bias
        if features.closure is not None and self.closure_weight is not None:
            result = result + features.closure @ self.closure_weight
        if features.graph is not None and self.graph_weight is not None:
            result = result + features.graph @ self.graph_weight.T
        return result


def probe_features(
    text: Vectors,
    *,
    graph: KnowledgeGraph | None = None,
    links: Sequence[Sequence[Link]] = (),
    vectors: Vectors | None = None,
    retrieval: Retrieval | None = None,
    channels: Collection[str] = (),
    decay: float = 0.7,
) -> ProbeFeatures:
    """Build the features of the linear probe.

    Args:
        text: the document vectors, rows of length 1.
        graph: the knowledge graph; None for plain text.
        links: the links of each document.
        vectors: the concepts' text vectors, needed for the channel ``graph`` and for retrieval.
        retrieval: the model's own, if it retrieves concepts.
        channels: the channels that are on.
        decay: the weight of a parent relative to its child.
    """
    if graph is None or not {"closure", "graph"} & set(channels):
        return ProbeFeatures(text)
    found = extract(graph, links, hops=0, max_nodes=None, decay=decay)
    document, concept = found.closure_document, found.concept_ids[found.closure_node]
    shape = (len(text), len(graph))
    closure = states = None
    if "closure" in channels:
        entries = Entries(
            torch.from_numpy(document),
            torch.from_numpy(concept),
            torch.from_numpy(found.closure_weight),
        )
        if retrieval is not None and vectors is not None:
            brought = _retrieve(retrieval, text, vectors)
            entries = entries.merged(brought, num_concepts=len(graph))
        bag = closure_bag(entries.weight, entries.document, num_documents=len(text))
        places = (entries.document.numpy(), entries.concept.numpy())
        closure = csr_matrix((bag.float().numpy(), places), shape=shape)
    if "graph" in channels and vectors is not None:
        weights = csr_matrix((found.closure_weight, (document, concept)), shape=shape)
        states = unit_rows(np.asarray(weights @ vectors, dtype=np.float32))
    return ProbeFeatures(text, closure, states)


def _retrieve(retrieval: Retrieval, text: Vectors, vectors: Vectors) -> Entries:
    """Retrieve concepts for many documents, some at a time: each needs a row of similarities."""
    concepts, parts = torch.from_numpy(vectors), []
    for start in range(0, len(text), RETRIEVE_AT_ONCE):
        part = retrieval(torch.from_numpy(text[start : start + RETRIEVE_AT_ONCE]), concepts)
        parts.append((part.document + start, part.concept, part.weight))
    document, concept, weight = (torch.cat(column) for column in zip(*parts, strict=True))
    return Entries(document, concept, weight)


def unit_rows(matrix: Vectors) -> Vectors:
    """Return the rows divided by their length; a zero row stays zero."""
    lengths = np.linalg.norm(matrix, axis=1, keepdims=True)
    result: Vectors = matrix / np.maximum(lengths, 1e-12)
    return result


def fit_probe(
    train: ProbeFeatures,
    labels: Numbers,
    *,
    task: str,
    seed: int,
    balanced: bool = False,
    dev: tuple[ProbeFeatures, Numbers] | None = None,
) -> LinearSolution:
    """Fit the linear probe, C chosen on the development split or by cross-validation.

    Single-label: multinomial logistic regression; multi-label: one logistic regression for each
    label; regression: ridge regression with alpha = 1 / C.

    Args:
        train: the features of the training documents.
        labels: numbers of labels (document,), rows of 0 and 1 (document, label), or values.
        task: ``single-label``, ``multi-label`` or ``regression``.
        seed: of the folds.
        balanced: whether rare labels count as much as frequent ones.
        dev: features and labels of the development split.
    """
    known = _known_concepts(train)
    x = _matrix(train, known)
    if dev is not None:
        splits = [(np.arange(len(x)), _matrix(dev[0], known), dev[1])]
    else:
        splits = [
            (fit, x[check], labels[check]) for fit, check in _folds(labels, task=task, seed=seed)
        ]

    def held_out(strength: float) -> list[tuple[Floats, Numbers]]:
        solutions = (
            _fit(x[fit], labels[fit], strength, labels, task, balanced) for fit, *_ in splits
        )
        return [
            (other @ weight.T + bias, truth)
            for (weight, bias), (_, other, truth) in zip(solutions, splits, strict=True)
        ]

    tried = {strength: held_out(strength) for strength in STRENGTHS}
    scores = {
        strength: float(np.mean([_score(logits, truth, task) for logits, truth in parts]))
        for strength, parts in tried.items()
    }
    # Of equally good ones, the smallest C: the most regularised.
    best = max(STRENGTHS, key=lambda strength: (scores[strength], -strength))
    logits, truth = (np.concatenate(parts) for parts in zip(*tried[best], strict=True))
    weight, bias = _fit(x, labels, best, labels, task, balanced)
    return LinearSolution(
        **_split_up(weight, train, known),
        bias=bias,
        strength=best,
        score=scores[best],
        temperature=temperature(logits, truth, task=task),
    )


def temperature(logits: Floats, truth: Numbers, *, task: str) -> float:
    """Return the temperature T at which softmax(logits / T) is most likely for the truth.

    The C that predicts best is often so small that every probability is near chance. Dividing by T
    changes no prediction, and makes the probabilities mean what they say (Guo et al., 2017,
    https://arxiv.org/abs/1706.04599). 1 for regression.

    Args:
        logits: of held-out documents; (document, label).
        truth: their labels, as for ``fit_probe``.
        task: ``single-label``, ``multi-label`` or ``regression``.
    """
    if task == "regression":
        return 1.0
    if task == "single-label":
        rows, chosen = np.arange(len(truth)), truth.astype(int)
        known = logits[rows, chosen] > ABSENT
        logits, chosen = logits[known], chosen[known]
        if not len(logits):
            return 1.0
        rows = np.arange(len(logits))

    def surprise(log_temperature: float) -> float:
        scaled = logits / np.exp(log_temperature)
        if task == "multi-label":
            return float(np.mean(np.logaddexp(0, scaled) - truth * scaled))
        return float(np.mean(logsumexp(scaled, axis=1) - scaled[rows, chosen]))

    return float(np.exp(minimize_scalar(surprise, bounds=LOG_TEMPERATURES, method="bounded").x))


def _known_concepts(features: ProbeFeatures) -> NDArray[np.int64]:
    if features.closure is None:
        return np.empty(0, dtype=np.int64)
    return np.unique(features.closure.indices).astype(np.int64)


def _matrix(features: ProbeFeatures, known: NDArray[np.int64]) -> Vectors:
    """Put the blocks side by side; of the concepts only those that occur in training."""
    blocks = [features.text * TEXT_SCALE]
    if features.closure is not None:
        blocks.append(features.closure[:, known].toarray() * CLOSURE_SCALE)
    if features.graph is not None:
        blocks.append(features.graph * GRAPH_SCALE)
    result: Vectors = np.hstack(blocks).astype(np.float32)
    return result


def _split_up(weight: Floats, features: ProbeFeatures, known: NDArray[np.int64]) -> dict[str, Any]:
    """Undo ``_matrix``: weights for each block, with its scale multiplied in."""
    width = features.text.shape[1]
    closure = graph = None
    if features.closure is not None:
        closure = np.zeros((features.closure.shape[1], len(weight)), dtype=np.float64)
        closure[known] = weight[:, width : width + len(known)].T * CLOSURE_SCALE
    if features.graph is not None:
        graph = weight[:, width + len(known) :] * GRAPH_SCALE
    text = weight[:, :width] * TEXT_SCALE
    return {"text_weight": text, "closure_weight": closure, "graph_weight": graph}


def _folds(
    labels: Numbers, *, task: str, seed: int
) -> Iterator[tuple[NDArray[np.int64], NDArray[np.int64]]]:
    count = min(FOLDS, len(labels))
    rows = np.zeros((len(labels), 1))
    if task == "single-label":
        folds = StratifiedKFold(count, shuffle=True, random_state=seed)
    else:
        folds = KFold(count, shuffle=True, random_state=seed)
    with warnings.catch_warnings():  # that a label has fewer texts than there are folds
        warnings.simplefilter("ignore", UserWarning)
        yield from folds.split(rows, labels if task == "single-label" else None)


def _fit(
    x: Vectors, y: Numbers, strength: float, labels: Numbers, task: str, balanced: bool
) -> tuple[Floats, Floats]:
    """Return the weights (label, feature) and the bias (label,) for all labels of the task."""
    if task == "regression":
        ridge = Ridge(alpha=1 / strength).fit(x, y)
        return ridge.coef_.reshape(1, -1), np.atleast_1d(ridge.intercept_)
    if task == "multi-label":
        rows = [_fit_binary(x, column, strength, balanced) for column in y.T]
        return np.stack([row for row, _ in rows]), np.array([bias for _, bias in rows])
    num_labels = int(labels.max()) + 1
    present = np.unique(y).astype(int)
    weight = np.zeros((num_labels, x.shape[1]))
    bias = np.full(num_labels, ABSENT)
    if len(present) == 2:
        row, offset = _fit_binary(x, y == present[1], strength, balanced)
        weight[present], bias[present] = np.stack([-row, row]) / 2, np.array([-offset, offset]) / 2
    else:
        model = _logistic(x, y, strength, balanced)
        weight[present], bias[present] = model.coef_, model.intercept_
    return weight, bias


def _fit_binary(x: Vectors, y: Numbers, strength: float, balanced: bool) -> tuple[Floats, float]:
    positive = int(y.sum())
    if positive in (0, len(y)):  # nothing to tell apart: the smoothed log-odds alone
        return np.zeros(x.shape[1]), float(np.log((positive + 0.5) / (len(y) - positive + 0.5)))
    model = _logistic(x, y, strength, balanced)
    return model.coef_[0], float(model.intercept_[0])


def _logistic(x: Vectors, y: Numbers, strength: float, balanced: bool) -> LogisticRegression:
    model = LogisticRegression(
        C=strength, max_iter=500, tol=1e-3, class_weight="balanced" if balanced else None
    )
    with warnings.catch_warnings():  # nearly converged is near enough for a start
        warnings.simplefilter("ignore", ConvergenceWarning)
        return model.fit(x, y)


def _score(logits: Floats, y: Numbers, task: str) -> float:
    """Return the accuracy, the micro-averaged F1 or the R2 of a solution."""
    if task == "single-label":
        return float((logits.argmax(axis=1) == y).mean())
    if task == "multi-label":
        return float(f1_score(y, logits > 0, average="micro", zero_division=0.0))
    return float(r2_score(y, logits[:, 0])) if len(y) > 1 else 0.0
