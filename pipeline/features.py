"""From documents to numbers: tokens in windows, and links to concepts as spans of those tokens."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from ..errors import EncoderError
from ..kg.subgraph import Link
from .portions import text_portions

if TYPE_CHECKING:
    from transformers import PretrainedConfig, PreTrainedTokenizerFast

    from ..kg import KnowledgeGraph, Mention
    from .sections import AssertionSettings

Index = NDArray[np.int64]
CHUNK = 512
"""How many texts are tokenised in one call."""


class Specials(NamedTuple):
    """The special tokens that the tokenizer puts around every window.

    Args:
        before: their numbers before the text, such as [CLS].
        after: their numbers after it, such as [SEP].
    """

    before: tuple[int, ...]
    after: tuple[int, ...]

    @classmethod
    def of(cls, tokenizer: PreTrainedTokenizerFast) -> Specials:
        """Find them by tokenising a word with and without."""
        bare = list(tokenizer("a", add_special_tokens=False)["input_ids"])
        full = list(tokenizer("a")["input_ids"])
        for start in range(len(full) - len(bare) + 1):
            if full[start : start + len(bare)] == bare:
                return cls(tuple(full[:start]), tuple(full[start + len(bare) :]))
        raise EncoderError("the tokenizer changes the text's own tokens when it adds special ones")


@dataclass(frozen=True, slots=True)
class EncodedDocument:
    """A document as the model reads it.

    Args:
        tokens: the tokens of all its windows one after the other, special tokens included.
        windows: the length of each window; they add up to the number of tokens.
        links: its links; ``start`` and ``end`` are positions in ``tokens``, empty where a mention
            has no token of its own.
        label: the label's number, one 0 or 1 for each label, or the value to predict.
    """

    tokens: NDArray[np.int32]
    windows: tuple[int, ...]
    links: tuple[Link, ...]
    label: int | NDArray[np.float32] | float | None = None


class DocumentEncoder:
    """Cut texts into tokens and windows, and move mentions from characters to tokens.

    A text longer than ``max_length`` tokens is read in as few windows as will hold it, all of
    (nearly) the same length, so that no last window holds three words. A mention that a border
    cuts belongs to the window that holds its first token.

    Args:
        tokenizer: a fast tokenizer.
        max_length: tokens in a window, special ones included.
    """

    def __init__(self, tokenizer: PreTrainedTokenizerFast, *, max_length: int) -> None:
        self.tokenizer = tokenizer
        self.specials = Specials.of(tokenizer)
        self.max_length = max_length
        self._room = max_length - len(self.specials.before) - len(self.specials.after)
        if self._room < 1:
            raise EncoderError(
                f"windows of {max_length} tokens leave no room beside the special tokens; "
                "raise training.max_length"
            )

    def __call__(
        self, texts: Sequence[str], links: Sequence[Sequence[Link]] | None = None
    ) -> list[EncodedDocument]:
        """Encode some documents.

        Args:
            texts: the texts.
            links: the links of each, with character positions.
        """
        encoded: list[EncodedDocument] = []
        for part in text_portions(texts, most=CHUNK):
            batch = self.tokenizer(
                part, add_special_tokens=False, return_offsets_mapping=True, verbose=False
            )
            for ids, offsets in zip(batch["input_ids"], batch["offset_mapping"], strict=True):
                own = links[len(encoded)] if links is not None else ()
                encoded.append(self._encode(ids, offsets, own))
        return encoded

    def _encode(
        self, ids: list[int], offsets: list[tuple[int, int]], links: Sequence[Link]
    ) -> EncodedDocument:
        borders = self._borders(len(ids))
        before, after = self.specials
        pieces = [
            (*before, *ids[start:end], *after)
            for start, end in zip(borders, borders[1:], strict=False)
        ]
        tokens = np.fromiter((i for piece in pieces for i in piece), dtype=np.int32)
        return EncodedDocument(
            tokens=tokens,
            windows=tuple(map(len, pieces)),
            links=tuple(self._move(links, offsets, borders)) if links else (),
        )

    def _borders(self, count: int) -> list[int]:
        """Return where each window starts, and where the last one ends."""
        windows = max(1, -(-count // self._room))
        return [round(count * number / windows) for number in range(windows + 1)]

    def _move(
        self, links: Sequence[Link], offsets: list[tuple[int, int]], borders: list[int]
    ) -> Iterator[Link]:
        spans = np.asarray(offsets, dtype=np.int64).reshape(-1, 2)
        starts = np.array([link.start for link in links])
        ends = np.array([link.end for link in links])
        first = np.searchsorted(spans[:, 1], starts, side="right")
        last = np.searchsorted(spans[:, 0], ends, side="left")
        window = np.searchsorted(borders, first, side="right") - 1
        window = np.clip(window, 0, len(borders) - 2)
        last = np.minimum(last, np.asarray(borders)[window + 1])
        # Each window before this one, and this one itself, put special tokens in between.
        shift = len(self.specials.before) + window * (
            len(self.specials.before) + len(self.specials.after)
        )
        for link, begin, end in zip(links, first + shift, last + shift, strict=True):
            yield Link(link.concept, link.score, int(begin), max(int(begin), int(end)))


def window_limit(wanted: int, config: PretrainedConfig, tokenizer: PreTrainedTokenizerFast) -> int:
    """Return the length of a window: as wanted, but no longer than the encoder can read."""
    positions = getattr(config, "max_position_embeddings", None)
    limits = [wanted, tokenizer.model_max_length]
    if positions:
        # RoBERTa and its kin count positions from pad_token_id + 1.
        shifted = config.model_type in {
            "roberta",
            "xlm-roberta",
            "camembert",
            "mpnet",
            "longformer",
        }
        limits.append(positions - (config.pad_token_id + 1 if shifted else 0))
    return int(min(limits))


def links_of(
    mentions: Iterable[Mention],
    graph: KnowledgeGraph,
    *,
    candidates: int = 1,
    nested: bool = False,
    assertion: AssertionSettings | None = None,
    section_weights: Mapping[str, float] | None = None,
) -> tuple[Link, ...]:
    """Turn the mentions of a document into weighted links to concepts.

    A mention that is NIL has no link. The scores of the candidates of one mention are divided by
    their sum times the best score, so that an ambiguous mention weighs no more than a clear one.
    What is left of that where the text denies the mention, or speaks of the past, of what may be
    or of the family, and where it stands in a section of little weight, the settings say.

    Args:
        mentions: the mentions, as the linker found them.
        graph: the graph that holds the concepts.
        candidates: how many candidates of an ambiguous mention to take.
        nested: whether to take mentions inside longer ones.
        assertion: how much links count that the text does not affirm; all fully where None.
        section_weights: how much the links in a section count, by its name; the others fully.
    """
    links: list[Link] = []
    for mention in mentions:
        if mention.iri not in graph or (mention.nested and not nested):
            continue
        weight = mention.score * _part_left(mention, assertion, section_weights or {})
        chosen = mention.candidates[:candidates]
        total = sum(candidate.score for candidate in chosen)
        for candidate in chosen:
            share = candidate.score / total if total > 0 else 1 / len(chosen)
            score = share * weight
            if score > 0:
                number = graph.index(candidate.iri)
                links.append(Link(number, score, mention.start, mention.end))
    return tuple(links)


def _part_left(
    mention: Mention, assertion: AssertionSettings | None, section_weights: Mapping[str, float]
) -> float:
    """Return how much of a mention's links its polarity, senses and section leave, from 0 to 1."""
    left = section_weights.get(mention.section, 1.0)
    if assertion is not None:
        if mention.polarity == "negated":
            left *= assertion.negated
        for sense in mention.senses:
            left *= getattr(assertion, sense)
    return left


def chunked(items: Iterable[Any], size: int) -> Iterator[list[Any]]:
    """Yield lists of at most ``size`` items."""
    iterator = iter(items)
    while chunk := list(islice(iterator, size)):
        yield chunk
