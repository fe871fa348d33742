"""Running a model over documents: sorted by length, and the same whatever the company."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import torch
from numpy.typing import NDArray

from .features import EncodedDocument
from .progress import Progress

if TYPE_CHECKING:
    from ..model import OntograftForSequenceClassification
    from .batches import Collator

BATCH_SIZE: Final = 32
"""The most documents in a batch."""

MAX_BATCH_TOKENS: Final = 16_384
"""The most tokens in a batch, padding included, however many documents it may hold."""


def by_length(documents: Sequence[EncodedDocument]) -> list[int]:
    """Return the numbers of the documents, the longest first; equals keep their order."""
    return sorted(range(len(documents)), key=lambda number: -len(documents[number].tokens))


def batches_by_length(
    documents: Sequence[EncodedDocument], *, batch_size: int
) -> Iterator[list[int]]:
    """Yield the numbers of documents of like length, for batches that are hardly padded."""
    batch: list[int] = []
    width = windows = 0
    for number in by_length(documents):
        document = documents[number]
        wider = max(width, max(document.windows))
        full = len(batch) == batch_size
        if batch and (full or wider * (windows + len(document.windows)) > MAX_BATCH_TOKENS):
            yield batch
            batch, windows, wider = [], 0, max(document.windows)
        batch.append(number)
        width, windows = wider, windows + len(document.windows)
    if batch:
        yield batch


def predict_logits(
    model: OntograftForSequenceClassification,
    documents: Sequence[EncodedDocument],
    collator: Collator,
    *,
    progress: Progress | None = None,
) -> NDArray[np.float32]:
    """Return the model's output for each document, in their order; shape (document, label)."""
    shape = (len(documents), int(model.config.num_labels or 0))
    result = np.zeros(shape, dtype=np.float32)
    training = model.training
    if training:  # changing the mode makes a model forget the states of its concepts
        model.train(False)
    try:
        with torch.inference_mode():
            for numbers in batches_by_length(documents, batch_size=BATCH_SIZE):
                batch = collator.collate([documents[number] for number in numbers], labels=False)
                output: Any = model(**to_device(batch, model.device))
                result[numbers] = output.logits.float().cpu().numpy()
                if progress:
                    progress(len(numbers))
    finally:
        if training:
            model.train(True)
    return result


def best_device() -> torch.device:
    """Return the GPU where there is one, else the CPU."""
    return torch.device("cuda" if torch.cuda.is_available() else "cpu")


def to_device(batch: dict[str, Any], device: torch.device) -> dict[str, Any]:
    """Return the batch with its tensors on a device."""
    return {
        name: value.to(device) if isinstance(value, torch.Tensor) else value
        for name, value in batch.items()
    }
