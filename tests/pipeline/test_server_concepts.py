from __future__ import annotations

from typing import Any
from urllib.parse import quote

import pytest
from starlette.testclient import TestClient

from .results import BASE, KIDNEYS
from .served import StubClassifier, client, make_served


@pytest.fixture(scope="module")
def plain() -> TestClient:
    """Return a client of a server without results."""
    return client(make_served())


def get(asking: TestClient, iri: str) -> Any:
    answer = asking.get(f"/concepts/{quote(iri, safe='')}")
    assert answer.status_code == 200, answer.text
    return answer.json()


def brief(name: str, label: str, children: int, documents: int | None, **more: str) -> Any:
    return {
        "concept": BASE + name,
        "label": label,
        "children": children,
        "documents": documents,
        "relation": "broader",
        **more,
    }


def test_names_are_completed(asking: TestClient) -> None:
    said = asking.get("/concepts", params={"q": "RENAL"}).json()
    assert said == {
        "concepts": [
            {"concept": BASE + "kidney", "label": "kidney disease", "name": "renal disease"}
        ],
        "similar": False,
        "total": 1,
    }
    found = asking.get("/concepts", params={"q": "dis", "limit": 2}).json()["concepts"]
    assert [one["label"] for one in found] == ["disease", "heart disease"]


def test_what_nothing_completes_may_be_meant(asking: TestClient) -> None:
    said = asking.get("/concepts", params={"q": "kidny diseese"}).json()
    assert said["similar"]
    assert said["concepts"][0]["concept"] == BASE + "kidney"
    assert asking.get("/concepts", params={"q": "  "}).json()["concepts"] == []


def test_without_a_beginning_the_roots(asking: TestClient) -> None:
    said = asking.get("/concepts").json()
    # Nobody writes "disease" in a text; four documents mention narrower concepts.
    assert said["concepts"] == [brief("disease", "disease", 4, 4)]
    assert said["total"] == 1


def test_a_concept_with_what_is_above_and_below(asking: TestClient) -> None:
    assert get(asking, BASE + "nephritis") == {
        "concept": BASE + "nephritis",
        "label": "nephritis",
        "labels": ["nephritis", "inflamed kidney"],
        "definition": "An inflammation of the kidney.",
        "parents": [brief("kidney", "kidney disease", 1, 4)],
        "children": [brief("lupus", "lupus nephritis", 0, 1)],
        "related": [],
        "documents": 3,
        "own_documents": 2,
    }


def test_counts_are_those_of_a_plain_walk(asking: TestClient) -> None:
    below = {
        "disease": {"disease", "kidney", "nephritis", "lupus", "heart", "stroke", "insult"},
        "kidney": {"kidney", "nephritis", "lupus"},
        "insult": {"insult"},
    }
    for name, narrower in below.items():
        said = get(asking, BASE + name)
        mentioned = [{mention.concept for mention in document.mentions} for document in KIDNEYS]
        assert said["documents"] == sum(bool(found & narrower) for found in mentioned)
        assert said["own_documents"] == sum(name in found for found in mentioned)


def test_without_results_nothing_is_counted(plain: TestClient) -> None:
    said = get(plain, BASE + "fruit")
    assert (said["documents"], said["own_documents"]) == (None, None)
    assert said["parents"] == [brief("plant", "plant", 1, None)]
    assert [one["label"] for one in said["children"]] == ["apple", "pear"]
    assert plain.get("/concepts").json()["concepts"] == [brief("plant", "plant", 1, None)]
    assert plain.get("/concepts", params={"q": "app"}).json()["total"] == 1


@pytest.mark.parametrize("iri", ["http://example.org/kiwi", "kidney", "NIL", "../about"])
def test_an_unknown_concept(asking: TestClient, iri: str) -> None:
    answer = asking.get(f"/concepts/{quote(iri, safe='')}")
    assert answer.status_code == 404
    assert "expected the IRI of one, percent-encoded" in answer.json()["detail"]


def test_a_model_without_an_ontology_says_so() -> None:
    stub = StubClassifier()
    stub.graph = None
    bare = client(make_served(stub))
    for path in ("/concepts", "/concepts?q=a", "/concepts/x"):
        answer = bare.get(path)
        assert answer.status_code == 404
        assert "the model has no ontology" in answer.json()["detail"]


@pytest.mark.parametrize("query", ["limit=0", "limit=1001", "limit=x", f"q={'x' * 501}"])
def test_bounds(asking: TestClient, query: str) -> None:
    assert asking.get(f"/concepts?{query}").status_code == 422
