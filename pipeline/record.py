"""The record: a results folder opened for reading, each file checked before it is used.

manifest.json                                what was run, on what, and the SHA-256 of every file
documents/, labels/, mentions/               part-000000.parquet, ...: one row group a shard
concepts.parquet, closure.parquet            the ontology
rejected.jsonl                               the rows that could not be read, each with its reason

docs/record.md describes the columns. DuckDB, Polars and pandas read the files as they are.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, Final

import pyarrow as pa
import pyarrow.dataset as ds
import pyarrow.parquet as pq

from ..errors import ResultsError
from .files import MANIFEST, file_sha256
from .record_manifest import part_path, read_manifest
from .record_schema import SHARDED, WHOLE

REJECTED: Final = "rejected.jsonl"
"""The rows that could not be read."""

_WAY_OUT: Final = (
    "repair it with the same 'ontograft predict' command, copy the folder again, or predict anew "
    "with --overwrite"
)


class Results:
    """A results folder, opened for reading. Open one with ``Results.open``.

    Args:
        folder: the folder.
        manifest: what its manifest says.

    Example:
        >>> results = Results.open("results")  # doctest: +SKIP
        >>> for batch in results.mentions(columns=["document", "concept"]):  # doctest: +SKIP
        ...     print(batch.num_rows)
    """

    def __init__(self, folder: Path, manifest: dict[str, Any]) -> None:
        self.folder = folder
        self.manifest = manifest
        self._checked: set[str] = set()

    @classmethod
    def open(cls, folder: str | Path, *, partial: bool = False) -> Results:
        """Open a results folder.

        Args:
            folder: what ``ontograft predict ... --out`` wrote.
            partial: whether to open the finished shards of a run that is not at its end; the
                manifest then says ``"status": "partial"``.

        Raises:
            ResultsError: it is no results folder, the run is not finished, the manifest is damaged
                or of another version, or a file is missing.
        """
        folder = Path(folder)
        if not folder.is_dir():
            raise ResultsError(
                f"{folder}: no such results folder; make one with 'ontograft predict ... --out'"
            )
        results = cls(folder, read_manifest(folder, partial=partial))
        for name, stated in results.stated_files().items():
            path = folder / name
            if not path.is_file():
                raise ResultsError(f"{path}: is missing; {_WAY_OUT}")
            if path.stat().st_size != stated["bytes"]:
                raise ResultsError(
                    f"{path}: has {path.stat().st_size} bytes, expected {stated['bytes']}; it is "
                    f"damaged: {_WAY_OUT}"
                )
        return results

    def stated_files(self) -> dict[str, dict[str, Any]]:
        """Return what the manifest states of each file: ``bytes`` and ``sha256``."""
        files: dict[str, dict[str, Any]] = dict(self.manifest["files"])
        for shard in self.manifest["shards"]:
            for table in SHARDED:
                files[part_path(table, shard["number"])] = {
                    "bytes": shard["bytes"][table],
                    "sha256": shard["sha256"][table],
                }
        return files

    def verify(self) -> None:
        """Check every file against its SHA-256.

        Raises:
            ResultsError: a file was changed.
        """
        for name in self.stated_files():
            self.checked(name)

    def checked(self, name: str) -> Path:
        """Return the path of a file, once its content was found to be what the manifest states.

        Raises:
            ResultsError: it was changed.
        """
        path = self.folder / name
        if name not in self._checked:
            expected = self.stated_files()[name]["sha256"]
            try:
                found = file_sha256(path)
            except OSError as error:
                raise ResultsError(f"{path}: cannot be read ({error.strerror})") from error
            if found != expected:
                raise ResultsError(
                    f"{path}: is damaged: its content does not match {MANIFEST}; {_WAY_OUT}"
                )
            self._checked.add(name)
        return path

    def files(self, table: str) -> list[Path]:
        """Return the Parquet files of a table, each checked, in the order of the shards.

        Args:
            table: ``documents``, ``labels``, ``mentions``, ``concepts`` or ``closure``.

        Raises:
            ResultsError: there is no such table, or a file was changed.
        """
        return [self.checked(name) for name in self._names(table)]

    def batches(
        self, table: str, *, columns: Sequence[str] | None = None
    ) -> Iterator[pa.RecordBatch]:
        """Yield the rows of a table, a shard at a time, each checked before it is read.

        Args:
            table: the table, as for ``files``.
            columns: the columns to read; all unless given.

        Raises:
            ResultsError: there is no such table or column, or a file was changed.
        """
        schema = _schema(table)
        for column in columns or ():
            if column not in schema.names:
                raise ResultsError(
                    f"{table} has no column {column!r}; choose from: {', '.join(schema.names)}"
                )
        for name in self._names(table):
            with pq.ParquetFile(self.checked(name), page_checksum_verification=True) as file:
                yield from file.iter_batches(
                    batch_size=max(1, file.metadata.num_rows), columns=columns
                )

    def documents(self, *, columns: Sequence[str] | None = None) -> Iterator[pa.RecordBatch]:
        """Yield the documents, a shard at a time; see ``batches``."""
        return self.batches("documents", columns=columns)

    def labels(self, *, columns: Sequence[str] | None = None) -> Iterator[pa.RecordBatch]:
        """Yield the label of each document with their probabilities; see ``batches``."""
        return self.batches("labels", columns=columns)

    def mentions(self, *, columns: Sequence[str] | None = None) -> Iterator[pa.RecordBatch]:
        """Yield the mentions, a shard at a time; see ``batches``."""
        return self.batches("mentions", columns=columns)

    def dataset(self, table: str) -> ds.Dataset:
        """Return a table as a ``pyarrow.dataset``, all of its files checked."""
        return ds.dataset(self.files(table), schema=_schema(table), format="parquet")

    def rejected(self) -> Iterator[dict[str, Any]]:
        """Yield the rows that could not be read: ``source``, ``row``, ``line``, ``reason``."""
        if REJECTED in self.manifest["files"]:
            with self.checked(REJECTED).open(encoding="utf-8", newline="\n") as file:
                for line in file:
                    yield json.loads(line)

    def _names(self, table: str) -> list[str]:
        _schema(table)
        if table in WHOLE:
            return [f"{table}.parquet"]
        return [part_path(table, shard["number"]) for shard in self.manifest["shards"]]


def _schema(table: str) -> Any:
    schemas = SHARDED | WHOLE
    if table not in schemas:
        raise ResultsError(f"there is no table {table!r}; choose one of: {', '.join(schemas)}")
    return schemas[table]
