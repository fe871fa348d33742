"""SPARQL over the store of a run: read-only, in processes that can be killed."""

from __future__ import annotations

import math
import queue
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final, Literal, cast

import pyoxigraph as ox

from ..errors import QueryBusyError, QueryError, QueryLimitError, ResultsError, SettingsError
from .child import Child, ChildGoneError
from .closing import Closing
from .rdf_vocabulary import PREFIXES
from .sparql_text import check_query

if TYPE_CHECKING:
    import pyarrow as pa


RESULT_FORMATS: Final = {
    "json": ox.QueryResultsFormat.JSON,
    "tsv": ox.QueryResultsFormat.TSV,
    "xml": ox.QueryResultsFormat.XML,
}
"""The formats of solutions beside CSV."""

GRAPH_FORMATS: Final = {
    "ntriples": ox.RdfFormat.N_TRIPLES,
    "turtle": ox.RdfFormat.TURTLE,
    "jsonld": ox.RdfFormat.JSON_LD,
    "rdfxml": ox.RdfFormat.RDF_XML,
}
"""The formats of triples."""


@dataclass(frozen=True)
class SparqlLimits:
    """What a query may take.

    Args:
        timeout_s: seconds; then the process that runs it is killed.
        memory_mb: MiB of address space that the process may add to what it began with.
        rows: rows, or triples, of the answer; one with more is cut.
        answer_mb: MiB of the answer; one with more is cut.
        wait_s: seconds that a query waits for its turn.
    """

    timeout_s: float = 30.0
    memory_mb: int = 4096
    rows: int = 100_000
    answer_mb: int = 64
    wait_s: float = 10.0

    def __post_init__(self) -> None:
        for name in ("timeout_s", "memory_mb", "rows", "answer_mb", "wait_s"):
            if not 0 < getattr(self, name) < math.inf:
                raise SettingsError(f"{name} must be above 0 and finite, got {getattr(self, name)}")


@dataclass(frozen=True)
class Answer:
    """The answer to a query.

    Args:
        kind: ``select``, ``ask``, or ``graph`` for CONSTRUCT and DESCRIBE.
        content: the solutions as TSV, the triples as N-Triples; empty for ``ask``.
        value: the answer to ASK; false otherwise.
        cut: whether rows are missing at the end, because the answer may have no more.
    """

    kind: Literal["select", "ask", "graph"]
    content: bytes = b""
    value: bool = False
    cut: bool = False

    def table(self) -> pa.Table:
        """Return the answer as an Arrow table; see ``sparql_table.answer_table``."""
        from .sparql_table import answer_table

        return answer_table(self)

    def serialize(self, form: str) -> bytes:
        """Return the answer in a format of the W3C.

        Args:
            form: for SELECT and ASK ``json``, ``xml``, ``csv`` or ``tsv``, in CSV with cells that
                a spreadsheet would run made harmless; for triples ``ntriples``, ``turtle``,
                ``jsonld`` or ``rdfxml``.

        Raises:
            QueryError: the answer has no such format.
        """
        if self.kind == "graph" and form in GRAPH_FORMATS:
            if form == "ntriples":
                return self.content
            triples = ox.parse(self.content, ox.RdfFormat.N_TRIPLES)
            wanted = GRAPH_FORMATS[form]
            return cast(bytes, ox.serialize(triples, format=wanted, prefixes=PREFIXES))
        if self.kind == "select" and form in RESULT_FORMATS:
            solutions = ox.parse_query_results(self.content, ox.QueryResultsFormat.TSV)
            return cast(bytes, solutions.serialize(format=RESULT_FORMATS[form]))
        if self.kind == "ask" and form in ("json", "xml"):
            said = f'{{"head":{{}},"boolean":{str(self.value).lower()}}}'
            boolean = ox.parse_query_results(said, ox.QueryResultsFormat.JSON)
            return cast(bytes, boolean.serialize(format=RESULT_FORMATS[form]))
        if self.kind != "graph" and form in ("csv", "tsv"):
            from .tables import csv_bytes

            return csv_bytes(self.table()) if form == "csv" else f"{self.value}".lower().encode()
        known = GRAPH_FORMATS if self.kind == "graph" else [*RESULT_FORMATS, "csv"]
        raise QueryError(f"unknown format {form!r}; choose one of: {', '.join(known)}")


class SparqlEndpoint(Closing):
    """Answers SPARQL queries over a store, several at a time; may be used from many threads.

    Each query runs in a process that has the store open read-only. A query that crashes it, or
    takes too long, costs that process alone: the next query gets a new one.

    Args:
        store: the store, from ``open_store``.
        limits: what a query may take.
        workers: how many queries run at a time.
        queue_size: how many more may wait.

    Example:
        >>> with SparqlEndpoint(open_store(results)) as endpoint:  # doctest: +SKIP
        ...     endpoint.query("ASK { ?document og:label label:C14 }").value
        True
    """

    def __init__(
        self,
        store: Path,
        *,
        limits: SparqlLimits | None = None,
        workers: int = 2,
        queue_size: int = 32,
    ) -> None:
        if workers < 1 or queue_size < 0:
            raise SettingsError(
                f"there must be at least 1 worker and 0 places to wait, got {workers}, {queue_size}"
            )
        self.store = store
        self.limits = limits or SparqlLimits()
        self._places = threading.Semaphore(workers + queue_size)
        # The last one that was at work is taken first: it is warm.
        self._idle: queue.LifoQueue[Child | None] = queue.LifoQueue()
        self._closed = False
        for _ in range(workers):
            self._idle.put(None)

    def query(
        self,
        text: str,
        *,
        timeout_s: float | None = None,
        rows: int | None = None,
        default_graphs: Sequence[str] = (),
        named_graphs: Sequence[str] = (),
    ) -> Answer:
        """Answer a query.

        It sees the ontology and all runs of the store as one graph; ``GRAPH`` and ``FROM`` tell
        them apart. The prefixes of ``rdf_vocabulary.PREFIXES`` need no declaration.

        Args:
            text: SELECT, ASK, CONSTRUCT or DESCRIBE.
            timeout_s: less time than the limit allows.
            rows: fewer rows than the limit allows.
            default_graphs: graphs of the store to ask instead of those that ``FROM`` names.
            named_graphs: graphs that ``GRAPH`` sees, instead of those of ``FROM NAMED``.

        Raises:
            QueryError: it is wrong, or asks for what is refused: updates, other endpoints.
            QueryLimitError: it took more time or memory than it may.
            QueryBusyError: too many others wait already, or its turn did not come in time.
            ResultsError: the store cannot be opened.
        """
        checked = check_query(text, PREFIXES)
        limits = self.limits
        time_limit = min(timeout_s or limits.timeout_s, limits.timeout_s)
        request = {
            "query": checked.text,
            "graphs": checked.graphs,
            "default_graphs": list(default_graphs),
            "named_graphs": list(named_graphs),
            "prefixes": PREFIXES,
            "rows": min(rows or limits.rows, limits.rows),
            "bytes": limits.answer_mb << 20,
            "timeout_s": time_limit,
        }
        with self._worker() as worker:
            try:
                header, content = worker.ask(request, timeout_s=time_limit)
            except ChildGoneError as gone:
                raise _gone(gone, time_limit, limits) from gone
        if header["kind"] == "error":
            message = header["message"]
            raise QueryError(checked.explain(message) if header.get("place") else message)
        return Answer(header["kind"], content, header.get("value", False), header.get("cut", False))

    @property
    def network(self) -> str:
        """Whether the processes are ``cut`` off the network by the system, or it is ``open``.

        They never ask for it; being cut off is a second wall, which not every system allows.
        """
        with self._worker() as worker:
            return str(worker.about["network"])

    def close(self) -> None:
        """End all processes that are idle; those at work end with their query."""
        self._closed = True
        while True:
            try:
                worker = self._idle.get_nowait()
            except queue.Empty:
                return
            if worker is not None:
                worker.close()

    @contextmanager
    def _worker(self) -> Iterator[Child]:
        """Yield a process that nobody else has."""
        if not self._places.acquire(blocking=False):
            raise QueryBusyError("too many queries wait already; try again later")
        try:
            worker = self._take()
            try:
                if worker is not None and not worker.alive:
                    worker.close()
                    worker = None
                worker = worker or self._start()
                yield worker
            finally:
                if worker is not None and self._closed:
                    worker.close()
                self._idle.put(worker if worker is not None and worker.alive else None)
        finally:
            self._places.release()

    def _take(self) -> Child | None:
        if self._closed:
            raise QueryError("the endpoint is closed")
        try:
            return self._idle.get(timeout=self.limits.wait_s)
        except queue.Empty:
            raise QueryBusyError(
                f"other queries took all of the {self.limits.wait_s:g} s that this one could wait; "
                "try again later"
            ) from None

    def _start(self) -> Child:
        arguments = [str(self.store), str(self.limits.memory_mb)]
        try:
            worker = Child("ontograft.pipeline.sparql_worker", arguments)
        except ChildGoneError as gone:
            raise ResultsError(
                f"{self.store}: the process for queries ended with code {gone.code} when it opened "
                f"the store; delete {self.store.parent} to have it built anew"
            ) from gone
        if "error" in worker.about:
            worker.close()
            raise ResultsError(
                f"{self.store}: cannot be opened ({worker.about['error']}); delete "
                f"{self.store.parent} to have it built anew"
            )
        return worker


def _gone(gone: ChildGoneError, timeout_s: float, limits: SparqlLimits) -> QueryLimitError:
    if gone.expired or gone.code == -14:  # SIGALRM: the process ended itself in time
        return QueryLimitError(
            f"the query took longer than {timeout_s:g} s and was stopped; put the pattern that "
            "fits least first, or add LIMIT"
        )
    return QueryLimitError(
        f"the query crashed its process (exit code {gone.code}): it took more than "
        f"{limits.memory_mb} MiB of memory, or is too deeply nested; ask for less at a time"
    )
