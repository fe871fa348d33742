"""Rows of CSV and TSV files."""

from __future__ import annotations

import csv
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path

from ..errors import CorpusError
from .rows import BadRow, Row, TextLines, listed, missing_column, open_lines, place

#: The longest cell. A quote that is never closed swallows no more than this before it is noticed.
MAX_CELL_CHARACTERS = 16 * 1024 * 1024


def read_delimited(
    path: Path, wanted: Sequence[str], *, delimiter: str, others: bool = False
) -> Iterator[Row | BadRow]:
    """Yield the rows of a CSV or TSV file with a header; cells are always text.

    A row holds the wanted columns; with ``others`` all that have a name.

    A row with misplaced quotes that pair up on its line is a bad row. Where they do not pair up,
    nothing tells where the next row begins: that ends the reading, since a guess could move texts
    to other rows.

    Raises:
        CorpusError: the header is missing, lacks a wanted column or names a column twice; a quote
            is never closed; a cell is too long.
    """
    # The csv module has one limit for the whole process (131,072 characters). It is only raised.
    csv.field_size_limit(max(csv.field_size_limit(), MAX_CELL_CHARACTERS))
    with open_lines(path) as lines:
        records = csv.reader(lines, delimiter=delimiter, strict=True)
        header = _read_header(records, lines)
        for name in wanted:
            if name not in header:
                raise CorpusError(f"{path}: {missing_column(name, header)}")
        named = [name for name in header if name] if others else wanted
        places = [(name, header.index(name)) for name in named]
        number = 0
        while True:
            line = lines.number + 1
            lines.start_row()
            try:
                cells = next(records)
            except StopIteration:
                return
            except csv.Error as error:
                number += 1
                yield _misquoted(error, lines, number, line)
                continue
            if not cells:  # a blank line
                continue
            number += 1
            if lines.flaw:
                yield BadRow(number, line, *lines.flaw)
            elif len(cells) != len(header):
                yield BadRow(number, line, "columns", _wrong_width(cells, header, delimiter))
            else:
                yield Row(number, line, {name: cells[index] for name, index in places})


def _read_header(records: Iterator[list[str]], lines: TextLines) -> list[str]:
    try:
        header = next((cells for cells in records if cells), None)
    except csv.Error as error:
        raise CorpusError(
            f"{lines.name}, line {lines.number}: the header cannot be read ({error}); expected "
            "column names, quotes in pairs and line ends that are \\n or \\r\\n"
        ) from error
    if header is None:
        raise CorpusError(f"{lines.name}: is empty; expected a header with the column names")
    if lines.flaw:
        raise CorpusError(f"{lines.name}, line {lines.number}: {lines.flaw.reason}")
    header = [name.strip() for name in header]
    # Columns without a name (an index, trailing commas) can be many: no one can ask for them.
    twice = [name for name, count in Counter(header).items() if count > 1 and name]
    if twice:
        raise CorpusError(
            f"{lines.name}: the header names a column twice: {listed(twice)}; expected each "
            "column name once; rename one of them"
        )
    return header


def _misquoted(error: csv.Error, lines: TextLines, number: int, line: int) -> BadRow:
    """Return the bad row, or raise where the rows after it cannot be found."""
    where = place(lines.name, number, line)
    if "unexpected end" in str(error):
        raise CorpusError(
            f"{where}: a quote opens in this row and is never closed; expected quotes in pairs; "
            'write a quote inside a cell twice ("")'
        ) from error
    if "field limit" in str(error):
        raise CorpusError(
            f"{where}: a cell is longer than {MAX_CELL_CHARACTERS:,} characters; expected shorter "
            "texts; look for a quote that opens in this row and is never closed"
        ) from error
    if lines.taken > 1 or lines.last.count('"') % 2:
        raise CorpusError(
            f"{where}: its quotes do not pair up ({error}), so that the end of the row cannot be "
            'told; expected quotes in pairs; write a quote inside a cell twice ("")'
        ) from error
    return BadRow(
        number,
        line,
        "quotes",
        f"its quotes or line ends are misplaced ({error}); expected quotes around whole cells; "
        'write a quote inside a quoted cell twice ("")',
    )


def _wrong_width(cells: list[str], header: list[str], delimiter: str) -> str:
    mark = "tab" if delimiter == "\t" else "comma"
    return (
        f"it has {len(cells)} cells, expected {len(header)} ({listed(header)}); put a cell that "
        f"holds a {mark} or a line break in quotes"
    )
