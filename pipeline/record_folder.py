"""A results folder while a run writes it: one run at a time, continued only as what it began as.

A shard is on the disk before the journal says so, and the manifest comes last. So whatever moment
a run is killed at, what the journal notes is there, and what it does not note is written again.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

import pyarrow as pa

from ..errors import ResultsError
from .closing import Closing
from .files import MANIFEST, file_sha256, held, replacing, sync, to_json, write_bytes, write_text
from .record import REJECTED, Results
from .record_clearing import check_owner, remove_finished, remove_unnoted
from .record_manifest import (
    IDENTITY,
    JOURNAL,
    journal_line,
    manifest_of,
    part_path,
    read_journal,
    read_manifest,
    stamped,
)
from .record_schema import SHARDED, WHOLE, parquet_bytes
from .run_folder import difference

_WORDS: Final = {
    "model": "the model",
    "ontology": "the ontology",
    "corpus": "the corpus",
    "settings": "the settings",
}


class RecordFolder(Closing):
    """Hold a results folder for the length of a run; to be used with ``with``.

    Args:
        folder: the folder; made if it is not there.
        overwrite: whether results that are there, finished or not, are removed.

    Raises:
        ResultsError: it holds something else, or another run is at work in it.
    """

    def __init__(self, folder: Path, *, overwrite: bool = False) -> None:
        self.folder = folder
        self.overwrite = overwrite
        self.complete = False
        self.finished: dict[int, dict[str, Any]] = {}
        self._started: dict[str, Any] = {}
        self._files: dict[str, dict[str, Any]] = {}
        self._stack = ExitStack()

    def __enter__(self) -> RecordFolder:
        if self.folder.exists() and not self.folder.is_dir():
            raise ResultsError(f"{self.folder}: is a file; choose another --out")
        self.folder.mkdir(parents=True, exist_ok=True)
        try:
            self._stack.enter_context(held(self.folder))
        except BlockingIOError as error:
            raise ResultsError(
                f"{self.folder}: another run is at work in this folder; wait for it, or choose "
                "another --out"
            ) from error
        return self

    def close(self) -> None:
        """Let the folder go."""
        self._stack.close()

    def begin(self, identity: Mapping[str, Any]) -> None:
        """Begin a run in the folder, or find what is left to do of the same one.

        Args:
            identity: what the run is of: model, ontology, corpus, settings. Where the SHA-256 of
                the corpus is None, it is not known before the end.

        Raises:
            ResultsError: the folder holds other files, or a run of something else.
        """
        check_owner(self.folder)
        if (self.folder / MANIFEST).is_file() and not self.overwrite:
            manifest = read_manifest(self.folder)
            self._refuse_changes(manifest, identity)
            self.complete = True
            self.finished = {shard["number"]: shard for shard in manifest["shards"]}
            self._started = {name: manifest[name] for name in (*IDENTITY, "started")}
            self._files = manifest["files"]
            (self.folder / JOURNAL).unlink(missing_ok=True)
            return
        if (self.folder / JOURNAL).is_file() and not self.overwrite:
            self._started, self.finished = read_journal(self.folder / JOURNAL)
            self._refuse_changes(self._started, identity)
        else:
            now = datetime.now(UTC).isoformat(timespec="seconds")
            self._started = {name: identity[name] for name in IDENTITY} | {"started": now}
        self._write_journal()  # first of all: with it, the folder is known for ours
        if self.overwrite:
            remove_finished(self.folder)
        remove_unnoted(self.folder, self.finished)

    def whole(self, number: int) -> bool:
        """Return whether a shard is finished and its files are as they were written."""
        entry = self.finished.get(number)
        return entry is not None and all(
            self._is(part_path(table, number), entry["sha256"][table]) for table in SHARDED
        )

    def all_whole(self) -> bool:
        """Return whether the run is complete, and every file is as it was written."""
        return (
            self.complete
            and all(self._is(name, stated["sha256"]) for name, stated in self._files.items())
            and all(map(self.whole, self.finished))
        )

    def opened(self) -> Results:
        """Return the finished results."""
        return Results.open(self.folder)

    def reopen(self) -> None:
        """Make a complete run one that can be continued: a journal instead of a manifest."""
        if self.complete:
            self.complete = False
            self._write_journal()
            (self.folder / MANIFEST).unlink()
            sync(self.folder)

    def write_ontology(self, tables: Mapping[str, pa.Table]) -> None:
        """Write the tables of the ontology: its concepts and their closure."""
        for table in WHOLE:
            name = f"{table}.parquet"
            self._files[name] = self._write(name, parquet_bytes(tables[table]))
        self._write_journal()  # it names them, for who opens what is finished so far

    def write_shard(
        self, number: int, tables: Mapping[str, pa.Table], about: Mapping[str, Any]
    ) -> None:
        """Write the rows of a shard, and note it as finished.

        Args:
            number: its number, from 0.
            tables: its documents, labels and mentions.
            about: what the manifest should say of it beside their numbers.
        """
        written = {
            table: self._write(part_path(table, number), parquet_bytes(tables[table]))
            for table in SHARDED
        }
        entry = {
            "number": number,
            **{table: len(tables[table]) for table in SHARDED},
            **about,
            "bytes": {table: entry["bytes"] for table, entry in written.items()},
            "sha256": {table: entry["sha256"] for table, entry in written.items()},
        }
        self._note(journal_line(entry))
        self.finished[number] = entry

    @contextmanager
    def rejecting(self) -> Iterator[Callable[[Mapping[str, Any]], None]]:
        """Yield what writes a rejected row; their file takes its place when all is well."""
        path = self.folder / REJECTED
        with replacing(path) as unfinished:
            with self._told(REJECTED):
                file = unfinished.open("w", encoding="utf-8", newline="\n")

            def write(row: Mapping[str, Any]) -> None:
                with self._told(REJECTED):
                    file.write(to_json(row, indent=None) + "\n")

            try:
                yield write
            finally:
                with self._told(REJECTED):
                    file.close()
        self._files[REJECTED] = {"bytes": path.stat().st_size, "sha256": file_sha256(path)}

    def finish(self, *, corpus_sha256: str, rejected: int) -> Results:
        """Write the manifest: from then on the folder holds finished results.

        Args:
            corpus_sha256: the SHA-256 of what was read.
            rejected: how many rows could not be read.
        """
        started = self._started
        started = {**started, "corpus": {**started["corpus"], "sha256": corpus_sha256}}
        shards = [self.finished[number] for number in sorted(self.finished)]
        files = dict(sorted(self._files.items()))
        now = datetime.now(UTC).isoformat(timespec="seconds")
        manifest = manifest_of(
            {**started, "finished": now, "files": files},
            shards,
            status="complete",
            rejected=rejected,
        )
        with self._told(MANIFEST):
            write_text(self.folder / MANIFEST, to_json(stamped(manifest)) + "\n")
        (self.folder / JOURNAL).unlink(missing_ok=True)
        return self.opened()

    def _write(self, name: str, content: memoryview) -> dict[str, Any]:
        with self._told(name):
            write_bytes(self.folder / name, content)
        return {"bytes": content.nbytes, "sha256": hashlib.sha256(content).hexdigest()}

    def _write_journal(self) -> None:
        """Write the journal anew, without what a crash may have left at its end."""
        lines = [journal_line({**self._started, "files": self._files})]
        lines += [journal_line(entry) for _, entry in sorted(self.finished.items())]
        with self._told(JOURNAL):
            write_text(self.folder / JOURNAL, "".join(lines))
            for table in SHARDED:
                (self.folder / table).mkdir(exist_ok=True)
            for folder in (self.folder, self.folder.absolute().parent):
                sync(folder)

    def _note(self, line: str) -> None:
        path = self.folder / JOURNAL
        with self._told(JOURNAL), path.open("a", encoding="utf-8", newline="\n") as file:
            file.write(line)
            file.flush()
            os.fsync(file.fileno())

    @contextmanager
    def _told(self, name: str) -> Iterator[None]:
        """Turn an error of the file system into one that says what to do."""
        try:
            yield
        except OSError as error:
            raise ResultsError(
                f"{self.folder / name}: cannot be written ({error.strerror or error}); make room "
                "on the disk and give the same command again: finished shards are kept"
            ) from error

    def _is(self, name: str, sha256: str) -> bool:
        path = self.folder / name
        return path.is_file() and file_sha256(path) == sha256

    def _refuse_changes(self, before: Mapping[str, Any], now: Mapping[str, Any]) -> None:
        for part, words in _WORDS.items():
            then, given = before.get(part), now.get(part)
            if part == "corpus" and now["corpus"]["sha256"] is None:
                then, given = {**(then or {}), "sha256": None}, now["corpus"]
            if then == given:
                continue
            raise ResultsError(
                f"{self.folder}: holds results of something else: {words} changed"
                f"{difference(then, given)}; undo that, choose another --out, or replace them with "
                "--overwrite"
            )
