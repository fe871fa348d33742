from __future__ import annotations

from pathlib import Path

import pytest

from ontograft.errors import ResultsError
from ontograft.pipeline.record_clearing import check_owner, remove_finished, remove_unnoted
from ontograft.pipeline.record_schema import SHARDED


def fill(folder: Path, *names: str) -> Path:
    for name in names:
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("x")
    return folder


def names(folder: Path) -> set[str]:
    return {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}


@pytest.mark.parametrize(
    "content",
    [
        (),
        (".manifest.json.7.tmp",),
        ("journal.jsonl", "labels/part-000000.parquet"),
        ("manifest.json", "rejected.jsonl", "concepts.parquet", "store/data"),
    ],
)
def test_an_empty_folder_and_a_run_of_ours_are_fine(
    content: tuple[str, ...], tmp_path: Path
) -> None:
    check_owner(fill(tmp_path, *content))


@pytest.mark.parametrize(
    ("content", "named"),
    [
        (("manifest.json", "letter.txt"), "letter.txt"),
        (("labels/part-000000.parquet",), "labels"),  # no journal says whose they are
        ((".notes",), ".notes"),
    ],
)
def test_files_of_somebody_else_are_named(
    content: tuple[str, ...], named: str, tmp_path: Path
) -> None:
    with pytest.raises(ResultsError, match=rf"is not only results .* \({named}\); choose another"):
        check_owner(fill(tmp_path, *content))


def test_what_makes_a_run_finished_is_removed_and_no_shard(tmp_path: Path) -> None:
    fill(tmp_path, "manifest.json", "rejected.jsonl", "closure.parquet", "store/a/b")
    fill(tmp_path, "journal.jsonl", "labels/part-000000.parquet")
    remove_finished(tmp_path)
    assert names(tmp_path) == {"journal.jsonl", "labels/part-000000.parquet"}


def test_a_store_that_is_a_link_is_removed_and_not_what_it_leads_to(tmp_path: Path) -> None:
    fill(tmp_path, "elsewhere/data")
    folder = fill(tmp_path / "run", "manifest.json")
    (folder / "store").symlink_to(tmp_path / "elsewhere")
    remove_finished(folder)
    assert names(tmp_path) == {"elsewhere/data"}


def test_shards_that_nobody_noted_and_half_written_files_are_removed(tmp_path: Path) -> None:
    for table in SHARDED:
        fill(tmp_path / table, "part-000000.parquet", "part-000001.parquet", ".x.7.tmp")
    fill(tmp_path, "journal.jsonl", ".rejected.jsonl.7.tmp")
    remove_unnoted(tmp_path, [1])
    kept = {f"{table}/part-000001.parquet" for table in SHARDED}
    assert names(tmp_path) == {"journal.jsonl", *kept}
