from __future__ import annotations

import io
import json
import sys
from pathlib import Path

import pytest

from ontograft.pipeline import Classifier
from ontograft.pipeline.explanation import explain

from .conftest import fit_fruit, run

TEXT = "a good apple and a leek from the garden"


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory, encoder_folder: Path) -> Path:
    """Return a model folder that retrieves nothing, made once."""
    base = tmp_path_factory.mktemp("project")
    return fit_fruit(base, encoder_folder, knowledge={"retrieved": 0})


def test_a_table_of_effects(model: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("explain", model, TEXT) == 0
    shown = capsys.readouterr().out
    found = explain(Classifier.load(model), TEXT)
    assert f"prediction: {found.prediction.label} (0." in shown
    assert f"without any concept: {found.without_knowledge.label} (0." in shown
    for effect in found.effects:
        (line,) = (line for line in shown.splitlines() if f" {effect.label} " in line[:20])
        assert f"{effect.change:+.3f}" in line
        assert f"{effect.labels[0].score_without:.3f}" in line


def test_json_from_standard_input(
    model: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "stdin", io.StringIO(TEXT))
    assert run("explain", model, "-", "--json") == 0
    said = json.loads(capsys.readouterr().out)
    found = explain(Classifier.load(model), TEXT)
    assert [one["concept"] for one in said["effects"]] == [one.concept for one in found.effects]
    assert said["effects"][0]["labels"][0]["change"] == pytest.approx(found.effects[0].change)
    assert len(said["subgraph"]["nodes"]) == 5
    (mention, *_) = said["prediction"]["mentions"]
    assert (mention["text"], mention["candidates"][0]["iri"]) == ("apple", mention["iri"])
    assert said["prediction"]["label"] == found.prediction.label


def test_a_text_without_a_concept(model: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("explain", model, "nothing") == 0
    assert "no concept of the ontology reached the model" in capsys.readouterr().out


def test_an_unknown_method_is_one_line(model: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("explain", model, TEXT, "--method", "guess") == 1
    assert "error: unknown method 'guess'; choose one of: leave-one" in capsys.readouterr().err
