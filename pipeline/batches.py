"""From encoded documents to the tensors of the model."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import torch
from torch import Tensor
from torch.utils.data import Dataset

from ..kg.subgraph import extract
from .features import EncodedDocument

if TYPE_CHECKING:
    from ..kg import KnowledgeGraph
    from ..kg.subgraph import ConceptBatch


class DocumentDataset(Dataset[dict[str, Any]]):
    """Documents for the Trainer.

    Each item is a dictionary whose ``input_ids`` lets the Trainer group documents by length.
    """

    def __init__(self, documents: Sequence[EncodedDocument]) -> None:
        self.documents = documents

    def __len__(self) -> int:
        return len(self.documents)

    def __getitem__(self, number: int) -> dict[str, Any]:
        document = self.documents[number]
        return {"input_ids": document.tokens, "document": document}


@dataclass(frozen=True)
class Collator:
    """Put documents into one batch: padded windows, and the subgraph of what they are linked to.

    While training, the subgraph of a batch reaches ``hops`` relations beyond the linked concepts
    and their ancestors, and is cut to ``max_nodes``. Otherwise it is only those concepts, never
    cut, so that a prediction does not depend on which documents share its batch; the states of
    concepts come from the whole graph then.

    Args:
        graph: the knowledge graph; None for plain BERT.
        pad_id: the token for padding.
        decay: the weight of a parent relative to its child.
        hops: how far the subgraph reaches while training.
        max_nodes: the most concepts in it while training.
        training: whether batches are for training.
    """

    graph: KnowledgeGraph | None
    pad_id: int = 0
    decay: float = 0.7
    hops: int = 1
    max_nodes: int = 4096
    training: bool = False

    def __call__(self, items: Sequence[dict[str, Any]]) -> dict[str, Any]:
        """Return the arguments of the model's ``forward``; ``labels`` first, if there are any."""
        documents: list[EncodedDocument] = [item["document"] for item in items]
        return self.collate(documents)

    def collate(
        self, documents: Sequence[EncodedDocument], *, labels: bool = True
    ) -> dict[str, Any]:
        """Return the arguments of ``forward`` for these documents, with or without labels."""
        batch: dict[str, Any] = {}
        if labels:
            # First: the Trainer takes the length of the first tensor for the number of documents.
            batch["labels"] = _labels(documents)
        else:
            batch["num_documents"] = len(documents)
        ids, mask, owner = pad_windows(documents, pad_id=self.pad_id)
        batch |= {"input_ids": ids, "attention_mask": mask, "window_document": owner}
        if self.graph is not None:
            batch |= self._knowledge(documents)
        return batch

    def _knowledge(self, documents: Sequence[EncodedDocument]) -> dict[str, Tensor]:
        assert self.graph is not None
        found = extract(
            self.graph,
            [document.links for document in documents],
            hops=self.hops if self.training else 0,
            max_nodes=self.max_nodes if self.training else None,
            decay=self.decay,
        )
        window, start, end = _token_spans(documents, found)
        arrays = {
            "concept_ids": found.concept_ids,
            "edge_index": found.edge_index,
            "edge_type": found.edge_type,
            "closure_document": found.closure_document,
            "closure_node": found.closure_node,
            "link_window": window,
            "link_node": found.link_node,
            "link_token_start": start,
            "link_token_end": end,
        }
        scores = {"closure_weight": found.closure_weight, "link_score": found.link_score}
        return {
            **{name: torch.as_tensor(array, dtype=torch.long) for name, array in arrays.items()},
            **{name: torch.as_tensor(array, dtype=torch.float) for name, array in scores.items()},
        }


def pad_windows(
    documents: Sequence[EncodedDocument], *, pad_id: int
) -> tuple[Tensor, Tensor, Tensor]:
    """Stack the windows of all documents, padded to the longest.

    Returns:
        input_ids (window, token), attention_mask (window, token), window_document (window,).
    """
    lengths = np.array([length for document in documents for length in document.windows])
    mask = np.arange(lengths.max()) < lengths[:, None]  # (window, token)
    ids = np.full(mask.shape, pad_id, dtype=np.int64)
    ids[mask] = np.concatenate([document.tokens for document in documents])
    owner = np.repeat(np.arange(len(documents)), [len(document.windows) for document in documents])
    return torch.from_numpy(ids), torch.from_numpy(mask.astype(np.int64)), torch.from_numpy(owner)


def _token_spans(
    documents: Sequence[EncodedDocument], found: ConceptBatch
) -> tuple[np.ndarray[Any, Any], np.ndarray[Any, Any], np.ndarray[Any, Any]]:
    """Return the window and the token span in it of each link of the batch."""
    lengths = np.array([length for document in documents for length in document.windows])
    window_start = np.concatenate(([0], np.cumsum(lengths)))  # in the tokens of the whole batch
    sizes = [len(document.tokens) for document in documents]
    document_start = np.concatenate(([0], np.cumsum(sizes)))
    position = document_start[found.link_document] + found.link_start
    window = np.searchsorted(window_start, position, side="right") - 1
    start = position - window_start[window]
    return window, start, start + (found.link_end - found.link_start)


def _labels(documents: Sequence[EncodedDocument]) -> Tensor:
    labels = [document.label for document in documents]
    if isinstance(labels[0], int):
        return torch.tensor(labels, dtype=torch.long)
    return torch.from_numpy(np.array(labels, dtype=np.float32))
