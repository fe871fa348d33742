"""One SPARQL query over results."""

from __future__ import annotations

from pathlib import Path

import pytest

from ontograft.errors import QueryError
from ontograft.pipeline.sparql import SparqlLimits
from ontograft.pipeline.sparql_query import sparql

from .results import make_results

ALL = "SELECT * { ?s ?p ?o }"


def test_one_query_over_results(tmp_path: Path) -> None:
    results = make_results(tmp_path / "results")
    table = sparql(results, "SELECT ?id { ?d dcterms:identifier ?id } ORDER BY ?id")
    assert table["id"].to_pylist() == ["d0", "d1", "d2", "d3", "d4"]
    with pytest.raises(QueryError, match=r"the answer has more than 2 rows, .*; add LIMIT, or"):
        sparql(results, ALL, limits=SparqlLimits(rows=2))


def test_a_query_that_is_refused_builds_no_store(tmp_path: Path) -> None:
    results = make_results(tmp_path / "results")
    with pytest.raises(QueryError, match="CLEAR is refused"):
        sparql(results, "CLEAR ALL")
    assert not (tmp_path / "results" / "store").exists()
