from __future__ import annotations

import contextlib
import time

import pyoxigraph as ox
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ontograft.errors import QueryError
from ontograft.pipeline.sparql_text import (
    MAX_DEPTH,
    MAX_LENGTH,
    MAX_OPERATORS,
    MAX_TOKENS,
    check_query,
)

PREFIXES = {"ex": "http://example.org/", "": "http://example.org/"}
STORE = ox.Store()
STORE.bulk_load(
    b"""PREFIX ex: <http://example.org/>
    ex:a ex:p 1, 2 ; ex:name "Ann"@en ; ex:q ex:b . ex:b ex:p 3 ; ex:name 'B "c"\\n' .""",
    ox.RdfFormat.TURTLE,
)


def answers(text: str) -> list[str]:
    return sorted(map(str, STORE.query(text, prefixes=PREFIXES)))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "text",
    [
        "SELECT * { ?s ?p ?o }",
        "SELECT * WHERE { ?s ex:p ?o FILTER(?o< 2&&?o>0) }",
        "PREFIX f: <http://example.org/>\nSELECT ?o { f:a f:p ?o } # a comment\nORDER BY ?o",
        "BASE <http://example.org/> SELECT ?o { <a> <p> ?o }",
        "SELECT ?o { :a (:p|:name) ?o FILTER(isLiteral(?o)) }",
        "SELECT * { ?s ex:name 'Ann'@en }",
        'SELECT * { ?s ex:name """B "c"\n""" }',
        "SELECT * { ?s ex:name '''B \"c\"\\n''' }",
        "SELECT (COUNT(*) AS ?n) (SUM(?o) AS ?m) { ?s ex:p ?o } GROUP BY ?s HAVING(COUNT(*) > 1)",
        'SELECT * { ?s ex:p ?o FILTER(?o = "1"^^<http://www.w3.org/2001/XMLSchema#integer>) }',
        "SELECT * { ?s ex:p 1.0e0 }",
        "SELECT * { VALUES (?s ?o) { (ex:a 1) (UNDEF 3) } ?s ex:p ?o OPTIONAL { ?s ex:q ?q } }",
        "SELECT * { ?s ex:q/ex:p ?o MINUS { ?s ex:none _:b } }",
        "SELECT * { ?s ex:p ?o FILTER(?o NOT IN (1,-1)) FILTER NOT EXISTS { ?s ex:zz [] } }",
        "SELECT * { <http://ex\\u0061mple.org/a> ?p ?o }",
        "SELECT ?x { BIND(1-1 AS ?x) }",
        "SELECT ?x { BIND(CONCAT('a', COALESCE(?y, 'b')) AS ?x) }",
        "SELECT ?x { BIND('service # <http://a> {load}' AS ?x) }",
        "SELECT ?service { ?service ex:p ?load }",
    ],
)
def test_the_query_that_is_run_means_what_was_written(text: str) -> None:
    assert answers(check_query(text, PREFIXES).text) == answers(text)


@pytest.mark.parametrize("quote", ['"', "'", '"""', "'''"])
@given(value=st.text(max_size=20))
def test_strings_keep_their_value(quote: str, value: str) -> None:
    escaped = value.replace("\\", "\\\\").replace('"', '\\"').replace("'", "\\'")
    if len(quote) == 1:
        escaped = escaped.replace("\n", "\\n").replace("\r", "\\r")
    checked = check_query(f"SELECT ?x {{ BIND({quote}{escaped}{quote} AS ?x) }}", {})
    (row,) = STORE.query(checked.text)  # type: ignore[misc]
    assert row["x"].value == value


@pytest.mark.parametrize(
    "text",
    [
        "SELECT * { SERVICE <http://127.0.0.1:9/> { ?s ?p ?o } }",
        "SELECT * { SERVICE SILENT <http://127.0.0.1:9/> { ?s ?p ?o } }",
        "SELECT * { sErViCe#x\n<http://127.0.0.1:9/> { ?s ?p ?o } }",
        "SELECT * { #x\rSERVICE <http://127.0.0.1:9/> { ?s ?p ?o } }",
        "SELECT * { ?s ?p 1SERVICE <http://127.0.0.1:9/> { ?s ?p ?o } }",
        "SELECT * { VALUES ?x { <http://127.0.0.1:9/> } SERVICE ?x { ?s ?p ?o } }",
        "ASK { FILTER EXISTS { SERVICE <http://127.0.0.1:9/> { ?s ?p ?o } } }",
        'SELECT * { ?s ?p ?a FILTER(?a<?a#>"""\n)SERVICE <http://127.0.0.1:9/> {} #"""\n}',
    ],
)
def test_other_endpoints_are_refused_or_cannot_be_read_as_such(text: str) -> None:
    try:
        checked = check_query(text, PREFIXES)
    except QueryError:
        return
    with pytest.raises(SyntaxError):
        STORE.query(checked.text, prefixes=PREFIXES)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("SELECT * { SERVICE <http://a> {} }", "line 1, column 12: SERVICE is refused"),
        ("\n  DELETE WHERE { ?s ?p ?o }", "line 2, column 3: DELETE is refused: .* read-only"),
        ("LOAD <http://a>", "LOAD is refused"),
        ("SELECT * { ?s ?p trueSERVICE }", "'trueSERVICE' is no word of SPARQL"),
        ("SELECT * { SERVICEex:a {} }", "the prefix of 'SERVICEex:a' is not declared; known .* ex"),
        ("PREFIX servicex: <http://a> ASK {}", "cannot be told from SERVICE; rename it"),
        ("SELECT * { ?s ?p 'open }", "line 1, column 18: .* .a quote that is not closed"),
        ("SELECT * { \\u0053ERVICE <http://a> {} }", r"'\\\\' cannot stand here"),
        ("ASK {" * (MAX_DEPTH + 1), f"brackets nest more than {MAX_DEPTH} deep"),
        (
            "ASK { FILTER(1" + "||1" * (MAX_OPERATORS + 1) + ")}",
            f"operators and joins; at most {MAX_OPERATORS} are allowed",
        ),
        ("SELECT * { ?s ?p '''open }", "line 1, column 18: .* .a quote that is not closed"),
        ("1 " * (MAX_TOKENS + 1), f"has more than {MAX_TOKENS} words and signs"),
        ("#" * (MAX_LENGTH + 1), f"has {MAX_LENGTH + 1} characters; at most {MAX_LENGTH}"),
    ],
)
def test_what_is_refused(text: str, message: str) -> None:
    with pytest.raises(QueryError, match=message):
        check_query(text, PREFIXES)


def test_the_graphs_that_a_query_names_are_known() -> None:
    text = "PREFIX g: <http://g/> SELECT * FROM <http://\\u0061> FROM NAMED g:b\\-c { ?s ?p ?o }"
    assert check_query(text, {}).graphs == ("http://a", "http://g/b-c")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("SELECT *\n{ ?s ?p }", "line 2, column 9, at '}': "),
        ("SELECT * { ?s ?p ?o", "the query ends too early: "),
        ("", "the query is empty; expected SELECT, ASK"),
    ],
)
def test_a_parsers_message_names_the_place_in_the_users_text(text: str, message: str) -> None:
    checked = check_query(text, {})
    with pytest.raises(SyntaxError) as caught:
        STORE.query(checked.text)
    assert checked.explain(str(caught.value)).startswith(message)


def test_other_messages_stay_as_they_are() -> None:
    assert check_query("ASK {}", {}).explain("out of luck") == "out of luck"


_PIECES = st.sampled_from(
    [
        *("SELECT ", "SERVICE", "<", ">", "<a:b>", '"', "'", '"""', "#", "\n", "\\", "{", "}", "("),
        *(")", "?x", "ex:a", "1", "1e5", ".", "@en", "^^", "_:b", "a", " ", "\ufeff", "é", "||"),
    ]
)


@given(st.lists(_PIECES, max_size=30).map("".join) | st.text(max_size=40))
@settings(max_examples=300)
def test_any_text_is_refused_or_stays_the_same_when_checked_again(text: str) -> None:
    try:
        once = check_query(text, PREFIXES)
    except QueryError:
        return
    assert check_query(once.text, PREFIXES).text == once.text


@pytest.mark.parametrize(
    "piece",
    [
        '"""\\',
        "\"\\'",
        "<a ",
        "?a",
        "1e",
        '"',
        "'''",
        "\\",
        "<",
        "<a",
        "#",
        "_:",
        "a:",
        "{",
        "\\u0041",
        "?",
    ],
)
def test_checking_takes_time_in_proportion_to_the_length(piece: str) -> None:
    text = (piece * MAX_LENGTH)[:MAX_LENGTH]
    begin = time.process_time()
    with pytest.raises(QueryError):
        check_query(text + "\x00", {})
    with contextlib.suppress(QueryError):
        check_query(text, {})
    assert time.process_time() - begin < 3
