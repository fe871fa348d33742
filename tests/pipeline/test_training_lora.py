"""Training with low-rank adapters: what learns, what is saved, and what is refused."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from safetensors.numpy import load_file

from ontograft.data import Document
from ontograft.errors import EncoderError, SettingsError
from ontograft.model import OntograftForSequenceClassification
from ontograft.pipeline import Classifier, Project, fit, load_model_folder
from ontograft.pipeline.model_folder import save_model_folder

from .conftest import rows, write_jsonl
from .training_runs import SMALL, interrupted

Make = Callable[..., Project]
LORA: dict[str, Any] = {"lora": {"rank": 4}, "epochs": 2, "batch_size": 8, "learning_rate": 1e-2}
TEXTS = [row["text"] for row in rows()]


def adapter(folder: Path) -> dict[str, np.ndarray[Any, Any]]:
    return dict(load_file(folder / "adapter" / "adapter_model.safetensors"))


def heads(folder: Path) -> dict[str, np.ndarray[Any, Any]]:
    return dict(load_file(folder / "model.safetensors"))


def assert_same(one: dict[str, Any], other: dict[str, Any]) -> None:
    assert one.keys() == other.keys()
    for name, value in one.items():
        np.testing.assert_array_equal(value, other[name], err_msg=name)


def chances(classifier: Classifier) -> list[dict[str, float]]:
    return [prediction.probabilities for prediction in classifier(TEXTS)]


def test_adapters_learn_are_saved_small_and_predict_the_same(
    make_project: Make, encoder_folder: Path
) -> None:
    result = fit(make_project(training=LORA))
    assert any(value.any() for name, value in adapter(result.folder).items() if "lora_B" in name)
    assert not [name for name in heads(result.folder) if name.startswith("encoder.")]
    base = (encoder_folder / "model.safetensors").stat().st_size
    saved = (result.folder / "adapter" / "adapter_model.safetensors").stat().st_size
    assert saved < base
    again = result.classifier()
    figures = again.evaluate(
        [Document(row["id"], row["text"], label=row["label"]) for row in rows()[24:]]
    )
    assert figures == result.metrics["test"]  # to the last digit
    assert result.metrics["test"]["accuracy"] == 1.0


@pytest.mark.parametrize("channels", [[], ["closure"], ["graph"], ["tokens"]], ids=str)
def test_every_choice_of_channels_trains_saves_and_loads(
    make_project: Make, channels: list[str]
) -> None:
    result = fit(make_project(knowledge={"channels": channels, "keep": "always"}, training=LORA))
    assert len(chances(result.classifier())) == len(TEXTS)


@pytest.mark.parametrize("task", ["multi-label", "regression"])
def test_every_task_learns(make_project: Make, tmp_path: Path, task: str) -> None:
    def label(row: dict[str, str]) -> Any:
        return [row["label"]] if task == "multi-label" else float(row["label"] == "sweet")

    project = make_project(task=task, training=LORA | {"epochs": 4})
    content = [{**row, "label": label(row)} for row in rows()]
    write_jsonl(tmp_path / "train.jsonl", content[:24])
    write_jsonl(tmp_path / "test.jsonl", content[24:])
    result = fit(project)
    figures = result.metrics["test"]
    assert figures["micro_f1"] > 0.9 if task == "multi-label" else figures["mse"] < 0.15
    sweet = result.classifier()("a good apple from the garden")[0].label
    assert sweet == ("sweet",) if task == "multi-label" else sweet > 0.5  # type: ignore[operator]


def test_frozen_layers_get_no_adapter(make_project: Make) -> None:
    result = fit(make_project(training=LORA | {"frozen_layers": 1}))
    assert adapter(result.folder)
    assert all(".layer.1." in name for name in adapter(result.folder))


def test_the_anchor_term_works_with_adapters(make_project: Make, tmp_path: Path) -> None:
    def length(weight: float, name: str) -> float:
        project = make_project(objective={"anchor": weight}, training=LORA)
        weights = adapter(fit(project, output=tmp_path / name).folder)
        products = [
            weights[key.replace("lora_A", "lora_B")] @ value
            for key, value in weights.items()
            if "lora_A" in key
        ]
        return sum(float(np.square(product).sum()) for product in products)

    assert length(1000.0, "held") < 0.2 * length(0.0, "free")


@pytest.mark.parametrize("dev", ["auto", 0.25])
def test_a_resumed_run_equals_an_unbroken_one(
    make_project: Make, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, dev: Any
) -> None:
    training = SMALL | {"lora": {"rank": 4, "dropout": 0.1}, "learning_rate": 1e-2}
    project = make_project(corpus={"dev": dev}, training=training)
    whole = fit(project, output=tmp_path / "whole")
    interrupted(project, monkeypatch, step=5)
    kept = load_file(project.output / "run" / "checkpoints" / "checkpoint-4" / "model.safetensors")
    of_encoder = {name for name in kept if name.startswith("encoder.")}
    assert of_encoder
    assert all("lora_" in name for name in of_encoder)  # a resumed run has the encoder anyway
    resumed = fit(project, resume=True)
    assert_same(adapter(whole.folder), adapter(resumed.folder))
    assert_same(heads(whole.folder), heads(resumed.folder))
    assert resumed.metrics == whole.metrics


def test_a_merged_model_stands_alone_and_predicts_the_same(
    make_project: Make, tmp_path: Path
) -> None:
    small = fit(make_project(training=LORA), output=tmp_path / "small")
    project = make_project(training=LORA | {"lora": {"rank": 4, "merge": True}})
    merged = fit(project, output=tmp_path / "merged")
    assert not (merged.folder / "adapter").exists()
    OntograftForSequenceClassification.from_pretrained(merged.folder)
    assert chances(merged.classifier()) == chances(small.classifier())
    assert "Classifier.load" in (small.folder / "README.md").read_text(encoding="utf-8")


def test_the_adapter_is_kept_when_a_loaded_model_is_saved_again(
    make_project: Make, tmp_path: Path
) -> None:
    result = fit(make_project(training=LORA))
    save_model_folder(load_model_folder(result.folder), tmp_path / "copy")
    assert chances(Classifier.load(tmp_path / "copy")) == chances(result.classifier())


def test_without_peft_nothing_is_begun(make_project: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    project = make_project(training=LORA)
    monkeypatch.setitem(sys.modules, "peft", None)
    with pytest.raises(EncoderError, match=r"pip install 'ontograft\[lora\]'"):
        fit(project)
    assert not project.output.exists()


def test_a_layer_that_the_encoder_does_not_have_is_named(make_project: Make) -> None:
    project = make_project(training=LORA | {"lora": {"rank": 4, "target_modules": "q_proj"}})
    with pytest.raises(SettingsError, match=r"is called 'q_proj'; choose from: attention.output"):
        fit(project)


@pytest.mark.parametrize(
    ("training", "message"),
    [
        ({"lora": {"alpha": 8}}, "training.lora: alpha has no meaning without adapters: set rank"),
        ({"lora": {"merge": True}}, "training.lora: merge has no meaning without adapters"),
        (
            {"lora": {"rank": 8}, "frozen_layers": -1},
            "training: lora: adapters need layers of the encoder that learn, but frozen_layers: -1",
        ),
        ({"lora": {"rank": -1}}, "training.lora.rank: expected a number of at least 0, got -1"),
        ({"lora": {"rnak": 8}}, "training.lora.rnak: unknown key; did you mean 'rank'"),
        (
            {"lora": {"rank": 8, "dropout": 1}},
            "training.lora.dropout: expected a number less than 1",
        ),
    ],
)
def test_settings_that_make_no_sense_are_refused(
    make_project: Make, training: dict[str, Any], message: str
) -> None:
    with pytest.raises(SettingsError, match=message):
        make_project(training=training)
