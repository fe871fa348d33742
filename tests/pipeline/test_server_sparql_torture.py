"""Queries made to kill the engine, asked of a server that others use."""

from __future__ import annotations

import statistics
import threading
import time

import httpx2
import pytest

from ontograft.pipeline import Results

from .served import TOKEN, make_served, running
from .sparql_torture import TORTURE

QUERY = "application/sparql-query"


@pytest.mark.slow
@pytest.mark.parametrize("name", TORTURE)
def test_torture_with_neighbours(results: Results, name: str) -> None:
    """A query made to kill the engine: /health, /ready and other queries are answered meanwhile."""
    served = make_served(results=results, query_s=1.0)
    late = [0.0]  # by how much the machine itself is late, busy as it may be
    health: list[float] = []
    neighbours: list[float] = []
    done = threading.Event()

    with running(served) as (port, _):
        base = f"http://127.0.0.1:{port}"
        headers = {"Authorization": f"Bearer {TOKEN}"}

        def ask(path: str, times: list[float]) -> None:
            with httpx2.Client(base_url=base, headers=headers, timeout=60) as known:
                while len(times) < 3 or not done.is_set():
                    begin = time.perf_counter()
                    assert known.get(path).status_code == 200
                    times.append(time.perf_counter() - begin)
                    begin = time.perf_counter()
                    done.wait(0.02)
                    late.append(time.perf_counter() - begin - 0.02)

        with httpx2.Client(base_url=base, headers=headers, timeout=60) as known:
            assert known.get("/sparql", params={"query": "ASK {}"}).status_code == 200
            threads = [
                threading.Thread(target=ask, args=("/health", health)),
                threading.Thread(target=ask, args=("/sparql?query=ASK%20%7B%7D", neighbours)),
            ]
            for thread in threads:
                thread.start()
            while not (health and neighbours):
                time.sleep(0.001)
            begin = time.perf_counter()
            answer = known.post(
                "/sparql", content=TORTURE[name].encode(), headers={"Content-Type": QUERY}
            )
            took = time.perf_counter() - begin
            assert answer.status_code in (200, 400, 503), answer.text
            done.set()
            for thread in threads:
                thread.join()
            assert known.get("/ready").status_code == 200
    assert took < 12 + max(late)
    assert statistics.median(health) < 0.1 + max(late)
    assert max(health) < 1 + max(late)
    assert statistics.median(neighbours) < 5
