"""Leave one concept out at a time, and see what the model says then."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import numpy as np

from ..errors import QueryLimitError
from .evaluation import probabilities
from .evidence import Evidence
from .explanation_parts import Edge, Effect, Explanation, LabelEffect, Node, Role, Subgraph
from .record_schema import Scores

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from ..kg import KnowledgeGraph
    from .prediction import Classifier, Prediction

MOST_NODES: Final = 60
"""The most concepts of a subgraph."""


def leave_one_out(classifier: Classifier, text: str, most_tokens: int | None = None) -> Explanation:
    """Run the model again without each concept that reached it, and once without any.

    It is exact: each effect is the difference of two runs of the model that differ in the one
    concept only, in its mentions, its candidates, its retrieval, and what its ancestors get of
    them. What two concepts do together is not seen: where either would do, both have no effect.

    Args:
        classifier: the classifier.
        text: the text.
        most_tokens: the most tokens that the model may read; no limit unless given.

    Raises:
        QueryLimitError: it would have to read more.
    """
    evidence = Evidence(classifier, text)
    _check_size(evidence, len(evidence.linked) + 2, most_tokens)
    concepts = sorted({*evidence.linked, *evidence.retrieved})
    _check_size(evidence, len(concepts) + 2, most_tokens)
    variants = [evidence.whole(), evidence.bare(), *map(evidence.without, concepts)]
    logits = evidence.logits(variants).numpy()
    values = probabilities(logits, task=classifier.labels.task)
    values = classifier.labels.consistent(values)  # (variant, label)
    mentions = [evidence.mentions, *[()] * (len(variants) - 1)]
    predictions = classifier.predictions(Scores(values, mentions))
    effects = _effects(evidence, concepts, values, predictions[2:]) if concepts else ()
    return Explanation(
        method="leave-one-concept-out",
        prediction=predictions[0],
        without_knowledge=predictions[1],
        effects=effects,
        subgraph=subgraph(evidence),
    )


def subgraph(evidence: Evidence, *, most: int = MOST_NODES) -> Subgraph:
    """Return the concepts that reached the model and their ancestors.

    Args:
        evidence: what reached it.
        most: the most concepts; those of the greatest weight are kept, of equals the first by IRI.
    """
    graph = evidence.classifier.graph
    if graph is None:
        return Subgraph()
    weights = evidence.weights()
    # Concepts are numbered in the order of their IRIs.
    order = sorted(weights, key=lambda number: (-weights[number], number))
    kept = order[:most]
    language = evidence.classifier.language
    nodes = tuple(
        Node(
            graph.concepts[number].iri,
            graph.preferred_label(number, language),
            _role(evidence, number),
            weights[number],
        )
        for number in kept
    )
    return Subgraph(nodes, _edges(graph, kept), len(order) - len(kept))


def _check_size(evidence: Evidence, runs: int, most_tokens: int | None) -> None:
    tokens = len(evidence.document.tokens)
    if most_tokens is not None and runs * tokens > most_tokens:
        raise QueryLimitError(
            f"to explain this text the model would read its {tokens} tokens {runs} times, once "
            f"without each concept; at most {most_tokens} tokens are allowed: explain a part of it"
        )


def _effects(
    evidence: Evidence,
    concepts: Sequence[int],
    values: NDArray[np.floating[Any]],
    without: Sequence[Prediction],
) -> tuple[Effect, ...]:
    classifier = evidence.classifier
    graph = classifier.graph
    assert graph is not None  # there are concepts
    names, language = classifier.labels.labels, classifier.language
    watched = classifier.labels.predicted(values[:1])[0].nonzero()[0]
    if not len(watched):
        watched = values[:1].argmax(axis=1)
    effects = [
        Effect(
            concept=graph.concepts[number].iri,
            label=graph.preferred_label(number, language),
            mentions=evidence.linked.get(number, ()),
            retrieved=number in evidence.retrieved,
            without=prediction,
            labels=tuple(
                LabelEffect(names[column], float(values[0, column]), float(row[column]))
                for column in watched
            ),
        )
        for number, row, prediction in zip(concepts, values[2:], without, strict=True)
    ]
    return tuple(sorted(effects, key=lambda effect: (-abs(effect.change), effect.concept)))


def _role(evidence: Evidence, number: int) -> Role:
    if number in evidence.linked:
        return "mentioned"
    return "retrieved" if number in evidence.retrieved else "ancestor"


def _edges(graph: KnowledgeGraph, kept: Sequence[int]) -> tuple[Edge, ...]:
    """Return the relations between these concepts, by source, relation and target."""
    among = set(kept)
    found = [
        (source, int(graph.relation[edge]), int(graph.target[edge]))
        for source in sorted(kept)
        for edge in range(graph.out_edges[source], graph.out_edges[source + 1])
        if int(graph.target[edge]) in among and graph.target[edge] != source
    ]
    return tuple(
        Edge(graph.concepts[source].iri, graph.concepts[target].iri, graph.relation_names[relation])
        for source, relation, target in found
    )
