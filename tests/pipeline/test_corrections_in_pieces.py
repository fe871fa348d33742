"""Corrections of mentions in several pieces."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from ontograft.data import read_gold
from ontograft.kg import Concept, KnowledgeGraph, Label, LabelKind, Linker, Mention
from ontograft.pipeline.corrections import Corrections, LinkCorrection
from ontograft.pipeline.link_evaluation import evaluate_links

from .corrected import link
from .predictors import BASE, graph

CANCERS = "breast and ovarian cancer"
PIECES = ((0, 6), (19, 25))
BOTH = (
    Mention(0, 25, CANCERS, BASE + "apple", "apple", 0.9, (), fragments=PIECES),
    Mention(11, 25, "ovarian cancer", BASE + "pear", "pear", 0.9, (), nested=True),
)


@pytest.mark.parametrize(
    ("given", "kept_pieces"),
    [
        (None, PIECES),  # as the linker found it
        (PIECES, PIECES),
        ((), ()),
        (((0, 25),), ()),
        (((0, 10), (11, 18), (19, 25)), ((0, 10), (11, 18), (19, 25))),
    ],
)
def test_a_corrected_mention_keeps_its_pieces(
    tmp_path: Path, given: Any, kept_pieces: tuple[tuple[int, int], ...]
) -> None:
    with Corrections(tmp_path) as kept:
        kept.add_link(link(0, 25, text=CANCERS, fragments=given), graph(), BOTH)
    (document,) = read_gold(tmp_path / "links.jsonl")
    (mention,) = document.mentions
    assert (mention.start, mention.end, mention.fragments) == (0, 25, kept_pieces)
    assert mention.ids == {BASE + "pear"}


@pytest.mark.parametrize(
    ("start", "end", "stays"),
    [(11, 25, True), (11, 18, True), (7, 10, True), (19, 25, False), (0, 6, False), (0, 25, False)],
)
def test_a_mention_in_pieces_stays_beside_what_shares_only_a_word_with_it(
    tmp_path: Path, start: int, end: int, stays: bool
) -> None:
    with Corrections(tmp_path) as kept:
        correction = link(start, end, text=CANCERS, fragments=())
        kept.add_link(correction, graph(), BOTH)
    (document,) = read_gold(tmp_path / "links.jsonl")
    expected = {(start, end): ()} | ({(0, 25): PIECES} if stays else {})
    assert {(one.start, one.end): one.fragments for one in document.mentions} == expected


def test_a_correction_without_pieces_outlives_one_in_pieces(tmp_path: Path) -> None:
    with Corrections(tmp_path) as kept:
        kept.add_link(link(0, 25, text=CANCERS), graph(), BOTH)
        kept.add_link(link(11, 25, text=CANCERS), graph(), BOTH)
        kept.add_link(link(0, 25, text=CANCERS, fragments=()), graph(), BOTH)
        assert kept.counts["links"] == 2
    (document,) = read_gold(tmp_path / "links.jsonl")
    assert [(one.start, one.fragments) for one in document.mentions] == [(0, ()), (11, ())]


def test_a_linker_is_measured_on_corrections_in_pieces(tmp_path: Path) -> None:
    names = ("breast cancer", "ovarian cancer")
    known = KnowledgeGraph(
        Concept(f"x:{name[:6]}", labels=(Label(LabelKind.PREFERRED, "en", name),)) for name in names
    )
    linker = Linker.build(known)
    with Corrections(tmp_path) as kept:
        right = LinkCorrection(text=CANCERS, start=0, end=25, concept="x:breast")
        kept.add_link(right, known, linker(CANCERS))
    (document,) = read_gold(tmp_path / "links.jsonl")
    assert [one.fragments for one in document.mentions] == [PIECES]
    scores = evaluate_links(known, linker, read_gold(tmp_path / "links.jsonl"))
    exact = scores.all.end_to_end["exact"]
    assert (exact.predicted, exact.right, exact.found) == (1, 1, 1)
