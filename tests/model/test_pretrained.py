"""Saving, loading and training as transformers' users expect."""

import json
import logging
from pathlib import Path
from typing import Any

import pytest
import torch
from safetensors.torch import load_file, save_file
from torch import Tensor
from transformers import (
    AutoModel,
    AutoModelForSequenceClassification,
    BertConfig,
    PreTrainedModel,
    Trainer,
    TrainingArguments,
)

from ontograft.errors import ModelFolderError
from ontograft.model import OntograftConfig, OntograftForSequenceClassification, with_inverses

from .tiny import TINY

OBJECTIVE = {"consistency": 0.1, "graph": 0.1, "alignment": 0.1, "anchor": 0.1}


def build(**options: Any) -> Any:
    torch.manual_seed(0)
    config = OntograftConfig(
        **{
            "encoder": BertConfig(**TINY),
            "num_labels": 3,
            "num_concepts": 5,
            "num_relations": 2,
            "graph_width": 8,
            "token_width": 8,
            "objective": OBJECTIVE,
        }
        | options
    )
    model = OntograftForSequenceClassification(config)
    for parameter in model.parameters():  # nothing may stay at a first value by chance
        torch.nn.init.normal_(parameter, std=0.3)
    model.set_concept_vectors(torch.randn(5, 16))
    edges = torch.tensor([[1, 2, 3], [0, 0, 1]]), torch.tensor([0, 1, 0])
    model.set_graph(*with_inverses(*edges, num_relations=2))
    return model.eval()  # type: ignore[no-untyped-call]


def document(number: int) -> dict[str, Any]:
    """A document with one window, two links and three closure entries, without padding."""
    return {
        "labels": torch.tensor([number % 3]),
        "input_ids": torch.tensor([[1, 5 + number, 6, 7 + number, 2]]),
        "window_document": torch.tensor([0]),
        "concept_ids": torch.tensor([0, 1, 3]),
        "edge_index": torch.tensor([[1, 2, 0, 1], [0, 1, 1, 2]]),
        "edge_type": torch.tensor([0, 0, 2, 2]),
        "closure_document": torch.tensor([0, 0, 0]),
        "closure_node": torch.tensor([0, 1, 2]),
        "closure_weight": torch.tensor([0.49, 0.7, 1.0 + number]),
        "link_window": torch.tensor([0, 0]),
        "link_node": torch.tensor([2, 1]),
        "link_score": torch.tensor([1.0, 0.5]),
        "link_token_start": torch.tensor([1, 2]),
        "link_token_end": torch.tensor([3, 4]),
    }


def logits(model: OntograftForSequenceClassification) -> Tensor:
    with torch.no_grad():
        result: Tensor = model(**document(1)).logits
    return result


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    build().save_pretrained(tmp_path)
    return tmp_path


def rewrite(folder: Path, change: Any) -> None:
    weights = load_file(folder / "model.safetensors")
    change(weights)
    save_file(weights, folder / "model.safetensors", metadata={"format": "pt"})


def test_what_was_saved_is_loaded_bit_by_bit(folder: Path) -> None:
    saved, loaded = build(), OntograftForSequenceClassification.from_pretrained(folder)
    assert not loaded.training
    expected = dict(saved.named_parameters()) | dict(saved.named_buffers())
    found = dict(loaded.named_parameters()) | dict(loaded.named_buffers())
    assert list(found) == list(expected)
    for name, value in expected.items():
        assert torch.equal(found[name], value), name
    assert torch.equal(logits(loaded), logits(saved))


def test_only_safetensors_are_written(folder: Path) -> None:
    assert sorted(path.name for path in folder.iterdir()) == ["config.json", "model.safetensors"]


@pytest.mark.parametrize("auto", [AutoModel, AutoModelForSequenceClassification])
def test_the_auto_classes_find_it(folder: Path, auto: Any) -> None:
    loaded = auto.from_pretrained(folder)
    assert isinstance(loaded, OntograftForSequenceClassification)
    assert torch.equal(logits(loaded), logits(build()))


def test_attention_is_the_fast_one(folder: Path) -> None:
    loaded = OntograftForSequenceClassification.from_pretrained(folder)
    assert loaded.encoder.config._attn_implementation == "sdpa"


def test_the_account_of_the_loading_is_given_if_asked_for(folder: Path) -> None:
    model, info = OntograftForSequenceClassification.from_pretrained(
        folder, output_loading_info=True
    )
    assert isinstance(model, OntograftForSequenceClassification)
    assert not info["missing_keys"]


@pytest.mark.parametrize(
    "key", ["closure_head.weight", "concepts.vectors", "encoder.embeddings.word_embeddings.weight"]
)
def test_a_missing_weight_is_refused(
    folder: Path, key: str, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.CRITICAL)
    rewrite(folder, lambda weights: weights.pop(key))
    with pytest.raises(ModelFolderError, match=f"weight '{key}' is missing: fit or copy the model"):
        OntograftForSequenceClassification.from_pretrained(folder)


def test_an_unknown_weight_is_refused(folder: Path) -> None:
    rewrite(folder, lambda weights: weights.update(extra=torch.zeros(2), more=torch.zeros(1)))
    with pytest.raises(ModelFolderError, match=r"'extra' is not part of this model \(and 1 more\)"):
        OntograftForSequenceClassification.from_pretrained(folder)


def test_a_weight_of_another_shape_is_refused(folder: Path) -> None:
    rewrite(folder, lambda weights: weights.update({"text_head.bias": torch.zeros(7)}))
    with pytest.raises(ModelFolderError, match="'text_head.bias' has another shape than the conf"):
        OntograftForSequenceClassification.from_pretrained(folder)


def test_a_configuration_with_more_layers_is_refused(folder: Path) -> None:
    settings = json.loads((folder / "config.json").read_text())
    settings["encoder"]["num_hidden_layers"] = 3
    (folder / "config.json").write_text(json.dumps(settings))
    with pytest.raises(ModelFolderError, match=r"'encoder.encoder.layer.2.* is missing"):
        OntograftForSequenceClassification.from_pretrained(folder)


def test_pickled_weights_are_refused(folder: Path) -> None:
    (folder / "model.safetensors").unlink()
    torch.save(build().state_dict(), folder / "pytorch_model.bin")
    with pytest.raises(ModelFolderError, match="the model cannot be read: .*model.safetensors"):
        OntograftForSequenceClassification.from_pretrained(folder)
    with pytest.raises(ModelFolderError, match="pickled weights can run code and are refused"):
        OntograftForSequenceClassification.from_pretrained(folder, use_safetensors=False)


def test_damaged_weights_are_refused_in_one_line(folder: Path) -> None:
    content = (folder / "model.safetensors").read_bytes()
    (folder / "model.safetensors").write_bytes(content[: len(content) // 2])
    with pytest.raises(ModelFolderError, match="the model cannot be read") as error:
        OntograftForSequenceClassification.from_pretrained(folder)
    assert "\n" not in str(error.value)


def test_an_empty_folder_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ModelFolderError, match="the model cannot be read"):
        OntograftForSequenceClassification.from_pretrained(tmp_path)


def test_one_missing_weight_leaves_the_loaded_ones_alone(folder: Path) -> None:
    """PyTorch Geometric's own initialisation would overwrite its neighbours."""
    rewrite(folder, lambda weights: weights.pop("concepts.graph_encoder.convolutions.0.root"))
    lenient: Any = PreTrainedModel.from_pretrained  # which only warns
    loaded = lenient.__func__(OntograftForSequenceClassification, folder)
    expected = build().state_dict()
    for name, value in loaded.state_dict().items():
        assert value.isfinite().all(), name
        assert name.endswith("0.root") or torch.equal(value, expected[name]), name


class Documents(torch.utils.data.Dataset[dict[str, Any]]):
    """Eight documents."""

    def __len__(self) -> int:
        return 8

    def __getitem__(self, number: int) -> dict[str, Any]:
        return document(number)


def collate(documents: list[dict[str, Any]]) -> dict[str, Any]:
    """Put documents into one batch: each brings its own nodes."""
    batch = {name: torch.cat([one[name] for one in documents]) for name in ("labels", "input_ids")}
    for name in documents[0]:
        if name in batch:
            continue
        step = 1 if name in ("window_document", "closure_document", "link_window") else 0
        step = 3 if name in ("edge_index", "closure_node", "link_node") else step
        parts = [one[name] + step * number for number, one in enumerate(documents)]
        batch[name] = torch.cat(parts, dim=-1)
    return batch


@pytest.mark.filterwarnings("ignore:.*pin_memory")
def test_gradient_accumulation_gives_the_same_loss(tmp_path: Path) -> None:
    losses = []
    for batch, steps in ((8, 1), (2, 4)):
        model = build(
            objective={},
            encoder=BertConfig(**TINY, hidden_dropout_prob=0.0, attention_probs_dropout_prob=0.0),
        )
        arguments = TrainingArguments(
            output_dir=str(tmp_path),
            per_device_train_batch_size=batch,
            gradient_accumulation_steps=steps,
            max_steps=2,
            logging_steps=1,
            use_cpu=True,
            disable_tqdm=True,
            save_strategy="no",
            learning_rate=1e-3,
            seed=3,
        )
        trainer = Trainer(model, arguments, train_dataset=Documents(), data_collator=collate)
        trainer.train()
        losses.append([entry["loss"] for entry in trainer.state.log_history if "loss" in entry])
    assert losses[0] == pytest.approx(losses[1], abs=1e-4)


@pytest.mark.filterwarnings("ignore:.*pin_memory")
def test_the_trainer_predicts_the_logits_alone(tmp_path: Path) -> None:
    arguments = TrainingArguments(
        output_dir=str(tmp_path), per_device_eval_batch_size=3, use_cpu=True, disable_tqdm=True
    )
    result: Any = Trainer(build(), arguments, data_collator=collate).predict(Documents())
    assert result.predictions.shape == (8, 3)
    torch.testing.assert_close(torch.tensor(result.predictions[1:2]), logits(build()))
