"""A text encoder for the linker: what a phrase means, beside how it is written."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from .encoders import load_encoder, load_tokenizer, resolve_encoder
from .features import EncodedDocument, Specials
from .vectors import CONCEPT_TOKENS, concept_vectors, frozen_vectors

if TYPE_CHECKING:
    from ..kg import KnowledgeGraph, Linker
    from .progress import Progress

_REMEMBERED = 20_000


def attach_encoder(
    linker: Linker,
    graph: KnowledgeGraph,
    encoder: str,
    *,
    language: str = "en",
    progress: Progress | None = None,
) -> None:
    """Let a linker compare phrases with concepts by the vectors of a text encoder.

    The vectors of the concepts are those of their descriptions, computed once and kept in the cache
    on disk. Those of up to 20,000 phrases are remembered.

    Args:
        linker: the linker.
        graph: the ontology it was built from.
        encoder: a folder or a name, as in a project file.
        language: the language of the descriptions.
        progress: is told how many concepts are done.

    Raises:
        EncoderError: the encoder cannot be found or read.
    """
    source = resolve_encoder(encoder)
    tokenizer, network = load_tokenizer(source.folder), load_encoder(source.folder)
    vectors = concept_vectors(
        graph,
        network,
        tokenizer,
        language=language,
        encoder_fingerprint=source.fingerprint(),
        progress=progress,
    )
    before, after = Specials.of(tokenizer)
    room = CONCEPT_TOKENS - len(before) - len(after)

    def encode(phrases: Sequence[str]) -> NDArray[np.float32]:
        cut = tokenizer(list(phrases), add_special_tokens=False, verbose=False)["input_ids"]
        documents = [
            EncodedDocument(
                np.array([*before, *ids[:room], *after], dtype=np.int32),
                (len(before) + min(len(ids), room) + len(after),),
                (),
            )
            for ids in cut
        ]
        return frozen_vectors(network, documents)

    known: dict[str, NDArray[np.float32]] = {}

    def remembered(phrases: Sequence[str]) -> NDArray[np.float32]:
        new = [phrase for phrase in dict.fromkeys(phrases) if phrase not in known]
        if len(known) + len(new) > _REMEMBERED:
            known.clear()
            new = list(dict.fromkeys(phrases))
        if new:
            known.update(zip(new, encode(new), strict=True))
        return np.stack([known[phrase] for phrase in phrases])

    linker.attach(remembered, vectors)
