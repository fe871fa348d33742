"""What every corpus reader yields, and the lines that the text formats are read from."""

from __future__ import annotations

import difflib
import gzip
import io
import zlib
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, BinaryIO, NamedTuple

from ..errors import CorpusError

#: A longer line, or a longer row of several lines, ends the reading: a small gzipped file can hold
#: one that would fill the memory, and no text is that long.
MAX_LINE_BYTES = 32 * 1024 * 1024

_SHOWN = 60

_OTHER_FILES = {
    b"\xff\xfe": "UTF-16; save it as UTF-8",
    b"\xfe\xff": "UTF-16; save it as UTF-8",
    b"PK\x03\x04": "a ZIP archive or an Excel workbook; export the table as 'CSV UTF-8'",
    b"PAR1": "a Parquet file; let its name end in .parquet",
}


class Row(NamedTuple):
    """One row as it was read: its number from 1, its line (0 if it has none) and its cells."""

    number: int
    line: int
    values: Mapping[str, object]


class BadRow(NamedTuple):
    """A row that cannot be used: ``kind`` is a short stable name, ``reason`` the whole message."""

    number: int
    line: int
    kind: str
    reason: str


class Flaw(NamedTuple):
    """Why the bytes of a line are not text."""

    kind: str
    reason: str


def place(source: str, number: int, line: int = 0) -> str:
    """Return how messages name a row: ``corpus.csv, row 3 (line 4)``."""
    return f"{source}, row {number} (line {line})" if line else f"{source}, row {number}"


def shown(text: str) -> str:
    """Return a text in quotes, for messages; of a long one the beginning."""
    return repr(text if len(text) <= _SHOWN else text[: _SHOWN - 3] + "...")


def listed(names: Iterable[str], limit: int = 20) -> str:
    """Return the first names, comma-separated, and how many more there are."""
    all_names = list(names)
    more = f" and {len(all_names) - limit} more" if len(all_names) > limit else ""
    return ", ".join(map(shown, all_names[:limit])) + more if all_names else "(none)"


def missing_column(name: str, available: Iterable[str]) -> str:
    """Return the message for a column that is not there: those that are, and the closest one."""
    there = [str(column) for column in available]
    folded = {column.casefold().strip(): column for column in reversed(there)}
    close = difflib.get_close_matches(name.casefold().strip(), folded, n=1, cutoff=0.5)
    message = f"there is no column {name!r}; the columns are: {listed(there)}"
    if close:
        message += f"; did you mean {folded[close[0]]!r}?"
    elif len(there) == 1 and any(mark in there[0] for mark in ",;\t|"):
        message += (
            "; is it separated by another character? Save it with commas, or with tabs as .tsv"
        )
    return message


class TextLines:
    r"""The lines of a UTF-8 file, split at ``\n`` alone (so U+2028 and ``\x85`` stay in a text).

    A line that is not UTF-8, or holds a NUL, is passed on in a readable form, so that the rows
    around it keep their places; ``flaw`` says what was wrong since the last ``start_row()``. Who
    puts several lines together calls that for each row: the lines of a row have a bound together.
    """

    def __init__(self, stream: BinaryIO, name: str) -> None:
        self._stream = stream
        self._offset = 0
        self.name = name
        self.number = 0
        self.taken = 0
        self._taken_bytes = 0
        self.last = ""
        self.flaw: Flaw | None = None

    def start_row(self) -> None:
        """Forget the flaw and the lines of the row before."""
        self.flaw = None
        self.taken = 0
        self._taken_bytes = 0

    def __iter__(self) -> Iterator[str]:
        return self

    def __next__(self) -> str:
        try:
            data = self._stream.readline(MAX_LINE_BYTES + 1)
        except (OSError, EOFError, zlib.error) as error:
            raise CorpusError(
                f"{self.name}, after line {self.number}: the file cannot be read on ({error}); "
                "it is damaged or cut short: copy or compress it again"
            ) from error
        if not data:
            raise StopIteration
        if len(data) > MAX_LINE_BYTES:
            raise CorpusError(
                f"{self.name}, line {self.number + 1}: longer than {MAX_LINE_BYTES >> 20} MiB; "
                "expected one row a line, with line ends that are \\n or \\r\\n"
            )
        self.number += 1
        self.taken += 1
        self._taken_bytes += len(data)
        if self._taken_bytes > MAX_LINE_BYTES:
            raise CorpusError(
                f"{self.name}, line {self.number}: the row or document that began near line "
                f"{self.number - self.taken + 1} is longer than {MAX_LINE_BYTES >> 20} MiB; "
                "expected shorter ones; look there for a quote that is never closed, or a blank "
                "line that is missing"
            )
        self.last = self._decoded(data)
        self._offset += len(data)
        return self.last

    def _decoded(self, data: bytes) -> str:
        if self.number == 1:
            data = data.removeprefix(b"\xef\xbb\xbf")
        try:
            line = data.decode()
        except UnicodeDecodeError as error:
            self.flaw = self.flaw or Flaw(
                "encoding",
                f"byte 0x{data[error.start]:02X} at offset {self._offset + error.start} is not "
                "UTF-8; expected UTF-8; if the file is Latin-1, re-encode it: "
                "iconv -f LATIN1 -t UTF-8",
            )
            line = data.decode(errors="surrogateescape")
        if "\0" in line:
            self.flaw = self.flaw or Flaw(
                "NUL", "it holds a NUL character; expected text; remove it: tr -d '\\000'"
            )
        return line


def stream_name(stream: BinaryIO) -> str:
    """Return how messages name a stream of bytes."""
    name = str(getattr(stream, "name", "the stream given"))
    return "standard input" if name == "<stdin>" else name


@contextmanager
def open_lines(source: Path | BinaryIO) -> Iterator[TextLines]:
    """Open a text file, or take a stream of bytes, as lines; gzipped or not.

    A stream is read on from where it stands, and stays open.
    """
    if not isinstance(source, Path):
        with _peekable(source) as stream, _lines_of(stream, stream_name(source)) as lines:
            yield lines
        return
    try:
        file = source.open("rb")
    except OSError as error:
        raise CorpusError(f"{source}: cannot be opened ({error.strerror})") from error
    with file, _lines_of(file, str(source)) as lines:
        yield lines


@contextmanager
def _peekable(stream: Any) -> Iterator[Any]:
    """Give a stream the method ``peek``, which an open file has and ``BytesIO`` has not."""
    if hasattr(stream, "peek"):
        yield stream
        return
    try:
        buffered = io.BufferedReader(stream)
    except OSError as error:
        raise CorpusError(f"{stream_name(stream)}: cannot be read ({error})") from error
    try:
        yield buffered
    finally:
        buffered.detach()  # else it would close the stream


@contextmanager
def _lines_of(stream: Any, name: str) -> Iterator[TextLines]:
    try:
        head = stream.peek(4)[:4]
    except OSError as error:
        raise CorpusError(f"{name}: cannot be read ({error})") from error
    if head.startswith(b"\x1f\x8b"):
        with gzip.open(stream) as unpacked:
            yield TextLines(io.BufferedReader(unpacked), name)
        return
    for mark, what in _OTHER_FILES.items():
        if head.startswith(mark):
            raise CorpusError(f"{name}: is {what}; expected a UTF-8 text file")
    yield TextLines(stream, name)
