"""One SPARQL query over a run, with all that it needs: the store, and a process that runs it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from ..errors import QueryError
from .rdf_vocabulary import PREFIXES
from .sparql import Answer, SparqlEndpoint, SparqlLimits
from .sparql_text import check_query
from .store import open_store

if TYPE_CHECKING:
    import pyarrow as pa

    from .progress import Reporter
    from .record import Results


def sparql(
    results: Results,
    text: str,
    *,
    store: str | Path | None = None,
    limits: SparqlLimits | None = None,
    reporter: Reporter | None = None,
) -> pa.Table:
    """Answer one SPARQL query over a run; the store is built if it is not there.

    Args:
        results: the run.
        text: the query; see ``SparqlEndpoint.query``.
        store: a store that several runs share.
        limits: what the query may take.
        reporter: is told how far the building of the store is.

    Returns:
        the solutions, a column for each variable; for ASK one cell, ``answer``; for CONSTRUCT and
        DESCRIBE ``subject``, ``predicate`` and ``object``.

    Raises:
        QueryError: see ``SparqlEndpoint.query``; or the answer has more rows than it may.
        ResultsError: the store cannot be built or opened.
    """
    answer = ask(results, text, store=store, limits=limits, reporter=reporter)
    if answer.cut:
        raise QueryError(
            f"the answer has more than {(limits or SparqlLimits()).rows} rows, or more than "
            f"{(limits or SparqlLimits()).answer_mb} MiB; add LIMIT, or allow more"
        )
    return answer.table()


def ask(
    results: Results,
    text: str,
    *,
    store: str | Path | None = None,
    limits: SparqlLimits | None = None,
    reporter: Reporter | None = None,
) -> Answer:
    """Answer one SPARQL query over a run as ``sparql`` does, in any format, perhaps cut."""
    check_query(text, PREFIXES)  # before a store is built for nothing
    path = open_store(results, store, reporter=reporter)
    with SparqlEndpoint(path, limits=limits, workers=1) as endpoint:
        return endpoint.query(text)
