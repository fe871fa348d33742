"""A file of JSON Lines with one line for each key, which survives threads and crashes."""

from __future__ import annotations

import json
import logging
import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

from ..errors import CorpusError
from .files import replacing, sync, to_json

logger = logging.getLogger(__name__)

Row = dict[str, Any]


class _Place(NamedTuple):
    """Where a line begins in the file, and its length with the line end, in bytes."""

    start: int
    length: int


class KeyedLines:
    """Rows in a file, one for each key; not for several threads at once.

    A new row is appended and brought to the disk before ``put`` returns. A row that takes the
    place of another goes into a new file without that one, which takes the old file's place whole.
    A last line that a crash left half-written is cut off when the file is opened.

    Args:
        path: the file; it need not be there.
        key: returns the key of a row, or raises an exception where a row is not one of ours.

    Raises:
        CorpusError: a line but the last is damaged.
    """

    def __init__(self, path: Path, key: Callable[[Row], str]) -> None:
        self.path = path
        self._key = key
        self._places: dict[str, _Place] = {}
        self._end = 0
        self._open()

    def __len__(self) -> int:
        """Return the number of rows."""
        return len(self._places)

    def __iter__(self) -> Iterator[Row]:
        """Yield the rows in the order in which they were last put."""
        if self._places:
            with self.path.open("rb") as file:
                for line in file:
                    yield json.loads(line)

    def get(self, key: str) -> Row | None:
        """Return the row of a key, if there is one."""
        place = self._places.get(key)
        if place is None:
            return None
        with self.path.open("rb") as file:
            file.seek(place.start)
            row: Row = json.loads(file.read(place.length))
        return row

    def put(self, row: Row) -> None:
        """Keep a row instead of the one with the same key, if there is one.

        Raises:
            OSError: it cannot be written; the file is as it was.
        """
        key = self._key(row)
        line = (to_json(row, indent=None) + "\n").encode()
        old = self._places.get(key)
        if old is None:
            self._append(line)
            self._places[key] = _Place(self._end, len(line))
            self._end += len(line)
        else:
            self._replace(old, line)
            del self._places[key]
            self._places = {
                other: place
                if place.start < old.start
                else _Place(place.start - old.length, place.length)
                for other, place in self._places.items()
            }
            self._places[key] = _Place(self._end - old.length, len(line))
            self._end += len(line) - old.length

    def content(self) -> bytes:
        """Return the file as it is."""
        return self.path.read_bytes() if self._end else b""

    def _open(self) -> None:
        if not self.path.exists():
            return
        with self.path.open("rb") as file:
            size = file.seek(0, os.SEEK_END)
            file.seek(0)
            for number, line in enumerate(file, start=1):
                key = self._read(line)
                if key is None and self._end + len(line) == size:
                    break  # the last one, half-written
                if key is None:
                    raise CorpusError(
                        f"{self.path}, line {number}: is no row that Ontograft wrote here; "
                        "mend or remove the line, or name another folder"
                    )
                self._places.pop(key, None)  # the last line of a key counts, and is the last
                self._places[key] = _Place(self._end, len(line))
                self._end += len(line)
        if self._end < size:
            logger.warning(
                "%s: the last line was half-written and is cut off (%d bytes)",
                self.path,
                size - self._end,
            )
            self._truncate()

    def _read(self, line: bytes) -> str | None:
        if not line.endswith(b"\n"):
            return None
        try:
            return self._key(json.loads(line))
        except (ValueError, KeyError, TypeError, RecursionError):
            return None

    def _append(self, line: bytes) -> None:
        is_new = not self.path.exists()
        try:
            with self.path.open("ab") as file:
                file.write(line)
                file.flush()
                os.fsync(file.fileno())
        except OSError:
            self._truncate()
            raise
        if is_new:
            sync(self.path.parent)

    def _replace(self, old: _Place, line: bytes) -> None:
        after = old.start + old.length
        with replacing(self.path) as new, self.path.open("rb") as source, new.open("wb") as file:
            _copy(source, file, old.start)
            source.seek(after)
            _copy(source, file, self._end - after)
            file.write(line)

    def _truncate(self) -> None:
        if self.path.exists():
            os.truncate(self.path, self._end)
            sync(self.path)


def _copy(source: Any, target: Any, count: int) -> None:
    while count > 0:
        part = source.read(min(count, 1 << 20))
        target.write(part)
        count -= len(part)
