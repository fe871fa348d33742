"""A corpus: documents read one by one, and an account of the rows that could not be read."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Literal, get_args

from ..errors import CorpusError
from .fields import Label, RowError, Task, others_to_meta, to_id, to_label, to_meta, to_text
from .ids import SeenIds
from .readers import Input, Source, open_inputs
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
        others: Whether to keep all other columns too, where they are there. Of these, a cell that
            cannot be written as text is left out, and does not make a bad row.
    """

    id: str | None = None
    text: str = "text"
    label: str | None = None
    meta: tuple[str, ...] = ()
    others: bool = False

    @property
    def wanted(self) -> tuple[str, ...]:
        """The columns that have to be there, each once."""
        names = (self.id, self.text, self.label, *self.meta)
        return tuple(dict.fromkeys(name for name in names if name is not None))


@dataclass(frozen=True, slots=True)
class Rejected:
    """A row of a corpus that cannot be used.

    Attributes:
        source: The path of the file, or what kind of object the row came from.
        row: Its row in the source, from 1.
        line: The line on which it begins; 0 where rows have no lines.
        kind: The kind of reason, a short stable name.
        reason: What is wrong, what was expected and the way out.
    """

    source: str
    row: int
    line: int
    kind: str
    reason: str

    def __str__(self) -> str:
        """Return place and reason, as an error message has them."""
        return f"{place(self.source, self.row, self.line)}: {self.reason}"


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

    def reject(self, rejected: Rejected) -> None:
        """Account for a row that cannot be used."""
        self.rows += 1
        self.rejected += 1
        self.kinds[rejected.kind] += 1
        if len(self.reasons) < MAX_REASONS:
            self.reasons.append((rejected.row, rejected.reason))

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
        source: Files (.csv, .tsv, .jsonl, each also with .gz, or .parquet): a path, a pattern, a
            folder or several of them; a binary stream of JSON Lines; a Hugging Face dataset; or
            mappings.
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
    if on_bad_row not in {"error", "skip"}:
        raise CorpusError(f"unknown on_bad_row {on_bad_row!r}; choose one of: error, skip")
    rows = scan_corpus(source, columns=columns, task=task)
    if report is None:
        report = ReadReport()
    return _documents(rows, report, skip=on_bad_row == "skip")


def scan_corpus(
    source: Source, *, columns: CorpusColumns, task: Task = "single-label"
) -> Iterator[Document | Rejected]:
    """Yield every row of a corpus, as a document or as a row that cannot be used.

    Args:
        source: As for ``read_corpus``.
        columns: Which column holds what.
        task: How labels are read.

    Raises:
        CorpusError: the source cannot be read, lacks a column, or has no rows; with files also if
            none of the rows can be used.
    """
    if task not in get_args(Task):
        raise CorpusError(f"unknown task {task!r}; choose one of: {', '.join(get_args(Task))}")
    inputs = open_inputs(source, columns.wanted, text=columns.text, others=columns.others)
    return _scan(inputs, _Builder(columns=columns, task=task))


def _scan(inputs: tuple[Input, ...], builder: _Builder) -> Iterator[Document | Rejected]:
    first_bad: Rejected | None = None
    usable = False
    for part in inputs:
        builder.begin(part.name)
        for row in part.open():
            result = builder.build(row)
            if isinstance(result, Document):
                usable = True
            else:
                first_bad = first_bad or result
            yield result
    name = inputs[0].name if len(inputs) == 1 else f"the {len(inputs)} files of the corpus"
    if first_bad and not usable:
        where = place(first_bad.source if len(inputs) > 1 else "", first_bad.row, first_bad.line)
        raise CorpusError(
            f"{name}: none of its rows can be used; the first reason, "
            f"{where.removeprefix(', ')}: {first_bad.reason}"
        )
    if not usable:
        raise CorpusError(f"{name}: there are no rows; expected at least one document")


def _documents(
    rows: Iterator[Document | Rejected], report: ReadReport, *, skip: bool
) -> Iterator[Document]:
    for row in rows:
        if isinstance(row, Document):
            report.accept(row)
            yield row
            continue
        report.reject(row)
        if not skip:
            raise CorpusError(str(row))


class _Builder:
    """Rows into documents; an id that was used before makes a bad row.

    Rows are numbered through all parts of a corpus, so that documents without ids have different
    ones, and so that the row that used an id before can be named.
    """

    def __init__(self, *, columns: CorpusColumns, task: Task) -> None:
        self._columns = columns
        self._wanted = columns.wanted
        self._task = task
        self._seen = SeenIds()
        self._parts: list[tuple[int, str]] = []  # the rows before a part, and its name
        self._rows = 0

    def begin(self, name: str) -> None:
        """Go on with another part of the corpus."""
        self._parts.append((self._rows, name))

    def build(self, row: Row | BadRow) -> Document | Rejected:
        """Return the document of a row, or why there is none."""
        self._rows += 1
        source = self._parts[-1][1]
        if isinstance(row, BadRow):
            return Rejected(source, *row)
        try:
            return self._document(row, source)
        except RowError as error:
            return Rejected(source, row.number, row.line, error.kind, str(error))

    def _document(self, row: Row, source: str) -> Document:
        columns, values = self._columns, row.values
        for name in self._wanted:
            if name not in values:
                raise RowError("missing column", missing_column(name, values))
        text = to_text(values[columns.text], columns.text)
        label = None
        if columns.label is not None:
            label = to_label(values[columns.label], columns.label, self._task)
        cells = {name: to_meta(values[name], name) for name in columns.meta}
        if columns.others:
            cells |= others_to_meta(values, self._wanted)
        meta = {name: cell for name, cell in cells.items() if cell is not None}
        document_id = str(self._rows)
        if columns.id is not None:
            document_id = to_id(values[columns.id], columns.id)
            # Last, so that the id of a row that is rejected for another reason stays free.
            before = self._seen.add(document_id, self._rows)
            if before:
                raise RowError(
                    "duplicate id",
                    f"column {columns.id!r} holds {document_id!r:.80}, which is the id of "
                    f"{self._row(before)} too; expected each id once; change one or take the row "
                    "out",
                )
        return Document(document_id, text, label, meta, row.number, source)

    def _row(self, number: int) -> str:
        """Name a row by its number through all parts."""
        before, source = next(part for part in reversed(self._parts) if part[0] < number)
        row = f"row {number - before}"
        return row if source == self._parts[-1][1] else f"{row} of {source}"
