from __future__ import annotations

import json
import threading
import time
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

import ontograft
from ontograft.errors import ModelFolderError
from ontograft.pipeline.server import make_app
from ontograft.pipeline.server_settings import ServerSettings

from .results import make_results
from .served import TOKEN, StubClassifier, client, make_served

APPLE = "http://example.org/apple"
JSON = {"Content-Type": "application/json"}


@pytest.fixture(scope="module")
def known() -> TestClient:
    """Return a client that has the token."""
    return client(make_served())


def test_health_and_ready(known: TestClient) -> None:
    assert known.get("/health").json() == {"status": "ok"}
    answer = known.get("/ready")
    assert (answer.status_code, answer.json()) == (200, {"status": "ready"})


def test_it_listens_before_the_model_is_loaded() -> None:
    gate = threading.Event()

    def load() -> Any:
        gate.wait()
        return make_served()

    with client(make_app(load, settings=ServerSettings(token=TOKEN))) as starting:
        assert starting.get("/health").status_code == 200
        answer = starting.get("/ready")
        assert (answer.status_code, answer.json()) == (503, {"status": "starting"})
        answer = starting.post("/classify", json={"text": "an apple"})
        assert answer.status_code == 503
        assert answer.json()["detail"] == "the server is starting: the model is being loaded"
        assert int(answer.headers["retry-after"]) > 0
        assert b"ontograft_ready 0.0" in starting.get("/metrics").content
        gate.set()
        while starting.get("/ready").status_code == 503:
            time.sleep(0.005)
        assert starting.post("/classify", json={"text": "an apple"}).status_code == 200
        assert b"ontograft_ready 1.0" in starting.get("/metrics").content


def test_a_model_that_cannot_be_loaded_is_told_to_who_runs_the_server() -> None:
    def load() -> Any:
        raise ModelFolderError("nowhere: no such model folder")

    app = make_app(load, settings=ServerSettings(token=TOKEN))
    with client(app) as failing:
        while app.state.lifetime.failure is None:
            assert failing.get("/ready").status_code == 503
        assert isinstance(app.state.lifetime.failure, ModelFolderError)


def test_about(known: TestClient) -> None:
    said = known.get("/about").json()
    stub = StubClassifier()
    assert stub.graph is not None
    assert said == {
        "version": ontograft.__version__,
        "model": {
            "name": "stub",
            "sha256": "0" * 64,
            "task": "single-label",
            "labels": [
                {"label": "bad", "name": "bad"},
                {"label": "good", "name": "Good news"},
                {"label": "ugly", "name": "ugly"},
            ],
        },
        "language": "en",
        "ontology": {"concepts": 4, "fingerprint": stub.graph.fingerprint},
        "results": None,
        "corrections": False,
    }


def test_about_results(tmp_path: Path) -> None:
    served = make_served(results=make_results(tmp_path / "results"))
    said = client(served).get("/about").json()["results"]
    assert said["run"].startswith("urn:")
    assert (said["documents"], said["mentions"]) == (5, 7)
    assert said["fields"] == ["journal", "year"]
    served.close()


def test_about_a_model_without_an_ontology_and_without_labels() -> None:
    stub = StubClassifier("regression")
    stub.graph = None
    said = client(make_served(stub)).get("/about").json()
    assert said["ontology"] is None
    assert said["model"]["labels"] == []


@pytest.mark.parametrize(
    ("body", "ids"),
    [
        ({"text": "an apple"}, [None]),
        ({"texts": ["an apple", "two"]}, [None, None]),
        ({"documents": [{"id": "a", "text": "x"}, {"id": "b", "text": "y"}]}, ["a", "b"]),
    ],
)
def test_a_body_has_one_of_three_forms(
    body: dict[str, Any], ids: list[str | None], known: TestClient
) -> None:
    answer = known.post("/classify", json=body).json()
    assert answer["model"] == {"name": "stub", "sha256": "0" * 64}
    assert [one["id"] for one in answer["predictions"]] == ids
    answer = known.post("/link", json=body).json()
    assert [one["id"] for one in answer["documents"]] == ids


def test_a_prediction_has_label_score_and_mentions(known: TestClient) -> None:
    text = "\U0001f34e an apple, no plum"
    (found,) = known.post("/classify", json={"text": text}).json()["predictions"]
    assert found["label"] in ("bad", "good", "ugly")
    assert found["score"] == max(found["probabilities"].values())
    assert sum(found["probabilities"].values()) == pytest.approx(1)
    apple, plum = found["mentions"]
    assert text[apple["start"] : apple["end"]] == "apple"  # in code points
    assert apple == {
        "start": 5,
        "end": 10,
        "text": "apple",
        "concept": APPLE,
        "label": "apple",
        "definition": "",
        "score": 0.9,
        "way": "exact",
        "polarity": "affirmed",
        "senses": [],
        "section": "",
        "nested": False,
        "fragments": [],
        "candidates": [
            {"concept": APPLE, "label": "apple", "kind": "preferred", "score": 0.9, "way": "exact"}
        ],
    }
    assert (plum["concept"], plum["way"], plum["candidates"]) == ("NIL", "", [])


def test_linking_finds_the_same_mentions(known: TestClient) -> None:
    body = {"texts": ["an apple", "a pear and a plum"]}
    linked = known.post("/link", json=body).json()["documents"]
    predicted = known.post("/classify", json=body).json()["predictions"]
    assert [one["mentions"] for one in linked] == [one["mentions"] for one in predicted]


def test_several_labels_and_values() -> None:
    several = client(make_served(StubClassifier("multi-label")))
    found = several.post("/classify", json={"texts": list("abcdefgh")}).json()["predictions"]
    for one in found:
        likely = [name for name, chance in one["probabilities"].items() if chance >= 0.5]
        assert one["label"] == likely
        assert one["score"] == max((one["probabilities"][name] for name in likely), default=None)
    assert any(len(one["label"]) > 1 for one in found)
    value = client(make_served(StubClassifier("regression")))
    (one,) = value.post("/classify", json={"text": "a"}).json()["predictions"]
    assert isinstance(one["label"], float)
    assert (one["score"], one["label_name"], one["probabilities"]) == (None, "", {})


def test_concurrent_requests_share_the_model() -> None:
    stub = StubClassifier()
    served = make_served(stub)
    known = client(served)
    texts = [f"text {number} of an apple" for number in range(24)]
    alone = {text: known.post("/classify", json={"text": text}).json() for text in texts}
    stub.calls.clear()
    stub.gate.clear()
    answers: dict[str, Any] = {}

    def ask(text: str) -> None:
        answers[text] = known.post("/classify", json={"text": text}).json()

    threads = [threading.Thread(target=ask, args=(text,)) for text in texts]
    for thread in threads:
        thread.start()
    while served.batcher.waiting < len(texts) - 8:
        time.sleep(0.001)
    stub.gate.set()
    for thread in threads:
        thread.join()
    assert answers == alone
    assert sum(stub.calls) == len(texts)
    assert len(stub.calls) < len(texts) / 2


@pytest.mark.parametrize(
    ("content", "status", "said"),
    [
        ('{"text": NaN}', 422, "body.OneText.text: Input should be a valid string"),
        ('{"text": 1}', 422, "valid string"),
        ('{"text": null}', 422, "valid string"),
        ('{"texts": []}', 422, "at least 1 item"),
        ('{"texts": ["a", 2]}', 422, "body.ManyTexts.texts.1: Input should be a valid string"),
        ('{"text": "a", "texts": ["b"]}', 422, "body.ManyTexts.text: Extra inputs"),
        ('{"tex": "a"}', 422, "body.OneText.text: Field required"),
        ("[]", 422, "GET /openapi.json tells what is expected"),
        ("null", 422, "GET /openapi.json tells what is expected"),
        ("", 422, "Field required"),
        ("Infinity", 422, "valid dictionary"),
        ("{", 422, "JSON decode error"),
        ("[" * 200_000, 400, "no JSON that can be read; send an object"),
        ("9" * 5000, 400, "no JSON that can be read"),
        ('{"text": "\\ud800 an apple"}', 200, ""),
        ('{"documents": [{"id": "\\udfff", "text": "\\ud83c\\udf4e \\udc00"}]}', 200, ""),
        ('{"text": "a", "text": "an apple"}', 200, ""),
        ('{"texts": ["\\u0000", "\\uffff", ""]}', 200, ""),
    ],
)
def test_odd_bodies_are_answered_or_refused(
    content: str, status: int, said: str, known: TestClient
) -> None:
    answer = known.post("/classify", content=content, headers=JSON)
    assert answer.status_code == status
    if status != 200:
        assert answer.headers["content-type"] == "application/problem+json"
        assert said in answer.json()["detail"]


def test_a_body_that_is_no_utf8_is_refused(known: TestClient) -> None:
    answer = known.post("/classify", content=b'{"text": "\xff\xfe"}', headers=JSON)
    assert answer.status_code == 400


def test_too_many_texts_and_too_long_ones_are_refused() -> None:
    known = client(make_served(texts=2, characters=10))
    answer = known.post("/classify", json={"texts": ["a"] * 3})
    assert answer.status_code == 413
    assert "a request may have 2 texts, got 3; send them in several" in answer.json()["detail"]
    answer = known.post("/link", json={"texts": ["a", "b" * 11]})
    assert answer.status_code == 413
    assert "text 1 has 11 characters, expected at most 10; cut it" in answer.json()["detail"]


def test_what_is_not_there_is_told(known: TestClient) -> None:
    answer = known.get("/nothing")
    assert answer.status_code == 404
    assert answer.json() == {
        "type": "about:blank",
        "title": "Not Found",
        "status": 404,
        "detail": "there is nothing at /nothing; GET /openapi.json tells what there is",
    }
    answer = known.get("/classify")
    assert (answer.status_code, answer.headers["allow"]) == (405, "POST")
    assert answer.json()["detail"] == "GET is not possible here; expected POST"


def test_an_error_that_nobody_foresaw_is_a_problem_and_tells_nothing() -> None:
    class Broken(StubClassifier):
        def mentions(self, texts: Any) -> Any:
            raise RuntimeError(f"secret {texts}")

    known = client(make_served(Broken()))
    answer = known.post("/link", json={"text": "my text"})
    assert answer.status_code == 500
    assert "secret" not in answer.text
    assert "its log says more" in answer.json()["detail"]
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert known.post("/classify", json={"text": "my text"}).status_code == 200


def test_the_description_names_every_route_with_problems_and_token(known: TestClient) -> None:
    described = known.get("/openapi.json").json()
    paths = described["paths"]
    assert {"/health", "/ready", "/metrics", "/about", "/classify", "/link"} <= set(paths)
    assert "/" not in paths
    assert described["security"] == [{"token": []}]
    assert paths["/health"]["get"]["security"] == []
    for methods in paths.values():
        for operation in methods.values():
            assert operation["description"]
            assert "application/problem+json" in operation["responses"]["401"]["content"]
    assert "Problem" in described["components"]["schemas"]
    assert json.dumps(described).count("HTTPValidationError") == 0


def test_there_are_no_pages_that_load_from_elsewhere(known: TestClient) -> None:
    assert known.get("/docs").status_code == known.get("/redoc").status_code == 404
