"""The tokens channel: concepts mixed into the tokens of their mentions, inside the text encoder."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor, nn

from .pooling import numbered, segment_softmax, segment_sum


@dataclass(frozen=True, slots=True)
class MentionLinks:
    """The links of a batch: which tokens name which concept.

    A mention with several candidate concepts is several links with the same tokens.

    Args:
        window: the window of each link.
        start: its first token in that window.
        end: one past its last token.
        score: how sure the link is, above 0; a link with 0 is absent.
        concept: a vector for the concept of each link.

    Shapes:
        window, start, end, score: (link,)
        concept: (link, concept_width)
    """

    window: Tensor
    start: Tensor
    end: Tensor
    score: Tensor
    concept: Tensor

    def within(self, windows: slice) -> MentionLinks:
        """Return the links of a stretch of the windows, which are numbered anew from 0.

        Args:
            windows: ``slice(first, stop)``.
        """
        kept = (self.window >= windows.start) & (self.window < windows.stop)
        return MentionLinks(
            window=self.window[kept] - windows.start,
            start=self.start[kept],
            end=self.end[kept],
            score=self.score[kept],
            concept=self.concept[kept],
        )

    def token_pairs(self, num_tokens: int) -> tuple[Tensor, Tensor]:
        """Return each token of each link, as two aligned arrays.

        Args:
            num_tokens: how many tokens a window has, padding included.

        Returns:
            the link of each pair, and its token in the flattened windows (window * num_tokens +
            position); shapes (pair,).

        Raises:
            ValueError: a link has no token, or reaches out of its window.
        """
        wrong = (self.start < 0) | (self.end <= self.start) | (self.end > num_tokens)
        if bool(wrong.any()):
            link = int(wrong.nonzero()[0])
            raise ValueError(
                f"link {link} covers tokens {int(self.start[link])} to {int(self.end[link])}, "
                f"expected at least one token within the {num_tokens} of its window"
            )
        lengths = self.end - self.start
        links = torch.arange(len(lengths), device=lengths.device).repeat_interleave(lengths)
        first = lengths.cumsum(0) - lengths  # where the pairs of each link begin
        place = torch.arange(len(links), device=links.device) - first[links]
        return links, self.window[links] * num_tokens + self.start[links] + place

    def mentions(self, num_tokens: int) -> Tensor:
        """Return a number for each link, the same for the links of one mention.

        Shapes:
            output: (link,)
        """
        return (self.window * num_tokens + self.start) * (num_tokens + 1) + self.end

    def mean_tokens(self, hidden: Tensor) -> Tensor:
        """Return the mean token vector of each link.

        Shapes:
            hidden: (window, token, width)
            output: (link, width)
        """
        links, tokens = self.token_pairs(hidden.shape[1])
        sums = segment_sum(hidden.flatten(0, 1)[tokens], links, num_segments=len(self.window))
        return sums / (self.end - self.start).unsqueeze(-1)


# Not an attribute of the module: several threads may run one model, each with its own links.
_LINKED: ContextVar[Mapping[nn.Module, MentionLinks | None]] = ContextVar("linked")


class TokenFusion(nn.Module):
    """Mix the concepts of a mention into its tokens, as far as a learned gate allows.

    For a token vector x and the links c that cover the token, with concept vectors h_c:

        a = softmax over c of <W_q x, W_k h_c> / sqrt(inner_width) + log score_c
        y = x + tanh(gate) * W_o (sum of a_c W_v h_c)

    The gate starts at 0, so that the encoder starts exactly as it was. A token without a link
    leaves unchanged: y = x. Gated cross-attention follows Flamingo (Alayrac et al., 2022,
    https://arxiv.org/abs/2204.14198).

    The module hooks itself before one layer of the encoder; the links of a batch are handed over
    with ``linked``.

    Args:
        text_width: the width of the token vectors.
        concept_width: the width of the concept vectors.
        inner_width: the width of the attention.
    """

    def __init__(self, *, text_width: int, concept_width: int, inner_width: int) -> None:
        super().__init__()
        self.query = nn.Linear(text_width, inner_width)
        self.key = nn.Linear(concept_width, inner_width, bias=False)  # softmax would cancel it
        self.value = nn.Linear(concept_width, inner_width)
        self.output = nn.Linear(inner_width, text_width)
        self.gate = nn.Parameter(torch.zeros(()))

    def attach(self, layer: nn.Module) -> None:
        """Hook the fusion before a layer of the encoder."""
        # A bound method, not a closure: a deep copy of the model then hooks the copy.
        layer.register_forward_pre_hook(self._before_layer, with_kwargs=True)

    @contextmanager
    def linked(self, links: MentionLinks | None) -> Iterator[None]:
        """Mix these links in wherever this thread runs the encoder within this context."""
        before = _LINKED.set({**_LINKED.get({}), self: links})
        try:
            yield
        finally:
            _LINKED.reset(before)

    def forward(self, tokens: Tensor, links: MentionLinks) -> Tensor:
        """Return the token vectors with the concepts of their mentions mixed in.

        Shapes:
            tokens: (window, token, text_width)
            output: the same
        """
        present = links.score > 0
        # Zero first: an absent row may hold NaN, and NaN * 0 is NaN in the backward pass.
        concepts = links.concept.masked_fill(~present.unsqueeze(-1), 0.0).to(tokens.dtype)
        pair_link, pair_token = links.token_pairs(tokens.shape[1])
        flat = tokens.flatten(0, 1)  # (window * token, text_width)
        places, pair_place = numbered(pair_token)  # (place,), (pair,)
        query = self.query(flat[places])  # (place, inner_width)
        match = (query[pair_place] * self.key(concepts)[pair_link]).sum(dim=-1)  # (pair,)
        bias = links.score.masked_fill(~present, 1.0).log()[pair_link]
        attention = segment_softmax(
            match / math.sqrt(query.shape[-1]) + bias,
            pair_place,
            num_segments=len(places),
            present=present[pair_link],
        )
        values = attention.unsqueeze(-1) * self.value(concepts)[pair_link]  # (pair, inner_width)
        mixed = self.output(segment_sum(values, pair_place, num_segments=len(places)))
        covered = segment_sum(present[pair_link].to(mixed), pair_place, num_segments=len(places))
        # Where every link is absent, not even the bias of the output may come through.
        mixed = torch.tanh(self.gate) * mixed * (covered > 0).unsqueeze(-1)  # (place, text_width)
        return flat.index_add(0, places, mixed.to(flat.dtype)).view_as(tokens)

    def _before_layer(
        self, _: nn.Module, args: tuple[Any, ...], kwargs: dict[str, Any]
    ) -> tuple[tuple[Any, ...], dict[str, Any]] | None:
        links = _LINKED.get({}).get(self)
        if links is None:
            return None
        if args:
            return (self(args[0], links), *args[1:]), kwargs
        return args, kwargs | {"hidden_states": self(kwargs["hidden_states"], links)}
