"""The statements of a store, sorted by predicate, as plain Python values."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator

import pyoxigraph as ox


class Triples:
    """What a store says, by predicate; resources are strings, literals stay Oxigraph's.

    Args:
        store: the store to read; its default graph counts.
    """

    def __init__(self, store: ox.Store) -> None:
        self._resources: dict[str, list[tuple[str, str]]] = defaultdict(list)
        self._literals: dict[str, list[tuple[str, ox.Literal]]] = defaultdict(list)
        for quad in store.quads_for_pattern(None, None, None, ox.DefaultGraph()):
            value = quad.object
            if isinstance(value, ox.Literal):
                self._literals[quad.predicate.value].append((_name(quad.subject), value))
            else:
                pair = (_name(quad.subject), _name(value))
                self._resources[quad.predicate.value].append(pair)

    def predicates(self) -> list[str]:
        """Return the predicates that have a resource as object, sorted."""
        return sorted(self._resources)

    def resources(self, *predicates: str) -> Iterator[tuple[str, str]]:
        """Yield subject and object of the statements whose object is a resource."""
        for predicate in predicates:
            yield from self._resources.get(predicate, ())

    def literals(self, *predicates: str) -> Iterator[tuple[str, ox.Literal]]:
        """Yield subject and object of the statements whose object is a literal."""
        for predicate in predicates:
            yield from self._literals.get(predicate, ())

    def subjects(self, predicate: str, values: Iterable[str]) -> set[str]:
        """Return the subjects that have one of the values for a predicate."""
        wanted = frozenset(values)
        return {subject for subject, value in self.resources(predicate) if value in wanted}


def is_blank(node: str) -> bool:
    """Return whether a node is blank."""
    return node.startswith("_:")


def _name(term: ox.NamedNode | ox.BlankNode | ox.Triple | ox.Literal) -> str:
    if isinstance(term, ox.NamedNode):
        return term.value
    return str(term)  # "_:name"; a triple term of RDF 1.2 in its brackets, which no rule looks for
