from __future__ import annotations

import json
import random
from pathlib import Path
from typing import Any

import pytest

from ontograft.errors import ResultsError
from ontograft.pipeline.record_manifest import (
    journal_line,
    manifest_of,
    part_path,
    read_journal,
    read_manifest,
    run_id,
    stamped,
    unstamped,
)

STARTED: dict[str, Any] = {
    "model": {"name": "m"},
    "ontology": None,
    "corpus": {"sha256": "c"},
    "settings": {"shard_size": 2},
    "started": "2026-01-01T00:00:00+00:00",
    "files": {},
}


def shard(number: int, **changes: Any) -> dict[str, Any]:
    counts = {"documents": 2, "labels": 6, "mentions": 3, "linked": 2, "rejected": 1}
    return {"number": number, **counts, **changes}


def test_a_shard_has_a_file_in_the_folder_of_each_table() -> None:
    assert part_path("mentions", 12) == "mentions/part-000012.parquet"


def test_what_was_stamped_comes_back() -> None:
    content = {"ä": [1, None, True], "b": {"c": "\n\u2028"}}
    assert unstamped(json.dumps(stamped(content), indent=2)) == content


@pytest.mark.parametrize("text", ["", "{", "[]", "3", "{}", '{"a": 1}', "[" * 10_000])
def test_what_was_not_stamped_is_none(text: str) -> None:
    assert unstamped(text) is None


def test_any_change_of_a_byte_is_noticed_or_changes_nothing() -> None:
    content = manifest_of(STARTED, [shard(0), shard(1)], status="complete")
    text = json.dumps(stamped(content)).encode()
    noise = random.Random(0)
    for _ in range(500):
        changed = bytearray(text)
        changed[noise.randrange(len(text))] ^= 1 << noise.randrange(8)
        assert unstamped(changed.decode(errors="replace")) in (None, content)


def test_a_manifest_counts_its_shards() -> None:
    manifest = manifest_of(STARTED, [shard(0), shard(1)], status="partial")
    assert manifest["counts"] == {
        "rows": 6,
        "read": 4,
        "rejected": 2,
        "documents": 4,
        "labels": 12,
        "mentions": 6,
        "linked": 4,
    }
    manifest = manifest_of(STARTED, [shard(0)], status="complete", rejected=5)
    assert (manifest["counts"]["rejected"], manifest["counts"]["rows"]) == (5, 7)


def test_a_run_is_known_by_what_it_is_of_and_not_by_when() -> None:
    later = {**STARTED, "started": "2027-01-01T00:00:00+00:00"}
    other = {**STARTED, "settings": {"shard_size": 3}}
    assert run_id(STARTED) == run_id(later) != run_id(other)


def test_a_journal_is_read_without_the_line_that_a_crash_cut(tmp_path: Path) -> None:
    path = tmp_path / "journal.jsonl"
    lines = [journal_line(STARTED), journal_line(shard(1)), journal_line(shard(0))]
    path.write_text("".join(lines) + journal_line(shard(2))[:40])
    started, shards = read_journal(path)
    assert started == STARTED
    assert shards == {0: shard(0), 1: shard(1)}


def test_a_shard_that_is_noted_twice_is_what_the_later_line_says(tmp_path: Path) -> None:
    path = tmp_path / "journal.jsonl"
    path.write_text(
        journal_line(STARTED) + journal_line(shard(0)) + journal_line(shard(0, linked=3))
    )
    assert read_journal(path)[1] == {0: shard(0, linked=3)}


def test_a_damaged_line_of_a_journal_is_a_shard_that_is_not_finished(tmp_path: Path) -> None:
    path = tmp_path / "journal.jsonl"
    damaged = journal_line(shard(0)).replace('"linked": 2', '"linked": 3')
    path.write_bytes((journal_line(STARTED) + damaged + journal_line(shard(1))).encode() + b"\xff")
    assert list(read_journal(path)[1]) == [1]


def test_a_journal_that_is_damaged_at_its_beginning_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "journal.jsonl"
    path.write_text(journal_line(STARTED)[1:])
    with pytest.raises(ResultsError, match=r"journal\.jsonl: is damaged; start anew with --over"):
        read_journal(path)


def test_a_folder_without_a_manifest_is_no_results_folder(tmp_path: Path) -> None:
    with pytest.raises(ResultsError, match=r"manifest\.json is missing: this is no results folder"):
        read_manifest(tmp_path)


def test_an_unfinished_run_is_opened_only_on_demand(tmp_path: Path) -> None:
    (tmp_path / "journal.jsonl").write_text(journal_line(STARTED) + journal_line(shard(0)))
    with pytest.raises(ResultsError, match="is not finished; continue it with the same 'ontograft"):
        read_manifest(tmp_path)
    manifest = read_manifest(tmp_path, partial=True)
    assert (manifest["status"], manifest["shards"]) == ("partial", [shard(0)])


@pytest.mark.parametrize("content", [b"{}", b'{"format": 1}', b"\xff\xfe", b""])
def test_a_damaged_manifest_is_refused(content: bytes, tmp_path: Path) -> None:
    (tmp_path / "manifest.json").write_bytes(content)
    with pytest.raises(ResultsError, match=r"manifest\.json: is damaged, or was not written by"):
        read_manifest(tmp_path)


def test_another_version_is_refused(tmp_path: Path) -> None:
    (tmp_path / "manifest.json").write_text(json.dumps(stamped({"format": 2})))
    with pytest.raises(
        ResultsError, match="has format 2, expected 1; use the version of Ontograft"
    ):
        read_manifest(tmp_path)
