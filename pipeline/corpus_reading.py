"""A corpus on its way into a record: read twice where it can be, and accounted for to the row."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final, Literal

from ..data import (
    CorpusColumns,
    Document,
    ReadReport,
    Rejected,
    label_or_none,
    scan_corpus,
    source_names,
)
from ..errors import CorpusError
from .labels import LabelSet
from .progress import Progress

BadRows = Literal["skip", "error"]

_PROGRESS_ROWS: Final = 1000


@dataclass(frozen=True, slots=True)
class Survey:
    """What a corpus holds: how many documents, and the SHA-256 of all its rows."""

    documents: int
    sha256: str


class Reading:
    """A corpus that is read, with an account of its rows and a running SHA-256 of their content.

    Args:
        corpus: the corpus.
        columns: its columns.
        labels: the labels of the model, which tell how gold labels are read.
        bad_rows: what a row that cannot be read gets.
    """

    def __init__(
        self, corpus: Any, columns: CorpusColumns, labels: LabelSet, bad_rows: BadRows
    ) -> None:
        self.columns = replace(columns, label=None, others=True)
        self.label = columns.label
        self.names = source_names(corpus)
        self._corpus = corpus
        self._task: Any = labels.task
        self._bad_rows = bad_rows
        self.begin()

    def identity(self) -> dict[str, Any]:
        """Return which corpus this is, as JSON: its files and columns."""
        columns = {"id": self.columns.id, "text": self.columns.text, "label": self.label}
        return {"files": list(self.names.values()), "columns": columns}

    def begin(self) -> None:
        """Begin the account anew."""
        self.report = ReadReport()
        self._digest = hashlib.sha256()

    def sha256(self) -> str:
        """Return the SHA-256 of all rows so far, the rejected ones included."""
        return self._digest.hexdigest()

    def survey(self, progress: Progress) -> Survey:
        """Read the corpus through.

        Raises:
            CorpusError: it cannot be read, or has a bad row that is not to be skipped.
        """
        for number, _ in enumerate(self.documents(lambda _: None), start=1):
            if number % _PROGRESS_ROWS == 0:
                progress(_PROGRESS_ROWS)
        survey = Survey(self.report.read, self.sha256())
        self.begin()
        return survey

    def documents(self, reject: Callable[[Mapping[str, Any]], None]) -> Iterator[Document]:
        """Yield the documents.

        Args:
            reject: is given each row that cannot be read.

        Raises:
            CorpusError: as for ``survey``.
        """
        for row in scan_corpus(self._corpus, columns=self.columns):
            source = self.names.get(row.source, row.source)
            self._digest.update(_content(row, source))
            if isinstance(row, Document):
                self.report.accept(row)
                yield row
                continue
            if self._bad_rows == "error":
                raise CorpusError(str(row))
            self.report.reject(row)
            reject(
                {"source": source, "row": row.row, "line": row.line or None, "reason": row.reason}
            )

    def gold(self, documents: Iterable[Document]) -> list[str | None]:
        """Return the corpus's own label of each document: several as a JSON list, None for none."""
        label = self.label
        if label is None:
            return [None for _ in documents]
        return [_gold(one.meta.get(label), label, self._task) for one in documents]

    def without_gold(self, documents: Sequence[Document]) -> list[Document]:
        """Return the documents with all columns but the label among their ``meta``."""
        if self.label is None:
            return list(documents)
        return [
            replace(one, meta={name: cell for name, cell in one.meta.items() if name != self.label})
            for one in documents
        ]


def _content(row: Document | Rejected, source: str) -> bytes:
    """Return all of a row as bytes, for the SHA-256 of the corpus."""
    if isinstance(row, Document):
        cells: list[Any] = [source, row.row, row.id, row.text, dict(row.meta)]
    else:
        cells = [source, row.row, row.line, row.kind, row.reason]
    return json.dumps(cells).encode() + b"\n"


def _gold(cell: str | None, column: str, task: Any) -> str | None:
    label = label_or_none(cell, column, task)
    if isinstance(label, tuple):
        return json.dumps(label, ensure_ascii=False)
    return label if label is None or isinstance(label, str) else repr(label)
