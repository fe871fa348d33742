"""A corpus: documents read one by one, and an account of the rows that could not be read."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Literal, get_args

from ..errors import CorpusError
from .fields import Label, RowError, Task, to_id, to_label, to_meta, to_text
from .ids import SeenIds
from .readers import Source, open_rows, source_name
from .rows import BadRow, Row, missing_column, place

#: Reasons that a report keeps word for word; beyond them it counts only their kinds.
MAX_REASONS = 1000


@dataclass(frozen=True, slots=True)
class Document:
    """A text of a corpus, with what is known about it.

    Attributes:
        id: Unique in its corpus; the row number where the corpus has no ids.
        text: The text as it stands in the source. It may be empty.
        label: A string, a tuple of strings (multi-label), a number (regression) or None.
        meta: Other columns that were asked for.
        row: Its row in the source, from 1; the header is not counted.
        source: The path of the file, or what kind of object it came from.
    """

    id: str
    text: str
    label: Label | None = None
    meta: Mapping[str, str] = field(default_factory=dict)
    row: int = 0
    source: str = ""


@dataclass(frozen=True, kw_only=True)
class CorpusColumns:
    """Which column holds what.

    Attributes:
        id: The column of the ids; None: documents are numbered by row.
        text: The column of the texts.
        label: The column of the labels; None: they are not read.
        meta: Other columns to keep with each document.
    """

    id: str | None = None
    text: str = "text"
    label: str | None = None
    meta: tuple[str, ...] = ()

    @property
    def wanted(self) -> tuple[str, ...]:
        """The columns that have to be there, each once."""
        names = (self.id, self.text, self.label, *self.meta)
        return tuple(dict.fromkeys(name for name in names if name is not None))


@dataclass
class ReadReport:
    """What became of the rows: ``read + rejected == rows`` at every moment.

    Attributes:
        rows: Rows seen.
        read: Rows that became documents.
        rejected: Rows that did not.
        kinds: How many were rejected for each kind of reason; the counts add up to ``rejected``.
        reasons: Row and whole reason of the first ``MAX_REASONS`` rejected rows.
        empty_texts: Documents whose text is empty or only white space.
    """

    rows: int = 0
    read: int = 0
    rejected: int = 0
    kinds: Counter[str] = field(default_factory=Counter)
    reasons: list[tuple[int, str]] = field(default_factory=list)
    empty_texts: int = 0

    def reject(self, row: BadRow) -> None:
        """Account for a row that cannot be used."""
        self.rows += 1
        self.rejected += 1
        self.kinds[row.kind] += 1
        if len(self.reasons) < MAX_REASONS:
            self.reasons.append((row.number, row.reason))

    def accept(self, document: Document) -> None:
        """Account for a row that became a document."""
        self.rows += 1
        self.read += 1
        if not document.text or document.text.isspace():
            self.empty_texts += 1

    def summary(self) -> str:
        """Return the account in one line."""
        line = f"{self.rows} rows: {self.read} read, {self.rejected} rejected"
        if self.kinds:
            kinds = sorted(self.kinds.items(), key=lambda item: (-item[1], item[0]))
            line += " (" + ", ".join(f"{count} {kind}" for kind, count in kinds) + ")"
        return line + (f"; {self.empty_texts} texts are empty" if self.empty_texts else "")


def read_corpus(
    source: Source,
    *,
    columns: CorpusColumns,
    task: Task = "single-label",
    on_bad_row: Literal["error", "skip"] = "error",
    report: ReadReport | None = None,
) -> Iterator[Document]:
    """Yield the documents of a corpus, one by one, in the order of its rows.

    Args:
        source: A file (.csv, .tsv, .jsonl, each also with .gz, or .parquet), a Hugging Face
            dataset, or mappings.
        columns: Which column holds what.
        task: How labels are read, see :func:`ontograft.data.fields.to_label`.
        on_bad_row: ``error`` refuses the corpus at its first bad row; ``skip`` leaves bad rows
            out and counts them in the report.
        report: Filled while the documents are read.

    Raises:
        CorpusError: the source cannot be read, lacks a column, or has no row that can be used;
            with ``on_bad_row="error"`` also for the first bad row.

    Example:
        >>> rows = [{"text": "A cough.", "label": "C08"}]
        >>> list(read_corpus(rows, columns=CorpusColumns(label="label")))[0].label
        'C08'
    """
    if task not in get_args(Task):
        raise CorpusError(f"unknown task {task!r}; choose one of: {', '.join(get_args(Task))}")
    if on_bad_row not in {"error", "skip"}:
        raise CorpusError(f"unknown on_bad_row {on_bad_row!r}; choose one of: error, skip")
    rows = open_rows(source, columns.wanted, text=columns.text)
    builder = _Builder(columns=columns, task=task, name=source_name(source))
    if report is None:
        report = ReadReport()
    return _documents(rows, builder, report, skip=on_bad_row == "skip")


def _documents(
    rows: Iterator[Row | BadRow], builder: _Builder, report: ReadReport, *, skip: bool
) -> Iterator[Document]:
    name = builder.name
    first_bad: BadRow | None = None
    empty = True
    for row in rows:
        result = row if isinstance(row, BadRow) else builder.build(row)
        if isinstance(result, Document):
            empty = False
            report.accept(result)
            yield result
            continue
        report.reject(result)
        if not skip:
            where = place(name, result.number, result.line)
            raise CorpusError(f"{where}: {result.reason}")
        first_bad = first_bad or result
    if first_bad and empty:
        raise CorpusError(
            f"{name}: none of its rows can be used; the first reason, "
            f"{place('', first_bad.number, first_bad.line)[2:]}: {first_bad.reason}"
        )
    if empty:
        raise CorpusError(f"{name}: there are no rows; expected at least one document")


class _Builder:
    """Rows into documents; an id that was used before makes a bad row."""

    def __init__(self, *, columns: CorpusColumns, task: Task, name: str) -> None:
        self._columns = columns
        self._wanted = columns.wanted
        self._task = task
        self._seen = SeenIds()
        self.name = name

    def build(self, row: Row) -> Document | BadRow:
        """Return the document of a row, or why there is none."""
        try:
            return self._document(row)
        except RowError as error:
            return BadRow(row.number, row.line, error.kind, str(error))

    def _document(self, row: Row) -> Document:
        columns, values = self._columns, row.values
        for name in self._wanted:
            if name not in values:
                raise RowError("missing column", missing_column(name, values))
        text = to_text(values[columns.text], columns.text)
        label = None
        if columns.label is not None:
            label = to_label(values[columns.label], columns.label, self._task)
        cells = {name: to_meta(values[name], name) for name in columns.meta}
        meta = {name: cell for name, cell in cells.items() if cell is not None}
        document_id = str(row.number)
        if columns.id is not None:
            document_id = to_id(values[columns.id], columns.id)
            # Last, so that the id of a row that is rejected for another reason stays free.
            before = self._seen.add(document_id, row.number)
            if before:
                raise RowError(
                    "duplicate id",
                    f"column {columns.id!r} holds {document_id!r:.80}, which is the id of row "
                    f"{before} too; expected each id once; change one or take the row out",
                )
        return Document(document_id, text, label, meta, row.number, self.name)
