"""Sums, means and softmaxes over the parts of a document: what all channels share."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

import torch
from torch import Tensor
from torch.nn import functional

MAX_TOKENS: Final = 16_384
"""The most tokens that are encoded at a time where no gradient is needed, padding included."""


def unit(vectors: Tensor) -> Tensor:
    """Return the rows divided by their Euclidean length; a zero row stays zero."""
    return functional.normalize(vectors, dim=-1)


def numbered(values: Tensor) -> tuple[Tensor, Tensor]:
    """Return the distinct values, sorted, and the place of each value among them."""
    distinct, places = values.unique(return_inverse=True)  # type: ignore[no-untyped-call]
    return distinct, places


def segment_sum(values: Tensor, segment: Tensor, *, num_segments: int) -> Tensor:
    """Add up the rows of each segment; a segment without rows is zero.

    Shapes:
        values: (row, ...)
        segment: (row,), in any order
        output: (segment, ...)
    """
    return values.new_zeros((num_segments, *values.shape[1:])).index_add(0, segment, values)


def segment_softmax(
    scores: Tensor, segment: Tensor, *, num_segments: int, present: Tensor
) -> Tensor:
    """Return the softmax of the scores within each segment.

        a_i = exp(s_i) / sum of exp(s_j) over the present j in the segment of i

    Rows that are not present get 0, whatever their score; a segment without present rows has none
    but zeros.

    Shapes:
        scores, segment: (row,)
        present: (row,), bool
        output: (row,)
    """
    scores = scores.masked_fill(~present, -torch.inf)
    # The largest score of the segment is taken off, so that exp cannot overflow.
    top = scores.detach().new_full((num_segments,), -torch.inf)
    top = top.scatter_reduce(0, segment, scores.detach(), "amax")
    top = top.masked_fill(torch.isneginf(top), 0.0)
    powers = torch.exp(scores - top[segment])  # (row,)
    totals = segment_sum(powers, segment, num_segments=num_segments)
    return powers / totals.clamp_min(torch.finfo(totals.dtype).tiny)[segment]


def mean_pool(hidden: Tensor, mask: Tensor, window_document: Tensor, num_documents: int) -> Tensor:
    """Return the mean of the token vectors of each document, over all its windows.

        v_d = sum of h_wt over its windows w and their tokens t / number of these tokens

    Every token counts the same, whichever window it stands in; special tokens count, padding does
    not, even where it holds NaN. A document without tokens gets zeros. The result is float32.

    Shapes:
        hidden: (window, token, width)
        mask: (window, token); 0 is padding
        window_document: (window,): the document of each window, in any order
        output: (document, width)
    """
    return _mean(*_token_sums(hidden, mask, window_document, num_documents))


def pool_in_parts(
    encode: Callable[[slice], Tensor],
    mask: Tensor,
    window_document: Tensor,
    num_documents: int,
    *,
    max_tokens: int = MAX_TOKENS,
) -> Tensor:
    """Return what ``mean_pool`` returns, of windows that are encoded some at a time.

    So the memory for the encoder's inner states does not grow with the length of a text.

    Args:
        encode: returns the token vectors of a stretch of the windows.
        mask: as for ``mean_pool``.
        window_document: as for ``mean_pool``.
        num_documents: how many documents there are.
        max_tokens: the most tokens to encode at a time, padding included; at least one window.
    """
    step = max(1, max_tokens // max(1, mask.shape[1]))
    parts = [slice(start, start + step) for start in range(0, max(1, len(mask)), step)]
    sums, counts = _token_sums(
        encode(parts[0]), mask[parts[0]], window_document[parts[0]], num_documents
    )
    for part in parts[1:]:
        more = _token_sums(encode(part), mask[part], window_document[part], num_documents)
        sums, counts = sums + more[0], counts + more[1]
    return _mean(sums, counts)


def _token_sums(
    hidden: Tensor, mask: Tensor, window_document: Tensor, num_documents: int
) -> tuple[Tensor, Tensor]:
    """Return the sum of the token vectors of each document, and the number of these tokens."""
    tokens = mask.bool()  # (window, token)
    sums = hidden.float().masked_fill(~tokens.unsqueeze(-1), 0.0).sum(dim=1)  # (window, width)
    counts = tokens.sum(dim=1).to(sums.dtype)  # (window,)
    return (
        segment_sum(sums, window_document, num_segments=num_documents),
        segment_sum(counts, window_document, num_segments=num_documents),
    )


def _mean(sums: Tensor, counts: Tensor) -> Tensor:
    return sums / counts.clamp_min(1.0).unsqueeze(-1)
