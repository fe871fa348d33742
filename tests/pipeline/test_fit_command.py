"""``ontograft fit`` with the baselines beside the model."""

from __future__ import annotations

import io
import json
from pathlib import Path
from typing import Any

import pytest
from rich.console import Console

from ontograft.pipeline.baselines import BASELINES
from ontograft.pipeline.fit_command import MODEL, comparison_table

from .conftest import run


def test_the_table_has_a_row_for_each() -> None:
    figures: dict[str, dict[str, Any]] = {
        MODEL: {"test": {"r2": 0.5, "mae": 2.0}, "seconds": None},
        "bilstm": {"test": {"r2": None, "mae": 3.0}, "seconds": 1.25},
    }
    console = Console(width=100, record=True, file=io.StringIO())
    console.print(comparison_table(figures, task="regression"))
    lines = [line.replace("│", " ").split() for line in console.export_text().splitlines()]
    assert ["this", "model", "0.500", "2.000"] in lines
    assert ["bilstm", "3.000", "1.2"] in lines


@pytest.mark.usefixtures("short_bilstm")
def test_the_command_line(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    scores = folder / "scores.json"
    assert run("fit", folder / "project.yaml", "--baselines", "--json", scores) == 0
    captured = capsys.readouterr()
    assert "side by side" in captured.out
    assert "test macro F1" in captured.out
    assert "baseline label-names is left out" in captured.err
    figures = json.loads(scores.read_text())
    assert list(figures) == [MODEL, *BASELINES[1:]]
    assert figures["bert"]["test"]["documents"] == 8
    metrics = json.loads((folder / "model" / "metrics.json").read_text())
    assert figures[MODEL]["test"] == metrics["test"]


def test_the_command_line_refuses_before_it_trains(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = folder / "project.yaml"
    path.write_text(path.read_text().replace("test: test.jsonl", "test: null"))
    assert run("fit", path, "--baselines") == 1
    assert "there are no texts to compare on" in capsys.readouterr().err
    assert not (folder / "model").exists()


def test_without_texts_to_measure_on_the_probe_tells_what_to_expect(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = folder / "project.yaml"
    path.write_text(path.read_text().replace("test: test.jsonl", "test: null"))
    assert run("fit", path) == 0
    assert "that it starts from, in cross-validation: 24 texts" in " ".join(
        capsys.readouterr().out.split()
    )
    metrics = json.loads((folder / "model" / "metrics.json").read_text())
    held_out = metrics["probe"]["held_out"]
    assert held_out["documents"] == 24
    assert 0 <= held_out["accuracy"] == pytest.approx(metrics["probe"]["score"], abs=0.05)
