"""The fingerprint of a knowledge graph: by it, models and caches know their ontology again."""

from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from .graph import KnowledgeGraph


def fingerprint_of(graph: KnowledgeGraph) -> str:
    """Return the SHA-256 of a graph's content; see ``KnowledgeGraph.fingerprint``."""
    digest = hashlib.sha256(b"ontograft graph 1\n")
    header = [graph.iri, graph.version, graph.relations, graph.relation_names]
    digest.update(json.dumps(header).encode())
    for concept in graph.concepts:
        content = [
            concept.iri,
            concept.kind,
            [(label.kind, label.language, label.text) for label in concept.labels],
            concept.definitions,
            concept.notations,
            concept.xrefs,
        ]
        digest.update(json.dumps(content).encode())
    edges = np.stack([graph.source, graph.relation, graph.target])
    digest.update(edges.astype("<i8").tobytes())
    if graph.forbidden:
        digest.update(json.dumps(graph.forbidden).encode())
    return digest.hexdigest()
