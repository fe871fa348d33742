from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

import pyoxigraph as ox
import pytest
from starlette.testclient import TestClient

from ontograft.pipeline import Results, open_store
from ontograft.pipeline.server_sparql import SOLUTIONS, TRIPLES, negotiate
from ontograft.pipeline.sparql import SparqlEndpoint, SparqlLimits

from .served import client, make_served
from .sparql_torture import UPDATES

FORM = "application/x-www-form-urlencoded"
QUERY = "application/sparql-query"
IDS = "SELECT ?id { ?d dcterms:identifier ?id } ORDER BY ?id"
ALL = "SELECT * { ?s ?p ?o }"


def get(asking: TestClient, text: str, accept: str = "*/*", **more: Any) -> Any:
    return asking.get("/sparql", params={"query": text, **more}, headers={"Accept": accept})


def post(asking: TestClient, body: str | bytes, kind: str, address: str = "/sparql") -> Any:
    return asking.post(address, content=body, headers={"Content-Type": kind})


def ids(answer: Any) -> list[str]:
    assert answer.status_code == 200, answer.text
    return [row["id"]["value"] for row in answer.json()["results"]["bindings"]]


def test_the_three_ways_to_ask(asking: TestClient) -> None:
    expected = ["d0", "d1", "d2", "d3", "d4"]
    assert ids(get(asking, IDS)) == expected
    assert ids(post(asking, urlencode({"query": IDS}), FORM)) == expected
    assert ids(post(asking, urlencode({"query": IDS}), f"{FORM}; charset=UTF-8")) == expected
    assert ids(post(asking, IDS, QUERY)) == expected
    assert ids(post(asking, IDS, f"{QUERY}; charset=utf-8")) == expected


def test_the_question_that_needs_text_and_ontology(asking: TestClient) -> None:
    answer = get(
        asking,
        """
        SELECT ?id ?sentence {
          ?document og:label label:C12 ; og:score ?score ; dcterms:identifier ?id .
          FILTER(?score > 0.8)
          ?mention oa:hasBody/og:within/rdfs:label "kidney disease" ;
                   oa:hasTarget/oa:hasSource ?document ; og:sentence ?sentence .
          FILTER NOT EXISTS { ?mention og:polarity og:negated }
        }
        """,
        "text/csv",
    )
    assert answer.content == b"id,sentence\r\nd0,Nephritis was found.\r\n"


@pytest.mark.parametrize(
    ("accept", "media", "content"),
    [
        ("*/*", "application/sparql-results+json", b'"boolean":true'),
        ("application/json", "application/json", b'"boolean":true'),
        ("application/sparql-results+xml", "application/sparql-results+xml", b"<boolean>true"),
        ("application/xml", "application/xml", b"<boolean>true"),
        ("text/csv", "text/csv; charset=utf-8", b"answer\r\ntrue"),
        ("text/tab-separated-values", "text/tab-separated-values; charset=utf-8", b"true"),
        ("text/*;q=0.5, application/*;q=0.4", "text/csv; charset=utf-8", b"true"),
    ],
)
def test_formats_of_solutions(asking: TestClient, accept: str, media: str, content: bytes) -> None:
    answer = get(asking, "ASK {}", accept)
    assert (answer.status_code, answer.headers["content-type"]) == (200, media)
    assert content in answer.content
    assert answer.headers["vary"] == "Accept"


@pytest.mark.parametrize(
    ("accept", "media"),
    [
        ("*/*", "text/turtle; charset=utf-8"),
        ("application/n-triples", "application/n-triples"),
        ("application/ld+json", "application/ld+json"),
        ("application/rdf+xml, */*;q=0.1", "application/rdf+xml"),
    ],
)
def test_formats_of_triples(asking: TestClient, accept: str, media: str) -> None:
    text = "CONSTRUCT { ?c rdfs:label ?l } { ?c rdfs:label ?l FILTER(?l = 'stroke') }"
    answer = get(asking, text, accept)
    assert (answer.status_code, answer.headers["content-type"]) == (200, media)
    form = ox.RdfFormat.from_media_type(media)
    (triple,) = ox.parse(answer.content, form)
    assert triple.object.value == "stroke"


@pytest.mark.parametrize(
    ("accept", "expected"),
    [
        ("", "application/sparql-results+json"),
        ("text/csv", "text/csv"),
        ("TEXT/CSV", "text/csv"),
        ("text/csv;q=0.2, application/xml;q=0.3", "application/xml"),
        ("text/*, application/json;q=0.9", "text/csv"),
        ("*/*;q=0.1, text/csv;q=0", "application/sparql-results+json"),
        ("text/*;q=0.9, text/csv;q=0.1", "text/tab-separated-values"),
        ("application/sparql-results+json;q=0, */*", "application/json"),
        ("text/html, application/xml;q=0.9, */*;q=0.8", "application/xml"),
        ("image/png", None),
        ("text/csv;q=0", None),
        ("text/csv;q=NaN", None),
        ("text/csv;q=2", None),
        ("text/csv;q=x", None),
        (";;,,q=1,/", None),
    ],
)
def test_what_a_client_likes_best(accept: str, expected: str | None) -> None:
    assert negotiate(accept, SOLUTIONS) == expected
    assert negotiate("*/*", TRIPLES) == "text/turtle"


def test_an_answer_in_no_accepted_format(asking: TestClient) -> None:
    answer = get(asking, "ASK {}", "image/png")
    assert answer.status_code == 406
    assert "choose one of: application/sparql-results+json" in answer.json()["detail"]
    answer = get(asking, "ASK {}", "text/turtle")
    assert answer.status_code == 406
    assert "text/turtle" not in answer.json()["detail"].partition("choose")[2]


def test_a_cut_answer_says_so(results: Results) -> None:
    served = make_served(results=results)
    path = open_store(results)
    with SparqlEndpoint(path, limits=SparqlLimits(rows=3)) as small:
        served._endpoint = small
        answer = get(client(served), ALL, "text/csv")
        whole = get(client(served), IDS + " LIMIT 3", "text/csv")
    assert answer.headers["ontograft-cut"] == "true"
    assert answer.content.count(b"\r\n") >= 4
    assert "ontograft-cut" not in whole.headers
    served.close()


def test_graphs_of_the_store_can_be_chosen(asking: TestClient) -> None:
    named = get(asking, "SELECT DISTINCT ?g { GRAPH ?g { ?s ?p ?o } }").json()
    graphs = [row["g"]["value"] for row in named["results"]["bindings"]]
    (run,) = [graph for graph in graphs if graph.startswith("urn:uuid:")]
    (ontology,) = [graph for graph in graphs if "ontology" in graph]
    count = "SELECT (COUNT(*) AS ?id) { ?s ?p ?o }"
    inside = "SELECT (COUNT(*) AS ?id) { GRAPH ?g { ?s ?p ?o } }"
    (by_from,) = ids(get(asking, f"SELECT (COUNT(*) AS ?id) FROM <{run}> {{ ?s ?p ?o }}"))
    (everything,) = ids(get(asking, count))
    assert 0 < int(by_from) < int(everything)
    for answer in (
        get(asking, count, **{"default-graph-uri": run}),
        # The protocol's graphs count, not those of the query (2.1.4).
        get(
            asking,
            f"SELECT (COUNT(*) AS ?id) FROM <{ontology}> {{ ?s ?p ?o }}",
            **{"default-graph-uri": run},
        ),
        post(asking, urlencode({"query": count, "default-graph-uri": run}), FORM),
        post(asking, count, QUERY, "/sparql?" + urlencode({"default-graph-uri": run})),
        get(asking, inside, **{"named-graph-uri": run}),
    ):
        assert ids(answer) == [by_from]
    assert ids(get(asking, count, **{"named-graph-uri": run})) == ["0"]
    both: dict[str, Any] = {"default-graph-uri": [run, ontology]}
    (of_two,) = ids(get(asking, count, **both))
    assert int(by_from) < int(of_two) < int(everything)


@pytest.mark.parametrize(
    ("graph", "detail"),
    [
        ("http://a/", "FROM <http://a/>: no such graph in the store; it has: <https://"),
        ("file:///etc/passwd", "no such graph"),
        ("no iri", "a graph must be named by an IRI"),
    ],
)
@pytest.mark.parametrize("name", ["default-graph-uri", "named-graph-uri"])
def test_other_graphs_are_refused(asking: TestClient, name: str, graph: str, detail: str) -> None:
    answer = get(asking, ALL, **{name: graph})
    assert answer.status_code == 400
    assert detail in answer.json()["detail"]


@pytest.mark.parametrize(
    ("body", "kind", "status", "detail"),
    [
        ("SELECT ?x\nORDER BY ?x { ?x ?y ?z }", QUERY, 400, "line 2, column 1, at 'ORDER'"),
        ("", QUERY, 400, "the query is empty"),
        (b"ASK { \xff }", QUERY, 400, "the body is not in UTF-8"),
        ("query=%ff", FORM, 400, "the form cannot be read"),
        ("a=1", FORM, 400, "the form has 0 fields called 'query'; expected just one"),
        ("query=ASK+{}&query=ASK+{}", FORM, 400, "the form has 2 fields called 'query'"),
        ("&".join(["a=1"] * 101), FORM, 400, "the form cannot be read"),
        ("ASK {}", "text/plain", 415, "is of type 'text/plain'; expected application/sparql-query"),
        ('{"query": "ASK {}"}', "application/json", 415, "application/json"),
        ("ASK {}", "", 415, "expected application/sparql-query"),
        (
            "SELECT * { SERVICE <http://127.0.0.1:9/> { ?s ?p ?o } }",
            QUERY,
            400,
            "SERVICE is refused",
        ),
    ],
)
def test_what_is_refused(
    asking: TestClient, body: str | bytes, kind: str, status: int, detail: str
) -> None:
    answer = post(asking, body, kind)
    assert answer.status_code == status
    assert detail in answer.json()["detail"]


def test_a_query_is_asked_for(asking: TestClient) -> None:
    assert asking.get("/sparql").status_code == 422
    assert asking.put("/sparql", content="ASK {}").status_code in (405, 415)


def statements(results: Results) -> set[str]:
    return set(map(str, ox.Store.read_only(str(open_store(results)))))


def test_no_update_changes_the_store(asking: TestClient, results: Results) -> None:
    assert len(UPDATES) >= 50
    before = statements(results)
    for text in UPDATES:
        encoded = urlencode({"update": text})
        for answer, status in (
            (get(asking, text), 400),
            (post(asking, text.encode(), QUERY), 400),
            (post(asking, urlencode({"query": text}), FORM), 400),
            (post(asking, encoded, FORM), 403),
            (post(asking, text.encode(), "application/sparql-update"), 403),
            (post(asking, b"ASK {}", QUERY, f"/sparql?{encoded}"), 403),
            (get(asking, "ASK {}", update=text), 403),
        ):
            assert answer.status_code == status, (text, answer.text)
            if status == 403:
                assert "this endpoint is read-only" in answer.json()["detail"]
    assert statements(results) == before


def test_an_answer_of_too_many_cells_is_refused(
    asking: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("ontograft.pipeline.server_sparql._MOST_CELLS", 8)
    four = "SELECT (1 AS ?a) (2 AS ?b) { VALUES ?c { 1 2 3 } }"
    assert get(asking, four).status_code == 200  # with the names, 8 cells
    answer = get(asking, four.replace("3", "3 4"))
    assert answer.status_code == 400
    assert "the answer has 10 cells, expected at most 8; ask for fewer" in answer.json()["detail"]
