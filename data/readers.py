"""Which reader serves which source, and the rows of objects that are in memory."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import partial
from io import TextIOBase
from pathlib import Path
from typing import Any, BinaryIO, NamedTuple, TypeGuard

from ..errors import CorpusError
from .delimited import read_delimited
from .jsonlines import read_json_lines
from .parquet import read_parquet
from .rows import BadRow, Row, listed, missing_column, stream_name
from .sources import FORMATS, CorpusFile, FilePath, find_files, format_of

#: A corpus: files (a path, a pattern, a folder, or several), a binary stream of JSON Lines, a
#: Hugging Face dataset, or rows that are mappings.
Source = FilePath | Sequence[FilePath] | BinaryIO | Iterable[Mapping[str, object]]

Rows = Iterator[Row | BadRow]
_BATCH_ROWS = 64


class Input(NamedTuple):
    """A part of a corpus that numbers its own rows, such as a file.

    ``name`` is what messages call it, ``short`` what results call it; ``open`` begins to read.
    """

    name: str
    short: str
    open: Callable[[], Rows]


def is_stream(source: object) -> TypeGuard[BinaryIO]:
    """Return whether a corpus is an open file, to be read once from where it stands."""
    return hasattr(source, "readline")


def is_files(source: object) -> TypeGuard[FilePath | Sequence[FilePath]]:
    """Return whether a corpus is named by paths."""
    if isinstance(source, str | os.PathLike):
        return True
    return (
        isinstance(source, Sequence)
        and len(source) > 0
        and all(isinstance(one, str | os.PathLike) for one in source)
    )


def is_repeatable(source: Source) -> bool:
    """Return whether a corpus can be read more than once: files and tables, not streams."""
    return is_files(source) or (not is_stream(source) and hasattr(source, "__len__"))


def source_names(source: Source) -> dict[str, str]:
    """Return what results call each part of a corpus, by the name that its documents state.

    For files these are their paths below the folder that all of them share.
    """
    return {part.name: part.short for part in open_inputs(source, (), text="")}


def open_inputs(
    source: Source, wanted: Sequence[str], *, text: str, others: bool = False
) -> tuple[Input, ...]:
    """Return the parts of a source; what can be checked without reading is checked now.

    Args:
        source: Paths (see ``find_files``; the end of a file's name tells the format, an added
            ``.gz`` is allowed for the text formats), a binary stream of JSON Lines, a
            ``datasets.Dataset`` or ``IterableDataset``, or mappings.
        wanted: The columns that are needed.
        text: The one of them that holds the text.
        others: Whether rows should have all other columns too.

    Raises:
        CorpusError: a file is not there, its format is not known, or the object has no rows.
    """
    if is_files(source):
        files = find_files(source)
        return tuple(_file_input(file, wanted, text=text, others=others) for file in files)
    if is_stream(source):
        return (_stream_input(source),)
    _check_object(source)
    name = f"the {type(source).__name__} given"
    return (Input(name, name, partial(_object_rows, source, name, wanted, others=others)),)


def _check_object(source: object) -> None:
    """Refuse an object that holds no rows, or several splits of rows."""
    if isinstance(source, Mapping):
        raise CorpusError(
            f"the {type(source).__name__} given holds the splits {listed(map(str, source))}; "
            "expected the rows of one split; pass one of them, such as dataset['train']"
        )
    if hasattr(source, "columns") and hasattr(source, "to_dict"):
        raise CorpusError(
            f"the {type(source).__name__} given is a table; expected its rows; pass them: "
            "frame.to_dict('records') with pandas, frame.to_dicts() with Polars"
        )
    if not isinstance(source, Iterable):
        raise CorpusError(
            f"a corpus cannot be read from {source!r:.80}; expected a path, a datasets.Dataset or "
            "a list of mappings"
        )


def _stream_input(stream: BinaryIO) -> Input:
    if isinstance(stream, TextIOBase):
        raise CorpusError(
            "the stream given holds text; expected bytes; open it with mode 'rb', or pass "
            "sys.stdin.buffer"
        )
    name = stream_name(stream)
    return Input(name, name, partial(read_json_lines, stream))


def _object_rows(source: Any, name: str, wanted: Sequence[str], *, others: bool) -> Rows:
    if hasattr(source, "with_format") and hasattr(source, "select_columns"):
        return _dataset_rows(source, name, wanted, others=others)
    return _mapping_rows(source)


def _file_input(file: CorpusFile, wanted: Sequence[str], *, text: str, others: bool) -> Input:
    path = file.path
    read: Callable[[], Rows]
    wanted = [name for name in wanted if name not in file.given]
    match format_of(path):
        case ".csv":
            read = partial(read_delimited, path, wanted, delimiter=",", others=others)
        case ".tsv":
            read = partial(read_delimited, path, wanted, delimiter="\t", others=others)
        case ".jsonl" | ".ndjson":
            read = partial(read_json_lines, path)
        case ".parquet":
            read = partial(read_parquet, path, wanted, text=text, others=others)
        case _:
            raise CorpusError(_unknown_format(path))
    if file.given:
        return Input(str(path), file.name, partial(_with_given, read, file.given))
    return Input(str(path), file.name, read)


def _with_given(read: Callable[[], Rows], given: Mapping[str, str | None]) -> Rows:
    """Yield rows with the columns that the file's folders tell; the file's own columns win."""
    for row in read():
        yield row if isinstance(row, BadRow) else row._replace(values={**given, **row.values})


def _unknown_format(path: Path) -> str:
    suffixes = [suffix.lower() for suffix in path.suffixes]
    hint = "; write JSON as one object a line (.jsonl)" if suffixes[-1:] == [".json"] else ""
    return (
        f"{path}: unknown corpus format {''.join(suffixes[-2:])!r}; expected a name that ends in "
        f"one of: {', '.join(FORMATS)} (the text formats also with .gz){hint}"
    )


def _mapping_rows(rows: Iterable[object]) -> Rows:
    for number, values in enumerate(rows, start=1):
        if isinstance(values, Mapping):
            yield Row(number, 0, values)
        else:
            reason = f"it is {values!r:.60}; expected a mapping such as {{'text': '...'}}"
            yield BadRow(number, 0, "type", reason)


def _dataset_rows(dataset: Any, source: str, wanted: Sequence[str], *, others: bool) -> Rows:
    """Yield the rows of a Hugging Face dataset, class numbers turned into their names."""
    names = dataset.column_names  # an IterableDataset may not know them
    features = dataset.features or {}
    if names is not None:
        for name in wanted:
            if name not in names:
                raise CorpusError(f"{source}: {missing_column(name, names)}")
        # Images and sounds would have to be decoded, which takes libraries of their own.
        chosen = [name for name in names if not hasattr(features.get(name), "decode")]
        dataset = dataset.select_columns([*dict.fromkeys((*wanted, *(chosen if others else ())))])
    number = 0
    for batch in dataset.with_format(None).iter(batch_size=_BATCH_ROWS):
        columns = {
            name: [_class_name(value, features.get(name)) for value in values]
            for name, values in batch.items()
        }
        for cells in zip(*columns.values(), strict=True):
            number += 1
            yield Row(number, 0, dict(zip(columns, cells, strict=True)))


def _class_name(value: object, feature: Any) -> object:
    """Return the name of a class number of ``datasets.ClassLabel`` (-1: not labelled)."""
    if isinstance(value, list):
        return [_class_name(item, getattr(feature, "feature", None)) for item in value]
    names = getattr(feature, "names", None)
    if names is None or not isinstance(value, int):
        return value
    return names[value] if 0 <= value < len(names) else None
