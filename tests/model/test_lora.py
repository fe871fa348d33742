"""Low-rank adapters: where they go, what learns, and that they are added and kept exactly."""

import json
import math
import sys
from pathlib import Path
from typing import Any

import pytest
import torch
from peft import PeftModel
from torch import Tensor
from transformers import BertConfig, PreTrainedConfig

from ontograft.errors import EncoderError, SettingsError
from ontograft.model import ALL_LINEAR, Adapter, LoraOptions, add_adapters, take_adapters
from ontograft.model.lora import check_peft, squared_products
from ontograft.model.text_encoder import build_encoder

from .tiny import ALBERT, LAYERED, TINY

OPTIONS = LoraOptions(rank=2, alpha=4)


def build(config: PreTrainedConfig | None = None) -> Any:
    torch.manual_seed(0)
    return build_encoder(config or BertConfig(**TINY)).eval()  # type: ignore[no-untyped-call]


def vectors(encoder: Any) -> Tensor:
    with torch.no_grad():
        result: Tensor = encoder(input_ids=torch.tensor([[5, 6, 7]])).last_hidden_state
    return result


def stir(encoder: Any) -> None:
    """Let the adapters be something, as after training."""
    torch.manual_seed(1)
    for parameter in encoder.parameters():
        if parameter.requires_grad:
            torch.nn.init.normal_(parameter, std=0.2)


def learning(encoder: Any) -> set[str]:
    return {name for name, value in encoder.named_parameters() if value.requires_grad}


@pytest.mark.parametrize("config", [*LAYERED, ALBERT], ids=lambda config: str(config.model_type))
def test_any_encoder_gets_adapters_and_is_the_same_after_they_are_taken(
    config: PreTrainedConfig,
) -> None:
    encoder = build(config)
    before, names = vectors(encoder), set(encoder.state_dict())
    adapted = add_adapters(encoder, OPTIONS)
    assert torch.equal(vectors(encoder), before)  # B is zero
    assert learning(encoder)
    assert all("lora_" in name for name in learning(encoder))
    stir(encoder)
    with_adapters = vectors(encoder)
    assert not torch.allclose(with_adapters, before, atol=0.01)
    take_adapters(adapted)
    torch.testing.assert_close(vectors(encoder), with_adapters, atol=1e-4, rtol=1e-4)
    assert set(encoder.state_dict()) == names


def test_few_parameters_learn() -> None:
    encoder = build(BertConfig(**TINY | {"hidden_size": 64, "intermediate_size": 256}))
    total = sum(value.numel() for value in encoder.parameters())
    add_adapters(encoder, LoraOptions(rank=1, alpha=1))
    learnt = sum(value.numel() for value in encoder.parameters() if value.requires_grad)
    # In each layer four 64 x 64 matrices of the attention, two 64 x 256 behind it.
    assert learnt == 2 * (4 * (64 + 64) + 2 * (64 + 256))
    assert learnt < 0.03 * total


def test_frozen_layers_get_none() -> None:
    encoder = build()
    encoder.embeddings.requires_grad_(False)
    encoder.encoder.layer[0].requires_grad_(False)
    add_adapters(encoder, OPTIONS)
    assert learning(encoder)
    assert all(name.startswith("encoder.layer.1.") for name in learning(encoder))


@pytest.mark.parametrize("targets", [("query", "value"), ("self.query", "attention.self.value")])
def test_layers_are_chosen_by_the_ends_of_their_names(targets: tuple[str, ...]) -> None:
    encoder = build()
    adapted = add_adapters(encoder, LoraOptions(rank=2, alpha=4, targets=targets))
    assert adapted.peft_config["default"].target_modules == [  # type: ignore[attr-defined]
        f"encoder.layer.{number}.attention.self.{name}"
        for number in range(2)
        for name in ("query", "value")
    ]
    assert len(learning(encoder)) == 8


def test_a_name_that_no_layer_has_is_refused_with_those_there_are() -> None:
    with pytest.raises(
        SettingsError,
        match=r"no linear layer .* is called 'qeury'; choose from: attention.output.dense, "
        r"attention.self.key, attention.self.query",
    ):
        add_adapters(build(), LoraOptions(rank=2, alpha=4, targets=("value", "qeury")))


def test_an_encoder_that_learns_nothing_is_refused() -> None:
    encoder = build().requires_grad_(False)
    with pytest.raises(SettingsError, match="no linear layer of the encoder that learns: leave"):
        add_adapters(encoder, LoraOptions(rank=2, alpha=4, targets=ALL_LINEAR))


def test_without_peft_the_message_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "peft", None)
    with pytest.raises(EncoderError, match=r"pip install 'ontograft\[lora\]'"):
        check_peft()
    with pytest.raises(EncoderError, match="PEFT, which is not installed"):
        add_adapters(build(), OPTIONS)
    with pytest.raises(EncoderError, match="PEFT, which is not installed"):
        Adapter.load(Path("nowhere"))


def test_dropout_is_for_training_alone() -> None:
    still = {"hidden_dropout_prob": 0.0, "attention_probs_dropout_prob": 0.0}
    encoder = build(BertConfig(**TINY | still))
    add_adapters(encoder, LoraOptions(rank=2, alpha=4, dropout=0.5))
    stir(encoder)
    assert torch.equal(vectors(encoder), vectors(encoder))
    encoder.train()
    assert not torch.equal(vectors(encoder), vectors(encoder))


@pytest.fixture
def taken() -> tuple[Any, Adapter]:
    """Return an encoder with an adapter merged into it, and the adapter."""
    encoder = build()
    adapted = add_adapters(encoder, OPTIONS, name="someone/bert")
    stir(encoder)
    return encoder, take_adapters(adapted)


def test_a_saved_adapter_gives_the_same_weights_bit_by_bit(
    taken: tuple[Any, Adapter], tmp_path: Path
) -> None:
    merged, adapter = taken
    adapter.save(tmp_path)
    again = build()
    Adapter.load(tmp_path).merge_into(again)
    assert merged.state_dict().keys() == again.state_dict().keys()
    for name, value in merged.state_dict().items():
        assert torch.equal(again.state_dict()[name], value), name
    assert all(value.requires_grad for value in again.parameters())


@pytest.mark.filterwarnings("ignore:`is_gradient_checkpointing`:FutureWarning")
def test_peft_itself_reads_what_was_saved(taken: tuple[Any, Adapter], tmp_path: Path) -> None:
    merged, adapter = taken
    adapter.save(tmp_path)
    stated = json.loads((tmp_path / "adapter_config.json").read_text())
    assert stated["base_model_name_or_path"] == "someone/bert"
    assert stated["target_modules"] == sorted(stated["target_modules"])
    loaded = PeftModel.from_pretrained(build(), tmp_path)
    torch.testing.assert_close(vectors(loaded.eval()), vectors(merged), atol=1e-4, rtol=1e-4)


@pytest.mark.parametrize(
    ("change", "cause"),
    [
        ({"hidden_size": 8}, "size mismatch"),
        ({"num_hidden_layers": 1}, "its layers are others, such as that of base_model.*layer.1"),
    ],
)
def test_an_adapter_is_not_merged_into_another_encoder(
    taken: tuple[Any, Adapter], change: dict[str, Any], cause: str
) -> None:
    with pytest.raises(EncoderError, match=f"do not fit this encoder: .*{cause}.*; give the one"):
        taken[1].merge_into(build(BertConfig(**TINY | change)))


def test_the_squared_products_are_those_of_what_is_added_to_the_weights() -> None:
    encoder = build()
    assert list(squared_products(encoder)) == []
    before = {name: value.clone() for name, value in encoder.state_dict().items()}
    adapted = add_adapters(encoder, OPTIONS)
    stir(encoder)
    found = sum(part.item() for part in squared_products(encoder))
    take_adapters(adapted)
    after = encoder.state_dict()
    expected = sum((after[name] - value).square().sum().item() for name, value in before.items())
    assert math.isclose(found, expected, rel_tol=1e-4)
    assert found > 1
