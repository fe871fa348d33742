"""Low-rank adapters in the text encoder (LoRA), by the library PEFT.

A weight W of the encoder stays as it was, and what is learnt is the product of two narrow matrices
beside it:

    W x  becomes  W x + alpha / rank * B A x

(Hu et al., 2021, https://arxiv.org/abs/2106.09685). B starts at zero, so that the encoder starts as
it was. After training the products are added to the weights, and the encoder is an ordinary one
again; what is kept are A and B alone, in PEFT's own format.
"""

from __future__ import annotations

import re
import warnings
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from safetensors.torch import load_file, save_file
from torch import Tensor, nn
from transformers.pytorch_utils import Conv1D

from ..errors import EncoderError, SettingsError

if TYPE_CHECKING:
    from peft import LoraConfig, PeftModel

ALL_LINEAR: Final = "all-linear"
"""Stands for every linear layer that may learn."""

_WEIGHTS = "adapter_model.safetensors"
_NAME = "default"


@dataclass(frozen=True, slots=True)
class LoraOptions:
    """How low-rank adapters are made.

    Args:
        rank: the inner width of the products.
        alpha: the products are multiplied by alpha / rank.
        dropout: the share of the inputs of A that are hidden in each training step.
        targets: the linear layers that get one, by the ends of their names, such as ``query`` or
            ``attention.self.query``; or ``ALL_LINEAR``.
    """

    rank: int
    alpha: float
    dropout: float = 0.0
    targets: tuple[str, ...] | str = ALL_LINEAR


@dataclass(frozen=True, slots=True)
class Adapter:
    """What was learnt beside the weights of an encoder.

    Args:
        config: PEFT's own account of it.
        weights: A and B of each layer, by PEFT's own names.
    """

    config: LoraConfig
    weights: dict[str, Tensor]

    def save(self, folder: Path) -> None:
        """Write it as PEFT does; ``peft.PeftModel.from_pretrained(encoder, folder)`` reads it."""
        self.config.save_pretrained(str(folder))
        weights = {name: value.cpu().contiguous() for name, value in self.weights.items()}
        save_file(weights, folder / _WEIGHTS, metadata={"format": "pt"})

    @classmethod
    def load(cls, folder: Path) -> Adapter:
        """Read what ``save`` wrote.

        Raises:
            EncoderError: PEFT is not installed.
        """
        check_peft()
        from peft import LoraConfig

        config = LoraConfig.from_pretrained(str(folder))
        return cls(config, load_file(folder / _WEIGHTS))

    def merge_into(self, encoder: nn.Module) -> None:
        """Add the products to the weights of the encoder that they were learnt beside.

        Raises:
            EncoderError: it is another encoder: it lacks a layer, or has it in another shape.
        """
        from peft import get_peft_model_state_dict, set_peft_model_state_dict

        try:
            adapted = _adapted(encoder, replace(self.config, base_model_name_or_path=None))
            other = set(self.weights) ^ set(
                get_peft_model_state_dict(adapted, save_embedding_layers=False)
            )
            if other:
                raise ValueError(f"its layers are others, such as that of {min(other)}")
            set_peft_model_state_dict(adapted, self.weights)
        except (ValueError, RuntimeError) as error:
            cause = " ".join(str(error).split())
            raise EncoderError(
                f"the adapters do not fit this encoder: {cause}; give the one they were trained on"
            ) from error
        adapted.merge_and_unload()
        encoder.requires_grad_(True)


def check_peft() -> None:
    """Refuse to go on where PEFT is not installed.

    Raises:
        EncoderError: it is not.
    """
    try:
        import peft  # noqa: F401
    except ImportError as error:
        raise EncoderError(
            "low-rank adapters (LoRA) need PEFT, which is not installed: "
            "pip install 'ontograft[lora]'"
        ) from error


def add_adapters(encoder: nn.Module, options: LoraOptions, *, name: str | None = None) -> PeftModel:
    """Put adapters beside linear layers that learn; from then on only the adapters do.

    Args:
        encoder: the text encoder; changed in place.
        options: how they are made.
        name: what the adapters' account of themselves is to call the encoder, such as its name on
            the hub.

    Returns:
        PEFT's view of the encoder, for ``take_adapters``.

    Raises:
        EncoderError: PEFT is not installed.
        SettingsError: no linear layer learns, or none of those that do has one of the names.
    """
    check_peft()
    from peft import LoraConfig

    targets = _targets(encoder, options.targets)
    config = LoraConfig(
        r=options.rank,
        lora_alpha=options.alpha,  # type: ignore[arg-type]
        lora_dropout=options.dropout,
        target_modules=targets,
    )
    adapted = _adapted(encoder, config)
    encoder.train(encoder.training)  # new modules are in training mode, whatever the others are in
    config.target_modules = targets  # PEFT keeps a set, whose order differs from run to run
    config.inference_mode = True  # for whoever loads it
    config.base_model_name_or_path = name  # PEFT puts the path on this machine there
    return adapted


def take_adapters(adapted: PeftModel) -> Adapter:
    """Take the adapters out of an encoder, and add their products to its weights."""
    from peft import get_peft_model_state_dict

    # On "auto" PEFT would ask the hub for the encoder's configuration.
    weights = get_peft_model_state_dict(adapted, save_embedding_layers=False)
    taken = {name: value.detach().clone() for name, value in weights.items()}
    adapted.merge_and_unload()
    return Adapter(adapted.peft_config[_NAME], taken)  # type: ignore[arg-type]


def squared_products(encoder: nn.Module) -> Iterator[Tensor]:
    """Yield the squared length of each product that the adapters of an encoder add to a weight.

        |s B A|^2 = s^2 * sum of (B^T B) * (A A^T)

    so that the product itself, as large as the weight, is never formed.
    """
    layer: Any
    for layer in encoder.modules():
        if hasattr(layer, "lora_A"):
            a, b = layer.lora_A[_NAME].weight, layer.lora_B[_NAME].weight  # (rank, in), (out, rank)
            yield layer.scaling[_NAME] ** 2 * ((b.T @ b) * (a @ a.T)).sum()


def _adapted(encoder: nn.Module, config: LoraConfig) -> PeftModel:
    """Put adapters into an encoder, in place."""
    from peft import get_peft_model

    with warnings.catch_warnings():  # PEFT still asks transformers for what it will drop one day
        warnings.filterwarnings("ignore", "`is_gradient_checkpointing`", FutureWarning)
        return get_peft_model(encoder, config, adapter_name=_NAME)


def _targets(encoder: nn.Module, wanted: tuple[str, ...] | str) -> list[str]:
    """Return the whole names of the linear layers that get an adapter, sorted."""
    learning = sorted(
        name
        for name, module in encoder.named_modules()
        if isinstance(module, nn.Linear | Conv1D) and module.weight.requires_grad
    )
    if not learning:
        raise SettingsError(
            "LoRA finds no linear layer of the encoder that learns: leave some of its layers "
            "unfrozen"
        )
    if wanted == ALL_LINEAR:
        return learning
    for target in wanted:
        if not any(_ends(name, target) for name in learning):
            raise SettingsError(
                f"LoRA finds no linear layer of the encoder that learns and is called {target!r}; "
                f"choose from: {', '.join(_short_names(learning))}"
            )
    return [name for name in learning if any(_ends(name, target) for target in wanted)]


def _ends(name: str, target: str) -> bool:
    return name == target or name.endswith(f".{target}")


def _short_names(names: Iterable[str]) -> list[str]:
    """Return the names as they are within a layer, each once."""
    return sorted({re.split(r"\.\d+\.", name)[-1] for name in names})
