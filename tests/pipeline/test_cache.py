from __future__ import annotations

import os
from pathlib import Path

import numpy as np
import pytest

from ontograft.pipeline import cache
from ontograft.pipeline.cache import Vectors, cache_folder, cached_vectors


class Counting:
    """Make vectors, and count how often."""

    def __init__(self) -> None:
        self.calls = 0

    def __call__(self) -> Vectors:
        self.calls += 1
        return np.arange(6, dtype=np.float32).reshape(3, 2)


def ask(compute: Counting, folder: Path, **key: str) -> Vectors:
    return cached_vectors("test", {"encoder": "x", **key}, compute, rows=3, folder=folder)


def test_vectors_are_computed_once(tmp_path: Path) -> None:
    compute = Counting()
    first, second = ask(compute, tmp_path), ask(compute, tmp_path)
    assert compute.calls == 1
    np.testing.assert_array_equal(first, second)


def test_another_key_is_another_file(tmp_path: Path) -> None:
    compute = Counting()
    ask(compute, tmp_path)
    ask(compute, tmp_path, language="de")
    assert compute.calls == 2


@pytest.mark.parametrize("harm", ["cut", "flip", "empty"])
def test_a_damaged_file_is_made_anew(tmp_path: Path, harm: str) -> None:
    compute = Counting()
    expected = ask(compute, tmp_path)
    (path,) = tmp_path.iterdir()
    content = path.read_bytes()
    flipped = content[:-1] + bytes([content[-1] ^ 1])
    path.write_bytes({"cut": content[:-4], "flip": flipped, "empty": b""}[harm])
    np.testing.assert_array_equal(ask(compute, tmp_path), expected)
    assert compute.calls == 2
    ask(compute, tmp_path)
    assert compute.calls == 2


def test_a_folder_that_cannot_be_written_is_no_obstacle(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    assert len(ask(Counting(), tmp_path / "file")) == 3


def test_the_folder_can_be_chosen(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("ONTOGRAFT_CACHE", str(tmp_path))
    assert cache_folder() == tmp_path
    monkeypatch.delenv("ONTOGRAFT_CACHE")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    assert cache_folder().name == "ontograft"


def test_what_was_not_used_for_long_makes_room(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    ask(Counting(), tmp_path, language="0")
    (oldest,) = tmp_path.iterdir()
    size = oldest.stat().st_size
    monkeypatch.setattr(cache, "MOST_BYTES", 3 * size)
    for number in (1, 2):
        ask(Counting(), tmp_path, language=str(number))
    for number, path in enumerate(sorted(tmp_path.iterdir())):
        os.utime(path, (number, number))
    os.utime(oldest, (0, 0))
    kept = Counting()
    ask(kept, tmp_path, language="0")  # used again
    ask(Counting(), tmp_path, language="3")
    assert len(list(tmp_path.iterdir())) == 3
    ask(kept, tmp_path, language="0")
    assert kept.calls == 0
    monkeypatch.setattr(cache, "MOST_BYTES", 1)
    ask(Counting(), tmp_path, language="4")
    assert len(list(tmp_path.iterdir())) == 1  # the newest is always kept
