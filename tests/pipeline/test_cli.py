from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from ontograft.pipeline import Project
from ontograft.pipeline.cli import main

from .conftest import rows, run, write_jsonl

Make = Callable[..., Project]


def test_kg_says_what_is_in_an_ontology(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("kg", folder / "fruit.ttl", "--json", folder / "kg.json") == 0
    shown = capsys.readouterr().out
    assert "plant (8 below)" in shown
    summary = json.loads((folder / "kg.json").read_text())
    assert summary["counts"]["concepts"] == 9
    assert summary["languages"] == {"en": 10, "de": 1}
    assert summary["counts"]["depth"] == 2


def test_fit_evaluate_predict(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    model = folder / "out"
    assert run("fit", folder / "project.yaml", "--out", model) == 0
    assert "accuracy" in capsys.readouterr().out
    scores = folder / "scores.json"
    assert run("evaluate", model, folder / "test.jsonl", "--json", scores) == 0
    shown = capsys.readouterr().out
    assert "label by label" in shown
    figures = json.loads(scores.read_text())
    assert {"accuracy", "macro_f1", "micro_f1", "loss", "confusion", "per_label"} <= set(figures)
    out = folder / "predictions.jsonl"
    assert run("predict", model, folder / "test.jsonl", "--out", out) == 0
    lines = [json.loads(line) for line in out.read_text().splitlines()]
    assert [line["id"] for line in lines] == [row["id"] for row in rows()[24:]]
    assert set(lines[0]) == {"id", "label", "probabilities", "concepts"}


def test_columns_can_be_named_anew(folder: Path) -> None:
    assert run("fit", folder / "project.yaml") == 0
    other = write_jsonl(
        folder / "other.jsonl", [{"body": row["text"], "kind": row["label"]} for row in rows()]
    )
    model = folder / "model"
    out = folder / "predictions.jsonl"
    assert run("evaluate", model, other, "--text", "body", "--label", "kind", "--id", "body") == 1
    assert run("predict", model, other, "--text", "body", "--id", "kind", "--out", out) == 1


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["kg", "nowhere.ttl"], "nowhere.ttl"),
        (["fit", "nowhere.yaml"], "nowhere.yaml: no such project file"),
        (["evaluate", "nowhere", "test.jsonl"], "nowhere: no such model folder"),
        (["predict", "nowhere", "test.jsonl", "--out", "x.jsonl"], "nowhere: no such model folder"),
        (["link", "fruit.ttl", "nowhere.csv", "--out", "x.jsonl"], "nowhere.csv"),
        (["link", "fruit.ttl", "test.jsonl", "--out", "x.txt"], "cannot write .txt"),
        (
            ["link", "fruit.ttl", "test.jsonl", "--text", "body", "--out", "x.jsonl"],
            "there is no column 'body'; the columns are: 'id', 'text', 'label'",
        ),
        (["kg", "fruit.ttl", "--language", "fr"], "'fr'"),
    ],
)
def test_an_error_is_one_line_and_exit_code_1(
    folder: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    arguments: list[str],
    message: str,
) -> None:
    monkeypatch.chdir(folder)
    assert run(*arguments) == 1
    captured = capsys.readouterr()
    assert captured.err.startswith("error: ")
    assert message in captured.err
    assert captured.err.count("\n") == 1
    assert not (folder / "x.jsonl").exists()


def test_an_ontology_without_the_language_says_which_it_has(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run("kg", folder / "fruit.ttl", "--language", "fr") == 1
    shown = capsys.readouterr().err
    assert "en" in shown
    assert "de" in shown


def test_a_file_that_is_no_rdf(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (folder / "fruit.ttl").write_text("This is a letter.\nNot an ontology.\n")
    assert run("fit", folder / "project.yaml") == 1
    assert "fruit.ttl" in capsys.readouterr().err


def test_debug_shows_the_traceback(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from ontograft.errors import OntograftError

    monkeypatch.setenv("ONTOGRAFT_DEBUG", "")  # put back after the test
    with pytest.raises(OntograftError, match="no such project file"):
        main(["--debug", "fit", str(folder / "nowhere.yaml")])


def test_settings_are_explained(capsys: pytest.CaptureFixture[str]) -> None:
    assert run("fit", "--explain-settings") == 0
    shown = capsys.readouterr().out
    for setting in ("corpus.dev", "knowledge.channels", "training.learning_rate", "output"):
        assert setting in shown


def test_fit_without_a_project_is_a_usage_error(capsys: pytest.CaptureFixture[str]) -> None:
    assert run("fit") == 2
    assert "name a project file" in capsys.readouterr().err


@pytest.mark.parametrize("command", ["kg", "link", "labels", "fit", "evaluate", "predict", "demo"])
def test_every_command_explains_itself(command: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(command, "--help") == 0
    assert "Usage: " in capsys.readouterr().out


def test_help_does_not_wait_for_pytorch() -> None:
    code = "import sys, ontograft.pipeline.cli; sys.exit('torch' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_the_version(capsys: pytest.CaptureFixture[str]) -> None:
    from ontograft import __version__

    assert run("--version") == 0
    assert capsys.readouterr().out == f"ontograft {__version__}\n"
