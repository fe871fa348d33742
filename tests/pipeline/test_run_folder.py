from __future__ import annotations

import sys
from pathlib import Path

import pytest

from ontograft.errors import RunError
from ontograft.pipeline.files import seal
from ontograft.pipeline.run_folder import RunFolder


@pytest.mark.skipif(sys.platform == "win32", reason="no file locks there")
def test_two_runs_cannot_work_in_one_folder(tmp_path: Path) -> None:
    with (
        RunFolder(tmp_path / "out", resume=False),
        pytest.raises(RunError, match="another run is at work in this folder"),
        RunFolder(tmp_path / "out", resume=True),
    ):
        pass


def test_the_lock_is_let_go_after_an_error(tmp_path: Path) -> None:
    def fail() -> None:
        with RunFolder(tmp_path / "out", resume=False):
            raise KeyError

    with pytest.raises(KeyError):
        fail()
    with RunFolder(tmp_path / "out", resume=True) as folder:
        assert folder.begin({"settings": {}}) is None


def test_the_newest_whole_checkpoint_is_found(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    identity = {"settings": {"seed": 0}}
    with RunFolder(tmp_path / "out", resume=False) as folder:
        folder.begin(identity)
        for step in (9, 10, 11, 12):
            checkpoint = folder.checkpoints / f"checkpoint-{step}"
            checkpoint.mkdir()
            (checkpoint / "weights").write_text("x")
            if step != 12:
                seal(checkpoint)
        (folder.checkpoints / "checkpoint-11/weights").write_text("y")
    with RunFolder(tmp_path / "out", resume=True) as folder:
        newest = folder.begin(identity)
        assert newest is not None
        assert newest.name == "checkpoint-10"
        left = {path.name for path in folder.checkpoints.iterdir()}
    assert left == {"checkpoint-9", "checkpoint-10"}
    assert "checkpoint-12 is passed over and removed: manifest.json is missing" in caplog.text
    assert "checkpoint-11 is passed over and removed: weights is damaged" in caplog.text


def test_a_file_is_no_folder(tmp_path: Path) -> None:
    (tmp_path / "out").write_text("")
    with pytest.raises(RunError, match="out: is a file; choose another --out"):
        RunFolder(tmp_path / "out", resume=False)


def test_a_damaged_note_of_the_run(tmp_path: Path) -> None:
    with RunFolder(tmp_path / "out", resume=False) as folder:
        folder.begin({})
    (tmp_path / "out/run/run.json").write_text("{")
    with (
        RunFolder(tmp_path / "out", resume=True) as folder,
        pytest.raises(RunError, match=r"run\.json: is damaged; remove the folder to start anew"),
    ):
        folder.begin({})


def test_publishing_brings_the_manifest_last(tmp_path: Path) -> None:
    with RunFolder(tmp_path / "out", resume=False) as folder:
        model = folder.run / "model"
        (model / "graph").mkdir(parents=True)
        (model / "graph/a").write_text("a")
        seal(model)
        assert not folder.finished
        folder.publish(model)
        assert folder.finished
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == ["graph", "manifest.json"]


def test_a_run_that_ended_before_it_began_stands_in_nobodys_way(tmp_path: Path) -> None:
    def unreadable_corpus() -> None:
        with RunFolder(tmp_path / "out", resume=False):
            raise KeyError

    with pytest.raises(KeyError):
        unreadable_corpus()
    with RunFolder(tmp_path / "out", resume=False) as folder:
        assert folder.begin({"settings": {}}) is None
    with pytest.raises(RunError, match="holds an unfinished run; use --resume to continue it"):
        RunFolder(tmp_path / "out", resume=False)


def test_a_folder_with_a_file_beside_the_run_is_not_taken(tmp_path: Path) -> None:
    with RunFolder(tmp_path / "out", resume=False):
        pass
    (tmp_path / "out/mine").touch()
    with pytest.raises(RunError, match="use --resume to continue it, or choose another --out"):
        RunFolder(tmp_path / "out", resume=False)
