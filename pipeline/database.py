"""The record of a run as tables in DuckDB: in memory, read-only, without any other file."""

from __future__ import annotations

import math
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import pyarrow as pa

from ..errors import QueryError, QueryLimitError, SettingsError
from .closing import Closing

if TYPE_CHECKING:
    import duckdb

    from .record import Results

TABLES: Final = ("documents", "labels", "mentions", "concepts", "closure")
"""The views: the tables of the record, of which ``closure`` says what is narrower than what."""

_BATCH: Final = 1 << 16


@dataclass(frozen=True)
class SqlLimits:
    """What a query may take.

    Args:
        timeout_s: seconds.
        memory_mb: MiB that DuckDB may take for its work.
        rows: rows of the answer to a user's own SQL.
    """

    timeout_s: float = 60.0
    memory_mb: int = 2048
    rows: int = 1_000_000

    def __post_init__(self) -> None:
        for name in ("timeout_s", "memory_mb", "rows"):
            if not 0 < getattr(self, name) < math.inf:
                raise SettingsError(f"{name} must be above 0 and finite, got {getattr(self, name)}")


class Database(Closing):
    """The tables of a run, to be asked in SQL; may be used from many threads.

    Every file is checked against the manifest when it is opened. DuckDB then sees these files and
    no others, neither to read nor to write, and no network.

    Args:
        results: the run.
        limits: what a query may take.

    Raises:
        ResultsError: a file was changed.
        SettingsError: DuckDB is not installed.
    """

    def __init__(self, results: Results, *, limits: SqlLimits | None = None) -> None:
        self.results = results
        self.limits = limits or SqlLimits()
        self._connection = connect({table: results.files(table) for table in TABLES}, self.limits)
        self._lock = threading.Lock()

    def table(self, sql: str, parameters: Mapping[str, Any] | None = None) -> pa.Table:
        """Return the answer to a query of ours.

        Args:
            sql: the query, with ``$name`` where a value goes.
            parameters: the values; they are bound, never written into the query.

        Raises:
            QueryLimitError: it took more time or memory than it may.
        """
        with self.reader(sql, parameters) as reader:
            return reader.read_all()

    @contextmanager
    def reader(
        self, sql: str, parameters: Mapping[str, Any] | None = None
    ) -> Iterator[pa.RecordBatchReader]:
        """Yield the answer to a query of ours batch by batch; see ``table``."""
        with self._lock:
            cursor = self._connection.cursor()
        try:
            with told(self.limits):
                found = cursor.sql(sql, params=dict(parameters or {}))
                yield found.to_arrow_reader(_BATCH)
        finally:
            cursor.close()

    def close(self) -> None:
        """Let go of the files."""
        self._connection.close()


def connect(
    files: Mapping[str, Sequence[str | Path]], limits: SqlLimits
) -> duckdb.DuckDBPyConnection:
    """Return a connection with a view over the Parquet files of each table, and nothing else.

    Raises:
        SettingsError: DuckDB is not installed.
    """
    try:
        import duckdb
    except ImportError as error:
        raise SettingsError(
            "queries need DuckDB, which is not installed: pip install 'ontograft[query]'"
        ) from error
    connection = duckdb.connect(
        ":memory:",
        config={
            "memory_limit": f"{limits.memory_mb}MiB",
            # Here and not with SET, which would hold for one connection and not for its cursors.
            "max_execution_time": str(max(1, round(limits.timeout_s * 1000))),
            "temp_directory": "",  # a query that does not fit is stopped, and fills no disk
            "python_enable_replacements": "false",  # variables of this program are no tables
            "autoload_known_extensions": "false",
            "autoinstall_known_extensions": "false",
        },
    )
    for table, paths in files.items():
        listed = ", ".join(map(quoted, paths))
        connection.execute(f"CREATE VIEW {table} AS SELECT * FROM read_parquet([{listed}])")
    allowed = ", ".join(quoted(path) for paths in files.values() for path in paths)
    connection.execute(f"SET allowed_paths = [{allowed}]")
    connection.execute("SET enable_external_access = false")
    connection.execute("SET lock_configuration = true")
    return connection


def quoted(text: str | Path) -> str:
    """Return a text as a literal of SQL."""
    return "'" + str(text).replace("'", "''") + "'"


@contextmanager
def told(limits: SqlLimits) -> Iterator[None]:
    """Turn DuckDB's errors into ours; Arrow hands them on as errors of the system."""
    import duckdb

    try:
        yield
    except (duckdb.Error, OSError) as error:
        said = str(error)
        if said.startswith("INTERRUPT"):
            raise QueryLimitError(
                f"the query took longer than {limits.timeout_s:g} s and was stopped; ask for less "
                "at a time, or allow it more time"
            ) from error
        if said.startswith("Out of Memory"):
            raise QueryLimitError(
                f"the query needs more than {limits.memory_mb} MiB of memory; ask for less at a "
                "time, or allow it more memory"
            ) from error
        if isinstance(error, OSError):
            raise
        raise QueryError(said.split("\n\nLINE")[0].strip()) from error
