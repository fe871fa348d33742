"""What the linear probe sees of documents: their text, their concepts, what these are about."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

import numpy as np
import torch
from numpy.typing import NDArray
from scipy.sparse import csr_matrix, vstack

from ..kg.subgraph import extract
from ..model import Entries, closure_bag
from .cache import Vectors

if TYPE_CHECKING:
    from ..kg import KnowledgeGraph
    from ..kg.subgraph import Link
    from ..model.retrieval import Retrieval

RETRIEVE_AT_ONCE: Final = 256
"""The documents whose similarities to all concepts are in memory together."""


@dataclass(frozen=True, slots=True)
class ProbeFeatures:
    """What the linear probe sees of some documents; a block is None where its channel is off.

    Args:
        text: the frozen encoder's document vectors; (document, width), rows of length 1.
        closure: the bags of linked concepts and their ancestors, see ``closure_bag``;
            (document, concept), rows of length 1 or 0.
        graph: the concepts' text vectors, averaged by closure weight; (document, width), rows of
            length 1 or 0. What the graph channel computes before it has learnt anything.
        linked: whether a document names concepts, so that its bag is not of retrieved ones only;
            (document,).
    """

    text: Vectors
    closure: csr_matrix | None = None
    graph: Vectors | None = None
    linked: NDArray[np.bool_] | None = None

    def take(self, rows: NDArray[np.int64]) -> ProbeFeatures:
        """Return the features of these documents."""
        return ProbeFeatures(
            self.text[rows],
            None if self.closure is None else self.closure[rows],
            None if self.graph is None else self.graph[rows],
            None if self.linked is None else self.linked[rows],
        )

    def alone(self) -> ProbeFeatures:
        """Return the features without knowledge."""
        return replace(self, closure=None, graph=None, linked=None)

    def joined(self, other: ProbeFeatures) -> ProbeFeatures:
        """Return the features of these documents and of others after them."""
        closure = graph = linked = None
        if self.closure is not None and other.closure is not None:
            closure = csr_matrix(vstack([self.closure, other.closure]))
        if self.graph is not None and other.graph is not None:
            graph = np.concatenate([self.graph, other.graph])
        if self.linked is not None and other.linked is not None:
            linked = np.concatenate([self.linked, other.linked])
        return ProbeFeatures(np.concatenate([self.text, other.text]), closure, graph, linked)


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
    linked = np.array([bool(some) for some in links], dtype=bool)
    return ProbeFeatures(text, closure, states, linked)


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
