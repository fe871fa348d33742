"""What stays frozen in encoders of different make."""

from __future__ import annotations

import pytest
from transformers import BertConfig, PreTrainedConfig

from ontograft.errors import SettingsError
from ontograft.model import OntograftConfig, OntograftForSequenceClassification
from ontograft.pipeline.building import freeze

from ..model.tiny import ALBERT, LAYERED, TINY


def build(encoder: PreTrainedConfig) -> OntograftForSequenceClassification:
    config = OntograftConfig(encoder=encoder, num_labels=2, channels=[])
    return OntograftForSequenceClassification(config)


def learning(model: OntograftForSequenceClassification) -> set[str]:
    return {name for name, value in model.encoder.named_parameters() if value.requires_grad}


@pytest.mark.parametrize("config", LAYERED, ids=lambda config: str(config.model_type))
def test_the_upper_half_alone_learns_in_any_encoder(config: PreTrainedConfig) -> None:
    model = build(config)
    everything = learning(model)
    freeze(model, 0)
    assert learning(model) == everything
    freeze(model, "auto")
    # Not MPNet's and DeBERTa's relative positions either, which the lower layers use as well.
    assert learning(model) == {name for name in everything if ".layer.1." in name} != set()
    freeze(model, -1)
    assert learning(model) == set()
    assert model.text_head.weight.requires_grad


def test_an_encoder_that_shares_its_layers_learns_whole_or_not_at_all() -> None:
    model = build(ALBERT)
    everything = learning(model)
    freeze(model, "auto")
    assert learning(model) == everything
    with pytest.raises(SettingsError, match=r"AlbertModel shares its layers, .* 1 .* choose 0 for"):
        freeze(model, 1)
    freeze(model, -1)
    assert learning(model) == set()


def test_more_layers_than_there_are_cannot_be_frozen() -> None:
    with pytest.raises(SettingsError, match="frozen_layers: the encoder has 2 layers, got 3; -1"):
        freeze(build(BertConfig(**TINY)), 3)
