"""The ontology at work: the graph, and the linker that links texts to it."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..errors import OntologyError, SettingsError
from ..kg import KnowledgeGraph, Linker, LinkerOptions, Mention
from .features import links_of

if TYPE_CHECKING:
    from ..kg import Link
    from .settings import KnowledgeSettings, Project


class LinkedOntology:
    """A knowledge graph, and the linker that links texts to it.

    The linker is called with the texts themselves. In a spaCy pipeline it finds the same mentions,
    but there most of the time goes into tokens, which are not needed here.

    Args:
        graph: the graph.
        linker: the linker for it.
        settings: how mentions become links.
    """

    def __init__(self, graph: KnowledgeGraph, linker: Linker, settings: KnowledgeSettings) -> None:
        self.graph = graph
        self.linker = linker
        self.settings = settings
        # What a linker remembers of the texts before belongs to one thread at a time.
        self._lock = threading.Lock()

    @classmethod
    def read(cls, project: Project) -> LinkedOntology:
        """Read the ontology of a project and build its linker.

        Raises:
            OntologyError: it cannot be read, or has no label in the project's language.
            SettingsError: a linking option is wrong.
        """
        options = linker_options(project.knowledge.linking)
        graph = KnowledgeGraph.read(
            list(project.ontology), language=project.language, overlay=project.overlay
        )
        linker = Linker.build(graph, language=project.language, options=options)
        return cls(graph, linker, project.knowledge)

    def mentions(self, texts: Sequence[str]) -> list[tuple[Mention, ...]]:
        """Return the mentions in each text."""
        with self._lock:
            return [tuple(found) for found in self.linker.many(texts)]

    def links(self, mentions: Sequence[Mention]) -> tuple[Link, ...]:
        """Return the links of a document, from its mentions."""
        return links_of(
            mentions,
            self.graph,
            candidates=self.settings.candidates,
            nested=self.settings.nested,
            assertion=self.settings.assertion,
            section_weights=self.settings.section_weights,
        )

    def save(self, folder: Path) -> None:
        """Save graph and linker into two folders of a model folder."""
        self.graph.save(folder / "graph")
        self.linker.save(folder / "linker")

    @classmethod
    def load(cls, folder: Path, settings: KnowledgeSettings) -> LinkedOntology:
        """Load what ``save`` wrote.

        Raises:
            OntologyError: graph or linker are damaged, or not of the same ontology.
        """
        graph, linker = KnowledgeGraph.load(folder / "graph"), Linker.load(folder / "linker")
        if linker.fingerprint != graph.fingerprint:
            raise OntologyError(f"{folder}: graph and linker are of different ontologies")
        return cls(graph, linker, settings)


def linker_options(options: dict[str, Any]) -> LinkerOptions:
    """Return the linker's options, from the project file's ``knowledge.linking``.

    Raises:
        SettingsError: there is no such option, or its value is out of range.
    """
    known = LinkerOptions.__dataclass_fields__
    for name in options:
        if name not in known:
            raise SettingsError(
                f"knowledge.linking: unknown option {name!r}; choose one of: {', '.join(known)}"
            )
    try:
        return LinkerOptions(**options)
    except (OntologyError, TypeError) as error:
        raise SettingsError(f"knowledge.linking: {error}") from error
