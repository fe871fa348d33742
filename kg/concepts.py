"""Concepts, their labels, and the problems found while reading: what a knowledge graph holds."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Final, NamedTuple

from ..errors import OntologyError

CONCEPT_KINDS: Final = ("class", "individual", "concept")
"""What a concept may be: a class, an individual of OWL, a concept of SKOS."""


class LabelKind(StrEnum):
    """What a label is to its concept; the order is the order of trust when linking."""

    PREFERRED = "preferred"
    EXACT = "exact"
    ALTERNATIVE = "alternative"
    NARROW = "narrow"
    HIDDEN = "hidden"
    BROAD = "broad"
    RELATED = "related"


@dataclass(frozen=True, slots=True, order=True)
class Label:
    """A name of a concept.

    Args:
        kind: what the name is to the concept.
        language: a BCP 47 tag in lower case; empty where the ontology gives none.
        text: the name as the ontology writes it.
    """

    kind: LabelKind
    language: str
    text: str


@dataclass(frozen=True, slots=True)
class Concept:
    """A class, an individual or a SKOS concept of the ontology.

    Each collection is sorted and loses its duplicates and blank texts here, so that equal concepts
    compare equal whatever the order in which their statements came.

    Args:
        iri: its identifier.
        kind: ``class``, ``individual`` or ``concept`` (SKOS).
        labels: its names.
        definitions: pairs of language tag and text.
        notations: its codes.
        xrefs: cross-references to other vocabularies (CURIEs or IRIs).

    Raises:
        OntologyError: the kind is another.
    """

    iri: str
    kind: str = "class"
    labels: tuple[Label, ...] = ()
    definitions: tuple[tuple[str, str], ...] = ()
    notations: tuple[str, ...] = ()
    xrefs: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if self.kind not in CONCEPT_KINDS:
            raise OntologyError(
                f"concept {self.iri!r}: unknown kind {self.kind!r}; "
                f"choose one of: {', '.join(CONCEPT_KINDS)}"
            )
        labels = {label for label in self.labels if label.text.strip()}
        definitions = {pair for pair in self.definitions if pair[1].strip()}
        set_field = object.__setattr__  # the way in for a frozen dataclass
        set_field(self, "labels", tuple(sorted(labels)))
        set_field(self, "definitions", tuple(sorted(definitions)))
        set_field(self, "notations", tuple(sorted(filter(str.strip, set(self.notations)))))
        set_field(self, "xrefs", tuple(sorted(filter(str.strip, set(self.xrefs)))))


class Forbidden(NamedTuple):
    """A text that must not link to a concept, by an expert's word.

    Args:
        iri: the concept; empty for all concepts.
        language: a BCP 47 tag in lower case; empty for every language.
        text: the text; what varies it is forbidden too.
    """

    iri: str
    language: str
    text: str


@dataclass(frozen=True, slots=True, order=True)
class Problem:
    """Something in the ontology that deserves its author's eye but does not stop the work.

    Args:
        code: a short name, such as ``cycle`` or ``no-label``.
        subject: the IRI of the concept or the name of the file concerned.
        message: one sentence that says what was found and what was done about it.
    """

    code: str
    subject: str
    message: str


def local_name(iri: str) -> str:
    """Return the last part of an IRI, for people: after its last ``#``, ``/`` or ``:``."""
    trimmed = iri.rstrip("#/:")
    cut = max(trimmed.rfind(mark) for mark in "#/:")
    return trimmed[cut + 1 :] or iri


def language_rank(tag: str, language: str) -> int:
    """Return how well a language tag serves the language asked for; smaller is better.

    Returns:
        0 for the language itself, 1 for a variant of it (``en-gb`` for ``en``), 2 for no tag,
        3 for another language.
    """
    if tag == language:
        return 0
    if language and tag.startswith(f"{language}-"):
        return 1
    return 3 if tag else 2
