"""The text encoder: any transformer of the library, built from its configuration."""

from __future__ import annotations

import inspect
from typing import Any

from torch import nn
from transformers import MODEL_MAPPING, AutoModel, PreTrainedConfig, PreTrainedModel

from ..errors import EncoderError


def build_encoder(config: PreTrainedConfig) -> PreTrainedModel:
    """Return an encoder of this configuration with random weights and no pooling layer.

    An unused pooling layer would stop distributed training.
    """
    options = {}
    known: Any = MODEL_MAPPING.get(type(config), None)
    if known is not None and "add_pooling_layer" in inspect.signature(known).parameters:
        options["add_pooling_layer"] = False
    encoder: PreTrainedModel = AutoModel.from_config(config, **options)  # type: ignore[no-untyped-call]
    return encoder


def copy_weights(source: PreTrainedModel, target: PreTrainedModel) -> None:
    """Copy the weights of a pre-trained encoder into one that ``build_encoder`` made.

    The pooling layer of the source, if it has one, is left behind.

    Raises:
        EncoderError: they do not fit.
    """
    weights = {
        name: value for name, value in source.state_dict().items() if not name.startswith("pooler.")
    }
    try:
        target.load_state_dict(weights)
    except RuntimeError as error:
        cause = " ".join(str(error).split())
        raise EncoderError(f"the encoder does not fit its configuration: {cause}") from error


def find_layers(encoder: nn.Module, *, num_layers: int) -> nn.ModuleList | None:
    """Return the list of the encoder's layers, whatever its architecture calls it.

    None if it has no such list: ALBERT shares one layer, for example.
    """
    for module in encoder.modules():
        if isinstance(module, nn.ModuleList) and len(module) == num_layers:
            return module
    return None


def encoder_layers(encoder: nn.Module, *, num_layers: int) -> nn.ModuleList:
    """Return the list of the encoder's layers, for the channel tokens.

    Raises:
        EncoderError: the encoder has no such list.
    """
    layers = find_layers(encoder, num_layers=num_layers)
    if layers is None:
        raise EncoderError(
            f"{type(encoder).__name__} has no list of {num_layers} layers for the tokens channel "
            f"to hook into: leave 'tokens' out of the channels"
        )
    return layers
