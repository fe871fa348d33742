from __future__ import annotations

from pathlib import Path

import pytest

from ontograft.pipeline.files import (
    damage,
    held,
    replacing,
    seal,
    to_json,
    write_bytes,
    write_text,
)


def test_an_error_leaves_what_was_there(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    path.write_text("old")

    def fail() -> None:
        with replacing(path) as unfinished:
            unfinished.write_text("half")
            raise OSError("disk full")

    with pytest.raises(OSError, match="disk full"):
        fail()
    assert path.read_text() == "old"
    assert list(tmp_path.iterdir()) == [path]


def test_a_text_is_replaced_whole(tmp_path: Path) -> None:
    path = tmp_path / "new" / "a.txt"
    write_text(path, "grün")
    assert path.read_text(encoding="utf-8") == "grün"


def test_a_sealed_folder_is_whole(tmp_path: Path) -> None:
    (tmp_path / "deep").mkdir()
    (tmp_path / "deep/a").write_text("a")
    seal(tmp_path, about={"x": 1})
    assert damage(tmp_path) is None


def test_harm_is_named(tmp_path: Path) -> None:
    assert damage(tmp_path) == "manifest.json is missing or damaged"
    (tmp_path / "a").write_text("a")
    (tmp_path / "b").write_text("b")
    seal(tmp_path)
    (tmp_path / "a").write_text("c")
    assert damage(tmp_path) == "a is damaged: its content does not match manifest.json"
    (tmp_path / "a").unlink()
    assert damage(tmp_path) == "a is missing"


def test_json_has_no_nan() -> None:
    with pytest.raises(ValueError, match="not JSON compliant"):
        to_json({"x": float("nan")})


def test_bytes_are_replaced_whole(tmp_path: Path) -> None:
    write_bytes(tmp_path / "a", b"old")
    write_bytes(tmp_path / "a", memoryview(b"new"))
    assert (tmp_path / "a").read_bytes() == b"new"
    assert list(tmp_path.iterdir()) == [tmp_path / "a"]


def test_a_folder_is_held_by_one_at_a_time(tmp_path: Path) -> None:
    with held(tmp_path), pytest.raises(BlockingIOError), held(tmp_path):
        pass
    with held(tmp_path):
        pass
    assert list(tmp_path.iterdir()) == []
