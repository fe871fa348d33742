from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from safetensors.numpy import load_file

from ontograft.data import Document
from ontograft.errors import CorpusError, RunError, SettingsError
from ontograft.pipeline import Classifier, Project, fit, read_splits
from ontograft.pipeline import probe as probe_module
from ontograft.pipeline.probe_solving import score_of
from ontograft.pipeline.progress import LogReporter
from ontograft.pipeline.splits import Splits
from ontograft.pipeline.trainer import FiniteGradients

from .conftest import rows, write_jsonl
from .training_runs import SMALL, assert_same_weights, interrupted, unlabelled, weights

Make = Callable[..., Project]


def test_fit_learns_evaluates_and_saves(make_project: Make) -> None:
    result = fit(make_project())
    assert result.metrics["test"]["accuracy"] == 1.0
    assert {path.name for path in result.folder.iterdir()} == {
        "README.md",
        "config.json",
        "graph",
        "linker",
        "manifest.json",
        "labels.tsv",
        "metrics.json",
        "model.safetensors",
        "settings.json",
        "tokenizer.json",
        "tokenizer_config.json",
    }
    assert json.loads((result.folder / "metrics.json").read_text()) == result.metrics


def test_the_same_seed_gives_the_same_model(make_project: Make, tmp_path: Path) -> None:
    project = make_project()
    fit(project, output=tmp_path / "one")
    fit(project, output=tmp_path / "two")
    assert_same_weights(tmp_path / "one", tmp_path / "two")


@pytest.mark.parametrize(
    "channels", [[], ["closure"], ["graph"], ["tokens"], ["closure", "graph", "tokens"]]
)
def test_every_choice_of_channels_runs(make_project: Make, channels: list[str]) -> None:
    result = fit(make_project(knowledge={"channels": channels}))
    assert result.metrics["test"]["documents"] == 8
    assert (result.folder / "graph").is_dir() == bool(channels)


def test_plain_bert_needs_no_ontology(make_project: Make) -> None:
    result = fit(make_project(ontology=[], knowledge={"channels": []}))
    assert not any("concept" in name for name in weights(result.folder))


def test_every_term_of_the_objective_runs(make_project: Make) -> None:
    objective = {"consistency": 0.1, "graph": 0.1, "alignment": 0.1, "anchor": 0.1}
    result = fit(make_project(objective=objective))
    assert np.isfinite(result.metrics["test"]["loss"])


@pytest.mark.parametrize("optimizer", ["adamw", "adafactor", "sgd"])
def test_every_optimizer_runs(make_project: Make, optimizer: str) -> None:
    training = {"optimizer": optimizer, "schedule": "cosine", "gradient_accumulation": 2}
    assert fit(make_project(training=training)).metrics["test"]["accuracy"] >= 0.5


def test_zero_epochs_keep_the_linear_probe(make_project: Make, encoder_folder: Path) -> None:
    result = fit(make_project(training={"epochs": 0}))
    before, after = load_file(encoder_folder / "model.safetensors"), weights(result.folder)
    for name, value in before.items():
        np.testing.assert_array_equal(after[f"encoder.{name}"], value)
    assert result.metrics["test"]["accuracy"] == 1.0


def test_frozen_layers_stay_as_they_were(make_project: Make, encoder_folder: Path) -> None:
    result = fit(make_project(training={"frozen_layers": 1}))
    before, after = load_file(encoder_folder / "model.safetensors"), weights(result.folder)
    changed = {
        name for name in before if not np.array_equal(before[name], after[f"encoder.{name}"])
    }
    assert changed
    assert all(name.startswith("encoder.layer.1.") for name in changed)


def test_a_development_split_picks_the_best_checkpoint(make_project: Make) -> None:
    project = make_project(
        corpus={"dev": 0.25}, training={"epochs": 3, "class_weights": "balanced"}
    )
    result = fit(project)
    assert result.metrics["dev"]["documents"] == 6


def test_multi_label(make_project: Make, tmp_path: Path) -> None:
    content = [
        {**row, "label": ["food", row["label"]] if number % 3 else [row["label"]]}
        for number, row in enumerate(rows())
    ]
    write_jsonl(tmp_path / "train.jsonl", content[:24])
    write_jsonl(tmp_path / "test.jsonl", content[24:])
    project = make_project(task="multi-label")
    write_jsonl(tmp_path / "train.jsonl", content[:24])
    write_jsonl(tmp_path / "test.jsonl", content[24:])
    result = fit(project)
    assert set(result.metrics["test"]["per_label"]) == {"food", "savoury", "sweet"}
    label = result.classifier()("a good apple from the garden")[0].label
    assert "sweet" in label  # type: ignore[operator]


def test_regression(make_project: Make, tmp_path: Path) -> None:
    project = make_project(task="regression")
    content = [{**row, "label": float(row["label"] == "sweet")} for row in rows()]
    write_jsonl(tmp_path / "train.jsonl", content[:24])
    write_jsonl(tmp_path / "test.jsonl", content[24:])
    result = fit(project)
    assert result.metrics["test"]["mse"] < 0.2
    assert isinstance(result.classifier()("a good apple")[0].label, float)


def test_unlabelled_texts_say_how_frequent_labels_are(make_project: Make, tmp_path: Path) -> None:
    corpus = unlabelled(tmp_path)
    result = fit(make_project(corpus=corpus, training={"epochs": 1}))
    assert result.metrics["test"]["accuracy"] == 1.0
    assert any(result.metrics["probe"]["class_shift"])


def test_names_and_unlabelled_texts_are_enough(make_project: Make, tmp_path: Path) -> None:
    corpus = unlabelled(tmp_path) | {"train": None}
    result = fit(make_project(corpus=corpus, training={"epochs": 1}))
    classifier = Classifier.load(result.folder)
    assert classifier.labels.labels == ("savoury", "sweet")
    assert result.metrics["test"]["documents"] == 8
    assert result.metrics["probe"]["prior_share"] > 0


def test_without_labels_an_ontology_of_other_things_leaves_plain_bert(
    make_project: Make, tmp_path: Path
) -> None:
    corpus = unlabelled(tmp_path) | {"train": None}
    others = [{"id": f"u{n}", "text": "today it was ripe" + "!" * n} for n in range(60)]
    write_jsonl(tmp_path / "more.jsonl", others)
    (tmp_path / "names.tsv").write_text("label\tname\nsweet\tdessert\nsavoury\tsoup\n")
    grafted = fit(make_project(corpus=corpus), output=tmp_path / "grafted")
    alone = make_project(corpus=corpus, knowledge={"channels": []})
    assert_same_weights(grafted.folder, fit(alone, output=tmp_path / "plain").folder)
    assert not grafted.metrics["probe"]["knowledge"]
    card = (grafted.folder / "README.md").read_text()
    assert "none: no text was labelled, and the ontology did not seem to suit" in card
    assert "experience with other texts, for want of labelled ones" in card
    assert Classifier.load(grafted.folder)("an apple")[0].mentions  # still linked
    kept = make_project(corpus=corpus, knowledge={"keep": "always"})
    assert fit(kept).metrics["probe"]["knowledge"]


def test_no_labels_and_no_names_are_too_little(make_project: Make) -> None:
    with pytest.raises(SettingsError, match="corpus.train: missing: name a file of labelled"):
        make_project(corpus={"train": None})
    splits = Splits([], (), [], [Document("a", "an apple")])
    with pytest.raises(SettingsError, match="there are no labelled texts: name all labels in"):
        fit(make_project(), splits=splits)


@pytest.mark.parametrize("task", ["multi-label", "regression"])
def test_other_tasks_need_labelled_texts(make_project: Make, tmp_path: Path, task: str) -> None:
    with pytest.raises(SettingsError, match=f"corpus.train: missing: a {task} task needs labelled"):
        make_project(corpus=unlabelled(tmp_path) | {"train": None}, task=task)


@pytest.fixture
def confusing(monkeypatch: pytest.MonkeyPatch) -> None:
    """Make all knowledge hurt the linear probe."""
    score = score_of

    def worse(logits: Any, y: Any, task: str) -> float:
        return score(logits, y, task) - 0.5 * searched[-1]

    searched = [0]
    choose = probe_module._Search.choose

    def chosen(self: Any) -> Any:
        searched.append(int(self.features.closure is not None))
        return choose(self)

    monkeypatch.setattr(probe_module._Search, "choose", chosen)
    monkeypatch.setattr(probe_module, "score_of", worse)


@pytest.mark.usefixtures("confusing")
def test_knowledge_that_does_not_help_leaves_plain_bert(
    make_project: Make, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    grafted = fit(make_project(training=SMALL), output=tmp_path / "grafted")
    plain = fit(make_project(training=SMALL, knowledge={"channels": []}), output=tmp_path / "plain")
    assert_same_weights(grafted.folder, plain.folder)
    assert grafted.metrics["test"] == plain.metrics["test"]
    assert Classifier.load(grafted.folder)("an apple")[0].mentions  # still linked
    card = (grafted.folder / "README.md").read_text()
    assert "without an ontology (plain BERT)" in card
    assert "none: the linear probe was better without knowledge" in card
    interrupted(make_project(training=SMALL), monkeypatch, step=5)
    resumed = fit(make_project(training=SMALL), resume=True)
    assert_same_weights(resumed.folder, plain.folder)


@pytest.mark.usefixtures("confusing")
def test_knowledge_can_be_kept_all_the_same(make_project: Make) -> None:
    result = fit(make_project(training={"epochs": 0}, knowledge={"keep": "always"}))
    assert any(name.startswith("closure_head") for name in weights(result.folder))


def test_a_loss_that_is_not_finite_stops_the_run(
    make_project: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    from ontograft.model import objective

    task_term = objective.task_term

    def broken(*args: Any, **kwargs: Any) -> dict[str, torch.Tensor]:
        return {name: term * float("nan") for name, term in task_term(*args, **kwargs).items()}

    monkeypatch.setattr(objective, "task_term", broken)
    with pytest.raises(RunError, match=r"the loss became nan at step 1; lower training.learning"):
        fit(make_project())


def test_a_gradient_that_is_not_finite_stops_the_run() -> None:
    model = torch.nn.Linear(2, 1)
    model.weight.grad = torch.tensor([[1.0, float("inf")]])
    state = type("State", (), {"global_step": 4})()
    with pytest.raises(RunError, match="a gradient became infinite or not a number at step 5"):
        FiniteGradients().on_pre_optimizer_step(None, state, None, model=model)  # type: ignore[arg-type]


def test_one_label_only_is_refused(make_project: Make, tmp_path: Path) -> None:
    project = make_project()
    write_jsonl(tmp_path / "train.jsonl", [{**row, "label": "sweet"} for row in rows()])
    with pytest.raises(CorpusError, match="one label only"):
        fit(project)


def test_labels_in_test_that_training_lacks_are_named(make_project: Make, tmp_path: Path) -> None:
    project = make_project()
    write_jsonl(tmp_path / "test.jsonl", [{"id": "x", "text": "a lemon", "label": "sour"}])
    with pytest.raises(CorpusError, match=r"does not know.*'sour' \(1\)"):
        fit(project)


def test_a_missing_column_is_refused(make_project: Make) -> None:
    with pytest.raises(CorpusError, match=r"no column 'body'; the columns are: 'id', 'text'"):
        fit(make_project(corpus={"text": "body"}))


class Notes(LogReporter):
    def __init__(self) -> None:
        self.notes: list[str] = []

    def note(self, message: str) -> None:
        self.notes.append(message)


def test_texts_without_links_and_empty_texts_work_with_a_note(
    make_project: Make, tmp_path: Path
) -> None:
    project = make_project()
    content = [*rows()[:4], {"id": "e", "text": "", "label": "sweet"}]
    content += [{"id": f"n{n}", "text": f"no word known {n}", "label": "sweet"} for n in range(9)]
    write_jsonl(tmp_path / "train.jsonl", content)
    notes = Notes()
    result = fit(project, reporter=notes)
    assert any("1 texts of train are empty" in note for note in notes.notes)
    assert any("10 of 14 training texts mention no concept" in note for note in notes.notes)
    assert len(Classifier.load(result.folder)(["", "nothing known"])) == 2


def test_the_order_of_triples_does_not_matter(make_project: Make, tmp_path: Path) -> None:
    project = make_project()
    fit(project, output=tmp_path / "one")
    path = tmp_path / "fruit.ttl"
    lines = path.read_text().splitlines()
    prefixes = [line for line in lines if line.startswith("@")]
    statements = "\n".join(lines[len(prefixes) + 1 :]).removesuffix(" .").split(" .\n")
    path.write_text("\n".join([*prefixes, *(f"{statement} ." for statement in statements[::-1])]))
    fit(project, output=tmp_path / "two")
    assert_same_weights(tmp_path / "one", tmp_path / "two")


def test_the_logits_are_brought_to_the_temperature_of_the_probe(
    make_project: Make, tmp_path: Path
) -> None:
    result = fit(make_project(training={"epochs": 0}))
    found = result.metrics["calibration"]
    assert found["temperature"] == result.metrics["probe"]["temperature"] != 1.0
    assert found["from"] == "cross-validation of the linear probe"
    card = (result.folder / "README.md").read_text(encoding="utf-8")
    assert f"divided by {found['temperature']:.2f}" in card
    random = fit(
        make_project(training={"epochs": 0, "start": "random"}), output=tmp_path / "random"
    )
    assert random.metrics["calibration"] == {"temperature": 1.0, "from": "nowhere"}


def test_the_temperature_is_chosen_on_the_development_texts(make_project: Make) -> None:
    result = fit(make_project(corpus={"dev": 0.25}))
    assert result.metrics["calibration"]["from"] == "the development texts"
    expected = result.metrics["dev"]["loss"]
    classifier = result.classifier()
    dev = read_splits(make_project(corpus={"dev": 0.25})).dev
    assert classifier.evaluate(dev)["loss"] == pytest.approx(expected, abs=1e-5)
