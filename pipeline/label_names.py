"""What labels are called: a name, a description, or the concepts that they stand for."""

from __future__ import annotations

import difflib
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Final

from ..data import NamedLabel
from ..errors import CorpusError
from ..kg import CrossReferences, KnowledgeGraph
from ..kg.crossrefs import normal_id, vocabulary_of

if TYPE_CHECKING:
    from .settings import Project

_IDENTIFIER: Final = re.compile(r"<?[A-Za-z][\w+.-]*:\S+>?")
_NEAREST: Final = 3
_LEAST_LIKENESS: Final = 0.6


@dataclass(frozen=True, slots=True)
class LabelNaming:
    """What the labels of a corpus are called.

    Args:
        names: for people.
        texts: for an encoder; where a label was named by its concepts, their descriptions.
        concepts: the IRIs of the concepts that a label stands for, where the file says so; none
            where it says that there is none.
    """

    names: dict[str, str] = field(default_factory=dict)
    texts: dict[str, str] = field(default_factory=dict)
    concepts: dict[str, tuple[str, ...]] = field(default_factory=dict)


class ConceptIds:
    """The concepts of an ontology by their identifiers: IRIs, CURIEs, and cross-references.

    Args:
        graph: the ontology.
        language: the language in which concepts are named.
    """

    def __init__(self, graph: KnowledgeGraph, language: str = "en") -> None:
        self.graph = graph
        self.language = language

    @cached_property
    def _references(self) -> CrossReferences:
        return CrossReferences(self.graph)

    @cached_property
    def _vocabularies(self) -> frozenset[str]:
        """The vocabularies of the ontology's own identifiers, and of its cross-references."""
        ids = (id for one in self.graph.concepts for id in (one.iri, *one.xrefs))
        return frozenset(map(vocabulary_of, ids)) - {""}

    def find(self, id: str) -> tuple[str, ...]:
        """Return the IRIs of the concepts that an identifier stands for, sorted; none if none."""
        id = id.removeprefix("<").removesuffix(">")
        return (id,) if id in self.graph else tuple(sorted(self._references.concepts(id)))

    def read(self, value: str) -> tuple[str, ...]:
        """Return the identifiers that a name consists of; none if it is in words.

        What looks like a CURIE is one only if the ontology uses its prefix: "Note:unsorted".
        """
        parts = value.split()
        if not all(map(_IDENTIFIER.fullmatch, parts)):
            return ()
        known = all(
            "://" in part or vocabulary_of(part) in self._vocabularies or self.find(part)
            for part in parts
        )
        return tuple(parts) if known else ()

    def require(self, row: NamedLabel, ids: Sequence[str]) -> tuple[str, ...]:
        """Return the IRIs of the concepts that the identifiers of a row stand for.

        Raises:
            CorpusError: there is no such concept.
        """
        found: dict[str, None] = {}
        for id in ids:
            iris = self.find(id)
            if not iris:
                raise CorpusError(
                    f"{row.place}: label {row.label!r}: the ontology has no concept {id!r}"
                    f"{self._nearest(id)}; correct it, or write the name of the label instead"
                )
            found.update(dict.fromkeys(iris))
        return tuple(found)

    def name(self, iri: str) -> str:
        """Return the preferred label of a concept."""
        return self.graph.preferred_label(self.graph.index(iri), self.language).strip()

    def described(self, iri: str) -> str:
        """Return a concept in words; see ``concept_text``."""
        from .vectors import concept_text  # it waits for PyTorch

        return concept_text(self.graph, self.graph.index(iri), self.language)

    def _nearest(self, id: str) -> str:
        ids = {normal_id(concept.iri): concept.iri for concept in self.graph.concepts}
        close = difflib.get_close_matches(normal_id(id), ids, n=_NEAREST, cutoff=_LEAST_LIKENESS)
        shown = ", ".join(f"{one} ({self.name(ids[one])})" for one in close)
        return f"; the nearest are {shown}" if shown else ""


def name_labels(
    rows: Sequence[NamedLabel], graph: KnowledgeGraph | None, *, language: str = "en"
) -> LabelNaming:
    """Return what labels are called, by the rows of their file.

    Args:
        rows: the rows of the file.
        graph: the ontology; None if there is none, then the column ``concept`` is not read.
        language: the language in which concepts are named.

    Raises:
        CorpusError: an identifier stands for no concept, or there is no ontology to look it up in.
    """
    naming = LabelNaming()
    ids = None if graph is None else ConceptIds(graph, language)
    for row in rows:
        name, text = row.name, row.name
        if ids is None:
            _refuse_identifiers(row)
        else:
            written = ids.read(name)
            concepts = ids.require(row, written if row.concepts is None else row.concepts)
            if written or not name:
                named_by = ids.require(row, written) or concepts
                name = " and ".join(map(ids.name, named_by))
                text = ". ".join(map(ids.described, named_by))
            if written or row.concepts is not None:
                naming.concepts[row.label] = concepts
        naming.names[row.label], naming.texts[row.label] = name, text
    return naming


def _refuse_identifiers(row: NamedLabel) -> None:
    if row.name and not any("://" in part for part in row.name.split()):
        return
    id = row.name or " ".join(row.concepts or ())
    raise CorpusError(
        f"{row.place}: label {row.label!r} is named by the concept {id!r}, but the project names "
        "no ontology to look it up in; name one in 'ontology', or write the name of the label"
    )


def graph_for_names(
    project: Project, rows: Sequence[NamedLabel], graph: KnowledgeGraph | None
) -> KnowledgeGraph | None:
    """Return the ontology to look names up in: the one that was read, or the project's.

    A project without channels reads none for its texts; it does for labels that concepts name.
    """
    needed = any(not row.name or _IDENTIFIER.fullmatch(row.name.split()[0]) for row in rows)
    if graph is not None or not needed or not project.ontology:
        return graph
    return KnowledgeGraph.read(
        list(project.ontology), language=project.language, overlay=project.overlay
    )
