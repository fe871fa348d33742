from __future__ import annotations

import re

from prometheus_client.parser import text_string_to_metric_families

from .served import client, make_served


def figures(text: str) -> dict[tuple[str, tuple[tuple[str, str], ...]], float]:
    """Return the samples of a page of figures."""
    return {
        (sample.name, tuple(sorted(sample.labels.items()))): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }


def test_requests_are_counted_by_their_route() -> None:
    known = client(make_served())
    known.post("/classify", json={"texts": ["a", "b", "c"]})
    known.get("/nothing/that/is/there")
    known.get("/page/nothing.js")
    known.request("BREW", "/health")
    found = figures(known.get("/metrics").text)

    def count(method: str, route: str, status: str) -> float:
        labels = (("method", method), ("route", route), ("status", status))
        return found["ontograft_requests_total", labels]

    assert count("POST", "/classify", "200") == 1
    assert count("GET", "other", "404") == 1
    assert count("GET", "/page/{file:path}", "404") == 1
    assert count("other", "/health", "405") == 1
    assert found["ontograft_batch_texts_sum", ()] == 3
    assert found["ontograft_ready", ()] == 1
    assert found["ontograft_waiting_texts", ()] == 0
    assert found["process_resident_memory_bytes", ()] > 0


def test_figures_do_not_grow_with_what_is_asked_for() -> None:
    known = client(make_served())
    for path in ("/page/0", "/0", "/metrics"):
        known.get(path)
    known.request("BREW", "/health")
    before = len(figures(known.get("/metrics").text))
    for number in range(50):
        known.get(f"/page/{number}")
        known.get(f"/{number}")
        known.request(f"M{number}", "/health")
    assert len(figures(known.get("/metrics").text)) == before


def test_the_type_is_that_of_prometheus() -> None:
    answer = client(make_served()).get("/metrics")
    assert re.match(r"text/plain; version=0\.0\.4; charset=utf-8$", answer.headers["content-type"])


def test_two_apps_count_apart() -> None:
    one, other = client(make_served()), client(make_served())
    one.post("/classify", json={"text": "a"})
    assert figures(other.get("/metrics").text)["ontograft_batch_texts_sum", ()] == 0
