"""From the linked concepts of a batch of documents to the arrays that the model takes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import chain
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from .graph import KnowledgeGraph
from .hierarchy import Index, expand

Weights = NDArray[np.float64]


class Link(NamedTuple):
    """A mention's link to one concept.

    Args:
        concept: the concept's number in the graph.
        score: how sure the link is, more than 0.
        start: the first code point of the mention in the document's text.
        end: one past its last code point.
    """

    concept: int
    score: float
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class ConceptBatch:
    """The union of the subgraphs of a batch of documents, as arrays.

    Args:
        concept_ids: the concepts' numbers in the graph, sorted; shape (node,).
        edge_index: source and target of each edge, as positions in ``concept_ids``;
            shape (2, edge). Every edge between two of the concepts is there twice, as the
            ontology gives it and turned round.
        edge_type: shape (edge,); relation r as given is r, turned round it is
            r + the graph's number of relations.
        closure_document: with ``closure_node`` and ``closure_weight`` the linked concepts of each
            document and their ancestors, sorted by document, then node; shape (entry,).
        closure_node: positions in ``concept_ids``; shape (entry,).
        closure_weight: the sum over the document's links of score * decay**steps; shape (entry,).
        link_document: the document of each link, in the order given; shape (link,).
        link_node: positions in ``concept_ids``; shape (link,).
        link_score: shape (link,).
        link_start: code points; shape (link,).
        link_end: code points; shape (link,).
    """

    concept_ids: Index
    edge_index: Index
    edge_type: Index
    closure_document: Index
    closure_node: Index
    closure_weight: Weights
    link_document: Index
    link_node: Index
    link_score: Weights
    link_start: Index
    link_end: Index


def extract(
    graph: KnowledgeGraph,
    documents: Sequence[Sequence[Link]],
    *,
    hops: int = 1,
    max_nodes: int | None = 4096,
    decay: float = 0.7,
) -> ConceptBatch:
    """Return the union of the documents' linked concepts, their ancestors and neighbourhoods.

    The relevance of a linked concept or an ancestor is its closure weight summed over the
    documents; that of another concept, reached from the linked ones in h hops along edges in
    either direction, is decay times the summed relevance of the concepts one hop nearer that it
    has an edge with. Beyond ``max_nodes`` concepts are cut, in this order of keeping: linked
    concepts, ancestors, then neighbours hop by hop; in each the more relevant first, then by IRI.
    Entries and links of a concept that was cut are left out.

    Because the budget is shared by the batch, a cut makes a document's arrays depend on its
    company: predict with ``max_nodes=None``.

    Args:
        graph: the knowledge graph.
        documents: the links of each document.
        hops: how far the neighbourhood of a linked concept reaches; 0 for none.
        max_nodes: the most concepts to return; None for no limit.
        decay: what a step upwards leaves of a link's score, more than 0 and at most 1.

    Raises:
        ValueError: an option is out of range, a link names no concept or has no positive score.
    """
    _check_options(hops, max_nodes, decay)
    counts = np.fromiter((len(links) for links in documents), dtype=np.int64, count=len(documents))
    document = np.repeat(np.arange(len(documents)), counts)
    flat = list(chain.from_iterable(documents))
    concept, start, end = (
        np.array([link[field] for link in flat], dtype=np.int64) for field in (0, 2, 3)
    )
    score = np.array([link[1] for link in flat], dtype=np.float64)
    _check_links(graph, concept, score)

    entry_document, entry_concept, weight = _closure(graph, document, concept, score, decay)
    kept = _choose(graph, np.unique(concept), entry_concept, weight, hops, max_nodes, decay)
    node_of = np.full(len(graph), -1, dtype=np.int64)
    node_of[kept] = np.arange(len(kept))
    edge_index, edge_type = _edges(graph, kept, node_of)
    entry_kept = node_of[entry_concept] >= 0
    link_kept = node_of[concept] >= 0
    return ConceptBatch(
        concept_ids=kept,
        edge_index=edge_index,
        edge_type=edge_type,
        closure_document=entry_document[entry_kept],
        closure_node=node_of[entry_concept[entry_kept]],
        closure_weight=weight[entry_kept],
        link_document=document[link_kept],
        link_node=node_of[concept[link_kept]],
        link_score=score[link_kept],
        link_start=start[link_kept],
        link_end=end[link_kept],
    )


def _check_options(hops: int, max_nodes: int | None, decay: float) -> None:
    if hops < 0:
        raise ValueError(f"hops must be 0 or more, got {hops}")
    if max_nodes is not None and max_nodes < 1:
        raise ValueError(f"max_nodes must be 1 or more, or None for no limit, got {max_nodes}")
    if not 0 < decay <= 1:
        raise ValueError(f"decay must be more than 0 and at most 1, got {decay}")


def _check_links(graph: KnowledgeGraph, concept: Index, score: Weights) -> None:
    unknown = concept[(concept < 0) | (concept >= len(graph))]
    if len(unknown):
        raise ValueError(
            f"a link names concept {unknown[0]}; the graph has the concepts 0 to {len(graph) - 1}"
        )
    bad = score[~(np.isfinite(score) & (score > 0))]
    if len(bad):
        raise ValueError(f"the score of a link must be finite and more than 0, got {bad[0]}")


def _closure(
    graph: KnowledgeGraph, document: Index, concept: Index, score: Weights, decay: float
) -> tuple[Index, Index, Weights]:
    """Return document, concept and weight of each closure entry, sorted by document, concept."""
    pointer, ancestor, steps = graph.closure_csr
    link, position = expand(pointer, concept)
    contribution = score[link] * decay ** steps[position].astype(np.float64)
    keys = document[link] * max(len(graph), 1) + ancestor[position]
    unique, entry = np.unique(keys, return_inverse=True)
    entry_document, entry_concept = np.divmod(unique, max(len(graph), 1))
    # Of nothing, bincount makes whole numbers.
    weight = np.bincount(entry, contribution, minlength=len(unique)).astype(np.float64)
    return entry_document, entry_concept, weight


def _choose(
    graph: KnowledgeGraph,
    linked: Index,
    entry_concept: Index,
    weight: Weights,
    hops: int,
    max_nodes: int | None,
    decay: float,
) -> Index:
    """Return the numbers of the concepts that the budget leaves, sorted."""
    relevance = np.bincount(entry_concept, weight, minlength=len(graph)).astype(np.float64)
    layers = [linked, np.setdiff1d(entry_concept, linked)]
    chosen = np.zeros(len(graph), dtype=np.bool_)
    chosen[entry_concept] = True
    reached = np.zeros(len(graph), dtype=np.bool_)
    reached[linked] = True
    frontier = linked
    for _ in range(hops):
        near, found = _neighbours(graph, frontier)
        outside = ~reached[found]
        near, found = near[outside], found[outside]
        frontier = np.unique(found)
        reached[frontier] = True
        fresh = frontier[~chosen[frontier]]
        gained = np.bincount(found, decay * relevance[near], minlength=len(graph))
        relevance[fresh] = gained[fresh]
        chosen[fresh] = True
        layers.append(fresh)
    order = np.concatenate([layer[np.lexsort((layer, -relevance[layer]))] for layer in layers])
    return np.sort(order[:max_nodes])


def _neighbours(graph: KnowledgeGraph, nodes: Index) -> tuple[Index, Index]:
    """Return, for each edge at one of the nodes, that node and the one at the other end."""
    forward, edge = expand(graph.out_edges, nodes)
    pointer, by_target = graph.in_edges
    backward, position = expand(pointer, nodes)
    near = np.concatenate([nodes[forward], nodes[backward]])
    return near, np.concatenate([graph.target[edge], graph.source[by_target[position]]])


def _edges(graph: KnowledgeGraph, kept: Index, node_of: Index) -> tuple[Index, Index]:
    """Return the edges among the kept concepts, each in both directions."""
    owner, edge = expand(graph.out_edges, kept)
    target = node_of[graph.target[edge]]
    inside = target >= 0
    source, target, relation = owner[inside], target[inside], graph.relation[edge[inside]]
    both = np.stack([np.concatenate([source, target]), np.concatenate([target, source])])
    return both, np.concatenate([relation, relation + len(graph.relations)])
