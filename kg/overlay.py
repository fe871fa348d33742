"""Corrections by an expert: a small SKOS file beside the ontology.

```turtle
@prefix skos: <http://www.w3.org/2004/02/skos/core#> .
@prefix ontograft: <https://ontograft.org/ns#> .

<http://example.org/gout> skos:altLabel "podagra"@en ;      # a synonym to add
    ontograft:notLabel "drop"@en ;                          # a link to forbid
    skos:changeNote "Agreed with the clinic." .
ontograft:never ontograft:notLabel "IT"@en .                # for all concepts
```
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Final

import pyoxigraph as ox

from ..errors import OntologyError
from .concepts import Concept, Forbidden, Label, Problem
from .graph import KnowledgeGraph
from .vocabulary import DCTERMS, LABEL_KINDS, NEVER, NOT_LABEL, ONTOGRAFT, SKOS

OVERLAY_SUFFIX: Final = ".overlay.ttl"
"""What the name of an overlay ends in; it begins as the ontology's does."""

_ADDED: Final = (SKOS + "altLabel", SKOS + "hiddenLabel")
_NOTES: Final = (SKOS + "changeNote", DCTERMS + "created")
_KNOWN: Final = (*_ADDED, NOT_LABEL, *_NOTES)
_PREFIXES: Final = {"skos": SKOS, "dcterms": DCTERMS, "ontograft": ONTOGRAFT}
_SHORT: Final = (
    *("skos:altLabel", "skos:hiddenLabel", "ontograft:notLabel", "skos:changeNote"),
    "dcterms:created",
)
_MOST_BYTES: Final = 64 * 1024 * 1024


@dataclass
class Overlay:
    """Labels to add to an ontology, and texts that must not link.

    Args:
        triples: what the overlay says.
        name: the name of its file, for messages.
    """

    triples: set[ox.Triple] = field(default_factory=set)
    name: str = "overlay"

    @classmethod
    def read(cls, path: str | Path) -> Overlay:
        """Read an overlay from a Turtle file.

        Raises:
            OntologyError: the file is missing, is not Turtle, or says what an overlay may not.
        """
        path = Path(path)
        try:
            content = path.read_bytes()
        except OSError as error:
            raise OntologyError(
                f"{path}: cannot be read: {error.strerror}; expected an overlay in Turtle"
            ) from error
        if len(content) > _MOST_BYTES:
            raise OntologyError(f"{path}: is larger than {_MOST_BYTES >> 20} MiB; expected a few")
        try:
            quads = list(ox.parse(content, format=ox.RdfFormat.TURTLE))
        except SyntaxError as error:
            line = f", line {error.lineno}" if error.lineno else ""
            raise OntologyError(f"{path}{line}: {error.msg}; expected Turtle") from error
        for quad in quads:
            fault = _fault(quad.triple)
            if fault:
                raise OntologyError(f"{path}{_line(content, quad.triple)}: {fault}")
        return cls({quad.triple for quad in quads}, path.name)

    def write(self, path: str | Path) -> None:
        """Write the overlay as Turtle; the file is there whole or not at all."""
        path = Path(path)
        content = ox.serialize(
            sorted(self.triples, key=str), format=ox.RdfFormat.TURTLE, prefixes=_PREFIXES
        )
        assert content is not None  # it is without an output to write to
        unfinished = path.with_name(f".{path.name}.{os.getpid()}.tmp")
        try:
            with unfinished.open("wb") as stream:
                stream.write(content)
                stream.flush()
                os.fsync(stream.fileno())
            unfinished.replace(path)
        finally:
            unfinished.unlink(missing_ok=True)

    def add_label(self, iri: str, text: str, language: str = "", *, note: str = "") -> None:
        """Add a synonym to a concept.

        Args:
            iri: the concept.
            text: the synonym.
            language: its BCP 47 tag; empty for every language.
            note: why, for people.

        Raises:
            OntologyError: the IRI, the language tag or the text is none.
        """
        self._say(iri, SKOS + "altLabel", text, language, note)

    def forbid(self, iri: str | None, text: str, language: str = "", *, note: str = "") -> None:
        """Forbid that a text, or a variant of it, links to a concept.

        Args:
            iri: the concept; None for all concepts.
            text: the text.
            language: the language of the texts, as a BCP 47 tag; empty for every language.
            note: why, for people.

        Raises:
            OntologyError: the IRI, the language tag or the text is none.
        """
        self._say(iri or NEVER, NOT_LABEL, text, language, note)

    def _say(self, iri: str, predicate: str, text: str, language: str, note: str) -> None:
        try:
            subject = ox.NamedNode(iri)
            literal = ox.Literal(text, language=language or None)
            said = ox.Triple(subject, ox.NamedNode(predicate), literal)
        except ValueError as error:
            raise OntologyError(
                f"{iri!r}, {text!r}, {language!r}: {error}; expected an absolute IRI, a text and "
                f"a language tag"
            ) from error
        fault = _fault(said)
        if fault:
            raise OntologyError(fault)
        self.triples.add(said)
        if note:
            why = ox.Triple(subject, ox.NamedNode(SKOS + "changeNote"), ox.Literal(note))
            self.triples.add(why)

    @property
    def forbidden(self) -> frozenset[Forbidden]:
        """The texts that must not link."""
        return frozenset(
            Forbidden("" if iri == NEVER else iri, language, text)
            for iri, predicate, language, text in self._literals()
            if predicate == NOT_LABEL
        )

    @property
    def labels(self) -> dict[str, frozenset[Label]]:
        """The labels to add, by concept."""
        found: dict[str, set[Label]] = {}
        for iri, predicate, language, text in self._literals():
            if predicate in _ADDED:
                label = Label(LABEL_KINDS[predicate], language, text)
                found.setdefault(iri, set()).add(label)
        return {iri: frozenset(labels) for iri, labels in sorted(found.items())}

    def apply(self, graph: KnowledgeGraph) -> KnowledgeGraph:
        """Return the graph with the labels added and with what is forbidden.

        Its fingerprint differs from that of the graph given, so that nothing made from the one is
        taken for the other's. What concerns a concept that the graph has not is a problem of the
        graph returned.
        """
        labels = self.labels
        forbidden = [one for one in self.forbidden if not one.iri or one.iri in graph]
        named = {*labels, *(one.iri for one in self.forbidden if one.iri)}
        problems = [self._unknown(iri) for iri in named if iri not in graph]
        iris = [concept.iri for concept in graph.concepts]
        edges = zip(
            *(x.tolist() for x in (graph.source, graph.relation, graph.target)), strict=True
        )
        statements = graph.statements
        return KnowledgeGraph(
            (_with(concept, labels.get(concept.iri, ())) for concept in graph.concepts),
            ((iris[child], graph.relations[number], iris[other]) for child, number, other in edges),
            relation_names=dict(zip(graph.relations, graph.relation_names, strict=True)),
            iri=graph.iri,
            version=graph.version,
            problems=(*graph.problems, *problems),
            forbidden=(*graph.forbidden, *forbidden),
            statements=None if statements is None else statements.plus(self._triples_of(graph)),
        )

    def _triples_of(self, graph: KnowledgeGraph) -> bytes:
        """Return as N-Triples what the overlay says of the concepts of a graph, and of all."""
        lines = sorted(
            f"{triple} .\n"
            for triple in self.triples
            if isinstance(triple.subject, ox.NamedNode)
            and (triple.subject.value == NEVER or triple.subject.value in graph)
        )
        return "".join(lines).encode()

    def _unknown(self, iri: str) -> Problem:
        message = f"is corrected in {self.name} and is no concept of the ontology: passed over"
        return Problem("overlay-concept", iri, message)

    def _literals(self) -> Iterator[tuple[str, str, str, str]]:
        for triple in self.triples:
            if isinstance(triple.object, ox.Literal) and isinstance(triple.subject, ox.NamedNode):
                language = (triple.object.language or "").lower()
                yield triple.subject.value, triple.predicate.value, language, triple.object.value


def overlays_beside(paths: Iterable[Path]) -> list[Path]:
    """Return the overlays that lie beside ontology files and in folders of them."""
    found: list[Path] = []
    for path in paths:
        if path.is_dir():
            found += sorted(path.rglob(f"*{OVERLAY_SUFFIX}"))
        elif not path.name.lower().endswith(OVERLAY_SUFFIX):
            stem = path.with_suffix("") if path.name.lower().endswith(".gz") else path
            beside = stem.with_suffix(OVERLAY_SUFFIX)
            found += [beside] if beside.is_file() else []
    return list(dict.fromkeys(found))


def _with(concept: Concept, labels: Iterable[Label]) -> Concept:
    added = tuple(labels)
    return replace(concept, labels=(*concept.labels, *added)) if added else concept


def _fault(triple: ox.Triple) -> str:
    """Return what is wrong with a statement of an overlay; empty if nothing is."""
    predicate = triple.predicate.value
    if not isinstance(triple.subject, ox.NamedNode):
        return f"{triple.subject} is no IRI; expected that of a concept, or ontograft:never"
    if predicate not in _KNOWN:
        return f"unknown property <{predicate}>; choose one of: {', '.join(_SHORT)}"
    if not isinstance(triple.object, ox.Literal):
        return f"{triple.object} is no text; expected one in quotes after <{predicate}>"
    if predicate not in _NOTES and not triple.object.value.strip():
        return f"the text of <{predicate}> is empty; expected a label"
    if triple.subject.value == NEVER and predicate in _ADDED:
        return "ontograft:never has no labels; expected ontograft:notLabel, or an IRI of a concept"
    return ""


def _line(content: bytes, triple: ox.Triple) -> str:
    """Return where a statement seems to stand: the first line that holds the name of its parts."""
    names = [str(triple.object).strip('"<>').split('"')[0], triple.predicate.value]
    names = [name.rstrip("#/").replace("#", "/").rsplit("/", 1)[-1] for name in names]
    lines = content.decode(errors="replace").splitlines()
    for wanted in (names, names[1:]):
        for number, line in enumerate(lines, start=1):
            if all(name in line for name in wanted):
                return f", line {number}"
    return ""
