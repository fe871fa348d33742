from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ontograft.errors import CorpusError
from ontograft.pipeline.keyed_lines import KeyedLines, Row


def key(row: Row) -> str:
    return str(row["key"] + "")


def opened(folder: Path) -> KeyedLines:
    return KeyedLines(folder / "rows.jsonl", key)


def test_rows_are_there_when_put_returns(tmp_path: Path) -> None:
    lines = opened(tmp_path)
    assert (len(lines), list(lines), lines.content()) == (0, [], b"")
    lines.put({"key": "a", "x": 1})
    lines.put({"key": "b", "x": "\u2028ü\n"})
    assert [json.loads(line) for line in lines.content().split(b"\n")[:-1]] == list(lines)
    assert lines.get("b") == {"key": "b", "x": "\u2028ü\n"}
    assert lines.get("c") is None


def test_a_later_row_takes_the_place_of_the_earlier(tmp_path: Path) -> None:
    lines = opened(tmp_path)
    for name, value in (("a", 1), ("b", 2), ("c", 3), ("a", 4), ("b", 5)):
        lines.put({"key": name, "x": value})
    assert list(lines) == [{"key": n, "x": x} for n, x in (("c", 3), ("a", 4), ("b", 5))]
    assert [lines.get(name) for name in "abc"] == [
        {"key": n, "x": x} for n, x in (("a", 4), ("b", 5), ("c", 3))
    ]
    assert [path.name for path in tmp_path.iterdir()] == ["rows.jsonl"]


@given(st.lists(st.tuples(st.sampled_from("abcd"), st.text(max_size=8)), max_size=25))
@settings(max_examples=40, deadline=None)
def test_it_is_a_dictionary_on_the_disk(
    tmp_path_factory: pytest.TempPathFactory, puts: list[tuple[str, str]]
) -> None:
    folder = tmp_path_factory.mktemp("lines")
    lines, plain = opened(folder), dict[str, str]()
    for name, text in puts:
        text = text.encode("utf-8", "replace").decode()
        lines.put({"key": name, "x": text})
        plain.pop(name, None)
        plain[name] = text
        assert lines.get(name) == {"key": name, "x": text}
    expected = [{"key": name, "x": text} for name, text in plain.items()]
    assert list(lines) == list(opened(folder)) == expected
    assert len(lines) == len(plain)
    assert all(lines.get(row["key"]) == row for row in expected)


@pytest.mark.parametrize("rest", [b"{", b'{"key": "c", "x": "\xc3', b'{"key": "c"}', b"\0" * 9])
def test_a_half_written_last_line_is_cut_off(
    tmp_path: Path, rest: bytes, caplog: pytest.LogCaptureFixture
) -> None:
    opened(tmp_path).put({"key": "a"})
    path = tmp_path / "rows.jsonl"
    whole = path.read_bytes()
    path.write_bytes(whole + rest)
    lines = opened(tmp_path)
    assert path.read_bytes() == whole
    assert f"half-written and is cut off ({len(rest)} bytes)" in caplog.text
    lines.put({"key": "c"})
    assert list(opened(tmp_path)) == [{"key": "a"}, {"key": "c"}]


def test_every_place_where_a_write_may_break_off(tmp_path: Path) -> None:
    lines = opened(tmp_path)
    lines.put({"key": "a", "x": "ä"})
    before = lines.content()
    lines.put({"key": "b", "x": "ü"})
    after = lines.content()
    for length in range(len(before), len(after)):
        lines.path.write_bytes(after[:length])
        assert list(opened(tmp_path)) == [{"key": "a", "x": "ä"}]
        assert lines.path.read_bytes() == before


@pytest.mark.parametrize("line", [b"nothing\n", b"[]\n", b'{"other": 1}\n', b"\n", b"\xff\n"])
def test_a_damaged_line_is_named(tmp_path: Path, line: bytes) -> None:
    path = tmp_path / "rows.jsonl"
    path.write_bytes(b'{"key": "a"}\n' + line + b'{"key": "b"}\n')
    with pytest.raises(CorpusError, match=r"rows.jsonl, line 2: is no row .*; mend or remove"):
        opened(tmp_path)
    assert line in path.read_bytes()


@pytest.mark.parametrize("put", ["append", "replace"])
def test_a_full_disk_leaves_the_file_as_it_was(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, put: str
) -> None:
    lines = opened(tmp_path)
    lines.put({"key": "a"})
    before = lines.content()

    def full(_: Any) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patched:
        patched.setattr(os, "fsync", full)
        with pytest.raises(OSError, match="No space left"):
            lines.put({"key": "b" if put == "append" else "a", "x": 1})
    assert lines.path.read_bytes() == before
    lines.put({"key": "c"})
    assert list(opened(tmp_path)) == [{"key": "a"}, {"key": "c"}]
