"""The process that runs a user's SQL: ``python -m ontograft.pipeline.sql_worker MB``.

DuckDB keeps its own limits of time and memory in most places, but not in all: ``repeat`` fills
gigabytes and cannot be interrupted. So a user's own SQL runs in a process that can be killed.
"""

from __future__ import annotations

import sys
from typing import Any, Final

import pyarrow as pa

from ..errors import QueryError
from .child import Frame, answer_requests, confine
from .database import SqlLimits, connect, told

_BATCH: Final = 1 << 14


def answer(request: dict[str, Any]) -> Frame:
    """Run a query.

    Args:
        request: ``sql``; ``files`` of each table; ``timeout_s``, ``memory_mb`` and ``rows``.

    Returns:
        a header with ``kind`` (table or error), and the table as an Arrow stream.
    """
    limits = SqlLimits(
        timeout_s=request["timeout_s"], memory_mb=request["memory_mb"], rows=request["rows"]
    )
    connection = connect(request["files"], limits)
    try:
        with told(limits):
            statements = connection.extract_statements(request["sql"])
            kinds = [statement.type.name for statement in statements]
            if kinds != ["SELECT"]:
                raise QueryError(
                    f"expected one SELECT, got {', '.join(kinds) or 'nothing'}: results are "
                    "read-only"
                )
            reader = connection.sql(request["sql"]).to_arrow_reader(_BATCH)
            batches, count = [], 0
            for batch in reader:
                batches.append(batch)
                count += len(batch)
                if count > limits.rows:
                    raise QueryError(
                        f"the answer has more than {limits.rows} rows; add LIMIT, or allow more"
                    )
    except QueryError as error:
        return {"kind": type(error).__name__, "message": str(error)}, b""
    sink = pa.BufferOutputStream()
    with pa.ipc.new_stream(sink, reader.schema) as writer:
        for batch in batches:
            writer.write_batch(batch)
    return {"kind": "table"}, sink.getvalue().to_pybytes()


def main() -> None:
    """Answer until nobody asks."""
    about = confine(memory_mb=int(sys.argv[1]))
    answer_requests(answer, about)


if __name__ == "__main__":
    main()
