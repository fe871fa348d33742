from __future__ import annotations

from pathlib import Path

import pytest

from ontograft.data import CorpusColumns, read_corpus, rows
from ontograft.data.rows import listed, missing_column
from ontograft.errors import CorpusError


def test_many_names_are_cut_with_their_number() -> None:
    assert listed("abc", limit=2) == "'a', 'b' and 1 more"
    assert listed([]) == "(none)"


def test_the_closest_column_is_named_whatever_its_case() -> None:
    assert missing_column("label", ["Text", "LABEL"]).endswith("did you mean 'LABEL'?")


def test_a_line_without_end_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rows, "MAX_LINE_BYTES", 1 << 20)
    path = tmp_path / "c.jsonl"
    path.write_bytes(b'{"text": "t"}\n' + bytes(1 << 20) + b"x")
    with pytest.raises(CorpusError, match="line 2: longer than 1 MiB; expected one row a line"):
        list(read_corpus(path, columns=CorpusColumns()))


def test_a_file_that_may_not_be_read_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "c.csv"
    path.write_bytes(b"text\nt\n")

    def refuse(*_: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "open", refuse)
    with pytest.raises(CorpusError, match=r"c.csv: cannot be opened \(Permission denied\)"):
        list(read_corpus(path, columns=CorpusColumns()))
