"""What learns, how fast, and by which rule: groups of parameters and optimisers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import torch
from torch import nn
from transformers.optimization import Adafactor

if TYPE_CHECKING:
    from .schedule import Pace


def parameter_groups(model: nn.Module, pace: Pace, *, weight_decay: float) -> list[dict[str, Any]]:
    """Sort the parameters that learn into groups: encoder, heads, grafts; with decay or without.

    Heads are what the linear probe filled in. Grafts are what starts at zero or at random between
    encoder and heads, and has further to go. Vectors and scalars (biases, norms, gates) have no
    weight decay.
    """
    rates = {"encoder": pace.encoder, "heads": pace.heads, "grafts": pace.grafts}
    groups: dict[tuple[str, bool], list[nn.Parameter]] = {}
    for name, parameter in model.named_parameters():
        if parameter.requires_grad:
            groups.setdefault((part_of(name), parameter.ndim > 1), []).append(parameter)
    return [
        {"params": parameters, "lr": rates[part], "weight_decay": weight_decay if decays else 0.0}
        for (part, decays), parameters in sorted(groups.items(), key=lambda item: item[0])
    ]


def part_of(name: str) -> str:
    """Return which part of the model a parameter belongs to, by its name."""
    if name.startswith("encoder."):
        return "encoder"
    return "heads" if name.split(".")[0].endswith("_head") else "grafts"


def make_optimizer(name: str, groups: list[dict[str, Any]]) -> torch.optim.Optimizer:
    """Return an optimiser by its name in the settings."""
    if name == "sgd":
        return torch.optim.SGD(groups, momentum=0.9)
    if name == "adafactor":
        return Adafactor(  # type: ignore[no-untyped-call]
            groups, scale_parameter=False, relative_step=False, warmup_init=False
        )
    return torch.optim.AdamW(groups, betas=(0.9, 0.999), eps=1e-8)
