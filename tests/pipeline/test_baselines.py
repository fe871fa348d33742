"""What is compared with a model: which baselines there are, and how they are measured."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest

from ontograft.data import Document
from ontograft.errors import SettingsError
from ontograft.pipeline import Project, fit
from ontograft.pipeline.baselines import BASELINES, baselines
from ontograft.pipeline.progress import LogReporter
from ontograft.pipeline.settings import CHANNELS
from ontograft.pipeline.splits import Splits

from .conftest import FRAMES, SAVOURY, SWEET, rows, write_jsonl

Make = Callable[..., Project]
TRAIN, TEST = rows()[:24], rows()[24:]


class Notes(LogReporter):
    """Keeps the notes."""

    def __init__(self) -> None:
        self.notes: list[str] = []

    def note(self, message: str) -> None:
        self.notes.append(message)


@pytest.fixture
def names(tmp_path: Path) -> dict[str, str]:
    """Write names of the labels; return the section of the project that names the file."""
    (tmp_path / "names.tsv").write_text("label\tname\nsweet\tripe apple\nsavoury\tleek onion\n")
    return {"label_names": "names.tsv"}


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
    # Names of labels are all that plain BERT has, too; and all are as sure of what they say.
    plain = found["bert"].metrics["test"]
    for name in ("label-names", "probe-text"):
        other = found[name].metrics["test"]
        for figure in ("accuracy", "loss", "calibration_error"):
            assert other[figure] == pytest.approx(plain[figure], rel=1e-3), name


def test_an_unknown_name_is_refused(make_project: Make) -> None:
    with pytest.raises(SettingsError, match=r"unknown baseline 'gpt'; choose of: label-names, "):
        baselines(make_project(), names=["gpt"])


def test_there_must_be_texts_to_compare_on(make_project: Make) -> None:
    with pytest.raises(SettingsError, match=r"no texts to compare on; .* corpus\.test, or"):
        baselines(make_project(corpus={"test": None}))
