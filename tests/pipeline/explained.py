"""What explanations are tested with: a text, and classifiers of which every channel speaks."""

from __future__ import annotations

from collections.abc import Callable

import torch

from ontograft.pipeline import Classifier
from ontograft.pipeline.explanation import Effect, Explanation

BASE = "http://example.org/fruit/"
TEXT = "a good apple and a pippin from the garden, one leek and no carrot"
Make = Callable[..., Classifier]


def opened(classifier: Classifier) -> Classifier:
    """Return the classifier with the gate of its tokens channel open, so that it does something."""
    with torch.no_grad():
        for value in classifier.model.token_fusion.parameters():
            value.add_(0.3 * torch.sin(torch.arange(value.numel()).view_as(value) + 1.0))
        classifier.model.token_fusion.gate.fill_(2.0)
    return classifier


def by_name(explanation: Explanation) -> dict[str, Effect]:
    """Return the effects by the names of their concepts."""
    return {effect.label: effect for effect in explanation.effects}
