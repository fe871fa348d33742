"""How long and how fast to learn: what ``auto`` in the training settings stands for."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from .probe_solving import MANY_TEXTS_A_LABEL

if TYPE_CHECKING:
    from .settings import TrainingSettings

FEW_TEXTS: Final = (4.0, 2e-5)
MANY_TEXTS: Final = (2.0, 5e-5)
"""Epochs and learning rate of the encoder, below and from ``MANY_TEXTS_A_LABEL`` texts a label."""

HEADS_FACTOR: Final = 10.0
"""How much faster than the encoder's weights the heads learn, and adapters in their place."""

GRAFT_RATE: Final = 1e-3

CONTRAST_EPOCHS: Final = 0.5
"""In half a pass each text is shown about once, as one that looks for its partner or as one."""


@dataclass(frozen=True, slots=True)
class Pace:
    """How long and how fast to learn.

    Args:
        epochs: passes over the training texts.
        encoder: the learning rate of the encoder, or of its adapters.
        heads: of the linear heads.
        grafts: of what lies between: graph network, attention, gates.
        contrast: passes over the texts in contrastive pre-training.
    """

    epochs: float
    encoder: float
    heads: float
    grafts: float
    contrast: float


def resolve_pace(settings: TrainingSettings, *, num_documents: int, num_labels: int) -> Pace:
    """Fill in what the settings leave to ``auto``.

    Args:
        settings: the training settings.
        num_documents: how many training texts there are; without any there is nothing to tune.
        num_labels: how many labels; 1 for regression.
    """
    many = num_documents >= MANY_TEXTS_A_LABEL * num_labels
    epochs, rate = MANY_TEXTS if many else FEW_TEXTS
    if num_documents == 0:
        epochs = 0.0
    adapts = settings.lora.rank > 0
    if adapts:
        rate *= HEADS_FACTOR
    encoder = rate if settings.learning_rate == "auto" else settings.learning_rate
    heads = (
        encoder * (1.0 if adapts else HEADS_FACTOR)
        if settings.head_learning_rate == "auto"
        else settings.head_learning_rate
    )
    grafts = GRAFT_RATE if settings.graft_learning_rate == "auto" else settings.graft_learning_rate
    return Pace(
        epochs=epochs if settings.epochs == "auto" or num_documents == 0 else settings.epochs,
        encoder=encoder,
        heads=heads,
        grafts=grafts,
        contrast=_contrast_epochs(settings),
    )


def _contrast_epochs(settings: TrainingSettings) -> float:
    """Return how long to pre-train; by default not at all if the encoder is to stay as it is."""
    if settings.contrast_epochs != "auto":
        return settings.contrast_epochs
    stays = settings.epochs == 0 or settings.frozen_layers == -1
    saved_apart = settings.lora.rank > 0 and not settings.lora.merge
    return 0.0 if stays or saved_apart or settings.start == "random" else CONTRAST_EPOCHS
