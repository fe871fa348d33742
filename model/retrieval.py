"""Retrieval: concepts for every document, also for one that names none in the ontology's words."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor, nn

from .configuration import OntograftConfig


@dataclass(frozen=True, slots=True)
class Entries:
    """The closure entries of some documents: concepts with their weights, in any order.

    Args:
        document: the document of each entry; (entry,).
        concept: its concept, by its number in the ontology; (entry,).
        weight: how much it counts, at least 0; (entry,).
    """

    document: Tensor
    concept: Tensor
    weight: Tensor

    def merged(self, other: Entries, *, num_concepts: int) -> Entries:
        """Return both together, the weights of the same concept in a document added up."""
        document = torch.cat((self.document, other.document))
        concept = torch.cat((self.concept, other.concept))
        weight = torch.cat((self.weight, other.weight.to(self.weight.dtype)))
        keys, place = torch.unique(document * num_concepts + concept, return_inverse=True)
        total = weight.new_zeros(len(keys)).index_add(0, place, weight)
        return Entries(keys // num_concepts, keys % num_concepts, total)


def nearest_concepts(documents: Tensor, vectors: Tensor, *, count: int) -> tuple[Tensor, Tensor]:
    """Return the concepts whose text is nearest to that of each document, and how near they are.

    For the cosines s_1 >= ... >= s_k of a document with its k nearest concepts:

        w_i = (s_i - s_k) / (s_1 - s_k)

    The k-th is the yardstick and weighs nothing, so that a hair's breadth at the border changes
    nothing, and an encoder whose cosines all lie close together is read like any other.

    Shapes:
        documents: (document, width), rows of length 1
        vectors: (concept, width), rows of length 1
        output: two of (document, k), where k is count, or the number of concepts if that is less
    """
    similarity = documents @ vectors.to(documents.dtype).T  # (document, concept)
    top, concept = similarity.topk(min(count, vectors.shape[0]), dim=1)
    last = top[:, -1:]
    span = (top[:, :1] - last).clamp_min(torch.finfo(top.dtype).tiny)
    return concept, (top - last) / span


class Retrieval(nn.Module):
    """Bring to each document the concepts nearest to its text, each with its ancestors.

    A concept's text vector comes from the same encoder as the document's, so that the nearest
    concepts can be found without a link: paraphrases and what the ontology has no name for.
    Nothing is learnt here and no gradient passes.

    Args:
        config: the configuration of the classifier, with ``retrieved_concepts`` above 0.
    """

    pointer: Tensor
    ancestor: Tensor
    share: Tensor

    def __init__(self, config: OntograftConfig) -> None:
        super().__init__()
        self.config = config
        entries = config.num_closure_entries or 0
        self.register_buffer("pointer", torch.zeros(config.num_concepts + 1, dtype=torch.long))
        self.register_buffer("ancestor", torch.zeros(entries, dtype=torch.long))
        self.register_buffer("share", torch.zeros(entries))

    def set_closure(self, pointer: Tensor, ancestor: Tensor, share: Tensor) -> None:
        """Set the closure; see ``OntograftForSequenceClassification.set_closure``."""
        if pointer.shape != self.pointer.shape or len(ancestor) != len(share):
            raise ValueError(
                f"the closure must have a pointer of shape {tuple(self.pointer.shape)} and as many "
                f"shares as ancestors, got {tuple(pointer.shape)}, {len(share)} and {len(ancestor)}"
            )
        device = self.pointer.device
        self.pointer = pointer.to(device, torch.long, copy=True)
        self.ancestor = ancestor.to(device, torch.long, copy=True)
        self.share = share.to(device, torch.float32, copy=True)
        self.config.num_closure_entries = len(ancestor)

    @torch.no_grad()
    def forward(self, documents: Tensor, vectors: Tensor) -> Entries:
        """Return the entries that the nearest concepts bring.

        Shapes:
            documents: (document, width), rows of length 1
            vectors: (concept, width), rows of length 1
        """
        count = self.config.retrieved_concepts
        concept, weight = nearest_concepts(documents.detach(), vectors, count=count)
        document = torch.arange(len(documents), device=documents.device)
        return self._with_ancestors(
            document.repeat_interleave(concept.shape[1]),
            concept.flatten(),
            weight.flatten() * self.config.retrieval_weight,
        )

    def _with_ancestors(self, document: Tensor, concept: Tensor, weight: Tensor) -> Entries:
        start, end = self.pointer[concept], self.pointer[concept + 1]
        length = end - start
        row = torch.arange(len(concept), device=concept.device).repeat_interleave(length)
        # The place of each entry: where its row begins, plus how far into the row it is.
        skipped = (length.cumsum(0) - length)[row]
        place = start[row] + torch.arange(len(row), device=row.device) - skipped
        return Entries(document[row], self.ancestor[place], weight[row] * self.share[place])
