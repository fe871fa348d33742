from __future__ import annotations

import gzip
from pathlib import Path

import pytest

from ontograft.data import CorpusColumns, read_corpus, read_gold, rows
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


@pytest.mark.parametrize(
    ("name", "packed", "line"),
    [
        ("c.csv.gz", b'text,label\n"' + 200 * (9000 * b"a" + b'\n","'), 2),
        ("g.conll.gz", b"# newdoc id = 1\n" + 300_000 * b"a O\n", 2),
        ("g.pubtator.gz", b"1|t|abc\n1|a|d\n" + 80_000 * b"1\t0\t3\tabc\tD\tD1\n", 2),
    ],
)
def test_a_row_or_document_of_endless_lines_is_refused(
    name: str, packed: bytes, line: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rows, "MAX_LINE_BYTES", 1 << 20)
    path = tmp_path / name
    path.write_bytes(gzip.compress(packed))
    assert path.stat().st_size < 10_000
    with pytest.raises(
        CorpusError,
        match=rf"{name}, line \d+: the row or document that began near line {line} is longer than",
    ):
        list(read_corpus(path, columns=CorpusColumns()) if "csv" in name else read_gold(path))


@pytest.mark.parametrize(
    ("name", "content", "number"),
    [
        ("c.jsonl", 30_000 * b'{"text": "some text, and no more of it"}\n', 30_000),
        ("c.jsonl", 1_200_000 * b"\n" + b'{"text": "t"}\n', 1),
        ("c.csv", b"text\n" + 60_000 * b"some text\n", 60_000),
        ("g.conll", 40_000 * b"some O\nwords O\nin O\n\n", 40_000),
        ("g.pubtator", 40_000 * b"1|t|some words in a title\n\n", 40_000),
    ],
)
def test_only_a_single_row_or_document_has_a_bound(
    name: str, content: bytes, number: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rows, "MAX_LINE_BYTES", 1 << 19)
    path = tmp_path / name
    path.write_bytes(content)
    assert len(content) > 1 << 19
    read = read_gold(path) if name[0] == "g" else read_corpus(path, columns=CorpusColumns())
    assert sum(1 for _ in read) == number


def test_a_long_name_is_cut() -> None:
    assert missing_column("text", ["x" * 1000]).endswith(f"the columns are: '{'x' * 57}...'")
