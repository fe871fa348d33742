"""The RDF statements of an ontology, kept beside the knowledge graph that was read from them."""

from __future__ import annotations

import gzip
import io
from collections.abc import Iterator
from typing import IO, Any, cast

import pyoxigraph as ox
import rdflib
from oxrdflib import OxigraphStore
from rdflib.graph import DATASET_DEFAULT_GRAPH_ID
from rdflib.namespace import XSD
from rdflib.query import Result

from ..errors import OntologyError


class Statements:
    """Statements that nobody can change: who asks for them as a graph gets a copy.

    They are held as an Oxigraph store or, when they come from disk or from another process, as
    gzipped N-Quads, which are not parsed before somebody asks.

    Args:
        content: a store that the caller hands over, or gzipped N-Quads.
        more: N-Triples to add to it.
    """

    def __init__(self, content: ox.Store | bytes, more: bytes = b"") -> None:
        self._content = content
        self._more = more

    def plus(self, triples: bytes) -> Statements:
        """Return these statements and some more, given as N-Triples."""
        return Statements(self._content, self._more + triples)

    def graph(self) -> rdflib.Graph:
        """Return a copy as an rdflib graph on an Oxigraph store of its own."""
        copy = ox.Store()
        if isinstance(self._content, ox.Store):
            copy.bulk_extend(self._content)
        else:
            # Lenient: malformed IRIs were reported when the ontology was read.
            copy.bulk_load(
                gzip.decompress(self._content), format=ox.RdfFormat.N_QUADS, lenient=True
            )
        copy.bulk_load(self._more, format=ox.RdfFormat.N_TRIPLES, lenient=True)
        return as_rdflib(copy)

    def to_bytes(self) -> bytes:
        """Return the statements as gzipped N-Quads."""
        if isinstance(self._content, bytes):
            # The parts of a gzip file may follow one another.
            return self._content + (gzip.compress(self._more, mtime=0) if self._more else b"")
        buffer = io.BytesIO()
        with gzip.GzipFile(fileobj=buffer, mode="wb", compresslevel=4, mtime=0) as packed:
            self._content.dump(cast(IO[bytes], packed), format=ox.RdfFormat.N_QUADS)
            packed.write(self._more)
        return buffer.getvalue()

    def __reduce__(self) -> tuple[Any, ...]:
        """Travel to other processes, and into copies, as N-Quads."""
        return Statements, (self.to_bytes(),)


def as_rdflib(store: ox.Store) -> rdflib.Graph:
    """Return the default graph of a store as an rdflib graph that works on that store."""
    return rdflib.Graph(store=_RdflibStore(store=store), identifier=DATASET_DEFAULT_GRAPH_ID)


class _RdflibStore(OxigraphStore):
    """An Oxigraph store that gives plain texts the form that rdflib's own parsers give them.

    For RDF 1.1 ``"x"`` and ``"x"^^xsd:string`` are one literal; for rdflib they are two, which are
    not equal, and oxrdflib returns the second.
    """

    def triples(self, triple_pattern: Any, context: Any = None) -> Iterator[Any]:
        """Yield the triples that match a pattern."""
        for (subject, predicate, value), contexts in super().triples(triple_pattern, context):
            yield (subject, predicate, _plain(value)), contexts

    def query(self, *args: Any, **options: Any) -> Result:
        """Return the result of a SPARQL query."""
        result = super().query(*args, **options)
        if result.type == "SELECT":
            rows = result.bindings
            result.bindings = [{name: _plain(term) for name, term in row.items()} for row in rows]
        return result


def _plain(term: Any) -> Any:
    if isinstance(term, rdflib.Literal) and term.datatype == XSD.string:
        return rdflib.Literal(str(term))
    return term


def as_store(graph: rdflib.Graph) -> ox.Store:
    """Return a copy of a graph's statements as an Oxigraph store, those of a dataset merged.

    Raises:
        OntologyError: the graph holds a term that RDF does not allow.
    """
    store = ox.Store()
    try:
        if isinstance(graph, rdflib.ConjunctiveGraph):  # of which a dataset is one
            quads = graph.serialize(format="ox-nquads", encoding="utf-8")
            store.bulk_load(quads, format=ox.RdfFormat.N_QUADS, lenient=True)
            merge_named_graphs(store)
        else:
            triples = graph.serialize(format="ox-nt", encoding="utf-8")
            store.bulk_load(triples, format=ox.RdfFormat.N_TRIPLES, lenient=True)
    except (ValueError, TypeError, SyntaxError) as error:
        raise OntologyError(f"the graph holds a term that RDF does not allow: {error}") from error
    return store


def merge_named_graphs(store: ox.Store) -> int:
    """Move the statements of all named graphs into the default one; return how many there were."""
    names = list(store.named_graphs())
    for name in names:
        quads = list(store.quads_for_pattern(None, None, None, name))
        store.bulk_extend(ox.Quad(quad.subject, quad.predicate, quad.object) for quad in quads)
        store.remove_graph(name)
    return len(names)
