from __future__ import annotations

import io
import json
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from numpy.typing import NDArray
from rich.console import Console

from ontograft.data import Document
from ontograft.errors import SettingsError
from ontograft.pipeline import Project, bilstm, fit
from ontograft.pipeline.baselines import BASELINES, baselines
from ontograft.pipeline.bilstm import BiLstm, fit_bilstm, passes
from ontograft.pipeline.fit_command import MODEL, comparison_table
from ontograft.pipeline.progress import LogReporter
from ontograft.pipeline.settings import CHANNELS
from ontograft.pipeline.splits import Splits
from ontograft.pipeline.tfidf_svm import fit_tfidf_svm

from .conftest import FRAMES, SAVOURY, SWEET, rows, run, write_jsonl

Make = Callable[..., Project]
Array = NDArray[np.floating[Any]]
TRAIN, TEST = rows()[:24], rows()[24:]


class Notes(LogReporter):
    """Keeps the notes."""

    def __init__(self) -> None:
        self.notes: list[str] = []

    def note(self, message: str) -> None:
        self.notes.append(message)


@pytest.fixture
def short(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the network read the texts twice only."""
    monkeypatch.setattr(bilstm, "EPOCHS", (2, 2))


@pytest.fixture
def names(tmp_path: Path) -> dict[str, str]:
    """Write names of the labels; return the section of the project that names the file."""
    (tmp_path / "names.tsv").write_text("label\tname\nsweet\tripe apple\nsavoury\tleek onion\n")
    return {"label_names": "names.tsv"}


def texts_of(part: Sequence[dict[str, str]]) -> list[str]:
    return [row["text"] for row in part]


def targets_for(part: Sequence[dict[str, str]], task: str) -> Array:
    """Return the targets of rows: the label, it and one that all have, or a value."""
    sweet = np.array([row["label"] == "sweet" for row in part])
    if task == "single-label":
        return sweet.astype(np.float64)
    if task == "multi-label":
        return np.stack([sweet, ~sweet, np.ones(len(part))], axis=1).astype(np.float64)
    return np.where(sweet, 1000.0, 200.0)


WIDTHS = {"single-label": 2, "multi-label": 3, "regression": 1}


def right(logits: Array, truth: Array, task: str) -> bool:
    if task == "single-label":
        return bool((logits.argmax(axis=1) == truth).mean() >= 0.8)
    if task == "multi-label":
        return bool(((logits > 0) == truth).mean() >= 0.8)
    return bool(np.abs(logits[:, 0] - truth).mean() < 250)


@pytest.mark.parametrize("with_dev", [False, True])
@pytest.mark.parametrize("task", list(WIDTHS))
@pytest.mark.parametrize("fitted", [fit_tfidf_svm, fit_bilstm])
def test_the_text_only_ones_learn_every_task(
    fitted: Callable[..., Any], task: str, with_dev: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bilstm, "EPOCHS", (25, 25))
    dev = (texts_of(TEST), targets_for(TEST, task)) if with_dev else None
    solution = fitted(
        texts_of(TRAIN),
        targets_for(TRAIN, task),
        num_labels=WIDTHS[task],
        task=task,
        seed=0,
        dev=dev,
    )
    assert right(solution.logits(texts_of(TEST)), targets_for(TEST, task), task)
    logits, truth = solution.held_out
    assert logits.shape == (len(truth), WIDTHS[task])
    assert solution.logits([]).shape == (0, WIDTHS[task])


@pytest.mark.usefixtures("short")
def test_the_network_is_that_of_its_seed_and_leaves_the_generators_alone() -> None:
    def logits(seed: int) -> Array:
        torch.rand(seed + 1)  # whatever was drawn before
        state = torch.get_rng_state()
        solution = fit_bilstm(
            texts_of(TRAIN),
            targets_for(TRAIN, "single-label"),
            num_labels=2,
            task="single-label",
            seed=seed,
        )
        assert torch.equal(state, torch.get_rng_state())
        result: Array = solution.logits(texts_of(TEST))
        return result

    first = logits(0)
    np.testing.assert_array_equal(first, logits(0))
    assert not np.allclose(first, logits(1))


def test_padding_does_not_change_what_the_network_says() -> None:
    model = BiLstm(9, 2)
    model.train(False)
    together = model(torch.tensor([[3, 4, 0, 0], [5, 6, 7, 8]]), torch.tensor([2, 4]))
    alone = model(torch.tensor([[3, 4]]), torch.tensor([2]))
    torch.testing.assert_close(together[:1], alone)


def test_the_network_reads_each_text_from_both_ends() -> None:
    model = BiLstm(9, 2)
    model.train(False)
    words = torch.tensor([[3, 4, 5]])
    x = model.vectors(words)
    states = [model.onwards(x)[0].amax(dim=1), model.backwards(x.flip(1))[0].amax(dim=1)]
    expected = model.head(torch.cat(states, dim=-1))
    torch.testing.assert_close(model(torch.tensor([[3, 4, 5, 0]]), torch.tensor([3])), expected)


def test_passes_are_fewer_where_texts_are_many() -> None:
    assert [passes(number) for number in (10, 4_000, 10**6)] == [60, 10, 3]


def test_a_label_that_training_texts_lack_is_never_predicted() -> None:
    solution = fit_tfidf_svm(
        texts_of(TRAIN),
        targets_for(TRAIN, "single-label"),
        num_labels=3,
        task="single-label",
        seed=0,
    )
    assert (solution.logits([*texts_of(TEST), ""]).argmax(axis=1) < 2).all()


def test_all_of_them_on_one_project(make_project: Make, names: dict[str, str]) -> None:
    project = make_project(corpus={"dev": 0.25, **names}, training={"class_weights": "balanced"})
    notes = Notes()
    found = baselines(project, reporter=notes)
    assert tuple(found) == BASELINES
    assert notes.notes == []
    for name in ("tfidf-svm", "bilstm"):
        assert found[name].metrics["test"]["accuracy"] >= 0.8, name
    for result in found.values():
        assert {split: one["documents"] for split, one in result.metrics.items()} == {
            "dev": 6,
            "test": 8,
        }
        assert result.seconds > 0


@pytest.mark.parametrize("dev", ["auto", 0.25])
@pytest.mark.parametrize(("name", "channels"), [("probe-text", []), ("probe-grafted", CHANNELS)])
def test_a_probe_is_the_model_before_fine_tuning(
    make_project: Make, name: str, channels: Sequence[str], dev: str | float
) -> None:
    corpus, training = {"dev": dev}, {"epochs": 0}
    found = baselines(make_project(corpus=corpus), names=[name])[name].metrics
    other = fit(make_project(corpus=corpus, training=training, knowledge={"channels": channels}))
    for split in found:
        for figure in ("accuracy", "macro_f1", "loss"):
            assert found[split][figure] == pytest.approx(other.metrics[split][figure], abs=1e-3)
    if name == "probe-grafted" and dev == "auto":
        assert found["test"]["accuracy"] == 1.0


def test_label_names_use_no_label(make_project: Make, names: dict[str, str]) -> None:
    def measured(turn: int) -> dict[str, Any]:
        documents = [
            Document(row["id"], row["text"], label=("sweet", "savoury")[(number + turn) % 2])
            for number, row in enumerate(TRAIN)
        ]
        test = [Document(row["id"], row["text"], label=row["label"]) for row in TEST]
        splits = Splits(documents, (), test)
        project = make_project(corpus=names)
        return baselines(project, names=["label-names"], splits=splits)["label-names"].metrics

    assert measured(0) == measured(1)


def test_labels_that_others_imply_count_for_all(make_project: Make) -> None:
    # Labels are concepts; an apple is a fruit, whether the annotator wrote so or not.
    def documents(frames: Sequence[str]) -> list[Document]:
        return [
            Document(f"{frame} {word}", frame.format(word), label=(word if turn else kind,))
            for turn, frame in enumerate(frames)
            for kind, words in (("fruit", SWEET[:3]), ("vegetable", SAVOURY[:3]))
            for word in words
        ]

    splits = Splits(documents(FRAMES[:3]), (), documents(FRAMES[2:]))
    project = make_project(task="multi-label", training={"epochs": 1})
    found = baselines(project, names=["tfidf-svm", "probe-grafted", "bert"], splits=splits)
    supports = [
        {label: one["support"] for label, one in result.metrics["test"]["per_label"].items()}
        for result in found.values()
    ]
    assert supports[0] == supports[1] == supports[2]
    assert supports[0]["fruit"] == 6
    assert found["tfidf-svm"].metrics["test"]["micro_f1"] > 0.6


def test_what_makes_no_sense_is_left_out_with_a_note(make_project: Make, tmp_path: Path) -> None:
    write_jsonl(tmp_path / "wordless.jsonl", [{**row, "text": "!"} for row in TRAIN])
    project = make_project(
        corpus={"train": "wordless.jsonl"}, knowledge={"channels": []}, training={"epochs": 0}
    )
    notes = Notes()
    assert list(baselines(project, reporter=notes)) == ["probe-text"]
    assert notes.notes == [
        "baseline label-names is left out: not every label has a name; name them in "
        "corpus.label_names",
        "baseline tfidf-svm is left out: no training text has a word",
        "baseline bilstm is left out: no training text has a word",
        "baseline probe-grafted is left out: the probe sees the channels closure and graph only, "
        "and both are off",
        "baseline bert is left out: without channels the model is plain BERT itself",
    ]


def test_label_names_are_for_single_labels(make_project: Make) -> None:
    values = [Document(row["id"], row["text"], label=float(n % 3)) for n, row in enumerate(TRAIN)]
    notes = Notes()
    found = baselines(
        make_project(task="regression"),
        names=["label-names", "tfidf-svm"],
        splits=Splits(values, (), values[:6]),
        reporter=notes,
    )
    assert set(found["tfidf-svm"].metrics["test"]) >= {"r2", "mae"}
    assert "a single label, not regression" in notes.notes[0]


def test_without_labelled_texts(make_project: Make, names: dict[str, str]) -> None:
    test = [Document(row["id"], row["text"], label=row["label"]) for row in TEST]
    rest = [Document(row["id"], row["text"]) for row in TRAIN]
    notes = Notes()
    found = baselines(
        make_project(corpus=names, training={"epochs": 0}),
        splits=Splits([], (), test, rest),
        reporter=notes,
    )
    assert list(found) == ["label-names", "probe-text", "probe-grafted", "bert"]
    assert "baseline tfidf-svm is left out: it needs labelled texts" in notes.notes


def test_an_unknown_name_is_refused(make_project: Make) -> None:
    with pytest.raises(SettingsError, match=r"unknown baseline 'gpt'; choose of: label-names, "):
        baselines(make_project(), names=["gpt"])


def test_there_must_be_texts_to_compare_on(make_project: Make) -> None:
    with pytest.raises(SettingsError, match=r"no texts to compare on; .* corpus\.test, or"):
        baselines(make_project(corpus={"test": None}))


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


@pytest.mark.usefixtures("short")
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
