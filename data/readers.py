"""Which reader serves which source, and the rows of objects that are in memory."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from ..errors import CorpusError
from .delimited import read_delimited
from .jsonlines import read_json_lines
from .parquet import read_parquet
from .rows import BadRow, Row, listed, missing_column

#: A corpus: a file, a Hugging Face dataset, or rows that are mappings.
Source = str | os.PathLike[str] | Iterable[Mapping[str, object]]

FORMATS = (".csv", ".tsv", ".jsonl", ".ndjson", ".parquet")
_BATCH_ROWS = 64


def source_name(source: Source) -> str:
    """Return how messages name a source: its path, or what kind of object it is."""
    if isinstance(source, str | os.PathLike):
        return os.fspath(source)
    return f"the {type(source).__name__} given"


def open_rows(source: Source, wanted: Sequence[str], *, text: str) -> Iterator[Row | BadRow]:
    """Return the rows of a source; what can be checked without reading is checked now.

    Args:
        source: A path (the end of its name tells the format, an added ``.gz`` is allowed for the
            text formats), a ``datasets.Dataset`` or ``IterableDataset``, or mappings.
        wanted: The columns that are needed.
        text: The one of them that holds the text.

    Raises:
        CorpusError: the file is not there, its format is not known, or the object has no rows.
    """
    if isinstance(source, str | os.PathLike):
        return _open_file(Path(source), wanted, text)
    if isinstance(source, Mapping):
        raise CorpusError(
            f"{source_name(source)} holds the splits {listed(map(str, source))}; expected the rows "
            "of one split; pass one of them, such as dataset['train']"
        )
    if hasattr(source, "with_format") and hasattr(source, "select_columns"):
        return _dataset_rows(source, wanted)
    if not isinstance(source, Iterable):
        raise CorpusError(
            f"a corpus cannot be read from {source!r:.80}; expected a path, a datasets.Dataset or "
            "a list of mappings"
        )
    return _mapping_rows(source)


def _open_file(path: Path, wanted: Sequence[str], text: str) -> Iterator[Row | BadRow]:
    if not path.exists():
        raise CorpusError(f"{path}: there is no such file; check the path of the corpus")
    if path.is_dir():
        raise CorpusError(f"{path}: is a folder; expected one file: {', '.join(FORMATS)}")
    suffixes = [suffix.lower() for suffix in path.suffixes]
    zipped = bool(suffixes) and suffixes[-1] == ".gz"
    suffix = suffixes[-1 - zipped] if len(suffixes) > zipped else ""
    if suffix == ".csv":
        return read_delimited(path, wanted, delimiter=",")
    if suffix == ".tsv":
        return read_delimited(path, wanted, delimiter="\t")
    if suffix in {".jsonl", ".ndjson"}:
        return read_json_lines(path)
    if suffix == ".parquet" and not zipped:
        return read_parquet(path, wanted, text=text)
    hint = "; write JSON as one object a line (.jsonl)" if suffix == ".json" else ""
    raise CorpusError(
        f"{path}: unknown corpus format {''.join(suffixes[-2:])!r}; expected a name that ends in "
        f"one of: {', '.join(FORMATS)} (the text formats also with .gz){hint}"
    )


def _mapping_rows(rows: Iterable[object]) -> Iterator[Row | BadRow]:
    for number, values in enumerate(rows, start=1):
        if isinstance(values, Mapping):
            yield Row(number, 0, values)
        else:
            reason = f"it is {values!r:.60}; expected a mapping such as {{'text': '...'}}"
            yield BadRow(number, 0, "type", reason)


def _dataset_rows(dataset: Any, wanted: Sequence[str]) -> Iterator[Row | BadRow]:
    """Yield the rows of a Hugging Face dataset, class numbers turned into their names."""
    names = dataset.column_names  # an IterableDataset may not know them
    if names is not None:
        for name in wanted:
            if name not in names:
                raise CorpusError(f"{source_name(dataset)}: {missing_column(name, names)}")
        dataset = dataset.select_columns(list(wanted))
    features = dataset.features or {}
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
