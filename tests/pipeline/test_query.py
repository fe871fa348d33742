from __future__ import annotations

import threading
from pathlib import Path
from typing import Any

import pytest

from ontograft.errors import QueryError, ResultsError
from ontograft.kg import NIL
from ontograft.pipeline import Results
from ontograft.pipeline.filters import Filters
from ontograft.pipeline.query import ResultQuery, Show, query

from .results import BASE, D, M, make_results


def ids(asked: ResultQuery, **filters: Any) -> list[str]:
    found: list[str] = asked.table(Filters(**filters))["id"].to_pylist()
    return found


def test_the_question_that_needs_text_and_ontology(asked: ResultQuery) -> None:
    filters = Filters(
        labels=("C12",),
        min_score=0.8,
        mentions=("kidney disease",),
        include_narrower=True,
        polarity="affirmed",
    )
    assert asked.table(filters, "sentences").to_pylist() == [
        {
            "document": 0,
            "id": "d0",
            "label": "C12",
            "score": 0.95,
            "concepts": ["nephritis"],
            "mentions": ["Nephritis"],
            "sentence_start": 0,
            "sentence_end": 20,
            "sentence": "Nephritis was found.",
        }
    ]


@pytest.mark.parametrize(
    ("filters", "expected"),
    [
        ({}, ["d4", "d0", "d1", "d2", "d3"]),
        ({"labels": ("C14",)}, ["d4", "d2"]),
        ({"labels": ("C12", "C14"), "max_score": 0.7}, ["d2", "d3"]),
        ({"min_score": 0.85, "max_score": 0.95}, ["d0", "d1"]),
        ({"mentions": ("nephritis",)}, ["d0", "d1"]),
        ({"mentions": ("nephritis",), "include_narrower": True}, ["d0", "d1", "d2"]),
        ({"mentions": ("Renal Disease",)}, ["d3"]),
        ({"mentions": (BASE + "stroke", "nephritis")}, ["d1"]),
        ({"mentions": (NIL,)}, ["d2"]),
        ({"mentions": ("nephritis",), "polarity": "affirmed"}, ["d0"]),
        ({"mentions": ("nephritis",), "polarity": "negated"}, ["d1"]),
        ({"polarity": "negated"}, ["d1"]),
        ({"without": ("nephritis",)}, ["d4", "d2", "d3"]),
        ({"without": ("kidney disease",), "include_narrower": True}, ["d4"]),
        ({"without": ("nephritis",), "polarity": "affirmed"}, ["d1", "d2", "d3"]),
        ({"senses": ("historical",)}, ["d2"]),
        ({"senses": ("none",)}, ["d0", "d1", "d3"]),
        ({"senses": ("none", "family")}, ["d0", "d1", "d2", "d3"]),
        ({"sections": ("Results",)}, ["d0"]),
        ({"sections": ("Results", "Methods")}, ["d0"]),
        ({"min_mention_score": 0.7, "mentions": ("kidney disease",)}, []),
        ({"words": ("HEART",)}, ["d0", "d2"]),
        ({"words": ("heart", "mother")}, ["d2"]),
        ({"where": (("year", "2002"),)}, ["d1", "d2"]),
        ({"where": (("year", "2002"), ("journal", "Heart"))}, ["d1"]),
        ({"where": (("id", "d3"),)}, ["d3"]),
        ({"where": (("source", "texts.jsonl"), ("id", "d3"))}, ["d3"]),
    ],
)
def test_filters(asked: ResultQuery, filters: dict[str, Any], expected: list[str]) -> None:
    assert ids(asked, **filters) == expected


@pytest.mark.parametrize(
    ("show", "expected"),
    [
        ("documents", [("d1", 2)]),
        ("sentences", [("d1", ["nephritis"]), ("d1", ["stroke"])]),
        ("mentions", [("d1", 0), ("d1", 1)]),
    ],
)
def test_what_is_shown(asked: ResultQuery, show: Show, expected: list[Any]) -> None:
    key = {"documents": "mentions", "sentences": "mentions", "mentions": "mention"}[show]
    table = asked.table(Filters(mentions=("nephritis", "stroke")), show)
    assert list(zip(table["id"].to_pylist(), table[key].to_pylist(), strict=True)) == expected


def test_a_mention_has_all_that_is_known_of_it(asked: ResultQuery) -> None:
    (row,) = asked.table(Filters(mentions=("lupus nephritis",)), "mentions").to_pylist()
    assert row == {
        "document": 2,
        "id": "d2",
        "label": "C14",
        "score": 0.7,
        "mention": 0,
        "start": 15,
        "end": 30,
        "text": "lupus nephritis",
        "concept": BASE + "lupus",
        "name": "lupus nephritis",
        "mention_score": 0.9,
        "polarity": "affirmed",
        "senses": ["family"],
        "section": "",
        "sentence": "Her mother had lupus nephritis and heart disease.",
    }


def test_sentences_count_code_points(tmp_path: Path) -> None:
    text = "a\u0301\U0001f600 e\u0300. Nephritis \U0001f468\u200d\U0001f469 there. End."
    made = make_results(tmp_path / "r", [D(text, mentions=[M("Nephritis", "nephritis")])])
    row = query(made, Filters(), show="sentences").to_pylist()[0]
    assert row["sentence"] == text[row["sentence_start"] : row["sentence_end"]]
    assert "Nephritis" in row["sentence"]


def test_the_limit_comes_after_the_order(asked: ResultQuery) -> None:
    assert asked.table(Filters(), limit=2)["id"].to_pylist() == ["d4", "d0"]
    assert len(asked.table(Filters(), limit=0)) == 0


def test_rows_come_in_batches(asked: ResultQuery) -> None:
    with asked.reader(Filters(), "documents") as reader:
        assert sum(len(batch) for batch in reader) == 5


def test_documents_of_several_labels(tmp_path: Path) -> None:
    documents = [D("a", "C12|C14", 0.7), D("b", "C14", 0.9), D("c", "", 0.5)]
    made = make_results(tmp_path / "r", documents, task="multi-label")
    with ResultQuery(made) as asked:
        table = asked.table(Filters())
        assert table["label"].to_pylist() == ["C14", "C12; C14", None]
        assert table["score"].to_pylist() == [0.9, 0.7, None]
        assert ids(asked, labels=("C12",)) == ["d0"]
        assert ids(asked, labels=("C14",), min_score=0.8) == ["d1"]
        assert ids(asked, max_score=0.8) == ["d0"]
        assert asked.table(Filters(labels=("C12",)))["label"].to_pylist() == ["C12"]


@pytest.mark.parametrize(
    ("filters", "message"),
    [
        ({"labels": ("C99",)}, "the model has no label 'C99'; choose from: C12, C14"),
        ({"mentions": ("kidny disease",)}, r"no concept is called .*did you mean: kidney disease"),
        ({"mentions": ("insult",)}, r"'insult' is the name of 2 concepts: .*; give the IRI of one"),
        ({"without": ("zzz",)}, "no concept is called 'zzz'"),
        (
            {"where": (("yeer", "1"),)},
            "no document has a column 'yeer'; the columns are: id, gold, source, journal, year",
        ),
    ],
)
def test_what_is_unknown_is_told(asked: ResultQuery, filters: dict[str, Any], message: str) -> None:
    with pytest.raises(QueryError, match=message):
        asked.table(Filters(**filters))


@pytest.mark.parametrize(
    ("filters", "message"),
    [
        ({"senses": ("past",)}, "unknown sense 'past'; choose one of: historical, hypothetical"),
        ({"polarity": "no"}, "unknown polarity 'no'; choose one of: affirmed, negated"),
        ({"min_score": 0.9, "max_score": 0.1}, "the least score 0.9 is above the greatest 0.1"),
    ],
)
def test_filters_that_make_no_sense(filters: dict[str, Any], message: str) -> None:
    with pytest.raises(QueryError, match=message):
        Filters(**filters)


def test_unknown_rows_and_limits(asked: ResultQuery) -> None:
    with pytest.raises(QueryError, match="unknown rows 'words'; choose one of: documents, sent"):
        asked.table(Filters(), "words")  # type: ignore[arg-type]
    with pytest.raises(QueryError, match="the limit must be at least 0, got -1"):
        asked.table(Filters(), limit=-1)


def test_many_threads_may_ask(asked: ResultQuery) -> None:
    found: list[list[str]] = []
    filters = Filters(mentions=("kidney disease",), include_narrower=True)

    def ask() -> None:
        found.extend(asked.table(filters)["id"].to_pylist() for _ in range(5))

    threads = [threading.Thread(target=ask) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == [["d0", "d1", "d2", "d3"]] * 20


def test_results_that_were_changed_are_not_asked(tmp_path: Path) -> None:
    made = make_results(tmp_path / "r")
    part = next((tmp_path / "r" / "mentions").iterdir())
    part.write_bytes(b"x" * part.stat().st_size)
    with pytest.raises(ResultsError, match="is damaged"):
        ResultQuery(Results.open(made.folder))
