"""Queries and stores that mean harm: the endpoint stays up, and the store as it is."""

from __future__ import annotations

import contextlib
import shutil
import socket
import statistics
import threading
import time
from pathlib import Path

import pyoxigraph as ox
import pytest

from ontograft.errors import QueryError, QueryLimitError, ResultsError
from ontograft.pipeline.sparql import SparqlEndpoint, SparqlLimits

from .sparql_torture import TORTURE, UPDATES

ALL = "SELECT * { ?s ?p ?o }"


def statements(store: Path) -> set[str]:
    return set(map(str, ox.Store.read_only(str(store))))


def test_a_query_that_takes_too_much_memory_costs_its_process_only(store: Path) -> None:
    with SparqlEndpoint(store, limits=SparqlLimits(memory_mb=1024, timeout_s=60)) as small:
        with pytest.raises(QueryLimitError, match=r"crashed its process .* 1024 MiB of memory"):
            small.query(TORTURE["text doubled"])
        assert small.query("ASK {}").value


def test_a_damaged_store_answers_no_query_wrongly(store: Path, tmp_path: Path) -> None:
    copy = shutil.copytree(store, tmp_path / "store" / "data")
    for table in copy.glob("*.sst"):
        content = bytearray(table.read_bytes())
        for place in range(0, len(content), 64):
            content[place] ^= 0xFF
        table.write_bytes(bytes(content))
    with SparqlEndpoint(copy) as damaged, pytest.raises((ResultsError, QueryError)):
        damaged.query(ALL)


@pytest.mark.parametrize("text", UPDATES)
def test_no_update_changes_the_store(endpoint: SparqlEndpoint, text: str) -> None:
    with pytest.raises(QueryError):
        endpoint.query(text)


def test_nothing_was_changed(store: Path, endpoint: SparqlEndpoint) -> None:
    assert len(UPDATES) >= 50
    before = statements(store)
    for text in UPDATES:
        with pytest.raises(QueryError):
            endpoint.query(text)
    assert statements(store) == before


def test_no_query_reaches_the_network(endpoint: SparqlEndpoint) -> None:
    with socket.create_server(("127.0.0.1", 0)) as canary:
        canary.settimeout(0.2)
        url = f"http://127.0.0.1:{canary.getsockname()[1]}/"
        for text in (
            f"SELECT * {{ SERVICE <{url}> {{ ?s ?p ?o }} }}",
            f"PREFIX serviceex: <x:> PREFIX ex: <{url}> SELECT * {{ SERVICEex:a {{ ?s ?p ?o }} }}",
            f"SELECT * {{ ?s ?p 1SERVICE <{url}> {{ ?s ?p ?o }} }}",
            f'SELECT * {{ ?s ?p ?a FILTER(?a<?a#>"""\n)SERVICE <{url}> {{}} #"""\n}}',
            f"SELECT * {{ ?s ?p ?a FILTER(?a<'>')SERVICE <{url}> {{?s ?p ?o}} #'\n}}",
            f"SELECT * FROM <{url}> {{ ?s ?p ?o }}",
            f"LOAD <{url}>",
        ):
            with pytest.raises(QueryError):
                endpoint.query(text)
        with pytest.raises(TimeoutError):
            canary.accept()


def test_the_torture_set_has_forty_queries() -> None:
    assert len(TORTURE) == 40
    assert len(set(TORTURE.values())) == 40


@pytest.mark.slow
@pytest.mark.parametrize("name", TORTURE)
def test_torture(store: Path, name: str) -> None:
    limit_s = 1.0
    limits = SparqlLimits(timeout_s=limit_s, memory_mb=2048)
    with SparqlEndpoint(store, limits=limits, workers=2) as tortured:
        tortured.query("ASK {}")
        done = threading.Event()
        neighbours: list[float] = []
        late = [0.0]  # by how much the machine itself is late, busy as it may be

        def ask() -> None:
            while not done.is_set():
                begin = time.monotonic()
                assert tortured.query("ASK { ?d og:label label:C14 }").value
                neighbours.append(time.monotonic() - begin)
                begin = time.monotonic()
                done.wait(0.02)
                late.append(time.monotonic() - begin - 0.02)

        thread = threading.Thread(target=ask)
        thread.start()
        begin = time.monotonic()
        with contextlib.suppress(QueryError):
            tortured.query(TORTURE[name])
        took = time.monotonic() - begin
        done.set()
        thread.join()
    assert took < limit_s + 10 + max(late)  # killed, however busy the machine is
    assert statistics.median(neighbours) < limit_s * 5
