"""Ontology in, subgraphs out: knowledge graphs, their lexicon, linked mentions and subgraphs."""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

from .graph import BROADER, Concept, KnowledgeGraph, Label, LabelKind, Problem
from .mentions import NIL, Candidate, Mention
from .subgraph import ConceptBatch, Link, extract

if TYPE_CHECKING:
    from .assertion import Assertion, assert_mentions
    from .crossrefs import CrossReferences
    from .document_sections import Section, place_mentions, section_spans
    from .lexicon import Lexicon
    from .linking import Linker, LinkerOptions
    from .overlay import Overlay
    from .reading import read_ontology
    from .sentences import sentence_spans
    from .spacy_linker import build_nlp, mentions_of

__all__ = [
    "BROADER",
    "NIL",
    "Assertion",
    "Candidate",
    "Concept",
    "ConceptBatch",
    "CrossReferences",
    "KnowledgeGraph",
    "Label",
    "LabelKind",
    "Lexicon",
    "Link",
    "Linker",
    "LinkerOptions",
    "Mention",
    "Overlay",
    "Problem",
    "Section",
    "assert_mentions",
    "build_nlp",
    "extract",
    "mentions_of",
    "place_mentions",
    "read_ontology",
    "section_spans",
    "sentence_spans",
]

# Loaded when first used: spaCy, rdflib and the matcher take a second to import.
_HOMES = {
    "Assertion": "assertion",
    "CrossReferences": "crossrefs",
    "Lexicon": "lexicon",
    "Linker": "linking",
    "LinkerOptions": "linking",
    "Overlay": "overlay",
    "Section": "document_sections",
    "assert_mentions": "assertion",
    "build_nlp": "spacy_linker",
    "mentions_of": "spacy_linker",
    "place_mentions": "document_sections",
    "read_ontology": "reading",
    "section_spans": "document_sections",
    "sentence_spans": "sentences",
}


def __getattr__(name: str) -> Any:
    """Load a public name from the file it lives in."""
    if name not in _HOMES:
        raise AttributeError(f"module 'ontograft.kg' has no attribute {name!r}")
    return getattr(importlib.import_module(f".{_HOMES[name]}", __name__), name)
