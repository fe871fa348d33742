"""What is in an ontology, in figures: what ``ontograft kg`` prints."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from ..errors import OntologyError
from ..kg import Lexicon
from ..kg.concepts import language_rank

if TYPE_CHECKING:
    from ..kg import KnowledgeGraph, Problem

ROOTS_SHOWN: Final = 10
_FOREIGN: Final = 3
"""The rank of a language that does not serve; see ``language_rank``."""


def summarise(graph: KnowledgeGraph, *, language: str = "en", problems: int = 10) -> dict[str, Any]:
    """Return the figures of an ontology as JSON.

    Args:
        graph: the ontology.
        language: in which roots are named.
        problems: how many of the problems found to quote.
    """
    concepts = graph.concepts
    found = sorted((*graph.problems, *label_problems(graph, language)))
    kinds = Counter(concept.kind for concept in concepts)
    codes = Counter(problem.code for problem in found)
    return {
        "iri": graph.iri,
        "version": graph.version,
        "fingerprint": graph.fingerprint,
        "counts": {
            "concepts": len(concepts),
            **{f"of kind {kind}": count for kind, count in sorted(kinds.items())},
            "labels": sum(len(concept.labels) for concept in concepts),
            "definitions": sum(len(concept.definitions) for concept in concepts),
            "relations": len(graph.relations),
            "edges": len(graph.source),
            "roots": len(graph.roots),
            "depth": graph.depth,
        },
        "languages": {tag or "(no language)": count for tag, count in graph.languages.items()},
        "relations": relation_counts(graph),
        "roots": largest_roots(graph, language),
        "problems": dict(sorted(codes.items())),
        "examples": [_shown(problem) for problem in found[:problems]],
    }


def label_problems(graph: KnowledgeGraph, language: str) -> tuple[Problem, ...]:
    """Return what is wrong with the labels of an ontology in a language, for linking.

    Where the language has no labels, they are looked at in the language that has the most.
    """
    tags = [tag for tag in graph.languages if tag]
    served = any(language_rank(tag, language.lower()) < _FOREIGN for tag in graph.languages)
    if not served and not tags:
        return ()
    try:
        return Lexicon.build(graph, language=language if served else tags[0], vary=False).flagged
    except OntologyError:  # no label of the language may link
        return ()


def _shown(problem: Problem) -> str:
    named = not problem.subject or problem.subject in problem.message
    return f"{problem.code}: {'' if named else problem.subject + ': '}{problem.message}"


def relation_counts(graph: KnowledgeGraph) -> dict[str, int]:
    """Return the number of edges under each relation, the most first."""
    counts = np.bincount(graph.relation, minlength=len(graph.relations)).tolist()
    named = zip(graph.relation_names, graph.relations, counts, strict=True)
    ranked = sorted(named, key=lambda item: (-item[2], item[1]))
    return {f"{name} <{iri}>": count for name, iri, count in ranked}


def largest_roots(graph: KnowledgeGraph, language: str) -> list[str]:
    """Return the names of the roots with the most descendants, with their number."""
    _, ancestor, _ = graph.closure_csr
    descendants = np.bincount(ancestor, minlength=len(graph)) - 1
    roots = sorted(graph.roots.tolist(), key=lambda root: (-descendants[root], root))
    return [
        f"{graph.preferred_label(root, language)} ({descendants[root]} below)"
        for root in roots[:ROOTS_SHOWN]
    ]
