"""Models whose encoder learnt through adapters alone: saved without the encoder's own weights.

config.json         as of any other model
model.safetensors   the heads and channels: all weights but those of the encoder
adapter/            what was learnt beside the encoder's weights, as PEFT writes it
"""

from __future__ import annotations

from pathlib import Path

from safetensors import SafetensorError
from safetensors.torch import load_file
from transformers import PreTrainedModel

from ..errors import EncoderError, ModelFolderError
from .classifier import OntograftForSequenceClassification
from .configuration import OntograftConfig
from .loading import ADAPTER, REPAIR
from .lora import Adapter
from .text_encoder import copy_weights

_ENCODER = "encoder."
_FILES = (
    "config.json",
    "model.safetensors",
    f"{ADAPTER}/adapter_config.json",
    f"{ADAPTER}/adapter_model.safetensors",
)


def save_adapted(
    model: OntograftForSequenceClassification, adapter: Adapter, folder: str | Path
) -> None:
    """Save a model without the weights of its encoder.

    Args:
        model: the model, with the adapter merged into its encoder.
        adapter: what was learnt beside the encoder's weights.
        folder: where to save; made if it is not there.
    """
    weights = model.state_dict()
    kept = {name: value for name, value in weights.items() if not name.startswith(_ENCODER)}
    model.save_pretrained(folder, state_dict=kept)
    adapter.save(Path(folder) / ADAPTER)


def load_adapted(
    folder: str | Path, encoder: PreTrainedModel
) -> tuple[OntograftForSequenceClassification, Adapter]:
    """Return what ``save_adapted`` saved: the model, in evaluation mode, and its adapter.

    Args:
        folder: the folder.
        encoder: the encoder as it was before training; its weights are copied.

    Raises:
        ModelFolderError: the folder cannot be read, a weight is missing or unknown, or the adapter
            was learnt beside another encoder.
        EncoderError: PEFT is not installed.
    """
    folder = Path(folder)
    for name in _FILES:  # transformers would take its defaults, and PEFT ask the hub
        if not (folder / name).is_file():
            raise ModelFolderError(f"{folder}: the model cannot be read: it has no {name}")
    try:
        config = OntograftConfig.from_pretrained(folder)
        weights = load_file(folder / "model.safetensors")
        adapter = Adapter.load(folder / ADAPTER)
    except (OSError, SafetensorError) as error:
        cause = " ".join(str(error).split())
        raise ModelFolderError(f"{folder}: the model cannot be read: {cause}") from error
    model = OntograftForSequenceClassification(config)
    own = {name for name in model.state_dict() if not name.startswith(_ENCODER)}
    for names, problem in (
        (own - weights.keys(), "is missing"),
        (weights.keys() - own, "is not part of this model"),
    ):
        if names:
            raise ModelFolderError(f"{folder}: weight {min(names)!r} {problem}: {REPAIR}")
    try:
        model.load_state_dict(weights, strict=False)
        copy_weights(encoder, model.encoder)
        adapter.merge_into(model.encoder)
    except (RuntimeError, EncoderError) as error:
        cause = " ".join(" ".join(str(error).splitlines()[:2]).split())  # the first of many
        raise ModelFolderError(f"{folder}: the weights do not fit: {cause}") from error
    model.eval()  # type: ignore[no-untyped-call]
    return model, adapter
