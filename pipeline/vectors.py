"""Vectors of the frozen encoder: of the concepts' descriptions, and of whole documents."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Final

import numpy as np
import torch
from torch import Tensor

from ..model import pool_in_parts, unit
from .batches import pad_windows
from .cache import Vectors, cached_vectors
from .features import EncodedDocument, Specials, window_limit
from .inference import batches_by_length
from .progress import Progress

if TYPE_CHECKING:
    from transformers import PreTrainedModel, PreTrainedTokenizerFast

    from ..kg import KnowledgeGraph

CONCEPT_TOKENS: Final = 64
"""How many tokens of a concept's description are read."""

RECIPE: Final = 1
"""The version of ``concept_text`` and of the pooling: part of the cache's key."""


def concept_text(graph: KnowledgeGraph, index: int, language: str) -> str:
    """Describe a concept in words: ``preferred label; other names. Definition``.

    Example:
        ``fire blight; Erwinia amylovora blight. A bacterial disease of apples and pears.``
    """
    preferred = graph.preferred_label(index, language)
    names = [preferred]
    for label in graph.names(index, language):
        if label.text not in names:
            names.append(label.text)
    definition = graph.definition(index, language)
    return "; ".join(names) + (f". {definition}" if definition else "")


def concept_vectors(
    graph: KnowledgeGraph,
    encoder: PreTrainedModel,
    tokenizer: PreTrainedTokenizerFast,
    *,
    language: str,
    encoder_fingerprint: str,
    progress: Progress | None = None,
    cache: Path | None = None,
) -> Vectors:
    """Return one vector for each concept, from its description; shape (concept, width).

    Computed once for each encoder, ontology and language, and kept in the cache on disk.
    """
    length = window_limit(CONCEPT_TOKENS, encoder.config, tokenizer)

    def compute() -> Vectors:
        texts = [concept_text(graph, index, language) for index in range(len(graph))]
        cut = tokenizer(texts, add_special_tokens=False, verbose=False)["input_ids"]
        before, after = Specials.of(tokenizer)
        room = length - len(before) - len(after)
        documents = [
            EncodedDocument(
                np.array([*before, *ids[:room], *after], dtype=np.int32),
                (len(before) + min(len(ids), room) + len(after),),
                (),
            )
            for ids in cut
        ]
        return frozen_vectors(encoder, documents, batch_size=64, progress=progress)

    key: dict[str, str | int] = {
        "encoder": encoder_fingerprint,
        "ontology": graph.fingerprint,
        "language": language,
        "recipe": RECIPE,
        "tokens": length,
    }
    return cached_vectors("concepts", key, compute, rows=len(graph), folder=cache)


def text_vectors(
    encoder: PreTrainedModel,
    documents: Sequence[EncodedDocument],
    *,
    encoder_fingerprint: str,
    progress: Progress | None = None,
) -> Vectors:
    """Return the frozen encoder's vector of each document, from the cache where it is there."""
    key: dict[str, str | int] = {
        "encoder": encoder_fingerprint,
        "tokens": tokens_digest(documents),
        "recipe": RECIPE,
    }
    return cached_vectors(
        "texts",
        key,
        lambda: frozen_vectors(encoder, documents, progress=progress),
        rows=len(documents),
    )


def tokens_digest(documents: Sequence[EncodedDocument]) -> str:
    """Return the SHA-256 over the tokens of documents, in their windows."""
    digest = hashlib.sha256()
    for document in documents:
        digest.update(np.asarray(document.windows, dtype=np.int64).tobytes())
        digest.update(document.tokens.tobytes())
    return digest.hexdigest()


@torch.inference_mode()
def frozen_vectors(
    encoder: PreTrainedModel,
    documents: Sequence[EncodedDocument],
    *,
    batch_size: int = 32,
    progress: Progress | None = None,
) -> Vectors:
    """Run the encoder, without dropout, over documents sorted by length.

    Returns:
        The pooled vectors, of length 1, in the order of the documents; shape (document, width).
    """
    encoder.train(False)
    result = np.zeros((len(documents), encoder.config.hidden_size), dtype=np.float32)
    for numbers in batches_by_length(documents, batch_size=batch_size):
        ids, mask, owner = (
            part.to(encoder.device)
            for part in pad_windows([documents[number] for number in numbers], pad_id=0)
        )

        def encode(part: slice, ids: Tensor = ids, mask: Tensor = mask) -> Tensor:
            hidden: Tensor = encoder(
                input_ids=ids[part], attention_mask=mask[part]
            ).last_hidden_state
            return hidden

        result[numbers] = unit(pool_in_parts(encode, mask, owner, len(numbers))).cpu().numpy()
        if progress:
            progress(len(numbers))
    return result
