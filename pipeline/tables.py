"""Answers as text: a table for people, CSV that no spreadsheet runs, JSON Lines, Parquet."""

from __future__ import annotations

import csv
import io
import json
import math
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any, Final, Literal, TypeAlias, get_args

import pyarrow as pa

from ..errors import SettingsError
from .files import replacing

if TYPE_CHECKING:
    from rich.table import Table as Shown

Format = Literal["table", "csv", "jsonl", "parquet"]
"""How a table is written."""

Batches: TypeAlias = Any  # pa.Table | pa.RecordBatchReader, which have no types
"""A table, or one that comes batch by batch."""

_DANGEROUS: Final = ("=", "+", "-", "@", "\t", "\r", "\n", "\uff1d", "\uff0b", "\uff0d", "\uff20")
"""What makes a spreadsheet take a cell for a formula, also in full width."""

_MOST_SHOWN: Final = 300


def write_table(table: Batches, form: Format, out: Path | None = None) -> int:
    """Write a table to a file, which appears whole or not at all, or to standard output.

    Args:
        table: the table.
        form: ``table`` (for people), ``csv``, ``jsonl`` or ``parquet``.
        out: the file; standard output unless given.

    Returns:
        the number of rows.

    Raises:
        SettingsError: there is no such format, or it is not for standard output.
    """
    if form not in get_args(Format):
        raise SettingsError(
            f"unknown format {form!r}; choose one of: {', '.join(get_args(Format))}"
        )
    if form == "parquet" and out is None:
        raise SettingsError("Parquet is not for the terminal; name a file with --out")
    if form == "table":
        rows = table.read_all() if isinstance(table, pa.RecordBatchReader) else table
        with _text(out) as file:
            from rich.console import Console

            tty = out is None and sys.stdout.isatty()
            Console(file=file, highlight=False, width=None if tty else 160).print(for_people(rows))
        return len(rows)
    if form == "parquet":
        assert out is not None
        return _write_parquet(table, out)
    with _text(out) as file:
        write = _write_csv if form == "csv" else _write_jsonl
        return write(table, file)


def csv_bytes(table: pa.Table) -> bytes:
    """Return a table as CSV in UTF-8 with the line ends of RFC 4180; see ``harmless``."""
    file = io.StringIO(newline="")
    _write_csv(table, file, end="\r\n")
    return file.getvalue().encode()


def harmless(text: str) -> str:
    """Return a cell of CSV that no spreadsheet takes for a formula.

    A text that begins with ``=``, ``+``, ``-``, ``@``, a tab or a line break gets an apostrophe in
    front. Numbers in a column of numbers are not touched.
    """
    return f"'{text}" if text.startswith(_DANGEROUS) else text


def for_people(table: pa.Table) -> Shown:
    """Return a table to be printed; of long texts the beginning."""
    from rich.table import Table as Shown
    from rich.text import Text

    shown = Shown()
    for field in table.schema:
        number = pa.types.is_integer(field.type) or pa.types.is_floating(field.type)
        shown.add_column(
            Text(_printable(field.name)), justify="right" if number else "left", overflow="fold"
        )
    for row in _rows(table):
        shown.add_row(*(Text(_printable(_short(_shown(value)))) for value in row))
    return shown


def _batches(table: Batches) -> Iterator[pa.RecordBatch]:
    return iter(table.to_batches() if isinstance(table, pa.Table) else table)


def _rows(table: Batches) -> Iterator[tuple[Any, ...]]:
    for batch in _batches(table):
        yield from zip(*(column.to_pylist() for column in batch.columns), strict=True)


def _write_csv(table: Batches, file: IO[str], *, end: str = "\n") -> int:
    writer = csv.writer(file, lineterminator=end)
    writer.writerow(harmless(name) for name in table.schema.names)
    count = 0
    for row in _rows(table):
        writer.writerow(_cell(value) for value in row)
        count += 1
    return count


def _write_jsonl(table: Batches, file: IO[str]) -> int:
    names = table.schema.names
    count = 0
    for row in _rows(table):
        content = {name: exact(value) for name, value in zip(names, row, strict=True)}
        file.write(json.dumps(content, ensure_ascii=False, allow_nan=False) + "\n")
        count += 1
    return count


def _write_parquet(table: Batches, out: Path) -> int:
    import pyarrow.parquet as pq

    count = 0
    with (
        replacing(out) as unfinished,
        pq.ParquetWriter(
            unfinished, table.schema, compression="zstd", write_page_checksum=True
        ) as writer,
    ):
        for batch in _batches(table):
            writer.write_batch(batch)
            count += len(batch)
    return count


def _cell(value: Any) -> Any:
    if isinstance(value, str):
        return harmless(value)
    if isinstance(value, bool):
        return str(value).lower()
    if value is None or isinstance(value, int | float):
        return value
    return harmless(_shown(value))


def _shown(value: Any) -> str:
    """Return a value for people: a list as its parts, a number with three digits."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, float):
        return f"{value:.3f}"
    if isinstance(value, list):
        return "; ".join(f"{p[0]}={p[1]}" if isinstance(p, tuple) else _shown(p) for p in value)
    return str(value)


def _short(text: str) -> str:
    return text if len(text) <= _MOST_SHOWN else text[: _MOST_SHOWN - 1] + "…"


def exact(value: Any) -> Any:
    """Return a cell as JSON: what JSON has no number for is the text that XSD gives it."""
    if isinstance(value, float) and not math.isfinite(value):
        return "NaN" if math.isnan(value) else ("INF" if value > 0 else "-INF")
    if isinstance(value, list):
        if value and all(isinstance(pair, tuple) for pair in value):
            return dict(value)
        return [exact(part) for part in value]
    if value is None or isinstance(value, bool | int | float | str):
        return value
    if isinstance(value, dict):
        return {key: exact(part) for key, part in value.items()}
    return str(value)


def _printable(text: str) -> str:
    """Return a text without what a terminal would obey."""
    return "".join(char if char.isprintable() or char == "\n" else "\ufffd" for char in text)


@contextmanager
def _text(out: Path | None) -> Iterator[IO[str]]:
    if out is None:
        yield sys.stdout
        return
    with replacing(out) as unfinished, unfinished.open("w", encoding="utf-8", newline="") as file:
        yield file
