"""What linking yields: mentions of concepts in a text, each with its candidates."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from .concepts import LabelKind

NIL: Final = "NIL"
"""Stands where a concept's IRI would: the mention is of no concept of the ontology, as in spaCy."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """One concept that a mention may be of.

    Args:
        iri: the concept.
        label: the label of the ontology that matched, as the ontology writes it.
        kind: the kind of that label.
        score: between 0 and 1; the candidates of a mention are sorted by it, best first.
        way: how the candidate was found, such as ``exact`` or ``normalised``.
    """

    iri: str
    label: str
    kind: LabelKind
    score: float
    way: str


@dataclass(frozen=True, slots=True)
class Mention:
    """A stretch of a text that names a concept, or NIL.

    Args:
        start: first code point in the original text.
        end: one past the last code point; ``text[start:end]`` is the mention.
        text: the mention as the document writes it.
        iri: the linked concept, or ``NIL``.
        label: the preferred label of the linked concept; empty for NIL.
        score: the score of the linked concept between 0 and 1; 0 for NIL.
        candidates: all candidates, best first.
        nested: whether the mention lies inside a longer one.
    """

    start: int
    end: int
    text: str
    iri: str
    label: str
    score: float
    candidates: tuple[Candidate, ...]
    nested: bool = False
