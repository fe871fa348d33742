from __future__ import annotations

import json
import os
import shutil
import signal
import sys
import threading
import time
from pathlib import Path

import pytest

from ontograft.errors import (
    QueryBusyError,
    QueryError,
    QueryLimitError,
    ResultsError,
    SettingsError,
)
from ontograft.pipeline.rdf_vocabulary import PREFIXES
from ontograft.pipeline.sparql import Answer, SparqlEndpoint, SparqlLimits

ALL = "SELECT * { ?s ?p ?o }"
SLOW = "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i . ?j ?k ?l }"


def test_the_question_that_needs_text_and_ontology(endpoint: SparqlEndpoint) -> None:
    answer = endpoint.query(
        """
        SELECT ?id ?score ?sentence {
          ?document og:label label:C12 ; og:score ?score ; dcterms:identifier ?id .
          FILTER(?score > 0.8)
          ?mention oa:hasBody/og:within/rdfs:label "kidney disease" ;
                   oa:hasTarget/oa:hasSource ?document ; og:sentence ?sentence .
          FILTER NOT EXISTS { ?mention og:polarity og:negated }
        }
        """
    )
    assert answer.table().to_pylist() == [
        {"id": "d0", "score": 0.95, "sentence": "Nephritis was found."}
    ]


def test_ask_construct_and_describe(endpoint: SparqlEndpoint) -> None:
    assert endpoint.query("ASK { ?document og:label label:C14 }").value
    assert not endpoint.query("ASK { ?document og:label label:C99 }").value
    triple = endpoint.query(
        'CONSTRUCT { ?c rdfs:label ?l } { ?c rdfs:label ?l FILTER(?l = "stroke") }'
    )
    assert triple.kind == "graph"
    assert triple.table().to_pylist() == [
        {
            "subject": "http://example.org/stroke",
            "predicate": PREFIXES["rdfs"] + "label",
            "object": "stroke",
        }
    ]
    assert b"An inflammation" in endpoint.query("DESCRIBE <http://example.org/nephritis>").content


def test_answers_in_the_formats_of_the_w3c(endpoint: SparqlEndpoint) -> None:
    answer = endpoint.query("SELECT ?x ?y { VALUES (?x ?y) { ('=1+1' 2) } }")
    assert json.loads(answer.serialize("json"))["results"]["bindings"][0]["x"]["value"] == "=1+1"
    assert answer.serialize("csv") == b"x,y\r\n'=1+1,2\r\n"
    assert answer.serialize("tsv") == b'?x\t?y\n"=1+1"\t2\n'
    assert b"<literal>=1+1</literal>" in answer.serialize("xml")
    truth = endpoint.query("ASK {}")
    assert json.loads(truth.serialize("json")) == {"head": {}, "boolean": True}
    assert truth.serialize("csv") == b"answer\r\ntrue\r\n"
    assert truth.serialize("tsv") == b"true"
    triples = endpoint.query("CONSTRUCT { og:a og:b 1 } {}")
    assert b"og:a og:b 1" in triples.serialize("turtle")
    assert triples.serialize("ntriples") == triples.content
    for answered, form in ((answer, "turtle"), (triples, "json"), (truth, "turtle")):
        with pytest.raises(QueryError, match=f"unknown format '{form}'; choose one of: "):
            answered.serialize(form)


def test_an_answer_with_too_many_rows_is_cut_and_says_so(endpoint: SparqlEndpoint) -> None:
    answer = endpoint.query(ALL, rows=7)
    assert answer.cut
    assert len(answer.table()) == 7
    assert not endpoint.query(ALL + " LIMIT 7", rows=7).cut
    triples = endpoint.query("CONSTRUCT WHERE { ?s ?p ?o }", rows=5)
    assert (triples.cut, triples.content.count(b"\n")) == (True, 5)


def test_an_answer_with_too_many_bytes_is_cut_at_a_row(store: Path) -> None:
    with SparqlEndpoint(store, limits=SparqlLimits(answer_mb=1)) as small:
        answer = small.query(
            "SELECT ?s ?x { ?s ?p ?o . ?t ?q ?r "
            "BIND(CONCAT(STR(?s), STR(?p), STR(?o), STR(?t), STR(?q), STR(?r)) AS ?x) }"
        )
    assert answer.cut
    assert 1_000 < len(answer.table()) < 100_000
    assert len(answer.content) <= 1 << 20


def test_the_runs_and_the_ontology_are_graphs_of_their_own(endpoint: SparqlEndpoint) -> None:
    answer = endpoint.query("SELECT DISTINCT ?g { GRAPH ?g { ?s ?p ?o } } ORDER BY ?g")
    run, terms, ontology = sorted(answer.table()["g"].to_pylist(), key=lambda g: (g[0] != "u", g))
    assert run.startswith("urn:uuid:")
    assert (terms, ontology[:30]) == ("https://ontograft.org/ns", "https://ontograft.org/ontology")
    everything = len(endpoint.query(ALL).table())
    parts = [
        len(endpoint.query(f"SELECT * FROM <{graph}> {{ ?s ?p ?o }}").table())
        for graph in (run, terms, ontology)
    ]
    assert sum(parts) == everything
    assert all(parts)


def test_from_names_graphs_of_the_store_only(endpoint: SparqlEndpoint) -> None:
    with pytest.raises(QueryError, match=r"FROM <http://a/>: no such graph .* it has: <https://"):
        endpoint.query("SELECT * FROM <http://a/> { ?s ?p ?o }")
    with pytest.raises(QueryError, match="no such graph"):
        endpoint.query("SELECT * FROM NAMED <file:///etc/passwd> { GRAPH ?g { ?s ?p ?o } }")


def test_a_wrong_query_is_explained_at_its_place(endpoint: SparqlEndpoint) -> None:
    with pytest.raises(QueryError, match="line 2, column 1, at 'ORDER': expected one of: "):
        endpoint.query("SELECT ?x\nORDER BY ?x { ?x ?y ?z }")


def test_a_query_that_takes_too_long_is_stopped_and_the_next_one_answered(
    endpoint: SparqlEndpoint,
) -> None:
    begin = time.monotonic()
    with pytest.raises(QueryLimitError, match=r"took longer than 0.3 s and was stopped; put the"):
        endpoint.query(SLOW, timeout_s=0.3)
    assert time.monotonic() - begin < 10
    assert endpoint.query("ASK {}").value


def test_a_process_that_dies_between_queries_is_replaced(store: Path) -> None:
    with SparqlEndpoint(store, workers=1) as single:
        assert single.query("ASK {}").value
        worker = single._idle.get()
        assert worker is not None
        os.kill(worker.pid, signal.SIGKILL)
        worker._process.wait()
        single._idle.put(worker)
        assert single.query("ASK {}").value


def test_a_neighbour_is_answered_meanwhile(endpoint: SparqlEndpoint) -> None:
    endpoint.query("ASK {}")
    failed: list[Exception] = []

    def run() -> None:
        try:
            endpoint.query(SLOW, timeout_s=5)
        except QueryLimitError as error:
            failed.append(error)

    thread = threading.Thread(target=run)
    thread.start()
    count = 0
    while thread.is_alive():
        assert endpoint.query("ASK {}").value
        count += 1
    thread.join()
    assert len(failed) == 1
    assert count > 5


def test_no_more_queries_wait_than_there_are_places(store: Path) -> None:
    limits = SparqlLimits(timeout_s=20, wait_s=0.05)
    with SparqlEndpoint(store, limits=limits, workers=1, queue_size=1) as single:
        taken = single._idle.get()
        with pytest.raises(QueryBusyError, match=r"took all of the 0.05 s .*; try again later"):
            single.query("ASK {}")
        single._places.acquire()
        single._places.acquire()
        with pytest.raises(QueryBusyError, match="too many queries wait already"):
            single.query("ASK {}")
        single._idle.put(taken)


def test_a_closed_endpoint_says_so(store: Path) -> None:
    closed = SparqlEndpoint(store)
    closed.close()
    with pytest.raises(QueryError, match="the endpoint is closed"):
        closed.query("ASK {}")


def test_a_store_that_cannot_be_opened_is_named(
    tmp_path: Path, store: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with (
        SparqlEndpoint(tmp_path / "nothing" / "data") as missing,
        pytest.raises(ResultsError, match=r"data: cannot be opened .*; delete .*nothing to have"),
    ):
        missing.query("ASK {}")
    monkeypatch.setattr(sys, "executable", shutil.which("false"))
    with (
        SparqlEndpoint(store) as crashing,
        pytest.raises(ResultsError, match=r"ended with code 1 when it opened the store; delete"),
    ):
        crashing.query("ASK {}")


def test_memory_counts_from_what_the_process_began_with(store: Path) -> None:
    with SparqlEndpoint(store, limits=SparqlLimits(memory_mb=64)) as small:
        assert small.query("ASK { ?document og:label label:C14 }").value


@pytest.mark.parametrize("name", ["timeout_s", "memory_mb", "rows", "answer_mb", "wait_s"])
def test_limits_are_above_nothing(name: str) -> None:
    with pytest.raises(SettingsError, match=f"{name} must be above 0 and finite, got 0"):
        SparqlLimits(**{name: 0})


def test_there_is_at_least_one_worker(store: Path) -> None:
    with pytest.raises(SettingsError, match="at least 1 worker and 0 places to wait, got 0, 32"):
        SparqlEndpoint(store, workers=0)


def test_an_endpoint_knows_whether_it_is_cut_off(endpoint: SparqlEndpoint) -> None:
    assert endpoint.network in ("cut", "open")


def test_an_empty_answer_is_an_empty_table() -> None:
    assert Answer("select", b"?a\t?b\n").table().num_columns == 2
