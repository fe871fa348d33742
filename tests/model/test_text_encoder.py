"""Building the text encoder and finding its layers, whatever its architecture."""

import pytest
import torch
from transformers import AutoModel, BertConfig, BertModel, PreTrainedConfig

from ontograft.errors import EncoderError
from ontograft.model.text_encoder import build_encoder, copy_weights, encoder_layers, find_layers

from .tiny import ALBERT, LAYERED, TINY


@pytest.mark.parametrize("config", LAYERED, ids=lambda config: str(config.model_type))
def test_encoders_have_no_pooling_layer_and_a_list_of_layers(config: PreTrainedConfig) -> None:
    encoder = build_encoder(config)
    assert not any(name.startswith("pooler.") for name in encoder.state_dict())
    assert len(encoder_layers(encoder, num_layers=2)) == 2


def test_an_encoder_that_shares_its_layers_cannot_be_hooked() -> None:
    encoder = build_encoder(ALBERT)
    with pytest.raises(EncoderError, match="AlbertModel has no list of 2 layers .* leave 'tokens'"):
        encoder_layers(encoder, num_layers=2)
    assert find_layers(encoder, num_layers=2) is None


@pytest.mark.parametrize("config", LAYERED, ids=lambda config: str(config.model_type))
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
