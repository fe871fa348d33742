from __future__ import annotations

import zlib
from pathlib import Path

import pytest
import spacy
from spacy.tokens import Doc, DocBin, Span

from ontograft.data import GoldMention, docbin, read_gold
from ontograft.errors import CorpusError


def annotated() -> Doc:
    doc: Doc = spacy.blank("en")("Breast cancer and flu.")
    cancer, flu = Span(doc, 0, 2, label="DIS", kb_id="D1|D2"), Span(doc, 3, 4, label="D7")
    doc.ents = [cancer]
    doc.spans["a"] = [cancer, Span(doc, 1, 2, label="DIS", kb_id="NIL")]
    doc.spans["b"] = [flu]
    return doc


def write(folder: Path, *docs: Doc) -> Path:
    path = folder / "gold.spacy"
    DocBin(docs=docs, store_user_data=True).to_disk(path)
    return path


def test_entities_and_span_groups_are_mentions_each_once(tmp_path: Path) -> None:
    named = annotated()
    named.user_data["id"] = "x1"
    first, second = read_gold(write(tmp_path, named, spacy.blank("de")("Nichts")))
    assert (first.id, first.text) == ("x1", "Breast cancer and flu.")
    assert first.mentions == (
        GoldMention(0, 13, "Breast cancer", frozenset({"D1", "D2"}), composite=True, type="DIS"),
        GoldMention(7, 13, "cancer", frozenset(), type="DIS"),
        GoldMention(18, 21, "flu", frozenset({"D7"}), type="D7"),
    )
    assert (second.id, second.text, second.mentions) == ("2", "Nichts", ())


@pytest.mark.parametrize("kept", [0, 1, 100, -9])
def test_a_damaged_file_is_refused(kept: int, tmp_path: Path) -> None:
    path = write(tmp_path, annotated())
    path.write_bytes(path.read_bytes()[:kept])
    with pytest.raises(
        CorpusError, match=r"gold\.spacy, after document 0: cannot be read on \(.*E1"
    ):
        list(read_gold(path))


def test_a_file_of_another_content_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "gold.spacy"
    path.write_bytes(zlib.compress(b"\x81\xa1a\x01"))
    with pytest.raises(
        CorpusError, match="after document 0: cannot be read on .*; expected what D"
    ):
        list(read_gold(path))


def test_a_file_that_cannot_be_opened_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = write(tmp_path, annotated())

    def refuse(_: Path) -> bytes:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "read_bytes", refuse)
    with pytest.raises(CorpusError, match=r"gold\.spacy: cannot be opened \(Permission denied\)"):
        list(read_gold(path))


def test_a_small_file_that_unpacks_to_a_huge_one_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(docbin, "MAX_UNPACKED_BYTES", 1 << 20)
    path = tmp_path / "gold.spacy"
    path.write_bytes(zlib.compress(bytes(1 << 22)))
    with pytest.raises(CorpusError, match=r"gold\.spacy: is larger than 1 MiB unpacked; expected"):
        list(read_gold(path))
