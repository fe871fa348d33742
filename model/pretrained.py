"""What makes our model a good citizen of transformers: first values, loading, the Trainer."""

from __future__ import annotations

import math
from functools import partial
from os import PathLike
from typing import Any

import torch
from torch import nn
from transformers import PreTrainedModel
from transformers import initialization as init

from .closure import ClosureHead
from .concept_pooling import ConceptAttention, ConceptHead
from .concept_states import ConceptStates
from .configuration import OntograftConfig
from .graph_encoder import RelationalGraphEncoder, RGCNConv
from .loading import load_strictly
from .objective import RelationPrediction
from .retrieval import Retrieval
from .token_fusion import TokenFusion

STARTS_AT_ZERO: dict[type[nn.Module], tuple[str, ...]] = {
    ClosureHead: ("weight",),
    ConceptHead: ("weight",),
    ConceptAttention: ("beta",),
    RelationalGraphEncoder: ("gamma",),
    TokenFusion: ("gate",),
    RGCNConv: ("bias",),
}
"""What starts at zero, so that an untrained model is the plain encoder with a linear head."""


class OntograftPreTrainedModel(PreTrainedModel):  # type: ignore[no-untyped-call]
    """The base of Ontograft's models: nothing is ever filled in at random when loading."""

    config_class = OntograftConfig
    base_model_prefix = "encoder"
    main_input_name = "input_ids"
    supports_gradient_checkpointing = True
    # forward takes **kwargs for PEFT. Without this line the Trainer would take that as a sign that
    # the loss allows for gradient accumulation already, and not divide it by the number of steps.
    accepts_loss_kwargs = False
    _supports_sdpa = True
    _supports_flash_attn = True
    _supports_attention_backend = True

    @classmethod
    def from_pretrained(
        cls,
        pretrained_model_name_or_path: str | PathLike[str] | None,
        *model_args: Any,
        output_loading_info: bool = False,
        **kwargs: Any,
    ) -> Any:
        """Return a saved model, in evaluation mode.

        Takes what ``PreTrainedModel.from_pretrained`` takes, but every weight must be there.

        Raises:
            ModelFolderError: the folder cannot be read, its weights are pickled, or a weight is
                missing, unknown or of another shape.
        """
        load = partial(super().from_pretrained, pretrained_model_name_or_path, *model_args)
        model, info = load_strictly(load, pretrained_model_name_or_path, **kwargs)
        return (model, info) if output_loading_info else model

    @torch.no_grad()
    def _init_weights(self, module: nn.Module) -> None:
        # transformers builds a model without memory and leaves garbage wherever this method does
        # not come by. Only the functions of transformers.initialization spare what was loaded;
        # PyTorch Geometric's own reset_parameters would overwrite it.
        super()._init_weights(module)  # type: ignore[no-untyped-call]
        for name in STARTS_AT_ZERO.get(type(module), ()):
            init.zeros_(getattr(module, name))
        if isinstance(module, RGCNConv):
            for weight in (module.weight, module.comp, module.root):
                if weight is not None:
                    bound = math.sqrt(6 / (weight.shape[-2] + weight.shape[-1]))
                    init.uniform_(weight, -bound, bound)
        elif isinstance(module, ConceptStates | Retrieval):
            for buffer in module.buffers(recurse=False):
                init.zeros_(buffer)
        elif isinstance(module, RelationPrediction):
            init.ones_(module.relation)
