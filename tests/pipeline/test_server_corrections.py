from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

from ontograft.data import CorpusColumns, read_corpus, read_gold

from .served import StubClassifier, client, make_served

TEXT = "an apple and a pear"
APPLE, PEAR = "http://example.org/apple", "http://example.org/pear"
LABEL = {"kind": "label", "text": TEXT, "document": "d7", "label": "good", "predicted": "bad"}
LINK = {
    "kind": "link",
    "text": TEXT,
    "document": None,
    "start": 3,
    "end": 8,
    "concept": "NIL",
    "predicted": APPLE,
}


@pytest.fixture
def asking(tmp_path: Path) -> Iterator[TestClient]:
    """Return a client of a server that keeps corrections."""
    served = make_served(corrections=tmp_path / "kept")
    yield client(served)
    served.close()


def test_a_label_and_a_link_are_kept(asking: TestClient, tmp_path: Path) -> None:
    answers = [asking.post("/corrections", json=body) for body in (LABEL, LINK)]
    assert [(one.status_code, one.json()) for one in answers] == [
        (201, {"number": 1}),
        (201, {"number": 2}),
    ]
    said = asking.get("/corrections").json()
    assert (said["labels"], said["links"]) == (1, 1)
    assert [one["kind"] for one in said["recent"]] == ["link", "label"]
    columns = CorpusColumns(id="id", label="label")
    (document,) = read_corpus(tmp_path / "kept" / "labels.jsonl", columns=columns)
    assert (document.id, document.label) == ("d7", "good")
    (gold,) = read_gold(tmp_path / "kept" / "links.jsonl")
    # What the linker found beside it is kept as it is.
    assert [(m.text, set(m.ids)) for m in gold.mentions] == [("apple", set()), ("pear", {PEAR})]


def test_the_files_are_handed_out(asking: TestClient, tmp_path: Path) -> None:
    assert asking.get("/corrections/labels.jsonl").content == b""
    for body in (LABEL, LINK):
        asking.post("/corrections", json=body)
    for kind in ("labels", "links"):
        answer = asking.get(f"/corrections/{kind}.jsonl")
        assert answer.content == (tmp_path / "kept" / f"{kind}.jsonl").read_bytes()
        assert answer.headers["content-disposition"] == f'attachment; filename="{kind}.jsonl"'
        assert json.loads(answer.content)["text"] == TEXT
    assert asking.get("/corrections/other.jsonl").status_code == 404


def test_pieces_are_kept(asking: TestClient) -> None:
    pieces = [[3, 5], [6, 8]]
    assert asking.post("/corrections", json={**LINK, "fragments": pieces}).status_code == 201
    (row,) = asking.get("/corrections/links.jsonl").text.splitlines()
    assert json.loads(row)["mentions"][0]["fragments"] == pieces


@pytest.mark.parametrize(
    ("task", "label"), [("multi-label", ["good", "bad"]), ("multi-label", []), ("regression", 2.5)]
)
def test_labels_of_other_tasks(tmp_path: Path, task: Any, label: Any) -> None:
    served = make_served(StubClassifier(task), corrections=tmp_path)
    body = {**LABEL, "label": label, "predicted": label}
    assert client(served).post("/corrections", json=body).status_code == 201
    assert json.loads((tmp_path / "labels.jsonl").read_text())["label"] == label
    served.close()


@pytest.mark.parametrize(
    ("body", "status", "detail"),
    [
        ({**LABEL, "label": "best"}, 400, "no label 'best'; choose from: bad, good, ugly"),
        ({**LABEL, "label": 3}, 400, "no label 3"),
        ({**LABEL, "text": "a\0b"}, 400, "NUL"),
        ({**LABEL, "kind": "colour"}, 422, "label"),
        ({**LABEL, "start": 3}, 422, "start"),
        ({**LINK, "concept": "http://example.org/kiwi"}, 400, "has no concept"),
        ({**LINK, "end": 99}, 400, "the mention is from 3 to 99 in a text of 19 characters"),
        ({**LINK, "start": -1}, 400, "expected 0 <= start < end"),
        ({**LINK, "start": 1.5}, 422, "start"),
        ({**LINK, "fragments": [[3, 4], [5, 9]]}, 400, "expected pieces in order"),
        ({**LINK, "fragments": [[3, 4, 8]]}, 422, "fragments"),
        ({**LINK, "fragments": [[3, 8]] * 101}, 422, "fragments"),
        ({}, 422, "kind"),
    ],
)
def test_what_is_refused(asking: TestClient, body: Any, status: int, detail: str) -> None:
    answer = asking.post("/corrections", json=body)
    assert answer.status_code == status
    assert detail in answer.json()["detail"]
    assert asking.get("/corrections").json()["recent"] == []


def test_without_a_folder_there_is_a_way_out() -> None:
    bare = client(make_served())
    for answer in (
        bare.post("/corrections", json=LABEL),
        bare.get("/corrections"),
        bare.get("/corrections/labels.jsonl"),
        bare.get("/corrections/links.jsonl"),
    ):
        assert answer.status_code == 404
        assert "start the server with --corrections FOLDER" in answer.json()["detail"]


def test_a_model_without_an_ontology_has_no_links_to_correct(tmp_path: Path) -> None:
    stub = StubClassifier()
    stub.graph = None
    served = make_served(stub, corrections=tmp_path)
    answer = client(served).post("/corrections", json=LINK)
    assert answer.status_code == 404
    assert "the model has no ontology, so that there are no links" in answer.json()["detail"]
    served.close()


def test_a_text_that_is_too_long_is_refused(tmp_path: Path) -> None:
    served = make_served(corrections=tmp_path, characters=10)
    for body in (LABEL, LINK):
        assert client(served).post("/corrections", json=body).status_code == 413
    served.close()
