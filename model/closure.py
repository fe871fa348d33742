"""The closure channel: a document as a weighted bag of its linked concepts and their ancestors."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from .pooling import segment_sum


def closure_bag(weights: Tensor, documents: Tensor, *, num_documents: int) -> Tensor:
    """Return the damped weights of the closure entries, of length 1 for each document.

        b_i = log(1 + w_i) / sqrt(sum of log(1 + w_j)^2 over the entries j of the same document)

    The logarithm keeps the general concepts near the root, which gather the weight of everything
    below them, from drowning the particular ones. The linear probe builds its features with the
    same function, so that its solution fits the model's head.

    Args:
        weights: how much each entry counts, at least 0; an entry with 0 is absent.
        documents: the document of each entry, in any order.
        num_documents: how many documents there are.

    Shapes:
        weights, documents, output: (entry,)
    """
    damped = torch.log1p(weights)
    squares = segment_sum(damped.square(), documents, num_segments=num_documents)  # (document,)
    lengths = squares.clamp_min(torch.finfo(squares.dtype).tiny).sqrt()
    return damped / lengths[documents]


def drop_entries(weights: Tensor, *, share: float) -> Tensor:
    """Return the weights with each entry set to 0 with the given probability.

    The rest is not scaled up, because what follows normalises each document.
    """
    return weights * (torch.rand_like(weights) >= share)


class ClosureHead(nn.Module):
    """Score the labels by the concepts of a document and their ancestors.

    For the bag b of a document (see ``closure_bag``) and a weight vector W_c for each concept c:

        scores = sum of b_i * W_c(i) over the entries i

    The weights start at zero, so that an untrained head changes nothing.

    Args:
        num_concepts: how many concepts the ontology has.
        num_labels: how many labels are scored.
    """

    def __init__(self, num_concepts: int, num_labels: int) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.zeros(num_concepts, num_labels))

    def forward(
        self, weights: Tensor, documents: Tensor, concepts: Tensor, *, num_documents: int
    ) -> Tensor:
        """Return the scores of the labels; zeros for a document without entries.

        Shapes:
            weights, documents, concepts: (entry,); concepts by their numbers in the ontology
            output: (document, label)
        """
        bag = closure_bag(weights, documents, num_documents=num_documents)  # (entry,)
        rows = self.weight[concepts] * bag.unsqueeze(-1)  # (entry, label)
        return segment_sum(rows, documents, num_segments=num_documents)
