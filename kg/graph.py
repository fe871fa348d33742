"""The knowledge graph: concepts with their labels, and the typed relations between them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from ..errors import OntologyError
from .concepts import Concept, Forbidden, Label, LabelKind, Problem, local_name
from .hierarchy import Index, closure_of_all, frozen, walk
from .naming import definition_of, names_of, preferred_label_of

if TYPE_CHECKING:
    import networkx
    import rdflib

    from .statements import Statements

__all__ = [
    "BROADER",
    "Concept",
    "Index",
    "KnowledgeGraph",
    "Label",
    "LabelKind",
    "Problem",
    "local_name",
]

BROADER: Final = "http://www.w3.org/2004/02/skos/core#broader"
"""The relation from a concept to its parent, whatever the ontology calls it (subclass, is-a)."""


class KnowledgeGraph:
    """An immutable knowledge graph.

    Concepts are numbered in the order of their IRIs, relations likewise after ``BROADER``, which is
    always number 0; so nothing depends on the order in which the triples came.

    Args:
        concepts: the concepts; their IRIs must differ.
        edges: (source IRI, relation IRI, target IRI); a parent is (child, BROADER, parent).
        relation_names: a name for people for each relation IRI; the end of the IRI where missing.
        iri: the ontology's own IRI, empty if it has none.
        version: the ontology's version, empty if it has none.
        problems: what reading found.
        forbidden: the texts that must not link to a concept.
        statements: the RDF that the graph was read from, for ``to_rdf``.

    Raises:
        OntologyError: two concepts share an IRI, or an edge names a concept that is not there.
    """

    def __init__(
        self,
        concepts: Iterable[Concept],
        edges: Iterable[tuple[str, str, str]] = (),
        *,
        relation_names: Mapping[str, str] | None = None,
        iri: str = "",
        version: str = "",
        problems: Iterable[Problem] = (),
        forbidden: Iterable[Forbidden] = (),
        statements: Statements | None = None,
    ) -> None:
        self._concepts = tuple(sorted(concepts, key=lambda concept: concept.iri))
        self._index = {concept.iri: number for number, concept in enumerate(self._concepts)}
        if len(self._index) != len(self._concepts):
            raise OntologyError(_shared_iri(self._concepts))
        unique = set(edges)
        self._relations = (BROADER, *sorted({relation for _, relation, _ in unique} - {BROADER}))
        names = {**(relation_names or {}), BROADER: "broader"}
        self._relation_names = tuple(names.get(iri) or local_name(iri) for iri in self._relations)
        numbers = {relation: number for number, relation in enumerate(self._relations)}
        try:
            rows = [(self._index[s], numbers[r], self._index[t]) for s, r, t in unique]
        except KeyError as error:
            raise OntologyError(
                f"an edge names {error.args[0]!r}, which is not a concept of the graph"
            ) from error
        triples = np.array(rows, dtype=np.int64).reshape(-1, 3)
        triples = triples[np.lexsort((triples[:, 2], triples[:, 1], triples[:, 0]))]
        self._source, self._relation, self._target = (frozen(column) for column in triples.T)
        self._iri = iri
        self._version = version
        self._problems = tuple(sorted(set(problems)))
        self._forbidden = tuple(sorted(set(forbidden)))
        self._statements = statements

    @classmethod
    def read(
        cls,
        paths: str | Path | Sequence[str | Path],
        *,
        language: str | None = None,
        overlay: str | Path | None = None,
    ) -> KnowledgeGraph:
        """Read an ontology from a file, from several files or from a folder of modules.

        Args:
            paths: RDF/XML, Turtle, N-Triples, N-Quads, TriG, JSON-LD or OBO, each also gzipped.
            language: refuse an ontology without a single label in this language; labels without
                a language tag count for every language.
            overlay: a file of corrections; unless given, ``terms.overlay.ttl`` beside ``terms.ttl``
                and the ``*.overlay.ttl`` in a folder, where there are any. See ``Overlay``.

        Raises:
            OntologyError: a file is missing, is not an ontology or breaks off; no label serves
                the language; or an overlay says what it may not.
        """
        from .reading import read_knowledge_graph

        return read_knowledge_graph(paths, language=language, overlay=overlay)

    @classmethod
    def from_rdf(cls, graph: rdflib.Graph) -> KnowledgeGraph:
        """Read the concepts and relations out of RDF statements (OWL, RDFS, SKOS)."""
        from .rdf import graph_from_rdf

        return graph_from_rdf(graph)

    def to_rdf(self) -> rdflib.Graph:
        """Return the statements that the graph was read from, else statements that say the same."""
        from .rdf_writing import graph_to_rdf

        return graph_to_rdf(self)

    @classmethod
    def from_networkx(cls, graph: networkx.Graph[Any]) -> KnowledgeGraph:
        """Take over a NetworkX graph; see ``ontograft.kg.networkx_io`` for what it may hold."""
        from .networkx_io import from_networkx

        return from_networkx(graph)

    def to_networkx(self) -> networkx.MultiDiGraph[str]:
        """Return the graph as a NetworkX multigraph; relation IRIs are the keys of its edges."""
        from .networkx_io import to_networkx

        return to_networkx(self)

    def save(self, folder: str | Path) -> None:
        """Write the graph to a folder, which appears whole or not at all."""
        from .storage import save_graph

        save_graph(self, Path(folder))

    @classmethod
    def load(cls, folder: str | Path) -> KnowledgeGraph:
        """Load a saved graph.

        Raises:
            OntologyError: the folder holds no graph, or one of its files is damaged.
        """
        from .storage import load_graph

        return load_graph(Path(folder))

    def __len__(self) -> int:
        """Return the number of concepts."""
        return len(self._concepts)

    def __repr__(self) -> str:
        """Return the graph's size and origin, for people."""
        return (
            f"KnowledgeGraph(iri={self.iri!r}, version={self.version!r}, concepts={len(self)}, "
            f"relations={len(self._relations)}, edges={len(self._source)})"
        )

    @property
    def iri(self) -> str:
        """The ontology's own IRI, empty if it has none."""
        return self._iri

    @property
    def version(self) -> str:
        """The ontology's version, empty if it has none."""
        return self._version

    @property
    def problems(self) -> tuple[Problem, ...]:
        """What reading found, sorted."""
        return self._problems

    @property
    def forbidden(self) -> tuple[Forbidden, ...]:
        """The texts that must not link to a concept, sorted; see ``ontograft.kg.overlay``."""
        return self._forbidden

    @property
    def statements(self) -> Statements | None:
        """The RDF that the graph was read from, if it was."""
        return self._statements

    @property
    def concepts(self) -> tuple[Concept, ...]:
        """The concepts in the order of their numbers."""
        return self._concepts

    @property
    def relations(self) -> tuple[str, ...]:
        """The relation IRIs in the order of their numbers; ``BROADER`` is number 0."""
        return self._relations

    @property
    def relation_names(self) -> tuple[str, ...]:
        """A name for people for each relation, in the order of the relations."""
        return self._relation_names

    @property
    def source(self) -> Index:
        """The source concept of each edge; shape (edge,), sorted."""
        return self._source

    @property
    def relation(self) -> Index:
        """The relation of each edge; shape (edge,)."""
        return self._relation

    @property
    def target(self) -> Index:
        """The target concept of each edge; shape (edge,)."""
        return self._target

    def __contains__(self, iri: object) -> bool:
        """Return whether the concept with this IRI is in the graph."""
        return iri in self._index

    def index(self, iri: str) -> int:
        """Return the number of a concept.

        Raises:
            OntologyError: there is no such concept.
        """
        try:
            return self._index[iri]
        except KeyError:
            raise OntologyError(
                f"no concept {iri!r} in the ontology {self.iri or '(no IRI)'}"
            ) from None

    @cached_property
    def out_edges(self) -> Index:
        """The CSR row pointer of the edges by source; shape (concept + 1,)."""
        return frozen(np.searchsorted(self._source, np.arange(len(self) + 1)))

    @cached_property
    def in_edges(self) -> tuple[Index, Index]:
        """The edges by target: a CSR row pointer (concept + 1,) and edge numbers (edge,)."""
        order = np.argsort(self._target, kind="stable")
        pointer = np.searchsorted(self._target[order], np.arange(len(self) + 1))
        return frozen(pointer), frozen(order)

    @cached_property
    def parents_csr(self) -> tuple[Index, Index]:
        """The parents of each concept: a CSR row pointer (concept + 1,) and parents (edge,)."""
        up = self._relation == 0
        pointer = np.searchsorted(self._source[up], np.arange(len(self) + 1))
        return frozen(pointer), frozen(self._target[up])

    @cached_property
    def children_csr(self) -> tuple[Index, Index]:
        """The children of each concept: a CSR row pointer (concept + 1,) and children (edge,)."""
        up = self._relation == 0
        order = np.argsort(self._target[up], kind="stable")
        pointer = np.searchsorted(self._target[up][order], np.arange(len(self) + 1))
        return frozen(pointer), frozen(self._source[up][order])

    @cached_property
    def closure_csr(self) -> tuple[Index, Index, Index]:
        """Every concept with all its ancestors, as CSR.

        Returns:
            pointer (concept + 1,), concept (entry,), steps (entry,): row i lists i itself with 0
            steps and each ancestor with the length of the shortest way up, by steps, then number.
            Cycles end where they began.
        """
        return closure_of_all(*self.parents_csr)

    def ancestors(self, index: int) -> tuple[Index, Index]:
        """Return the ancestors of a concept, without itself, and the fewest steps to each."""
        found, steps = self.closure([index])
        return found[1:], steps[1:]

    def closure(self, indices: Sequence[int] | Index) -> tuple[Index, Index]:
        """Return some concepts with all their ancestors, sorted by steps, then number.

        Args:
            indices: the numbers of the concepts.

        Returns:
            the numbers of the concepts found, and the fewest steps to each from any of those given.
        """
        start = np.asarray(indices, dtype=np.int64)
        if len(start) and not (start.min() >= 0 and start.max() < len(self)):
            raise IndexError(
                f"concept numbers must be between 0 and {len(self) - 1}, got {indices!r}"
            )
        return walk(*self.parents_csr, start)

    @cached_property
    def roots(self) -> Index:
        """The concepts without a parent."""
        up = (self._relation == 0) & (self._source != self._target)
        return frozen(np.setdiff1d(np.arange(len(self)), self._source[up]))

    @cached_property
    def depth(self) -> int:
        """The greatest number of steps that any concept is away from its nearest root."""
        _, steps = walk(*self.children_csr, self.roots)
        return int(steps.max(initial=0))

    @cached_property
    def languages(self) -> dict[str, int]:
        """The number of labels in each language, most first; the empty tag stands for no tag."""
        counts = Counter(label.language for concept in self._concepts for label in concept.labels)
        return dict(sorted(counts.items(), key=lambda item: (-item[1], item[0])))

    def names(self, index: int, language: str | None = None) -> tuple[Label, ...]:
        """Return a concept's labels that serve a language, most trusted kind first.

        Args:
            index: the concept.
            language: a BCP 47 tag; its variants (``en-gb`` for ``en``) and labels without a tag
                serve it too. None: every language.
        """
        return names_of(self._concepts[index], language)

    def preferred_label(self, index: int, language: str = "en") -> str:
        """Return the name to show: in the language, else without tag, else any, else from the IRI.

        Where no label is preferred, the most trusted other kind takes its place; but a preferred
        label without a tag goes before another kind in the language.
        """
        return preferred_label_of(self._concepts[index], language)

    def definition(self, index: int, language: str = "en") -> str:
        """Return a concept's definition in the language, else one without tag, else nothing."""
        return definition_of(self._concepts[index], language)

    @cached_property
    def fingerprint(self) -> str:
        """The SHA-256 of the graph's content, whatever the order of its triples.

        It covers the concepts with all their texts, the edges, the relation names, the IRI, the
        version and what is forbidden, and neither the problems nor the statements of the source.
        """
        from .fingerprint import fingerprint_of

        return fingerprint_of(self)


def _shared_iri(concepts: Sequence[Concept]) -> str:
    counts = Counter(concept.iri for concept in concepts)
    first = min(iri for iri, count in counts.items() if count > 1)
    return f"two concepts share the IRI {first!r}: each concept must be given once"
