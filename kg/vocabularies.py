"""Concepts that another vocabulary has too, and which of them stands for one that it has not."""

from __future__ import annotations

from collections.abc import Collection
from typing import TYPE_CHECKING

import numpy as np

from .crossrefs import vocabulary_of

if TYPE_CHECKING:
    from .graph import KnowledgeGraph


def nearest_with(graph: KnowledgeGraph, vocabularies: Collection[str]) -> dict[str, str]:
    """Return, for concepts without a cross-reference, their nearest ancestor that has one.

    What is said of "breast carcinoma", which MeSH has no word for, is said of "breast cancer",
    which it has. Of ancestors as near as each other the first by IRI is taken. For a concept
    without such an ancestor the value is empty.

    Args:
        graph: the ontology.
        vocabularies: their names, such as ``MESH``; a cross-reference to any of them will do.
    """
    wanted = {vocabulary_of(f"{name}:0") for name in vocabularies}
    has = np.array(
        [any(vocabulary_of(id) in wanted for id in concept.xrefs) for concept in graph.concepts],
        dtype=np.bool_,
    )
    instead: dict[str, str] = {}
    for number in np.flatnonzero(~has).tolist():
        above, _ = graph.ancestors(number)
        known = above[has[above]]
        instead[graph.concepts[number].iri] = (
            graph.concepts[int(known[0])].iri if len(known) else ""
        )
    return instead
