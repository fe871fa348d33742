from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch

from ontograft.kg import Concept, KnowledgeGraph, Label, LabelKind
from ontograft.pipeline import vectors
from ontograft.pipeline.encoders import load_encoder, load_tokenizer
from ontograft.pipeline.features import DocumentEncoder
from ontograft.pipeline.vectors import concept_text, concept_vectors, frozen_vectors

GRAPH = KnowledgeGraph(
    [
        Concept(
            "apple",
            labels=(
                Label(LabelKind.EXACT, "en", "pippin"),
                Label(LabelKind.PREFERRED, "de", "Apfel"),
                Label(LabelKind.PREFERRED, "en", "apple"),
            ),
            definitions=(("en", "A round fruit."),),
        ),
        Concept("http://x/nameless"),
    ]
)


def test_a_concept_is_described_by_names_and_definition() -> None:
    assert concept_text(GRAPH, 0, "en") == "apple; pippin. A round fruit."
    assert concept_text(GRAPH, 0, "de") == "Apfel"
    assert concept_text(GRAPH, 1, "en") == "nameless"


def test_vectors_are_means_over_tokens_of_length_1(encoder_folder: Path) -> None:
    encoder, tokenizer = load_encoder(encoder_folder), load_tokenizer(encoder_folder)
    texts = ["apple", "", "a ripe pear from the garden " * 12]
    documents = DocumentEncoder(tokenizer, max_length=16)(texts)
    found = frozen_vectors(encoder, documents, batch_size=2)
    for document, vector in zip(documents, found, strict=True):
        hidden, start = [], 0
        for length in document.windows:
            ids = torch.from_numpy(document.tokens[start : start + length].astype(np.int64))
            with torch.no_grad():
                hidden.append(encoder(input_ids=ids[None]).last_hidden_state[0])
            start += length
        mean = torch.cat(hidden).mean(dim=0)
        np.testing.assert_allclose(vector, (mean / mean.norm()).numpy(), atol=1e-5)


def test_concept_vectors_come_from_the_cache(
    encoder_folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    encoder, tokenizer = load_encoder(encoder_folder), load_tokenizer(encoder_folder)

    def ask(
        fingerprint: str, language: str = "en"
    ) -> np.ndarray[tuple[int, ...], np.dtype[np.float32]]:
        return concept_vectors(
            GRAPH,
            encoder,
            tokenizer,
            language=language,
            encoder_fingerprint=fingerprint,
            cache=tmp_path,
        )

    first = ask("x")
    assert first.shape == (2, 16)
    ask("y")
    ask("x", "de")
    assert len(list(tmp_path.iterdir())) == 3
    monkeypatch.setattr(vectors, "frozen_vectors", None)
    np.testing.assert_array_equal(ask("x"), first)
