"""Tables of results, row by row, into JSONL or Parquet files that appear whole or not at all."""

from __future__ import annotations

import gzip
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from ..errors import SettingsError
from .files import replacing, to_json
from .labels import plain

if TYPE_CHECKING:
    from ..data import Document
    from ..kg import Mention
    from .prediction import Prediction

ROW_GROUP: Final = 1024
"""How many rows are gathered for one write to a Parquet file."""

Write = Callable[[dict[str, Any]], None]


@contextmanager
def open_output(path: Path, *, regression: bool = False) -> Iterator[Write]:
    """Yield a function that writes one prediction; the file takes its place when all is written.

    Args:
        path: ends in ``.jsonl``, ``.jsonl.gz`` or ``.parquet``.
        regression: whether the label is a number.

    Raises:
        SettingsError: the name ends otherwise.
    """
    if _kind(path, (".jsonl", ".jsonl.gz", ".parquet")) != ".parquet":
        with open_jsonl(path) as write:
            yield write
        return
    with replacing(path) as unfinished, _parquet(unfinished, regression) as write:
        yield write


@contextmanager
def open_jsonl(path: Path) -> Iterator[Write]:
    """Yield a function that writes one object as a line of JSON.

    Raises:
        SettingsError: the name ends neither in ``.jsonl`` nor in ``.jsonl.gz``.
    """
    zipped = _kind(path, (".jsonl", ".jsonl.gz")).endswith(".gz")
    opener: Any = gzip.open if zipped else open
    with replacing(path) as unfinished, opener(unfinished, "wt", encoding="utf-8") as file:
        yield lambda row: file.write(to_json(row, indent=None) + "\n")


def as_row(document: Document, prediction: Prediction) -> dict[str, Any]:
    """Return a prediction as a row of the output: id, label, probabilities, concepts."""
    return {
        "id": document.id,
        "label": plain(prediction.label),
        "probabilities": prediction.probabilities,
        "concepts": [mention_row(mention) for mention in prediction.mentions],
    }


def mention_row(mention: Mention) -> dict[str, Any]:
    """Return where a mention stands and what it is linked to, as JSON."""
    return {
        "start": mention.start,
        "end": mention.end,
        "text": mention.text,
        "iri": mention.iri,
        "label": mention.label,
        "score": mention.score,
    }


def mention_json(mention: Mention) -> dict[str, Any]:
    """Return all that is known of a mention, as JSON."""
    candidates = [candidate._asdict() for candidate in mention.candidates]
    return {**mention._asdict(), "candidates": candidates}


def _kind(path: Path, kinds: tuple[str, ...]) -> str:
    suffixes = [suffix.lower() for suffix in path.suffixes]
    kind = "".join(suffixes[-2:]) if suffixes[-1:] == [".gz"] else "".join(suffixes[-1:])
    if kind not in kinds:
        raise SettingsError(
            f"--out {path}: cannot write {kind or 'a file without an ending'}; expected a name "
            f"that ends in one of: {', '.join(kinds)}"
        )
    return kind


@contextmanager
def _parquet(path: Path, regression: bool) -> Iterator[Write]:
    import pyarrow as pa
    import pyarrow.parquet as pq

    writer: Any = None
    rows: list[dict[str, Any]] = []

    def flush() -> None:
        nonlocal writer
        if not rows and writer is not None:
            return
        if writer is None:
            schema = _schema(pa, rows, regression)
            writer = pq.ParquetWriter(path, schema, compression="zstd", write_page_checksum=True)
        writer.write_table(pa.Table.from_pylist(rows, schema=writer.schema))
        rows.clear()

    def write(row: dict[str, Any]) -> None:
        rows.append(row)
        if len(rows) >= ROW_GROUP:
            flush()

    try:
        yield write
        flush()
    finally:
        if writer is not None:
            writer.close()


def _schema(pa: Any, rows: list[dict[str, Any]], regression: bool) -> Any:
    concept = pa.struct(
        [
            ("start", pa.int64()),
            ("end", pa.int64()),
            ("text", pa.string()),
            ("iri", pa.string()),
            ("label", pa.string()),
            ("score", pa.float64()),
        ]
    )
    first = rows[0] if rows else {"label": "", "probabilities": {}}
    label = pa.list_(pa.string()) if isinstance(first["label"], list) else pa.string()
    return pa.schema(
        [
            ("id", pa.string()),
            ("label", pa.float64() if regression else label),
            (
                "probabilities",
                pa.struct([(name, pa.float64()) for name in first["probabilities"]])
                if first["probabilities"]
                else pa.null(),
            ),
            ("concepts", pa.list_(concept)),
        ]
    )
