"""How a concept is called in a language: its names, the one to show, and its definition."""

from __future__ import annotations

from typing import Final

from .concepts import Concept, Label, LabelKind, language_rank, local_name

_UNTAGGED: Final = language_rank("", "x")
_FOREIGN: Final = language_rank("x", "y")
_TRUST: Final = {kind: rank for rank, kind in enumerate(LabelKind)}


def names_of(concept: Concept, language: str | None = None) -> tuple[Label, ...]:
    """Return the labels that serve a language; see ``KnowledgeGraph.names``."""
    wanted = None if language is None else language.lower()
    labels = (
        label
        for label in concept.labels
        if wanted is None or language_rank(label.language, wanted) < _FOREIGN
    )
    return tuple(sorted(labels, key=lambda label: (_TRUST[label.kind], label)))


def preferred_label_of(concept: Concept, language: str = "en") -> str:
    """Return the name to show; see ``KnowledgeGraph.preferred_label``."""
    if not concept.labels:
        return local_name(concept.iri)
    wanted = language.lower()
    preferred = [label for label in concept.labels if label.kind is LabelKind.PREFERRED]
    ranks = {language_rank(label.language, wanted) for label in preferred}
    return min(
        preferred if min(ranks, default=_FOREIGN) == _UNTAGGED else concept.labels,
        key=lambda label: (language_rank(label.language, wanted), _TRUST[label.kind], label),
    ).text


def definition_of(concept: Concept, language: str = "en") -> str:
    """Return the definition in a language; see ``KnowledgeGraph.definition``."""
    wanted = language.lower()
    ranked = sorted((language_rank(tag, wanted), tag, text) for tag, text in concept.definitions)
    return ranked[0][2] if ranked and ranked[0][0] < _FOREIGN else ""
