from __future__ import annotations

import io
import json
import sys
from pathlib import Path

import pytest

from ontograft.pipeline import Results

from .conftest import fit_fruit, rows, run, write_jsonl


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory, encoder_folder: Path) -> Path:
    """Return a model folder, made once."""
    return fit_fruit(tmp_path_factory.mktemp("project"), encoder_folder)


@pytest.fixture
def corpus(tmp_path: Path) -> Path:
    """Return a folder of two files, with one bad row."""
    (tmp_path / "texts").mkdir()
    write_jsonl(tmp_path / "texts" / "a.jsonl", [*rows()[:8], {"id": "bad"}])
    write_jsonl(tmp_path / "texts" / "b.jsonl", [*rows()[8:]])
    return tmp_path / "texts"


@pytest.fixture
def out(tmp_path: Path) -> Path:
    return tmp_path / "results"


def test_a_folder_of_texts_becomes_a_results_folder(
    model: Path, corpus: Path, out: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run("predict", model, corpus, "--out", out, "--shard-size", 10) == 0
    shown = capsys.readouterr().out
    assert "33 rows: 32 read, 1 rejected (see " in shown
    results = Results.open(out)
    assert len(results.manifest["shards"]) == 4
    assert [row["source"] for row in results.rejected()] == ["a.jsonl"]
    sources = results.dataset("documents").to_table().column("source").to_pylist()
    assert sources == ["a.jsonl"] * 8 + ["b.jsonl"] * 24


def test_the_same_command_again_changes_nothing(model: Path, corpus: Path, out: Path) -> None:
    assert run("predict", model, corpus, "--out", out) == 0
    before = (out / "manifest.json").read_bytes()
    assert run("predict", model, corpus, "--out", out) == 0
    assert (out / "manifest.json").read_bytes() == before


def test_another_command_is_refused_unless_it_may_overwrite(
    model: Path, corpus: Path, out: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run("predict", model, corpus / "a.jsonl", "--out", out) == 0
    capsys.readouterr()
    assert run("predict", model, corpus / "b.jsonl", "--out", out) == 1
    shown = capsys.readouterr().err
    assert "the corpus changed (files: ['a.jsonl'], now ['b.jsonl'])" in shown
    assert "replace them with --overwrite" in shown
    assert run("predict", model, corpus / "b.jsonl", "--out", out, "--overwrite") == 0
    assert Results.open(out).manifest["corpus"]["files"] == ["b.jsonl"]


def test_a_quoted_pattern_is_expanded(model: Path, corpus: Path, out: Path) -> None:
    assert run("predict", model, str(corpus / "*.jsonl"), "--out", out) == 0
    assert Results.open(out).manifest["corpus"]["files"] == ["a.jsonl", "b.jsonl"]


def test_standard_input_is_read_as_json_lines(
    model: Path, corpus: Path, out: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    stdin = io.TextIOWrapper(io.BytesIO((corpus / "b.jsonl").read_bytes()))
    monkeypatch.setattr(sys, "stdin", stdin)
    assert run("predict", model, "-", "--out", out) == 0
    assert Results.open(out).manifest["counts"]["documents"] == 24


def test_standard_input_is_not_mixed_with_files(
    model: Path, corpus: Path, out: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run("predict", model, "-", corpus, "--out", out) == 2
    assert "standard input (-) cannot be mixed with files" in capsys.readouterr().err


def test_bad_rows_can_be_refused(
    model: Path, corpus: Path, out: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run("predict", model, corpus, "--out", out, "--refuse-bad-rows") == 1
    assert "a.jsonl, row 9 (line 9): there is no column 'text'" in capsys.readouterr().err
    assert not out.exists()


@pytest.mark.parametrize("options", [["--skip-bad-rows"], []])
def test_one_file_is_written_of_several(
    model: Path, corpus: Path, tmp_path: Path, options: list[str]
) -> None:
    path = tmp_path / "out.jsonl"
    assert run("predict", model, corpus, "--out", path, *options) == (0 if options else 1)
    if options:
        ids = [json.loads(line)["id"] for line in path.read_text().splitlines()]
        assert ids == [row["id"] for row in rows()]


@pytest.mark.parametrize("option", [["--overwrite"], ["--shard-size", "3"], ["--label", "x"]])
def test_options_of_a_results_folder_are_not_for_a_file(
    model: Path,
    corpus: Path,
    tmp_path: Path,
    option: list[str],
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert run("predict", model, corpus, "--out", tmp_path / "out.parquet", *option) == 2
    shown = " ".join(capsys.readouterr().err.replace("│", " ").split())
    assert "--label, --shard-size and --overwrite are for a results folder" in shown


@pytest.mark.parametrize("name", ["out.csv", "out.JSON", "out.txt.gz"])
def test_a_file_that_cannot_be_written_is_refused(
    name: str, model: Path, corpus: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run("predict", model, corpus, "--out", tmp_path / name) == 2
    shown = " ".join(capsys.readouterr().err.replace("│", " ").split())
    assert "name a results folder, or a file that ends in one of: .jsonl, .jsonl.gz" in shown
    assert not (tmp_path / name).exists()


def test_a_file_that_is_not_there_is_told_before_the_model_is_loaded(
    tmp_path: Path, out: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run("predict", tmp_path / "none", tmp_path / "none.csv", "--out", out) == 1
    assert "none.csv: there is no such file" in capsys.readouterr().err


def test_an_interruption_says_how_to_go_on(
    model: Path,
    corpus: Path,
    out: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    def interrupt(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr("ontograft.pipeline.prediction.Classifier.scores", interrupt)
        assert run("predict", model, corpus, "--out", out) == 130
    assert "interrupted: the same command goes on where it was" in capsys.readouterr().err
    assert run("predict", model, corpus, "--out", out) == 0
