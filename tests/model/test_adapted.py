"""The whole classifier with adapters: every channel, the anchor, saving without the encoder."""

from pathlib import Path
from typing import Any

import pytest
import torch
from peft import LoraConfig, PeftModel, get_peft_model
from safetensors.torch import load_file, save_file
from torch import Tensor
from transformers import BertConfig, MPNetConfig, PreTrainedConfig

from ontograft.errors import ModelFolderError
from ontograft.model import (
    CHANNELS,
    LoraOptions,
    OntograftConfig,
    OntograftForSequenceClassification,
    add_adapters,
    load_adapted,
    save_adapted,
    take_adapters,
    with_inverses,
)
from ontograft.model.text_encoder import build_encoder

from .tiny import TINY

OPTIONS = LoraOptions(rank=2, alpha=4)


def encoder_of(config: PreTrainedConfig | None = None) -> Any:
    torch.manual_seed(0)
    return build_encoder(config or BertConfig(**TINY)).eval()  # type: ignore[no-untyped-call]


def build(encoder: PreTrainedConfig | None = None, **options: Any) -> Any:
    """Return a classifier in evaluation mode with every gate open."""
    source = encoder_of(encoder)
    config = OntograftConfig(
        **{
            "encoder": source.config,
            "num_labels": 3,
            "num_concepts": 5,
            "num_relations": 2,
            "graph_width": 8,
            "token_width": 8,
        }
        | options
    )
    model = OntograftForSequenceClassification.from_encoder(source, config)
    torch.manual_seed(1)
    for name, parameter in model.named_parameters():
        if not name.startswith("encoder."):
            torch.nn.init.normal_(parameter, std=0.5)
    model.set_concept_vectors(torch.randn(5, 16))
    edges = torch.tensor([[1, 2, 3], [0, 0, 1]]), torch.tensor([0, 1, 0])
    model.set_graph(*with_inverses(*edges, num_relations=2))
    return model


def batch() -> dict[str, Tensor]:
    """Two documents, the second without links."""
    return {
        "labels": torch.tensor([2, 0]),
        "input_ids": torch.tensor([[1, 5, 6, 7, 2], [1, 8, 4, 2, 0]]),
        "attention_mask": torch.tensor([[1, 1, 1, 1, 1], [1, 1, 1, 1, 0]]),
        "concept_ids": torch.tensor([0, 1, 3]),
        "edge_index": torch.tensor([[1, 2, 0, 1], [0, 1, 1, 2]]),
        "edge_type": torch.tensor([0, 0, 2, 2]),
        "closure_document": torch.tensor([0, 0, 0]),
        "closure_node": torch.tensor([0, 1, 2]),
        "closure_weight": torch.tensor([0.49, 0.7, 1.0]),
        "link_window": torch.tensor([0, 0]),
        "link_node": torch.tensor([2, 1]),
        "link_score": torch.tensor([1.0, 0.5]),
        "link_token_start": torch.tensor([1, 2]),
        "link_token_end": torch.tensor([3, 4]),
    }


def logits(model: Any) -> Tensor:
    with torch.no_grad():
        result: Tensor = model(**batch()).logits
    return result


def trained(model: Any, steps: int = 12) -> Any:
    """Add adapters and let them, the heads and the channels learn the two documents."""
    adapted = add_adapters(model.encoder, OPTIONS)
    model.train()
    learning = [value for value in model.parameters() if value.requires_grad]
    optimizer = torch.optim.AdamW(learning, lr=0.02)
    for _ in range(steps):
        model(**batch()).loss.backward()
        optimizer.step()
        optimizer.zero_grad()
    model.eval()
    return adapted


@pytest.mark.parametrize("channels", [(), ("closure",), ("graph",), ("tokens",), CHANNELS], ids=str)
def test_adapters_learn_beside_every_channel(channels: tuple[str, ...]) -> None:
    model = build(channels=channels)
    before = {name: value.clone() for name, value in model.encoder.state_dict().items()}
    adapted = trained(model, steps=25)
    assert torch.equal(logits(model).argmax(1), batch()["labels"])
    with_adapters = logits(model)
    take_adapters(adapted)
    torch.testing.assert_close(logits(model), with_adapters, atol=1e-4, rtol=1e-4)
    after = model.encoder.state_dict()
    changed = {name for name, value in before.items() if not torch.equal(after[name], value)}
    assert len(changed) == 12  # the weights of the six linear layers of each of two layers
    assert all(name.endswith(".weight") and ".layer." in name for name in changed)


def test_the_adapters_alone_can_learn() -> None:
    model = build(channels=()).requires_grad_(False)
    before = logits(model)
    wrong = (before.argmax(1) + 1) % 3  # whatever it says now is wrong
    model.encoder.requires_grad_(True)
    add_adapters(model.encoder, LoraOptions(rank=4, alpha=8))
    learning = [value for value in model.parameters() if value.requires_grad]
    optimizer = torch.optim.AdamW(learning, lr=0.03)
    for _ in range(40):
        model(**batch() | {"labels": wrong}).loss.backward()
        optimizer.step()
        optimizer.zero_grad()
    assert torch.equal(logits(model).argmax(1), wrong)


@pytest.mark.parametrize("config", [BertConfig(**TINY), MPNetConfig(**TINY)], ids=lambda c: str(c))
def test_a_model_saved_without_its_encoder_is_loaded_bit_by_bit(
    config: PreTrainedConfig, tmp_path: Path
) -> None:
    model = build(config)
    adapter = take_adapters(trained(model))
    save_adapted(model, adapter, tmp_path)
    loaded, again = load_adapted(tmp_path, encoder_of(config))
    assert not loaded.training
    assert again.weights.keys() == adapter.weights.keys()
    expected = dict(model.named_parameters()) | dict(model.named_buffers())
    found = dict(loaded.named_parameters()) | dict(loaded.named_buffers())
    assert list(found) == list(expected)
    for name, value in expected.items():
        assert torch.equal(found[name], value), name
    assert torch.equal(logits(loaded), logits(model))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    model = build()
    save_adapted(model, take_adapters(add_adapters(model.encoder, OPTIONS)), tmp_path)
    return tmp_path


def test_no_weight_of_the_encoder_is_saved(folder: Path) -> None:
    assert sorted(path.name for path in folder.rglob("*") if path.is_file()) == [
        "adapter_config.json",
        "adapter_model.safetensors",
        "config.json",
        "model.safetensors",
    ]
    assert not [name for name in load_file(folder / "model.safetensors") if "encoder." in name[:8]]


def test_loading_it_as_a_whole_model_says_how_to_load_it(folder: Path) -> None:
    with pytest.raises(ModelFolderError, match=r"without the weights of their encoder: load it wi"):
        OntograftForSequenceClassification.from_pretrained(folder)


def test_a_missing_and_an_unknown_weight_are_refused(folder: Path) -> None:
    weights = load_file(folder / "model.safetensors")
    bias = weights.pop("text_head.bias")
    save_file(weights, folder / "model.safetensors", metadata={"format": "pt"})
    with pytest.raises(ModelFolderError, match=r"weight 'text_head.bias' is missing: fit or copy"):
        load_adapted(folder, encoder_of())
    weights |= {"text_head.bias": bias, "extra": torch.zeros(1)}
    save_file(weights, folder / "model.safetensors", metadata={"format": "pt"})
    with pytest.raises(ModelFolderError, match="weight 'extra' is not part of this model"):
        load_adapted(folder, encoder_of())
    weights.pop("extra")
    weights["text_head.bias"] = torch.zeros(7)
    save_file(weights, folder / "model.safetensors", metadata={"format": "pt"})
    with pytest.raises(ModelFolderError, match=r"do not fit: .*size mismatch for text_head.bias"):
        load_adapted(folder, encoder_of())


def test_another_encoder_is_refused(folder: Path) -> None:
    with pytest.raises(ModelFolderError, match="the encoder does not fit its configuration"):
        load_adapted(folder, encoder_of(BertConfig(**TINY | {"hidden_size": 8})))


@pytest.mark.parametrize(
    "file",
    [
        "config.json",
        "model.safetensors",
        "adapter/adapter_config.json",
        "adapter/adapter_model.safetensors",
    ],
)
def test_a_folder_that_lacks_a_file_is_refused(folder: Path, file: str) -> None:
    (folder / file).unlink()
    with pytest.raises(ModelFolderError, match=f"the model cannot be read: it has no {file}"):
        load_adapted(folder, encoder_of())


def test_a_damaged_file_is_refused_in_one_line(folder: Path) -> None:
    (folder / "model.safetensors").write_bytes(b"no weights")
    with pytest.raises(ModelFolderError, match="the model cannot be read: ") as error:
        load_adapted(folder, encoder_of())
    assert "\n" not in str(error.value)


def test_the_anchor_is_then_about_what_the_adapters_add() -> None:
    model = build(objective={"anchor": 2.0})
    before = {name: value.clone() for name, value in model.encoder.named_parameters()}
    model.set_anchor()
    adapted = trained(model)
    terms = model.train()(**batch()).loss_terms
    take_adapters(adapted)
    moved = [
        (value - before[name]).square().sum() for name, value in model.encoder.named_parameters()
    ]
    torch.testing.assert_close(terms["anchor"], torch.stack(moved).sum() / 2)
    assert terms["anchor"] > 0


def test_the_anchor_of_an_encoder_that_is_frozen_is_zero() -> None:
    model = build(objective={"anchor": 2.0}).train()
    model.set_anchor()
    model.encoder.requires_grad_(False)
    assert model(**batch()).loss_terms["anchor"].item() == 0


@pytest.mark.filterwarnings("ignore:`is_gradient_checkpointing`:FutureWarning")
def test_peft_wraps_the_whole_model_as_its_users_expect(tmp_path: Path) -> None:
    model = build()
    config = LoraConfig(
        task_type="SEQ_CLS", target_modules=["query", "value"], modules_to_save=["text_head"]
    )
    wrapped = get_peft_model(model, config).train()
    wrapped(**batch()).loss.backward()
    learning = [name for name, value in wrapped.named_parameters() if value.grad is not None]
    assert {"lora_" in name or "text_head" in name for name in learning} == {True}
    for value in wrapped.parameters():
        if value.requires_grad:
            torch.nn.init.normal_(value, std=0.3)
    wrapped.save_pretrained(str(tmp_path))
    loaded = PeftModel.from_pretrained(build(), tmp_path)
    assert torch.equal(logits(loaded.eval()), logits(wrapped.eval()))
