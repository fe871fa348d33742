from __future__ import annotations

import json
import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from ontograft.errors import ResultsError
from ontograft.pipeline import files
from ontograft.pipeline.record import Results
from ontograft.pipeline.record_folder import RecordFolder
from ontograft.pipeline.record_manifest import read_journal
from ontograft.pipeline.record_schema import SHARDED, WHOLE

IDENTITY: dict[str, Any] = {
    "model": {"name": "m", "sha256": "0"},
    "ontology": None,
    "corpus": {"files": ["c.csv"], "sha256": "1"},
    "settings": {"shard_size": 2, "threads": 1},
}
EMPTY = {name: schema.empty_table() for name, schema in (SHARDED | WHOLE).items()}
ABOUT = {"rejected": 0, "linked": 0, "corpus": "1"}


def write(folder: RecordFolder, shards: range) -> None:
    folder.write_ontology(EMPTY)
    for number in shards:
        folder.write_shard(number, EMPTY, ABOUT)


def finish(folder: RecordFolder) -> Results:
    with folder.rejecting() as reject:
        reject({"reason": "none"})
    return folder.finish(corpus_sha256="1", rejected=1)


@pytest.fixture
def out(tmp_path: Path) -> Path:
    return tmp_path / "results"


@pytest.fixture
def begun(out: Path) -> Path:
    """Return a folder in which two shards are finished."""
    with RecordFolder(out) as folder:
        folder.begin(IDENTITY)
        write(folder, range(2))
    return out


@pytest.fixture
def done(begun: Path) -> Path:
    """Return a folder with a finished run of two shards."""
    with RecordFolder(begun) as folder:
        folder.begin(IDENTITY)
        folder.write_ontology(EMPTY)
        finish(folder)
    return begun


def test_a_run_goes_on_where_it_was(begun: Path) -> None:
    with RecordFolder(begun) as folder:
        folder.begin(IDENTITY)
        assert list(folder.finished) == [0, 1]
        assert folder.whole(1)
        assert not folder.whole(2)
        assert not folder.complete


def test_a_finished_run_has_a_manifest_and_no_journal(done: Path) -> None:
    assert sorted(path.name for path in done.iterdir()) == [
        *("closure.parquet", "concepts.parquet", "documents", "labels", "manifest.json"),
        *("mentions", "rejected.jsonl"),
    ]
    manifest = Results.open(done).manifest
    assert manifest["status"] == "complete"
    assert manifest["counts"]["rejected"] == 1
    assert manifest["started"] <= manifest["finished"]
    with RecordFolder(done) as folder:
        folder.begin(IDENTITY)
        assert folder.all_whole()


def test_a_file_that_changed_makes_a_finished_run_unfinished(done: Path) -> None:
    (done / "rejected.jsonl").write_text("{}")
    with RecordFolder(done) as folder:
        folder.begin(IDENTITY)
        assert folder.complete
        assert not folder.all_whole()
        folder.reopen()
    assert not (done / "manifest.json").exists()
    assert sorted(read_journal(done / "journal.jsonl")[1]) == [0, 1]


def test_a_shard_with_a_changed_file_is_not_whole(begun: Path) -> None:
    path = begun / "mentions" / "part-000001.parquet"
    path.write_bytes(path.read_bytes()[:-1] + b"x")
    (begun / "labels" / "part-000000.parquet").unlink()
    with RecordFolder(begun) as folder:
        folder.begin(IDENTITY)
        assert not folder.whole(0)
        assert not folder.whole(1)


def test_what_a_crash_left_is_cleared_away(begun: Path) -> None:
    left = [begun / ".rejected.jsonl.99.tmp", begun / "labels" / ".part-000002.parquet.99.tmp"]
    for path in left:
        path.write_text("half")
    with (begun / "journal.jsonl").open("a") as file:
        file.write('{"number": 2, "docu')
    with RecordFolder(begun) as folder:
        folder.begin(IDENTITY)
        folder.write_ontology(EMPTY)
        folder.write_shard(2, EMPTY, ABOUT)
    assert not any(path.exists() for path in left)
    assert sorted(read_journal(begun / "journal.jsonl")[1]) == [0, 1, 2]


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"model": {"name": "m", "sha256": "2"}}, r"the model changed \(sha256: '0', now '2'\)"),
        ({"ontology": {"iri": "x"}}, "the ontology changed"),
        ({"corpus": {"files": ["c.csv"], "sha256": "2"}}, r"the corpus changed \(sha256: '1', now"),
        ({"corpus": {"files": ["d.csv"], "sha256": None}}, r"the corpus changed \(files: \['c.csv"),
        ({"settings": {"shard_size": 3, "threads": 1}}, r"settings changed \(shard_size: 2, now 3"),
    ],
)
@pytest.mark.parametrize("state", ["begun", "done"])
def test_a_run_of_something_else_is_refused(
    state: str, change: dict[str, Any], message: str, request: pytest.FixtureRequest
) -> None:
    out: Path = request.getfixturevalue(state)
    before = {path: path.read_bytes() for path in out.rglob("*") if path.is_file()}
    with RecordFolder(out) as folder, pytest.raises(ResultsError, match=message):
        folder.begin({**IDENTITY, **change})
    assert before == {path: path.read_bytes() for path in out.rglob("*") if path.is_file()}


@pytest.mark.parametrize("state", ["begun", "done"])
def test_a_corpus_whose_sha256_is_not_known_yet_may_be_the_same(
    state: str, request: pytest.FixtureRequest
) -> None:
    with RecordFolder(request.getfixturevalue(state)) as folder:
        folder.begin({**IDENTITY, "corpus": {**IDENTITY["corpus"], "sha256": None}})
        assert len(folder.finished) == 2


@pytest.mark.parametrize("state", ["begun", "done"])
def test_overwriting_leaves_nothing_of_what_was_there(
    state: str, request: pytest.FixtureRequest
) -> None:
    out: Path = request.getfixturevalue(state)
    (out / "store").mkdir()
    (out / "store" / "data").write_text("old")
    with RecordFolder(out, overwrite=True) as folder:
        folder.begin({**IDENTITY, "ontology": {"iri": "x"}})
        assert folder.finished == {}
    assert sorted(path.name for path in out.rglob("*")) == sorted([*SHARDED, "journal.jsonl"])


def test_replacing_results_can_be_broken_off_at_any_moment(
    done: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    other, moments, left, cut = {**IDENTITY, "settings": {"shard_size": 9}}, 0, 0, True
    unlink = Path.unlink

    def break_off(path: Path, missing_ok: bool = False) -> None:
        nonlocal left
        left -= 1
        if left < 0:
            raise KeyboardInterrupt
        unlink(path, missing_ok)

    while cut:
        copy = shutil.copytree(done, done.with_name(f"copy{moments}"))
        left, cut = moments, False
        with RecordFolder(copy, overwrite=True) as folder, monkeypatch.context() as patch:
            patch.setattr(Path, "unlink", break_off)
            try:
                folder.begin(other)
            except KeyboardInterrupt:
                cut = True
        with RecordFolder(copy, overwrite=(copy / "manifest.json").exists()) as folder:
            folder.begin(other)
            assert folder.finished == {}
        assert not list(copy.rglob("*.parquet"))[2:]  # at most concepts and closure
        moments += 1
    assert moments > 5


def test_a_file_that_was_written_but_not_noted_is_removed(begun: Path) -> None:
    stray = begun / "labels" / "part-000007.parquet"
    stray.write_bytes(b"")
    with RecordFolder(begun) as folder:
        folder.begin(IDENTITY)
    assert not stray.exists()
    assert (begun / "labels" / "part-000001.parquet").exists()


@pytest.mark.parametrize("overwrite", [False, True])
@pytest.mark.parametrize("name", ["letter.txt", "documents", "rejected.jsonl", ".notes"])
def test_a_folder_with_other_files_is_refused(name: str, overwrite: bool, out: Path) -> None:
    out.mkdir()
    (out / name).write_text("mine")
    with (
        RecordFolder(out, overwrite=overwrite) as folder,
        pytest.raises(ResultsError, match=rf"is not empty, and .*\({name}\); choose another --out"),
    ):
        folder.begin(IDENTITY)
    assert (out / name).read_text() == "mine"


def test_results_beside_which_something_else_lies_are_not_written_to(done: Path) -> None:
    (done / "letter.txt").write_text("mine")
    with (
        RecordFolder(done, overwrite=True) as folder,
        pytest.raises(ResultsError, match=r"\(letter\.txt\); choose another --out"),
    ):
        folder.begin(IDENTITY)
    (done / "letter.txt").unlink()
    Results.open(done).verify()


def test_a_file_is_no_folder(out: Path) -> None:
    out.write_text("")
    with pytest.raises(ResultsError, match="results: is a file; choose another --out"):
        RecordFolder(out).__enter__()


def test_one_run_at_a_time(out: Path) -> None:
    with (
        RecordFolder(out),
        pytest.raises(ResultsError, match="another run is at work in this folder; wait for it"),
    ):
        RecordFolder(out).__enter__()
    with RecordFolder(out):
        pass


def test_a_shard_is_on_the_disk_before_the_journal_notes_it(
    out: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    events: list[str] = []
    fsync = os.fsync

    def record(handle: int) -> None:
        target = Path(f"/proc/self/fd/{handle}").readlink()
        events.append(target.relative_to(out).as_posix())
        fsync(handle)

    with RecordFolder(out) as folder:
        folder.begin(IDENTITY)
        monkeypatch.setattr(os, "fsync", record)
        folder.write_shard(0, EMPTY, ABOUT)
    pid = os.getpid()
    expected = [
        event for table in SHARDED for event in (f"{table}/.part-000000.parquet.{pid}.tmp", table)
    ]
    assert events == [*expected, "journal.jsonl"]


@pytest.fixture
def full_disk(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    def refuse(_: Path) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(files, "sync", refuse)
    yield
    monkeypatch.undo()


@pytest.mark.usefixtures("full_disk")
def test_a_full_disk_is_told_with_the_way_out(out: Path) -> None:
    with (
        RecordFolder(out) as folder,
        pytest.raises(ResultsError, match=r"cannot be written \(No space left on device\); make r"),
    ):
        folder.begin(IDENTITY)
    assert [path for path in out.rglob("*") if path.is_file()] == []


def test_rejected_rows_are_a_line_each(done: Path) -> None:
    assert json.loads((done / "rejected.jsonl").read_text()) == {"reason": "none"}
