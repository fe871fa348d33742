"""Corrections that are refused, and leave no trace."""

from __future__ import annotations

from pathlib import Path

import pytest

from ontograft.errors import CorpusError
from ontograft.pipeline.corrections import Corrections, LabelCorrection, LinkCorrection
from ontograft.pipeline.labels import LabelSet

from .corrected import FOUND, KNOWN, label, link
from .predictors import graph


@pytest.mark.parametrize(
    ("correction", "known", "message"),
    [
        (label(label="ugly"), KNOWN, "the model has no label 'ugly'; choose from: bad, good"),
        (label(label=("good",)), KNOWN, "the label is .'good'.; expected one label"),
        (label(label=1.0), KNOWN, "the model has no label 1.0; choose from"),
        (label(), LabelSet("multi-label", ("good",)), "the label is 'good'; expected a list of"),
        (label(label="1"), LabelSet("regression", ("value",)), "'1'; expected a finite number"),
        (
            label(label=float("nan")),
            LabelSet("regression", ("value",)),
            "nan; expected a finite number",
        ),
        (label("a\0b"), KNOWN, "the text holds a NUL character; expected text; remove it"),
        (label("ab\ud800"), KNOWN, r"half a character \(U\+D800\) at position 2; expected whole"),
        (label(document="\0"), KNOWN, "the document holds a NUL character"),
    ],
)
def test_labels_that_are_refused(
    tmp_path: Path, correction: LabelCorrection, known: LabelSet, message: str
) -> None:
    with Corrections(tmp_path) as kept:
        with pytest.raises(CorpusError, match=message):
            kept.add_label(correction, known)
        assert kept.counts == {"labels": 0, "links": 0}
    assert not (tmp_path / "labels.jsonl").exists()


@pytest.mark.parametrize(
    ("correction", "message"),
    [
        (link(concept="http://example.org/kiwi"), "no concept 'http://example.org/kiwi'; expected"),
        (link(3, 3), "the mention is from 3 to 3 in a text of 29 characters; expected 0 <= start"),
        (link(-1, 3), "the mention is from -1 to 3"),
        (link(3, 30), "the mention is from 3 to 30 .* Unicode code points"),
        (link(text="an\0apple"), "NUL"),
        (link(3, 8, fragments=((3, 5), (4, 8))), "the correction: the fragments are"),
        (link(3, 8, fragments=((3, 5), (6, 9))), "expected pieces in order that do not overlap"),
    ],
)
def test_links_that_are_refused(tmp_path: Path, correction: LinkCorrection, message: str) -> None:
    with Corrections(tmp_path) as kept:
        with pytest.raises(CorpusError, match=message):
            kept.add_link(correction, graph(), FOUND)
        assert kept.counts == {"labels": 0, "links": 0}
