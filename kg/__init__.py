"""Ontology in, subgraphs out: knowledge graphs, their lexicon, linked mentions and subgraphs."""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

from .graph import BROADER, Concept, KnowledgeGraph, Label, LabelKind, Problem
from .mentions import NIL, Candidate, Mention
from .subgraph import ConceptBatch, Link, extract

if TYPE_CHECKING:
    from .lexicon import Lexicon
    from .linking import Linker, LinkerOptions
    from .reading import read_ontology
    from .spacy_linker import build_nlp, mentions_of

__all__ = [
    "BROADER",
    "NIL",
    "Candidate",
    "Concept",
    "ConceptBatch",
    "KnowledgeGraph",
    "Label",
    "LabelKind",
    "Lexicon",
    "Link",
    "Linker",
    "LinkerOptions",
    "Mention",
    "Problem",
    "build_nlp",
    "extract",
    "mentions_of",
    "read_ontology",
]

# Loaded when first used: spaCy, rdflib and the matcher take a second to import.
_HOMES = {
    "Lexicon": "lexicon",
    "Linker": "linking",
    "LinkerOptions": "linking",
    "build_nlp": "spacy_linker",
    "mentions_of": "spacy_linker",
    "read_ontology": "reading",
}


def __getattr__(name: str) -> Any:
    """Load a public name from the file it lives in."""
    if name not in _HOMES:
        raise AttributeError(f"module 'ontograft.kg' has no attribute {name!r}")
    return getattr(importlib.import_module(f".{_HOMES[name]}", __name__), name)
