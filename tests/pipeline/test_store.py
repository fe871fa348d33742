from __future__ import annotations

import json
import os
import shutil
from pathlib import Path

import pyoxigraph as ox
import pytest

from ontograft.errors import ResultsError
from ontograft.pipeline import Results
from ontograft.pipeline.files import held
from ontograft.pipeline.results_rdf import run_graph, trig
from ontograft.pipeline.store import named_graphs, open_store

from .results import KIDNEYS, D, make_results


def content(path: Path) -> set[str]:
    return set(map(str, ox.Store.read_only(str(path))))


def expected(*results: Results) -> set[str]:
    store = ox.Store()  # it writes numbers as the one on the disk does
    for one in results:
        store.load(b"".join(trig(one)), ox.RdfFormat.TRIG)
    return set(map(str, store))


def test_the_store_has_the_run_and_its_ontology(tmp_path: Path) -> None:
    results = make_results(tmp_path / "results")
    path = open_store(results)
    assert path.parent == tmp_path / "results" / "store"
    assert content(path) == expected(results)


def test_the_store_is_built_once(tmp_path: Path) -> None:
    results = make_results(tmp_path / "results")
    path = open_store(results)
    before = {file: file.stat().st_mtime_ns for file in path.iterdir()}
    assert open_store(Results.open(results.folder)) == path
    assert {file: file.stat().st_mtime_ns for file in path.iterdir()} == before


def test_a_run_that_changed_is_built_anew(tmp_path: Path) -> None:
    first = open_store(make_results(tmp_path / "results"))
    kept = shutil.move(tmp_path / "results" / "store", tmp_path / "store")
    shutil.rmtree(tmp_path / "results")
    results = make_results(tmp_path / "results", KIDNEYS[:2])
    shutil.move(kept, tmp_path / "results" / "store")
    second = open_store(results)
    assert second != first
    assert content(second) == expected(results)
    assert [path.name for path in second.parent.glob("data-*")] == [second.name]


@pytest.mark.parametrize("damage", ["missing", "short", "manifest", "format"])
def test_a_damaged_store_is_built_anew(tmp_path: Path, damage: str) -> None:
    results = make_results(tmp_path / "results")
    path = open_store(results)
    table = next(path.glob("*.sst"))
    manifest = path.parent / "manifest.json"
    if damage == "missing":
        table.unlink()
    elif damage == "short":
        os.truncate(table, table.stat().st_size - 1)
    elif damage == "manifest":
        manifest.write_text("{")
    else:
        manifest.write_text(json.dumps({**json.loads(manifest.read_text()), "format": 0}))
    assert content(open_store(results)) == expected(results)


def test_several_runs_live_in_one_store(tmp_path: Path) -> None:
    runs = [make_results(tmp_path / name, name=name) for name in ("a", "b")]
    for run in runs:
        path = open_store(run, tmp_path / "shared")
    assert content(path) == expected(*runs)
    assert named_graphs(tmp_path / "shared") == {str(run.folder): run_graph(run) for run in runs}
    assert open_store(runs[0], tmp_path / "shared") == path
    assert not (tmp_path / "a" / "store").exists()


def test_a_run_replaces_what_a_shared_store_has_of_it(tmp_path: Path) -> None:
    other = make_results(tmp_path / "other", name="other")
    open_store(other, tmp_path / "shared")
    open_store(make_results(tmp_path / "a"), tmp_path / "shared")
    changed = make_results(tmp_path / "b", [*KIDNEYS, D("One more.")])
    assert run_graph(changed) == run_graph(Results.open(tmp_path / "a"))
    path = open_store(changed, tmp_path / "shared")
    assert content(path) == expected(other, changed)


def test_a_reader_of_the_old_store_goes_on(tmp_path: Path) -> None:
    first = make_results(tmp_path / "a", name="a")
    old = ox.Store.read_only(str(open_store(first, tmp_path / "shared")))
    open_store(make_results(tmp_path / "b", name="b"), tmp_path / "shared")
    assert set(map(str, old)) == expected(first)


def test_a_damaged_shared_store_is_refused(tmp_path: Path) -> None:
    path = open_store(make_results(tmp_path / "a", name="a"), tmp_path / "shared")
    next(path.glob("*.sst")).unlink()
    other = make_results(tmp_path / "b", name="b")
    with pytest.raises(ResultsError, match=r"the store of these runs is damaged; delete .*shared"):
        open_store(other, tmp_path / "shared")


def test_a_folder_with_other_files_is_no_store(tmp_path: Path) -> None:
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "letter.txt").write_text("dear")
    results = make_results(tmp_path / "results")
    with pytest.raises(ResultsError, match="is not empty and is no store of Ontograft; name"):
        open_store(results, tmp_path / "mine")
    assert [path.name for path in (tmp_path / "mine").iterdir()] == ["letter.txt"]


def test_a_build_that_fails_leaves_nothing(tmp_path: Path) -> None:
    results = make_results(tmp_path / "results")
    part = next((tmp_path / "results" / "documents").iterdir())
    part.write_bytes(b"x" * part.stat().st_size)
    with pytest.raises(ResultsError, match="is damaged"):
        open_store(results)
    assert not list((tmp_path / "results" / "store").iterdir())


def test_what_a_killed_build_left_is_cleared(tmp_path: Path) -> None:
    results = make_results(tmp_path / "results")
    name = open_store(results).name
    shutil.rmtree(results.folder / "store")
    (results.folder / "store" / name).mkdir(parents=True)
    (results.folder / "store" / name / "000001.sst").write_text("half")
    (results.folder / "store" / "data-older").mkdir()
    assert content(open_store(results)) == expected(results)
    assert [path.name for path in (results.folder / "store").glob("data-*")] == [name]


def test_two_processes_do_not_build_one_store(tmp_path: Path) -> None:
    results = make_results(tmp_path / "results")
    (results.folder / "store").mkdir()
    with (
        held(results.folder / "store"),
        pytest.raises(ResultsError, match="another process is building this store; wait for it"),
    ):
        open_store(results)


def test_a_run_that_is_not_finished_is_refused(tmp_path: Path) -> None:
    results = make_results(tmp_path / "results")
    partial = Results(results.folder, {**results.manifest, "status": "partial"})
    with pytest.raises(ResultsError, match="the run is not finished, and a store holds finished"):
        open_store(partial)


def test_a_folder_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    results = make_results(tmp_path / "results")
    (tmp_path / "file").write_text("")
    with pytest.raises(ResultsError, match=r"file: the store cannot be built .*with --store"):
        open_store(results, tmp_path / "file")


def test_a_store_that_is_not_there_has_no_graphs(tmp_path: Path) -> None:
    assert named_graphs(tmp_path) == {}
