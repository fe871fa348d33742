"""Building the text encoder and finding its layers, whatever its architecture."""

from typing import Any

import pytest
import torch
from transformers import (
    AlbertConfig,
    AutoModel,
    BertConfig,
    BertModel,
    DistilBertConfig,
    ElectraConfig,
    MPNetConfig,
    PreTrainedConfig,
    RobertaConfig,
)

from ontograft.errors import EncoderError
from ontograft.model.text_encoder import build_encoder, copy_weights, encoder_layers, find_layers

TINY: dict[str, Any] = {
    "vocab_size": 40,
    "hidden_size": 16,
    "num_hidden_layers": 2,
    "num_attention_heads": 2,
    "intermediate_size": 32,
    "max_position_embeddings": 34,
}
CONFIGS: list[PreTrainedConfig] = [
    BertConfig(**TINY),
    RobertaConfig(**TINY),
    MPNetConfig(**TINY),
    ElectraConfig(**TINY, embedding_size=16),
    DistilBertConfig(vocab_size=40, dim=16, n_layers=2, n_heads=2, hidden_dim=32),
]


@pytest.mark.parametrize("config", CONFIGS, ids=lambda config: str(config.model_type))
def test_encoders_have_no_pooling_layer_and_a_list_of_layers(config: PreTrainedConfig) -> None:
    encoder = build_encoder(config)
    assert not any(name.startswith("pooler.") for name in encoder.state_dict())
    assert len(encoder_layers(encoder, num_layers=2)) == 2


def test_an_encoder_that_shares_its_layers_cannot_be_hooked() -> None:
    encoder = build_encoder(AlbertConfig(**TINY, embedding_size=16))
    with pytest.raises(EncoderError, match="AlbertModel has no list of 2 layers .* leave 'tokens'"):
        encoder_layers(encoder, num_layers=2)
    assert find_layers(encoder, num_layers=2) is None


@pytest.mark.parametrize("config", CONFIGS, ids=lambda config: str(config.model_type))
def test_copied_weights_give_the_same_vectors(config: PreTrainedConfig) -> None:
    source, target = AutoModel.from_config(config), build_encoder(config)  # type: ignore[no-untyped-call]
    copy_weights(source, target)
    tokens = torch.tensor([[5, 6, 7]])
    expected = source.eval()(input_ids=tokens).last_hidden_state
    assert torch.equal(target.eval()(input_ids=tokens).last_hidden_state, expected)  # type: ignore[no-untyped-call]


def test_weights_that_do_not_fit_are_refused_in_one_line() -> None:
    target = build_encoder(BertConfig(**(TINY | {"hidden_size": 8})))
    with pytest.raises(
        EncoderError, match="does not fit its configuration: .*size mismatch"
    ) as error:
        copy_weights(BertModel(BertConfig(**TINY)), target)
    assert "\n" not in str(error.value)
