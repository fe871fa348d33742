"""A user's own SQL over a run: read-only, in a process that is killed when it takes too long."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from ..errors import QueryError, QueryLimitError
from .child import Child, ChildGoneError
from .database import TABLES, SqlLimits, connect

if TYPE_CHECKING:
    import pyarrow as pa

    from .record import Results

_ROOM_MB: Final = 3072
"""The address space that Arrow and DuckDB need before a query takes any memory."""

_LATE_S: Final = 2.0
"""How long after its time DuckDB may stop a query by itself."""


def sql(results: Results, text: str, *, limits: SqlLimits | None = None) -> pa.Table:
    """Answer one SELECT over the views ``documents, labels, mentions, concepts, closure``.

    Args:
        results: the run.
        text: the query, in DuckDB's SQL.
        limits: what it may take.

    Raises:
        QueryError: it is wrong, is no single SELECT, reads another file, or has too many rows.
        QueryLimitError: it took more time or memory than it may.
        ResultsError: a file of the results was changed.
        SettingsError: DuckDB is not installed.
    """
    import pyarrow as pa

    limits = limits or SqlLimits()
    connect({}, limits).close()  # says here, not there, that DuckDB is missing
    request = {
        "sql": text,
        "files": {table: [str(path) for path in results.files(table)] for table in TABLES},
        "timeout_s": limits.timeout_s,
        "memory_mb": limits.memory_mb,
        "rows": limits.rows,
    }
    try:
        worker = Child("ontograft.pipeline.sql_worker", [str(limits.memory_mb + _ROOM_MB)])
        try:
            header, content = worker.ask(request, timeout_s=limits.timeout_s + _LATE_S)
        finally:
            worker.close()
    except ChildGoneError as gone:
        if gone.expired or gone.code == -14:  # SIGALRM
            raise QueryLimitError(
                f"the query took longer than {limits.timeout_s:g} s and was stopped; ask for less "
                "at a time, or allow it more time"
            ) from gone
        raise QueryLimitError(
            f"the query crashed its process (exit code {gone.code}): it took more than "
            f"{limits.memory_mb} MiB of memory; ask for less at a time"
        ) from gone
    if header["kind"] == "table":
        return pa.ipc.open_stream(content).read_all()
    kind = QueryLimitError if header["kind"] == QueryLimitError.__name__ else QueryError
    raise kind(header["message"])
