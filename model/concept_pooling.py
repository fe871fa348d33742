"""Pooling of the concepts of a document into one vector, by attention from its text."""

from __future__ import annotations

import math

import torch
from torch import Tensor, nn

from .pooling import segment_softmax, segment_sum, unit


class ConceptAttention(nn.Module):
    """Pool the concepts of a document, those first that its text asks for.

    For the document vector v, the closure entries i of the document with weights w_i and the
    states h_i of their concepts:

        s_i = log w_i + beta * <W_q v, W_k h_i> / sqrt(inner_width)
        a = softmax of s over the entries of the document
        p = sum of a_i h_i, divided by its length

    beta starts at 0. There, a_i is w_i / sum of w, and p is the diffusion of the states up the
    hierarchy, which has no parameters. An entry with weight 0 is absent; a document without
    entries gets zeros.

    Args:
        text_width: the width of the document vectors.
        concept_width: the width of the states.
        inner_width: the width in which both are compared.
    """

    def __init__(self, *, text_width: int, concept_width: int, inner_width: int) -> None:
        super().__init__()
        self.query = nn.Linear(text_width, inner_width, bias=False)
        self.key = nn.Linear(concept_width, inner_width, bias=False)
        self.beta = nn.Parameter(torch.zeros(()))

    def forward(
        self, documents: Tensor, states: Tensor, entry_document: Tensor, entry_weight: Tensor
    ) -> tuple[Tensor, Tensor]:
        """Return the pooled vectors and the attention of the entries.

        Shapes:
            documents: (document, text_width)
            states: (entry, concept_width)
            entry_document, entry_weight: (entry,)
            output: (document, concept_width), (entry,)
        """
        present = entry_weight > 0
        # Zero first: an absent row may hold NaN, and NaN * 0 is NaN in the backward pass.
        states = states.masked_fill(~present.unsqueeze(-1), 0.0)
        query = self.query(documents)[entry_document]  # (entry, inner_width)
        match = (query * self.key(states)).sum(dim=-1) / math.sqrt(query.shape[-1])  # (entry,)
        scores = entry_weight.masked_fill(~present, 1.0).log() + self.beta * match
        num_documents = documents.shape[0]
        attention = segment_softmax(
            scores, entry_document, num_segments=num_documents, present=present
        )
        rows = attention.unsqueeze(-1) * states  # (entry, concept_width)
        return unit(segment_sum(rows, entry_document, num_segments=num_documents)), attention


class ConceptHead(nn.Linear):
    """Score the labels by the pooled concept vector p of a document: W_graph p.

    The weights start at zero, so that an untrained head changes nothing.

    Args:
        concept_width: the width of the pooled vectors.
        num_labels: how many labels are scored.
    """

    def __init__(self, concept_width: int, num_labels: int) -> None:
        super().__init__(concept_width, num_labels, bias=False)
        nn.init.zeros_(self.weight)
