"""What no text may do to the linker: stall it, or fill its memory."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from ontograft.kg import Concept, KnowledgeGraph, Label, LabelKind, Linker, mentions_of
from ontograft.kg.spacy_linker import nlp_for

NAMES = ("breast cancer", "cancer, lung", "diabetes mellitus type 2", "ALS")
GRAPH = KnowledgeGraph(
    Concept(f"x:{number}", labels=(Label(LabelKind.PREFERRED, "en", name),))
    for number, name in enumerate(NAMES)
)
RUNS = ("x", "(=", "\u0301", "\u200b", "-\n", " ", "'s", "a\u0301", "type 2 ", "breast and lung, ")


def took(linker: Linker, text: str) -> float:
    start = time.process_time()
    linker(text)
    return time.process_time() - start


@pytest.mark.slow
@pytest.mark.parametrize("run", RUNS)
def test_time_grows_with_the_length_of_a_text(run: str) -> None:
    linker = Linker.build(GRAPH)
    linker(run * 100)
    short, long = (
        min(took(linker, (run * size)[:size]) for _ in range(2)) for size in (60_000, 240_000)
    )
    assert long < 10 * max(short, 0.02)  # four times the length; were it the square: sixteen
    assert long < 5


@pytest.mark.slow
@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="needs /proc")
@pytest.mark.parametrize("with_spacy", [False, True])
def test_memory_stays_flat_over_documents_of_new_words(with_spacy: bool) -> None:
    linker = Linker.build(GRAPH)
    nlp = nlp_for(linker)
    marks = []
    strings = len(nlp.vocab.strings)
    for batch in range(100):
        texts = [
            " ".join(f"word{batch}n{number}w{place} cancer" for place in range(20))
            for number in range(50)
        ]
        if with_spacy:
            with nlp.memory_zone():
                assert all(not mentions_of(doc) for doc in nlp.pipe(texts))
        else:
            assert not any(linker(text) for text in texts)
        if batch in (30, 99):
            marks.append(resident_mb())
    assert marks[1] - marks[0] < 10
    assert len(nlp.vocab.strings) - strings < 100


def resident_mb() -> float:
    (line,) = [
        line
        for line in Path("/proc/self/status").read_text("utf-8").splitlines()
        if line.startswith("VmRSS:")
    ]
    return int(line.split()[1]) / 1000
