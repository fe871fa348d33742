"""Loading of weights that accepts exactly what the model has, nothing less and nothing more."""

from __future__ import annotations

from collections.abc import Callable
from os import PathLike
from pathlib import Path
from typing import Any, Final

from safetensors import SafetensorError

from ..errors import ModelFolderError

ADAPTER: Final = "adapter"
"""The folder in a model's folder with what was learnt beside the weights of its encoder."""

REPAIR = "fit or copy the model again, or load it with the version of Ontograft that saved it"


def load_strictly(
    load: Callable[..., Any], folder: str | PathLike[str] | None, **options: Any
) -> tuple[Any, dict[str, Any]]:
    """Load a saved model, or refuse.

    transformers fills in with random numbers what a checkpoint lacks, and only warns.

    Args:
        load: transformers' own ``from_pretrained`` with the folder already given.
        folder: the folder (or hub name) of the model, for the messages.
        options: what else to pass to ``load``.

    Returns:
        the model, and transformers' account of the loading.

    Raises:
        ModelFolderError: the folder cannot be read, its weights are pickled, a weight is missing,
            unknown or of another shape, or the encoder's weights were not saved with it.
    """
    if folder is not None and (Path(folder) / ADAPTER).is_dir():
        raise ModelFolderError(
            f"{folder}: holds adapters (LoRA) without the weights of their encoder: load it with "
            "ontograft.Classifier.load, or with ontograft.model.load_adapted(folder, encoder)"
        )
    if options.pop("use_safetensors", True) is False:
        raise ModelFolderError(
            f"{folder}: pickled weights can run code and are refused: leave use_safetensors out"
        )
    # Shapes that differ are reported below, by name, with the rest.
    options |= {"use_safetensors": True, "ignore_mismatched_sizes": True}
    try:
        model, info = load(output_loading_info=True, **options)
    except (OSError, SafetensorError) as error:
        cause = " ".join(str(error).split())
        raise ModelFolderError(f"{folder}: the model cannot be read: {cause}") from error
    kinds = {
        "missing_keys": "is missing",
        "unexpected_keys": "is not part of this model",
        "mismatched_keys": "has another shape than the configuration says",
    }
    for kind, problem in kinds.items():
        names = sorted(key if isinstance(key, str) else str(key[0]) for key in info[kind])
        if names:
            more = f" (and {len(names) - 1} more)" if len(names) > 1 else ""
            raise ModelFolderError(f"{folder}: weight {names[0]!r} {problem}{more}: {REPAIR}")
    return model, info
