"""Rows of Parquet files."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from ..errors import CorpusError
from .rows import BadRow, Row, listed, missing_column

#: Rows decoded at a time. A few hundred bytes of Parquet can hold hundreds of megabytes of text.
BATCH_ROWS = 16


def read_parquet(
    path: Path, wanted: Sequence[str], *, text: str, others: bool = False
) -> Iterator[Row | BadRow]:
    """Yield the rows of a Parquet file, of which only the columns that are needed are decoded.

    Args:
        path: The file.
        wanted: The columns to read.
        text: The one of them that must hold text.
        others: Whether to read every other column too, but those that hold bytes.

    Raises:
        CorpusError: the file is damaged, lacks a wanted column, names one twice, or holds a type
            that cannot be a text, an id or a label.
    """
    import pyarrow as pa
    import pyarrow.parquet as pq

    # NotImplementedError: a codec or a type that this build of pyarrow cannot decode.
    # UnicodeDecodeError: the name of a column is damaged.
    damaged = (pa.ArrowException, OSError, EOFError, NotImplementedError, UnicodeDecodeError)
    number = 0
    try:
        with pq.ParquetFile(path, page_checksum_verification=True) as file:
            _check_schema(file.schema_arrow, wanted, text, path)
            names = _with_others(file.schema_arrow, wanted) if others else list(wanted)
            batches = file.iter_batches(batch_size=BATCH_ROWS, columns=names, use_threads=False)
            for batch in batches:
                for row in _rows(batch, names, wanted, number):
                    number += 1
                    yield row
    except damaged as error:
        where = f"{path}, after row {number}" if number else str(path)
        detail = " ".join(str(error).split())[:200]
        raise CorpusError(
            f"{where}: cannot be read as Parquet ({detail}); it is damaged, cut short or another "
            "format; write or copy it again"
        ) from error


def _check_schema(schema: Any, wanted: Sequence[str], text: str, path: Path) -> None:
    twice = [name for name, count in Counter(schema.names).items() if count > 1]
    if twice:
        raise CorpusError(
            f"{path}: it names a column twice: {listed(twice)}; expected each column name once; "
            "rename one of them"
        )
    for name in wanted:
        if name not in schema.names:
            raise CorpusError(f"{path}: {missing_column(name, schema.names)}")
        kind = schema.field(name).type
        if not (_is_text(kind) if name == text else _is_value(kind)):
            expected = "text" if name == text else "text, numbers, booleans or lists of them"
            raise CorpusError(
                f"{path}: column {name!r} holds {kind}; expected {expected}; "
                "convert the column and write the file again"
            )


def _with_others(schema: Any, wanted: Sequence[str]) -> list[str]:
    others = (field.name for field in schema if "binary" not in str(field.type))
    return list(dict.fromkeys((*wanted, *others)))


def _is_text(kind: Any) -> bool:
    from pyarrow import types

    if types.is_dictionary(kind):
        return _is_text(kind.value_type)
    return bool(
        types.is_string(kind)
        or types.is_large_string(kind)
        or types.is_string_view(kind)
        or types.is_null(kind)  # only missing values: each row says so
    )


def _is_value(kind: Any) -> bool:
    from pyarrow import types

    if types.is_dictionary(kind):
        return _is_value(kind.value_type)
    if types.is_list(kind) or types.is_large_list(kind) or types.is_fixed_size_list(kind):
        return _is_value(kind.value_type)
    number = types.is_integer(kind) or types.is_floating(kind) or types.is_boolean(kind)
    return bool(number or _is_text(kind))


def _rows(
    batch: Any, names: Sequence[str], wanted: Sequence[str], before: int
) -> Iterator[Row | BadRow]:
    try:
        columns = [_plain(batch.column(name)).to_pylist() for name in names]
    except (ValueError, OverflowError):
        # Bytes that are not UTF-8 in a text, or a time that Python has no type for: find the row.
        for index in range(batch.num_rows):
            yield _row_alone(batch, names, wanted, index, before + index + 1)
        return
    for number, cells in enumerate(zip(*columns, strict=True), start=before + 1):
        yield Row(number, 0, dict(zip(names, cells, strict=True)))


def _plain(column: Any) -> Any:
    """Return a column whose cells Python has a type for: it has none for nanoseconds."""
    from pyarrow import types

    kind = column.type
    if types.is_timestamp(kind) and kind.unit == "ns":
        import pyarrow as pa

        return column.cast(pa.timestamp("us", kind.tz), safe=False)
    return column


def _row_alone(
    batch: Any, names: Sequence[str], wanted: Sequence[str], index: int, number: int
) -> Row | BadRow:
    """Return a row; a cell that Python cannot hold is left out where nobody asked for it."""
    values: dict[str, object] = {}
    for name in names:
        try:
            values[name] = _plain(batch.column(name))[index].as_py()
        except UnicodeDecodeError as error:
            if name in wanted:
                return BadRow(
                    number,
                    0,
                    "encoding",
                    f"column {name!r} holds the byte 0x{error.object[error.start]:02X}, which is "
                    "not UTF-8; expected UTF-8; write the column as text again",
                )
        except (ValueError, OverflowError):
            continue  # a time out of range; columns that were asked for hold none
    return Row(number, 0, values)
