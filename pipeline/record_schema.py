"""The tables of the record: what predicting leaves behind, as docs/record.md describes it.

documents   one row a document: its text, what was predicted and how surely
labels      one row for each document and label
mentions    one row for each mention of a concept in a document
concepts    one row for each concept of the ontology
closure     one row for each concept and ancestor, itself included
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final, NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from numpy.typing import NDArray

from ..data import Document
from ..kg import NIL, Mention
from ..kg.sentences import sentence_spans
from .labels import LabelSet

if TYPE_CHECKING:
    from ..kg import KnowledgeGraph

FORMAT: Final = 1
"""The version of the layout; written into the manifest and into each Parquet file."""

FORMAT_KEY: Final = b"ontograft_record"
"""The key of the version among the metadata of a Parquet file."""


def _list(kind: Any) -> Any:
    """Return the type of a list, with the name that Parquet gives to its elements."""
    return pa.list_(pa.field("element", kind))


_SPAN: Final = pa.struct([("start", pa.int32()), ("end", pa.int32())])
_ABOUT: Final = {FORMAT_KEY: str(FORMAT).encode()}

DOCUMENTS: Final = pa.schema(
    [
        ("document", pa.int64()),
        ("id", pa.string()),
        ("text", pa.string()),
        ("label", pa.string()),
        ("score", pa.float64()),
        ("gold", pa.string()),
        ("source", pa.string()),
        ("row", pa.int64()),
        ("fields", pa.map_(pa.string(), pa.string())),
    ],
    metadata=_ABOUT,
)
LABELS: Final = pa.schema(
    [
        ("document", pa.int64()),
        ("label", pa.string()),
        ("score", pa.float64()),
        ("predicted", pa.bool_()),
    ],
    metadata=_ABOUT,
)
MENTIONS: Final = pa.schema(
    [
        ("document", pa.int64()),
        ("mention", pa.int32()),
        ("start", pa.int32()),
        ("end", pa.int32()),
        ("fragments", _list(_SPAN)),
        ("text", pa.string()),
        ("concept", pa.string()),
        ("label", pa.string()),
        ("score", pa.float64()),
        ("way", pa.string()),
        ("polarity", pa.string()),
        ("senses", _list(pa.string())),
        ("section", pa.string()),
        ("nested", pa.bool_()),
        ("sentence_start", pa.int32()),
        ("sentence_end", pa.int32()),
    ],
    metadata=_ABOUT,
)
CONCEPTS: Final = pa.schema(
    [
        ("concept", pa.string()),
        ("label", pa.string()),
        ("definition", pa.string()),
        ("labels", _list(pa.string())),
        ("kind", pa.string()),
    ],
    metadata=_ABOUT,
)
CLOSURE: Final = pa.schema(
    [("concept", pa.string()), ("ancestor", pa.string()), ("distance", pa.int32())],
    metadata=_ABOUT,
)
SHARDED: Final = {"documents": DOCUMENTS, "labels": LABELS, "mentions": MENTIONS}
"""The tables that grow with the corpus: a folder each, with a file for each shard."""

WHOLE: Final = {"concepts": CONCEPTS, "closure": CLOSURE}
"""The tables of the ontology: a file each."""

_ALL_DIFFERENT: Final = {"document", "id", "text", "score", "start", "end", "definition"}
"""Columns in which values hardly repeat, so that a dictionary of them would gain nothing."""

_INNER: Final = {
    "fields": "fields.key_value.key",
    "senses": "senses.list.element",
    "fragments": "fragments.list.element.start",
    "labels": "labels.list.element",
}
"""Where the values of a nested column are, by Parquet's names."""


class Scores(NamedTuple):
    """What a model says about some texts.

    ``values`` holds the probability of each label, or for regression the value; (text, label).
    ``mentions`` holds the mentions in each text, NIL ones included.
    """

    values: NDArray[np.floating[Any]]
    mentions: Sequence[Sequence[Mention]]


def document_table(
    documents: Sequence[Document],
    scores: Scores,
    labels: LabelSet,
    *,
    first: int,
    gold: Sequence[str | None],
    sources: Mapping[str, str],
) -> pa.Table:
    """Return the rows of some documents.

    Args:
        documents: the documents; their ``meta`` becomes ``fields``.
        scores: what the model says about them.
        labels: the labels of the model.
        first: the number of the first document.
        gold: the corpus's own label of each document, if it has one.
        sources: what the record calls each source of documents.
    """
    several = labels.task == "multi-label"
    best = scores.values.argmax(axis=1)
    count = len(documents)
    columns: dict[str, Any] = {
        "document": np.arange(first, first + count),
        "id": [document.id for document in documents],
        "text": [document.text for document in documents],
        "label": [None] * count if several else [labels.labels[number] for number in best],
        "score": [None] * count if several else scores.values[np.arange(count), best],
        "gold": gold,
        "source": [sources.get(document.source, document.source) for document in documents],
        "row": [document.row for document in documents],
        "fields": [list(document.meta.items()) for document in documents],
    }
    return pa.table(columns, schema=DOCUMENTS)


def label_table(scores: Scores, labels: LabelSet, *, first: int) -> pa.Table:
    """Return a row for each document and label, in the order of the documents and labels."""
    count, width = scores.values.shape
    names = pa.array(labels.labels, pa.string())
    columns = {
        "document": np.repeat(np.arange(first, first + count), width),
        "label": names.take(pa.array(np.tile(np.arange(width), count))),
        "score": scores.values.astype(np.float64).ravel(),
        "predicted": labels.predicted(scores.values).ravel(),
    }
    return pa.table(columns, schema=LABELS)


def mention_table(
    documents: Sequence[Document], mentions: Sequence[Sequence[Mention]], *, first: int
) -> pa.Table:
    """Return a row for each mention, in the order of the documents and of the linker."""
    rows = [
        (first + number, *row)
        for number, (document, found) in enumerate(zip(documents, mentions, strict=True))
        for row in _mention_rows(document.text, found)
    ]
    columns = zip(*rows, strict=True) if rows else ((),) * len(MENTIONS)
    arrays = [pa.array(column, field.type) for column, field in zip(columns, MENTIONS, strict=True)]
    return pa.Table.from_arrays(arrays, schema=MENTIONS)


def _mention_rows(text: str, mentions: Sequence[Mention]) -> Iterator[tuple[Any, ...]]:
    if not mentions:
        return
    spans = sentence_spans(text)
    starts = [start for start, _ in spans]
    for number, mention in enumerate(mentions):
        linked = mention.iri != NIL
        way = next((c.way for c in mention.candidates if c.iri == mention.iri), "")
        yield (
            number,
            mention.start,
            mention.end,
            [{"start": start, "end": end} for start, end in mention.fragments],
            mention.text,
            mention.iri,
            mention.label if linked else "",
            mention.score,
            way,
            mention.polarity,
            mention.senses,
            mention.section,
            mention.nested,
            *_sentence(spans, starts, mention),
        )


def _sentence(
    spans: Sequence[tuple[int, int]], starts: Sequence[int], mention: Mention
) -> tuple[int, int]:
    """Return the sentence around a mention; where it lies in several, from the first to the last.

    A mention that begins or ends between two sentences is added to the one before.
    """
    if not spans:
        return mention.start, mention.end
    first = max(0, bisect_right(starts, mention.start) - 1)
    last = max(first, bisect_right(starts, mention.end - 1) - 1)
    return min(spans[first][0], mention.start), max(spans[last][1], mention.end)


def concept_table(graph: KnowledgeGraph | None, *, language: str) -> pa.Table:
    """Return the concepts in the order of their IRIs, with their names in a language."""
    if graph is None:
        return CONCEPTS.empty_table()
    numbers = range(len(graph))
    columns = {
        "concept": [concept.iri for concept in graph.concepts],
        "label": [graph.preferred_label(number, language) for number in numbers],
        "definition": [graph.definition(number, language) for number in numbers],
        "labels": [
            list(dict.fromkeys(label.text for label in graph.names(number, language)))
            for number in numbers
        ],
        "kind": [concept.kind for concept in graph.concepts],
    }
    return pa.table(columns, schema=CONCEPTS)


def closure_table(graph: KnowledgeGraph | None) -> pa.Table:
    """Return each concept with itself and all its ancestors, by concept, distance and ancestor."""
    if graph is None:
        return CLOSURE.empty_table()
    pointer, ancestor, steps = graph.closure_csr
    iris = pa.array([concept.iri for concept in graph.concepts], pa.string())
    columns = {
        "concept": iris.take(pa.array(np.repeat(np.arange(len(graph)), np.diff(pointer)))),
        "ancestor": iris.take(pa.array(ancestor)),
        "distance": steps.astype(np.int32),
    }
    return pa.table(columns, schema=CLOSURE)


def parquet_bytes(table: pa.Table) -> memoryview:
    """Return a table as a Parquet file of one row group, with checksums of its pages.

    The same table always gives the same bytes, with the same version of pyarrow.
    """
    sink = pa.BufferOutputStream()
    dictionary = [
        _INNER.get(name, name) for name in table.schema.names if name not in _ALL_DIFFERENT
    ]
    pq.write_table(
        table,
        sink,
        row_group_size=max(1, len(table)),
        compression="zstd",
        use_dictionary=dictionary,
        write_page_checksum=True,
    )
    return memoryview(sink.getvalue())
