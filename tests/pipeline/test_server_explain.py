from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

from ontograft.pipeline import Classifier
from ontograft.pipeline import server_explain as routes
from ontograft.pipeline.explanation import explain
from ontograft.pipeline.server_settings import ServerSettings
from ontograft.pipeline.serving import Served

from .conftest import fit_fruit, rows
from .served import TOKEN, client

BASE = "http://example.org/fruit/"
TEXT = "a good apple and a pippin from the garden, one leek"


def classifier_of(
    base: Path, encoder_folder: Path, task: str, content: list[dict[str, Any]]
) -> Classifier:
    return Classifier.load(fit_fruit(base, encoder_folder, content, task=task))


@pytest.fixture(scope="module")
def classifier(tmp_path_factory: pytest.TempPathFactory, encoder_folder: Path) -> Classifier:
    base = tmp_path_factory.mktemp("project")
    return classifier_of(base, encoder_folder, "single-label", rows())


@pytest.fixture(scope="module")
def asking(classifier: Classifier) -> Iterator[TestClient]:
    served = Served(classifier, settings=ServerSettings(token=TOKEN, characters=10_000))
    yield client(served)
    served.close()


def ask(asking: TestClient, text: str = TEXT) -> Any:
    answer = asking.post("/explain", json={"text": text})
    assert answer.status_code == 200, answer.text
    return answer.json()


def test_an_explanation_says_what_the_library_says(
    asking: TestClient, classifier: Classifier
) -> None:
    said, found = ask(asking), explain(classifier, TEXT)
    assert said["method"] == "leave-one-concept-out"
    assert said["prediction"]["label"] == found.prediction.label
    assert [one["concept"] for one in said["effects"]] == [one.concept for one in found.effects]
    for one, effect in zip(said["effects"], found.effects, strict=True):
        assert one["change"] == pytest.approx(effect.change, abs=1e-6)
        assert one["score_without"] == pytest.approx(effect.labels[0].score_without, abs=1e-6)
        assert one["label_without"] == effect.without.label
        assert one["label_changes"] == (effect.without.label != found.prediction.label)
        assert one["retrieved"] == effect.retrieved
    apple = next(one for one in said["effects"] if one["concept"] == BASE + "apple")
    assert [said["prediction"]["mentions"][place]["text"] for place in apple["mentions"]] == [
        "apple",
        "pippin",
    ]
    bare = said["without_knowledge"]
    assert bare["score"] == pytest.approx(found.without_knowledge.probabilities[bare["label"]])
    assert said["subgraph"]["left_out"] == found.subgraph.left_out
    assert {one["role"] for one in said["subgraph"]["nodes"]} <= {
        "mentioned",
        "retrieved",
        "ancestor",
    }
    assert {"source": BASE + "apple", "target": BASE + "fruit", "relation": "broader"} in said[
        "subgraph"
    ]["edges"]


@pytest.mark.parametrize("text", ["", "\x00", "half \ud800 a pair", "\U0001f955 leek"])
def test_odd_texts(asking: TestClient, text: str) -> None:
    body = '{"text": "' + "".join(f"\\u{ord(char):04x}" for char in text if ord(char) < 65536)
    answer = asking.post(
        "/explain", content=body + '"}', headers={"Content-Type": "application/json"}
    )
    assert answer.status_code == 200


@pytest.mark.parametrize(
    ("body", "status", "detail"),
    [
        (
            {"text": TEXT, "method": "guess"},
            400,
            "unknown method 'guess'; choose one of: leave-one",
        ),
        ({"text": "x" * 10_001}, 413, "expected at most 10000; cut it"),
        ({}, 422, "text"),
        ({"text": TEXT, "more": 1}, 422, "more"),
    ],
)
def test_what_is_refused(asking: TestClient, body: Any, status: int, detail: str) -> None:
    answer = asking.post("/explain", json=body)
    assert answer.status_code == status
    assert detail in answer.json()["detail"]


def test_a_text_that_takes_too_long_to_explain(
    asking: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(routes, "MOST_TOKENS", 20)
    answer = asking.post("/explain", json={"text": TEXT})
    assert answer.status_code == 413
    assert "at most 20 tokens are allowed: explain a part of it" in answer.json()["detail"]


@pytest.mark.parametrize("task", ["multi-label", "regression"])
def test_other_tasks(tmp_path: Path, encoder_folder: Path, task: str) -> None:
    several = task == "multi-label"
    content = [
        {**row, "label": [row["label"]] if several else float(row["label"] == "sweet")}
        for row in rows()
    ]
    classifier = classifier_of(tmp_path, encoder_folder, task, content)
    served = Served(classifier, settings=ServerSettings(token=TOKEN))
    said = ask(client(served), "a good apple from the garden")
    apple = next(one for one in said["effects"] if one["concept"] == BASE + "apple")
    if several:
        assert said["prediction"]["label"] == ["sweet"]
        assert [one["label"] for one in apple["labels"]] == ["sweet"]
        assert isinstance(apple["label_without"], list)
    else:
        assert apple["label_without"] == apple["score_without"]
        assert not apple["label_changes"]
        bare = said["without_knowledge"]
        assert bare["score"] == bare["label"]
        assert apple["change"] == pytest.approx(
            said["prediction"]["label"] - apple["score_without"]
        )
    served.close()
