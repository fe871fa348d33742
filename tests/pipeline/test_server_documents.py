from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

from .results import BASE, D, M, make_results
from .served import client, make_served


def search(asking: TestClient, **params: Any) -> Any:
    answer = asking.get("/documents", params=params)
    assert answer.status_code == 200, answer.text
    return answer.json()


def numbers(said: Any) -> list[int]:
    return [one["document"] for one in said["documents"]]


def test_the_question_that_needs_text_and_ontology(asking: TestClient) -> None:
    said = search(
        asking,
        label="C12",
        min_score=0.8,
        mentions="kidney disease",
        include_narrower=True,
        polarity="affirmed",
    )
    assert said == {
        "documents": [
            {
                "document": 0,
                "id": "d0",
                "label": "C12",
                "label_name": "C12",
                "score": 0.95,
                "title": "Nephritis was found. The heart was sound.",
                "sentence": "Nephritis was found.",
            }
        ],
        "total": 1,
        "offset": 0,
        "limit": 20,
    }


@pytest.mark.parametrize(
    ("params", "expected"),
    [
        ({}, [4, 0, 1, 2, 3]),
        ({"label": "C14"}, [4, 2]),
        ({"label": ["C12", "C14"], "max_score": 0.9}, [1, 2, 3]),
        ({"mentions": ["nephritis", "stroke"]}, [1]),
        ({"without": "kidney disease", "include_narrower": True}, [4]),
        ({"mentions": BASE + "lupus", "sense": "family"}, [2]),
        ({"mentions": "lupus nephritis", "sense": "none"}, []),
        ({"section": "Results"}, [0]),
        (
            {"min_mention_score": 0.8, "mentions": "renal disease", "include_narrower": True},
            [0, 1, 2],
        ),
        ({"words": ["HEART", "mother"]}, [2]),
        ({"where": ["year=2002", "journal=Heart"]}, [1]),
        ({"where": "id=d3"}, [3]),
    ],
)
def test_filters(asking: TestClient, params: Any, expected: list[int]) -> None:
    said = search(asking, **params)
    assert (numbers(said), said["total"]) == (expected, len(expected))
    assert all((one["sentence"] is None) == (not asks(params)) for one in said["documents"])


def asks(params: Any) -> bool:
    return bool({"mentions", "sense", "section", "min_mention_score"} & set(params))


def test_pages(asking: TestClient) -> None:
    pages = [search(asking, limit=2, offset=offset) for offset in (0, 2, 4, 6)]
    assert [numbers(said) for said in pages] == [[4, 0], [1, 2], [3], []]
    assert {said["total"] for said in pages} == {5}


def test_a_long_text_is_shortened_and_the_first_sentence_is_found(tmp_path: Path) -> None:
    text = "x" * 200 + ". A stroke came. Another stroke came."
    later = M("Another stroke", "stroke")
    served = make_served(
        results=make_results(tmp_path / "r", [D(text, mentions=[later, M("stroke", "stroke")])])
    )
    said = search(client(served), mentions=BASE + "stroke")
    assert said["documents"][0]["title"] == "x" * 120
    assert said["documents"][0]["sentence"] == "A stroke came."
    served.close()


@pytest.mark.parametrize(
    ("name", "names"),
    [
        ("insult", {"stroke", "heat stroke"}),
        ("nefritis", {"nephritis"}),
        ("renal", {"kidney disease"}),
    ],
)
def test_a_name_that_does_not_fit_brings_suggestions(
    asking: TestClient, name: str, names: set[str]
) -> None:
    for answer in (
        asking.get("/documents", params={"mentions": name}),
        asking.get("/documents", params={"without": name}),
        asking.post("/query", json={"filters": {"mentions": [name]}}),
        asking.post("/query", json={"filters": {"mentions": [name]}, "facet": "label"}),
        asking.post("/query", json={"filters": {"mentions": [name]}, "format": "csv"}),
    ):
        assert answer.status_code == 400
        said = answer.json()
        assert repr(name) in said["detail"]
        assert names <= {one["label"] for one in said["suggestions"]}
        assert set(said["suggestions"][0]) == {"concept", "label", "name"}


@pytest.mark.parametrize(
    ("params", "status", "detail"),
    [
        ({"label": "C99"}, 400, "the model has no label 'C99'"),
        ({"min_score": 0.9, "max_score": 0.1}, 400, "above the greatest"),
        ({"where": "year"}, 400, "expected COLUMN=VALUE"),
        ({"where": "colour=red"}, 400, "no document has a column 'colour'; the columns are: id"),
        ({"limit": 1001}, 422, "limit"),
        ({"offset": -1}, 422, "offset"),
        ({"offset": 10**7}, 422, "offset"),
        ({"polarity": "perhaps"}, 422, "polarity"),
        ({"sense": "odd"}, 422, "sense"),
        ({"min_score": "NaN"}, 422, "min_score"),
        ({"colour": "red"}, 422, "colour"),
        ({"words": ["x"] * 51}, 422, "words"),
    ],
)
def test_what_is_refused(asking: TestClient, params: Any, status: int, detail: str) -> None:
    answer = asking.get("/documents", params=params)
    assert answer.status_code == status
    assert detail in answer.json()["detail"]


def test_a_document(asking: TestClient) -> None:
    said = asking.get("/documents/2").json()
    lupus = said["mentions"][0]
    assert said | {"mentions": []} == {
        "document": 2,
        "id": "d2",
        "text": "Her mother had lupus nephritis and heart disease.",
        "label": "C14",
        "label_name": "C14",
        "score": 0.7,
        "probabilities": {"C12": 0.01, "C14": 0.7},
        "fields": {"year": "2002"},
        "mentions": [],
    }
    assert [one["concept"] for one in said["mentions"]] == [BASE + "lupus", BASE + "heart", "NIL"]
    assert said["text"][lupus["start"] : lupus["end"]] == lupus["text"] == "lupus nephritis"
    assert (lupus["senses"], lupus["polarity"], lupus["candidates"]) == (["family"], "affirmed", [])
    nephritis = asking.get("/documents/0").json()["mentions"][0]
    assert nephritis["definition"] == "An inflammation of the kidney."
    assert nephritis["section"] == "Results"
    assert nephritis["way"] == "exact"


@pytest.mark.parametrize(("number", "status"), [("5", 404), ("-1", 422), ("x", 422), (2**70, 422)])
def test_a_document_that_is_not_there(asking: TestClient, number: Any, status: int) -> None:
    answer = asking.get(f"/documents/{number}")
    assert answer.status_code == status
    if status == 404:
        assert "no document 5; expected a number below 5" in answer.json()["detail"]


def test_without_results_there_is_a_way_out() -> None:
    bare = client(make_served())
    for answer in (
        bare.get("/documents"),
        bare.get("/documents/0"),
        bare.post("/query", json={}),
        bare.get("/sparql", params={"query": "ASK {}"}),
    ):
        assert answer.status_code == 404
        assert "--results RESULTS" in answer.json()["detail"]


def test_documents_with_several_labels(tmp_path: Path) -> None:
    documents = [D("A stroke.", "C12|C14", 0.8), D("Nothing.", "")]
    served = make_served(results=make_results(tmp_path / "r", documents, task="multi-label"))
    asking = client(served)
    said = search(asking)["documents"]
    assert [(one["label"], one["score"]) for one in said] == [("C12; C14", 0.8), (None, None)]
    opened = asking.get("/documents/0").json()
    assert (opened["label"], opened["score"]) == (["C12", "C14"], 0.8)
    opened = asking.get("/documents/1").json()
    assert (opened["label"], opened["score"]) == ([], None)
    served.close()


def test_documents_with_a_value(tmp_path: Path) -> None:
    results = make_results(
        tmp_path / "r", [D("A stroke.", "value", 2.5)], task="regression", labels=("value",)
    )
    served = make_served(results=results)
    asking = client(served)
    assert search(asking)["documents"][0]["score"] == 2.5
    opened = asking.get("/documents/0").json()
    assert (opened["label"], opened["score"], opened["probabilities"]) == (2.5, None, {})
    served.close()
