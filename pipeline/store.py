"""The store: results and ontology as RDF in one embedded Oxigraph store, built when first needed.

manifest.json   which runs are in it, and the folder that holds them; replaced when all is done
data-.../       the store itself, never changed after it is built

A store is built beside the one in use and takes its place in one step. Whoever reads the old one
goes on reading it.
"""

from __future__ import annotations

import hashlib
import io
import json
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

import pyoxigraph as ox

from ..errors import ResultsError
from .files import MANIFEST, file_sha256, held, to_json, write_text
from .progress import LogReporter, Reporter
from .record import Results
from .results_rdf import Stream, ontology_graph, run_graph, trig

FORMAT: Final = 1
"""The version of the layout and of the statements; another one is built anew."""

STORE: Final = "store"
"""The name of the folder beside the results."""


def open_store(
    results: Results, folder: str | Path | None = None, *, reporter: Reporter | None = None
) -> Path:
    """Return the path of an Oxigraph store with a run in it; build it if there is none.

    Args:
        results: the run; it must be complete.
        folder: a store that several runs share; the run is added to those in it, and replaces what
            it has of the same run. The folder ``store`` beside the results unless given.
        reporter: is told how far the building is; the log unless given.

    Returns:
        what ``pyoxigraph.Store.read_only`` takes.

    Raises:
        ResultsError: the run is not finished, a file of it was changed, the store cannot be
            written, or another process is building it.
    """
    home = Path(folder) if folder is not None else results.folder / STORE
    if results.manifest["status"] != "complete":
        raise ResultsError(
            f"{results.folder}: the run is not finished, and a store holds finished runs only; "
            "finish it with the same 'ontograft predict' command"
        )
    key = _key(results)
    current = _current(home, key)
    if current is not None:
        return current
    with _told(home):
        home.mkdir(parents=True, exist_ok=True)
        with held(home):
            # Another process may have built it while we waited.
            return _current(home, key) or _build(
                results, home, key, shared=folder is not None, reporter=reporter or LogReporter()
            )


def named_graphs(folder: Path) -> dict[str, str]:
    """Return the named graph of each run in a store, by the folder of its results."""
    stated = _read(folder)
    return (
        {} if stated is None else {run["results"]: graph for graph, run in stated["runs"].items()}
    )


def _key(results: Results) -> dict[str, str]:
    """Return what tells whether a store has these results: the run and its content."""
    return {"graph": run_graph(results), "manifest": file_sha256(results.folder / MANIFEST)}


def _read(home: Path) -> dict[str, Any] | None:
    try:
        content = json.loads((home / MANIFEST).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    if not isinstance(content, dict) or content.get("format") != FORMAT:
        return None
    return content


def _current(home: Path, key: dict[str, str]) -> Path | None:
    """Return the store if it is whole and has the run as it is now."""
    stated = _read(home)
    if stated is None or stated["runs"].get(key["graph"], {}).get("manifest") != key["manifest"]:
        return None
    path = home / str(stated["data"])
    return path if _files(path) == stated["files"] else None


def _files(path: Path) -> dict[str, int]:
    """Return the size of each table of a store; Oxigraph itself checks their content."""
    return {file.name: file.stat().st_size for file in sorted(path.glob("*.sst"))}


def _build(
    results: Results, home: Path, key: dict[str, str], *, shared: bool, reporter: Reporter
) -> Path:
    before = _shared(home) if shared else None
    runs = dict(before["runs"]) if before else {}
    runs[key["graph"]] = {
        "manifest": key["manifest"],
        "results": str(results.folder.absolute()),
        "ontology": ontology_graph(results),
    }
    name = "data-" + hashlib.sha256(to_json(runs).encode()).hexdigest()[:16]
    path = home / name
    if path.exists():  # left by a build that did not finish, or damaged
        shutil.rmtree(path)
    try:
        _load(results, path, home / str(before["data"]) if before else None, reporter)
    except BaseException:
        shutil.rmtree(path, ignore_errors=True)
        raise
    stated = {"format": FORMAT, "data": name, "runs": runs, "files": _files(path)}
    write_text(home / MANIFEST, to_json(stated) + "\n")
    for old in home.glob("data-*"):
        if old != path:
            shutil.rmtree(old, ignore_errors=True)
    return path


def _shared(home: Path) -> dict[str, Any] | None:
    """Return what is stated of the store in use, if there is one.

    Raises:
        ResultsError: it is damaged.
    """
    stated = _read(home)
    if stated is not None and _files(home / str(stated["data"])) != stated["files"]:
        raise ResultsError(
            f"{home / str(stated['data'])}: the store of these runs is damaged; delete {home} and "
            "query each run once, or name another folder with --store"
        )
    if stated is None and any(home.iterdir()) and not any(home.glob("data-*")):
        raise ResultsError(
            f"{home}: is not empty and is no store of Ontograft; name another folder with --store"
        )
    return stated


def _load(results: Results, path: Path, before: Path | None, reporter: Reporter) -> None:
    if before is not None:
        ox.Store.read_only(str(before)).backup(str(path))  # links to its files: no copy is made
    store = ox.Store(str(path))
    graph = ox.NamedNode(run_graph(results))
    if store.contains_named_graph(graph):
        store.remove_graph(graph)
    counts = results.manifest["counts"]
    total = counts["documents"] + counts["mentions"]
    with reporter.stage("building the store", total) as progress:
        pieces = trig(results, progress=progress)
        store.bulk_load(_reader(pieces), ox.RdfFormat.TRIG)
    with reporter.stage("sorting the store"):
        store.optimize()  # queries are some five times as fast
    store.flush()
    del store  # lets go of its lock


def _reader(pieces: Iterator[bytes]) -> Any:
    return io.BufferedReader(Stream(pieces), buffer_size=1 << 20)


@contextmanager
def _told(home: Path) -> Iterator[None]:
    """Turn an error of the file system into one that says what to do."""
    try:
        yield
    except BlockingIOError as error:
        raise ResultsError(
            f"{home}: another process is building this store; wait for it, then ask again"
        ) from error
    except OSError as error:
        raise ResultsError(
            f"{home}: the store cannot be built ({error}); it needs some 4 kB for each mention: "
            "make room on the disk, or name a folder elsewhere with --store"
        ) from error
