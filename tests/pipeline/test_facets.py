from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from ontograft.errors import QueryError
from ontograft.pipeline.facets import co_occurrence, facet, trend
from ontograft.pipeline.filters import Filters
from ontograft.pipeline.query import ResultQuery

from .results import BASE, D, make_results


def pairs(table: Any) -> list[tuple[Any, int]]:
    return [(row["value"], row["documents"]) for row in table.to_pylist()]


def test_by_label(asked: ResultQuery) -> None:
    assert pairs(facet(asked, Filters(), "label")) == [("C12", 3), ("C14", 2)]
    assert pairs(facet(asked, Filters(mentions=("stroke",)), "label")) == [("C12", 1)]


def test_by_concept(asked: ResultQuery) -> None:
    assert pairs(facet(asked, Filters(), "concept", limit=2)) == [
        ("nephritis", 2),
        ("heart disease", 1),
    ]
    assert pairs(facet(asked, Filters(polarity="negated"), "concept")) == [("nephritis", 1)]


def test_by_concept_with_what_is_narrower(asked: ResultQuery) -> None:
    table = facet(asked, Filters(include_narrower=True), "concept", limit=3)
    assert pairs(table) == [("disease", 4), ("kidney disease", 4), ("nephritis", 3)]
    assert table["concept"].to_pylist()[0] == BASE + "disease"


def test_by_section_and_by_column(asked: ResultQuery) -> None:
    assert pairs(facet(asked, Filters(), "section")) == [("", 3), ("Results", 1)]
    assert pairs(facet(asked, Filters(labels=("C12",)), "field:journal")) == [
        ("Heart", 1),
        ("Kidney", 1),
        (None, 1),
    ]
    assert pairs(facet(asked, Filters(), "field:source")) == [("texts.jsonl", 5)]


def test_pairs_of_concepts(asked: ResultQuery) -> None:
    table = co_occurrence(asked, Filters())
    assert table.to_pylist() == [
        {
            "first": "heart disease",
            "second": "lupus nephritis",
            "first_concept": BASE + "heart",
            "second_concept": BASE + "lupus",
            "documents": 1,
        },
        {
            "first": "nephritis",
            "second": "stroke",
            "first_concept": BASE + "nephritis",
            "second_concept": BASE + "stroke",
            "documents": 1,
        },
    ]
    assert len(co_occurrence(asked, Filters(), limit=1)) == 1


def test_pairs_with_a_concept(asked: ResultQuery) -> None:
    table = co_occurrence(asked, Filters(mentions=("stroke",)))
    assert table["second"].to_pylist() == ["stroke"]


def test_trend_over_numbers(asked: ResultQuery) -> None:
    assert trend(asked, Filters(labels=("C12",)), "year").to_pylist() == [
        {"value": "2001", "documents": 1, "of": 1, "share": 1.0},
        {"value": "2002", "documents": 1, "of": 2, "share": 0.5},
        {"value": "2003", "documents": 0, "of": 1, "share": 0.0},
        {"value": None, "documents": 1, "of": 1, "share": 1.0},
    ]


def test_dates_count_by_year_and_numbers_in_their_order(tmp_path: Path) -> None:
    days = ("2001-05-03", "2001-12-31", "1999-01-01")
    documents = [
        D("x", fields={"day": day, "page": page})
        for day, page in zip(days, ("9", "10", "8"), strict=True)
    ]
    with ResultQuery(make_results(tmp_path / "r", documents)) as asked:
        assert pairs(trend(asked, Filters(), "day")) == [("1999", 1), ("2001", 2)]
        assert pairs(trend(asked, Filters(), "page")) == [("8", 1), ("9", 1), ("10", 1)]


def test_what_is_unknown_is_told(asked: ResultQuery) -> None:
    with pytest.raises(QueryError, match="unknown facet 'words'; choose one of: label, concept"):
        facet(asked, Filters(), "words")
    with pytest.raises(QueryError, match="unknown facet 'field:'"):
        facet(asked, Filters(), "field:")
    with pytest.raises(QueryError, match="no document has a column 'yr'; the columns are: id,"):
        trend(asked, Filters(), "yr")
