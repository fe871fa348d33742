"""The order of the training documents: batches of like length, shuffled anew in each epoch."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

import torch
from torch.utils.data import Sampler

POOL: Final = 50
"""Documents are sorted by length within pools of so many batches, so that batches still vary."""


class LengthGroups(Sampler[int]):
    """Yield the documents in batches of like length; the batches come in random order.

    The order depends on the seed and the epoch alone. The sampler of transformers draws it from
    the global generator, so that a run resumed within an epoch goes on with another order.

    Args:
        lengths: the length of each document.
        batch_size: documents in a batch.
        seed: of the order.
    """

    def __init__(self, lengths: Sequence[int], *, batch_size: int, seed: int) -> None:
        self._lengths = lengths
        self._batch_size = batch_size
        self._seed = seed
        self.epoch = 0

    def __len__(self) -> int:
        return len(self._lengths)

    def __iter__(self) -> Iterator[int]:
        generator = torch.Generator().manual_seed(self._seed * 1_000_003 + self.epoch)
        shuffled = torch.randperm(len(self), generator=generator).tolist()
        size = POOL * self._batch_size
        pools = [shuffled[first : first + size] for first in range(0, len(self), size)]
        order = [
            number for pool in pools for number in sorted(pool, key=lambda n: -self._lengths[n])
        ]
        batches = [
            order[first : first + self._batch_size]
            for first in range(0, len(self), self._batch_size)
        ]
        # Batches are cut one after the other, so one that is not full must stay the last.
        rest = [batches.pop()] if batches and len(batches[-1]) < self._batch_size else []
        for index in torch.randperm(len(batches), generator=generator).tolist():
            yield from batches[index]
        for batch in rest:
            yield from batch
