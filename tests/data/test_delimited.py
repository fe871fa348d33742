from __future__ import annotations

import csv
from pathlib import Path

import pytest

from ontograft.data import CorpusColumns, delimited, read_corpus
from ontograft.errors import CorpusError


def test_an_endless_cell_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    limit = csv.field_size_limit(1000)
    monkeypatch.setattr(delimited, "MAX_CELL_CHARACTERS", 1000)
    path = tmp_path / "c.csv"
    path.write_text('text,label\nt,x\n"open' + 2000 * "y", encoding="utf-8")
    try:
        with pytest.raises(
            CorpusError, match=r"row 2 \(line 3\): a cell is longer than 1,000 char"
        ):
            list(read_corpus(path, columns=CorpusColumns()))
    finally:
        csv.field_size_limit(limit)


def test_the_limit_of_other_readers_is_never_lowered(tmp_path: Path) -> None:
    before = csv.field_size_limit(1 << 30)
    path = tmp_path / "c.csv"
    path.write_text("text\nt\n", encoding="utf-8")
    try:
        list(read_corpus(path, columns=CorpusColumns()))
        assert csv.field_size_limit() == 1 << 30
    finally:
        csv.field_size_limit(before)


def test_all_columns_that_have_a_name_can_be_kept(tmp_path: Path) -> None:
    path = tmp_path / "c.csv"
    path.write_text(",text,year,\n0,t,1991,x\n", encoding="utf-8")
    (document,) = read_corpus(path, columns=CorpusColumns(others=True))
    assert document.meta == {"year": "1991"}
