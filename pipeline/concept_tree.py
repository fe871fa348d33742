"""An ontology to walk through: what is above and below a concept, and who mentions it."""

from __future__ import annotations

import threading
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Final

from ..kg import BROADER
from .concept_search import ConceptSearch
from .facets import facet
from .filters import Filters
from .record_schema import concept_table

if TYPE_CHECKING:
    import pyarrow as pa

    from ..kg import KnowledgeGraph
    from .query import ResultQuery

_PARENT: Final = "broader"


@dataclass(frozen=True, slots=True)
class Step:
    """A concept one step away from another.

    Args:
        iri: the concept.
        relation: the name of the relation that leads there; ``broader`` for parents and children.
    """

    iri: str
    relation: str = _PARENT


class ConceptTree:
    """The concepts of an ontology with their names, parents and children.

    With results, it is the ontology of the results, and documents are counted; what the graph
    knows beside that, such as other relations, is there too where it is the same ontology.
    May be used from many threads; what takes time is done once, when it is first asked for.

    Args:
        graph: the ontology of the model, if it has one.
        asked: the results, if there are any.
        language: the language of names and definitions.
    """

    def __init__(
        self, graph: KnowledgeGraph | None, asked: ResultQuery | None, *, language: str = "en"
    ) -> None:
        self.asked = asked
        self._language = language
        self._same: KnowledgeGraph | None = graph
        if asked is not None and graph is not None:
            stated = asked.results.manifest.get("ontology") or {}
            self._same = graph if stated.get("fingerprint") == graph.fingerprint else None
        self._lock = threading.Lock()
        self._counts: dict[bool, Mapping[str, int]] = {}

    def __len__(self) -> int:
        """Return the number of concepts."""
        return len(self._rows)

    def __contains__(self, iri: str) -> bool:
        """Return whether there is a concept with this IRI."""
        return iri in self._rows

    @cached_property
    def search(self) -> ConceptSearch:
        """The search for concepts by their names."""
        if self.asked is not None:
            return self.asked.concepts
        return ConceptSearch(self._table.select(["concept", "label", "labels"]))

    def label(self, iri: str) -> str:
        """Return the preferred label of a concept."""
        return self._labels[self._rows[iri]]

    def names(self, iri: str) -> list[str]:
        """Return all names of a concept, the preferred label first."""
        names = self._table["labels"][self._rows[iri]].as_py()
        return list(dict.fromkeys([self.label(iri), *names]))

    def definition(self, iri: str) -> str:
        """Return the definition of a concept; empty if it has none."""
        return str(self._table["definition"][self._rows[iri]].as_py() or "")

    def parents(self, iri: str) -> list[Step]:
        """Return the concepts right above a concept, by name."""
        return self._sorted(self._parents.get(iri, ()))

    def children(self, iri: str) -> list[Step]:
        """Return the concepts right below a concept, by name."""
        return self._sorted(self._children.get(iri, ()))

    def related(self, iri: str) -> list[Step]:
        """Return the concepts that other relations lead to, by relation and name."""
        graph = self._same
        if graph is None or iri not in graph:
            return []
        number = graph.index(iri)
        edges = range(graph.out_edges[number], graph.out_edges[number + 1])
        steps = {
            Step(
                graph.concepts[int(graph.target[edge])].iri,
                graph.relation_names[int(graph.relation[edge])],
            )
            for edge in edges
            if graph.relations[int(graph.relation[edge])] != BROADER
        }
        return sorted(steps, key=lambda step: (step.relation, self._order(step.iri)))

    def child_count(self, iri: str) -> int:
        """Return how many concepts are right below a concept."""
        return len(self._children.get(iri, ()))

    @cached_property
    def roots(self) -> list[Step]:
        """The concepts without a parent, by name."""
        return self._sorted([iri for iri in self._rows if not self._parents.get(iri)])

    def documents(self, iri: str, *, narrower: bool = True) -> int | None:
        """Return how many documents mention a concept; None without results.

        All concepts are counted when the first is asked for.

        Args:
            iri: the concept.
            narrower: whether mentioning a narrower concept counts.

        Raises:
            QueryLimitError: counting took too long.
        """
        asked = self.asked
        if asked is None:
            return None
        with self._lock:
            if narrower not in self._counts:
                table = facet(asked, Filters(include_narrower=narrower), "concept")
                columns = table["concept"].to_pylist(), table["documents"].to_pylist()
                self._counts[narrower] = dict(zip(*columns, strict=True))
        return self._counts[narrower].get(iri, 0)

    @cached_property
    def _table(self) -> pa.Table:
        """The concepts: ``concept``, ``label``, ``definition``, ``labels``."""
        if self.asked is None:
            return concept_table(self._same, language=self._language)
        return self.asked.database.table(
            "SELECT concept, label, definition, labels FROM concepts ORDER BY concept"
        )

    @cached_property
    def _rows(self) -> dict[str, int]:
        return {iri: row for row, iri in enumerate(self._table["concept"].to_pylist())}

    @cached_property
    def _labels(self) -> list[str]:
        labels: list[str] = self._table["label"].to_pylist()
        return labels

    @cached_property
    def _parents(self) -> dict[str, list[str]]:
        return _grouped(self._steps)

    @cached_property
    def _children(self) -> dict[str, list[str]]:
        return _grouped((parent, child) for child, parent in self._steps)

    @cached_property
    def _steps(self) -> list[tuple[str, str]]:
        """Each concept with each of its parents."""
        if self.asked is None:
            graph = self._same
            if graph is None:
                return []
            pointer, parents = graph.parents_csr
            return [
                (concept.iri, graph.concepts[int(parent)].iri)
                for number, concept in enumerate(graph.concepts)
                for parent in parents[pointer[number] : pointer[number + 1]]
                if parent != number
            ]
        table = self.asked.database.table(
            "SELECT concept, ancestor FROM closure WHERE distance = 1"
        )
        columns = table["concept"].to_pylist(), table["ancestor"].to_pylist()
        return list(zip(*columns, strict=True))

    def _sorted(self, iris: Sequence[str]) -> list[Step]:
        return [Step(iri) for iri in sorted(iris, key=self._order)]

    def _order(self, iri: str) -> tuple[str, str]:
        return self.label(iri).casefold(), iri


def _grouped(pairs: Iterable[tuple[str, str]]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for key, value in pairs:
        found.setdefault(key, []).append(value)
    return found
