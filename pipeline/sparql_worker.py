"""The process that runs SPARQL queries: ``python -m ontograft.pipeline.sparql_worker STORE MB``.

It opens the store read-only, gives up the network where the system lets it, and answers requests
of its parent until that goes away. It may be killed at any moment, or die of a query.
"""

from __future__ import annotations

import io
import sys
from typing import Any, Final

import pyoxigraph as ox

from .child import Frame, answer_requests, confine, limit_memory

_ROOM_MB: Final = 4096
"""The address space in which the store is opened: a thread for each core, with its stack."""

PREFIXES_KEY: Final = "prefixes"
"""Where a request has the prefixes that need no declaration."""


class _FullError(Exception):
    """The answer has as many rows or bytes as it may have."""


class _Limited(io.RawIOBase):
    """Takes an answer line by line, up to a number of lines and bytes.

    Args:
        lines: the most lines; an answer with more is cut.
        size: the most bytes.
    """

    def __init__(self, lines: int, size: int) -> None:
        super().__init__()
        self.content = bytearray()
        self.cut = False
        self._lines = lines
        self._size = size

    def write(self, data: Any) -> int:
        """Take some bytes."""
        piece = bytes(data)
        self.content += piece
        self._lines -= piece.count(b"\n")
        if self._lines < 0 or len(self.content) > self._size:
            raise _FullError
        return len(piece)

    def trim(self, lines: int) -> int:
        """Drop all but the first lines, and what is not a whole line; return how many are left."""
        self.cut = True
        end = min(len(self.content), self._size)
        position = count = 0
        while count < lines:
            found = self.content.find(b"\n", position, end)
            if found < 0:
                break
            position, count = found + 1, count + 1
        del self.content[position:]
        return count


def answer(store: ox.Store, request: dict[str, Any]) -> Frame:
    """Run a query.

    Args:
        store: the store.
        request: ``query``; ``graphs`` that it names with FROM; ``default_graphs`` and
            ``named_graphs`` to ask instead, if there are any; ``prefixes``; ``rows`` and ``bytes``
            that the answer may have.

    Returns:
        a header with ``kind`` (select, ask, graph, or error) and ``cut``; and the solutions as TSV,
        the triples as N-Triples.
    """
    default, named = request["default_graphs"], request["named_graphs"]
    try:
        graphs = [ox.NamedNode(graph) for graph in (*request["graphs"], *default, *named)]
    except ValueError as error:
        return {"kind": "error", "message": f"a graph must be named by an IRI: {error}"}, b""
    unknown = next((graph for graph in graphs if not store.contains_named_graph(graph)), None)
    if unknown is not None:
        known = sorted(str(graph) for graph in store.named_graphs())
        message = f"FROM {unknown}: no such graph in the store; it has: {', '.join(known[:20])}"
        return {"kind": "error", "message": message}, b""
    asked: dict[str, Any] = {"use_default_graph_as_union": not graphs}
    if default or named:
        asked = {
            "default_graph": [ox.NamedNode(graph) for graph in default],
            "named_graphs": [ox.NamedNode(graph) for graph in named],
        }
    try:
        result = store.query(request["query"], prefixes=request[PREFIXES_KEY], **asked)
        return _serialized(result, request)
    except SyntaxError as error:
        return {"kind": "error", "place": True, "message": str(error)}, b""
    except (ValueError, RuntimeError, OSError) as error:
        return {"kind": "error", "message": str(error)}, b""


def _serialized(result: Any, request: dict[str, Any]) -> Frame:
    if isinstance(result, ox.QueryBoolean):
        return {"kind": "ask", "value": bool(result)}, b""
    is_select = isinstance(result, ox.QuerySolutions)
    lines = request["rows"] + is_select  # the first line of TSV names the variables
    output = _Limited(lines, request["bytes"])
    form = ox.QueryResultsFormat.TSV if is_select else ox.RdfFormat.N_TRIPLES
    try:
        result.serialize(output, form)
    except _FullError:
        output.trim(lines)
    return {"kind": "select" if is_select else "graph", "cut": output.cut}, bytes(output.content)


def main() -> None:
    """Open the store, and answer until nobody asks."""
    path, memory_mb = sys.argv[1], int(sys.argv[2])
    about = confine(memory_mb=memory_mb + _ROOM_MB)
    try:
        store = ox.Store.read_only(path)
    except OSError as error:
        answer_requests(lambda _: ({}, b""), {**about, "error": str(error)})
        return
    limit_memory(memory_mb)
    answer_requests(lambda request: answer(store, request), about)


if __name__ == "__main__":
    main()
