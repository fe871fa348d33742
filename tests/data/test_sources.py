from __future__ import annotations

import os
from pathlib import Path

import pytest

from ontograft.data import find_files
from ontograft.data.sources import format_of
from ontograft.errors import CorpusError


def make(folder: Path, *names: str) -> None:
    for name in names:
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("text\nt\n", encoding="utf-8")


def names(folder: Path, *sources: str) -> list[str]:
    return [file.name for file in find_files([str(folder / source) for source in sources])]


def test_files_keep_the_order_in_which_they_are_given(tmp_path: Path) -> None:
    make(tmp_path, "b.csv", "a.csv")
    assert names(tmp_path, "b.csv", "a.csv") == ["b.csv", "a.csv"]


def test_a_single_file_is_named_without_its_folder(tmp_path: Path) -> None:
    make(tmp_path, "deep/er/a.csv")
    (file,) = find_files(tmp_path / "deep" / "er" / "a.csv")
    assert (file.name, file.path) == ("a.csv", tmp_path / "deep/er/a.csv")


def test_files_are_named_below_the_folder_that_they_share(tmp_path: Path) -> None:
    make(tmp_path, "x/one/a.csv", "x/two/a.csv")
    assert names(tmp_path, "x/one/a.csv", "x/two/a.csv") == ["one/a.csv", "two/a.csv"]


def test_a_pattern_is_expanded_and_sorted_and_a_file_taken_once(tmp_path: Path) -> None:
    make(tmp_path, "b.csv", "a.csv", "c.jsonl", ".hidden.csv")
    assert names(tmp_path, "*.csv", "a.csv", "*") == ["a.csv", "b.csv", "c.jsonl"]


def test_a_link_to_a_file_is_the_same_file(tmp_path: Path) -> None:
    make(tmp_path, "a.csv")
    (tmp_path / "b.csv").symlink_to(tmp_path / "a.csv")
    assert names(tmp_path, "a.csv", "b.csv") == ["a.csv"]


def test_a_pattern_may_reach_into_folders(tmp_path: Path) -> None:
    make(tmp_path, "x/one/a.csv", "x/two/b.csv", "x/readme.md")
    assert names(tmp_path, "x/**/*.csv") == ["one/a.csv", "two/b.csv"]
    assert names(tmp_path, "x/[ot]*") == ["one/a.csv", "two/b.csv"]


def test_a_file_whose_name_looks_like_a_pattern_is_a_file(tmp_path: Path) -> None:
    make(tmp_path, "a[1].csv", "a1.csv")
    assert names(tmp_path, "a[1].csv") == ["a[1].csv"]


def test_a_folder_is_its_corpus_files_without_those_of_its_writer(tmp_path: Path) -> None:
    make(
        tmp_path,
        *("x/_SUCCESS.csv", "x/part-1.parquet", "x/part-0.parquet", "x/notes.txt"),
        *("x/_temporary/part-2.parquet", "x/.crc/part-0.parquet", "x/sub/c.csv.gz"),
    )
    assert names(tmp_path, "x") == ["part-0.parquet", "part-1.parquet", "sub/c.csv.gz"]


@pytest.mark.parametrize("source", ["x", "x/**/*.csv", "x/year=*"])
def test_folders_tell_columns(source: str, tmp_path: Path) -> None:
    make(tmp_path, "x/year=2020/a%20b=c%2Fd/a.csv", "x/year=__HIVE_DEFAULT_PARTITION__/b.csv")
    told = {file.path.name: file.given for file in find_files(str(tmp_path / source))}
    assert told == {"a.csv": {"year": "2020", "a b": "c/d"}, "b.csv": {"year": None}}


def test_the_folders_above_a_named_file_tell_nothing(tmp_path: Path) -> None:
    make(tmp_path, "year=2020/a.csv")
    (file,) = find_files(tmp_path / "year=2020" / "a.csv")
    assert file.given == {}


def test_a_name_that_is_no_utf8_can_be_written_down(tmp_path: Path) -> None:
    path = os.fsencode(tmp_path) + b"/caf\xe9.csv"
    try:
        with open(path, "wb") as file:  # noqa: PTH123 (a path of bytes)
            file.write(b"text\nt\n")
    except OSError:
        pytest.skip("this file system takes only UTF-8")
    (found,) = find_files(os.fsdecode(path))
    assert found.name == "caf\ufffd.csv"


@pytest.mark.parametrize(
    ("source", "message"),
    [
        ("none.csv", "none.csv: there is no such file; check the path of the corpus"),
        ("*.parquet", r"\*\.parquet: no file fits this pattern; check it, and quote it"),
        ("empty", "empty: the folder holds no corpus; expected files that end in one of: .csv,"),
    ],
)
def test_what_is_not_there_is_refused(source: str, message: str, tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    with pytest.raises(CorpusError, match=message):
        names(tmp_path, source)


def test_no_corpus_at_all_is_refused() -> None:
    with pytest.raises(CorpusError, match="no corpus was named; name a file, a pattern or"):
        find_files([])


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("a.CSV", ".csv"),
        ("a.v1.jsonl.gz", ".jsonl"),
        ("a.ndjson", ".ndjson"),
        ("a.parquet", ".parquet"),
        ("a.parquet.gz", ""),
        ("a.gz", ""),
        ("csv", ""),
        (".csv", ""),
    ],
)
def test_the_ending_tells_the_format(name: str, expected: str) -> None:
    assert format_of(Path(name)) == expected
