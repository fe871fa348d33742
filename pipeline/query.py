"""Ask a run without a query language: filters in, Arrow tables out."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from functools import cached_property
from typing import TYPE_CHECKING, Any, Final, Literal, get_args

from ..errors import QueryError
from ..kg import NIL
from .closing import Closing
from .concept_search import ConceptSearch
from .database import Database, SqlLimits
from .filters import (
    PLAIN_COLUMNS,
    Filters,
    Sql,
    concepts_of,
    document_conditions,
    mention_conditions,
)

if TYPE_CHECKING:
    import pyarrow as pa

    from .record import Results

Show = Literal["documents", "sentences", "mentions"]
"""What the rows of an answer are."""

_DOCUMENT: Final = "d.document, d.id, {label} AS label, {score} AS score"
_ORDER: Final = "ORDER BY score DESC NULLS LAST, document"
_NAMES: Final = "list_sort(list_distinct(list(label)))"
_SENTENCE: Final = (
    "substring(d.text, {0}.sentence_start + 1, {0}.sentence_end - {0}.sentence_start)"
)


class ResultQuery(Closing):
    """A run, opened for queries; may be used from many threads, and answers faster when warm.

    Args:
        results: the run.
        limits: what a query may take.

    Raises:
        ResultsError: a file was changed.
        SettingsError: DuckDB is not installed.

    Example:
        >>> with ResultQuery(Results.open("results")) as asked:  # doctest: +SKIP
        ...     asked.table(Filters(labels=("C14",), mentions=("kidney disease",)), "sentences")
    """

    def __init__(self, results: Results, *, limits: SqlLimits | None = None) -> None:
        self.results = results
        self.database = Database(results, limits=limits)

    def close(self) -> None:
        """Let go of the files."""
        self.database.close()

    @cached_property
    def concepts(self) -> ConceptSearch:
        """The search for concepts of the run's ontology."""
        return ConceptSearch(self.database.table("SELECT concept, label, labels FROM concepts"))

    @property
    def task(self) -> str:
        """The task of the model that made the run; empty where the run does not say."""
        return str(self.results.manifest["model"].get("task", ""))

    @property
    def several(self) -> bool:
        """Whether a document may have several labels."""
        return self.task == "multi-label"

    def table(
        self,
        filters: Filters,
        show: Show = "documents",
        *,
        limit: int | None = None,
        offset: int = 0,
    ) -> pa.Table:
        """Return what the filters let through, the surest first, then in the corpus's order.

        Args:
            filters: which documents, and which mentions in them.
            show: ``documents`` (one row each, with the concepts that were asked for), ``sentences``
                (one row for each sentence with such a mention) or ``mentions``.
            limit: the most rows; all unless given.
            offset: how many rows to leave out before them.

        Raises:
            QueryError: a concept, label or column is unknown, or a name is of several concepts.
            QueryLimitError: it took more time or memory than it may.
        """
        with self.reader(filters, show, limit=limit, offset=offset) as reader:
            table = reader.read_all()
        if not len(table):
            self._explain_nothing(filters)
        return table

    @contextmanager
    def reader(
        self,
        filters: Filters,
        show: Show = "documents",
        *,
        limit: int | None = None,
        offset: int = 0,
    ) -> Iterator[pa.RecordBatchReader]:
        """Yield the same batch by batch, for answers larger than memory; see ``table``."""
        if show not in get_args(Show):
            raise QueryError(f"unknown rows {show!r}; choose one of: {', '.join(get_args(Show))}")
        if limit is not None and limit < 0:
            raise QueryError(f"the limit must be at least 0, got {limit}")
        if offset < 0:
            raise QueryError(f"the offset must be at least 0, got {offset}")
        sql = Sql()
        text = self._select(filters, show, sql)
        if limit is not None:
            text += f" LIMIT {sql.bind(limit)}"
        if offset:
            text += f" OFFSET {sql.bind(offset)}"
        with self.database.reader(text, sql.parameters) as reader:
            yield reader

    def listed(self, filters: Filters, *, limit: int, offset: int = 0) -> pa.Table:
        """Return the same documents as ``table`` without texts and mentions, which is faster.

        Returns:
            ``document``, ``id``, ``label`` and ``score``.

        Raises:
            QueryError: as for ``table``.
            QueryLimitError: it took more time or memory than it may.
        """
        sql = Sql()
        chosen = self.chosen(filters, sql)
        label, score, join = self._label(filters, sql)
        table = self.database.table(
            f"SELECT {_DOCUMENT.format(label=label, score=score)} FROM documents d {join} "
            f"WHERE d.document IN ({chosen}) {_ORDER} "
            f"LIMIT {sql.bind(limit)} OFFSET {sql.bind(offset)}",
            sql.parameters,
        )
        if not len(table):
            self._explain_nothing(filters)
        return table

    def chosen(self, filters: Filters, sql: Sql) -> str:
        """Return the SQL of the documents that the filters let through: ``document``."""
        self._check_labels(filters)
        conditions = document_conditions(
            filters, sql, resolve=self.concepts.resolve, several=self.several
        )
        where = f" WHERE {' AND '.join(conditions)}" if conditions else ""
        return f"SELECT d.document FROM documents d{where}"

    def counted(self, filters: Filters, sql: Sql) -> str:
        """Return the condition on a mention ``m`` of one that the filters ask for."""
        narrower = filters.include_narrower
        wanted = [
            concepts_of(sql, self.concepts.resolve(name), narrower=narrower)
            for name in filters.mentions
        ]
        some = f"({' OR '.join(wanted)})" if wanted else f"m.concept <> '{NIL}'"
        return " AND ".join([some, *mention_conditions(filters, sql)])

    def _select(self, filters: Filters, show: Show, sql: Sql) -> str:
        self._check_labels(filters)
        conditions = document_conditions(
            filters,
            sql,
            resolve=self.concepts.resolve,
            several=self.several,
            joined=show != "documents" or filters.picks_mentions,
        )
        where = f"WHERE {' AND '.join(conditions)}" if conditions else ""
        label, score, join = self._label(filters, sql)
        document = _DOCUMENT.format(label=label, score=score)
        found = f"SELECT m.* FROM mentions m WHERE {self.counted(filters, sql)}"
        if show == "documents":
            outer = "" if filters.picks_mentions else "LEFT"
            return (
                f"SELECT {document}, coalesce(f.concepts, []) AS concepts, "
                f"coalesce(f.mentions, 0) AS mentions, d.text FROM documents d {join} "
                f"{outer} JOIN (SELECT document, {_NAMES} AS concepts, count(*) AS mentions "
                f"FROM ({found}) GROUP BY document) f USING (document) "
                f"{where} {_ORDER}"
            )
        if show == "sentences":
            return (
                f"SELECT {document}, f.concepts, f.words AS mentions, f.sentence_start, "
                f"f.sentence_end, {_SENTENCE.format('f')} AS sentence FROM documents d {join} "
                "JOIN (SELECT document, sentence_start, sentence_end, "
                f"{_NAMES} AS concepts, "
                """list(text ORDER BY start, "end", mention) AS words """
                f"FROM ({found}) GROUP BY ALL) f USING (document) {where} {_ORDER}, "
                "sentence_start, sentence_end"
            )
        return (
            f'SELECT {document}, m.mention, m.start, m."end", m.text, m.concept, m.label AS name, '
            "m.score AS mention_score, m.polarity, m.senses, m.section, "
            f"{_SENTENCE.format('m')} AS sentence FROM documents d {join} "
            f"JOIN ({found}) m USING (document) {where} {_ORDER}, m.mention"
        )

    def _label(self, filters: Filters, sql: Sql) -> tuple[str, str, str]:
        """Return label and score of a document ``d``, and what must be joined for them."""
        if not self.several:
            return "d.label", "d.score", ""
        # Of the labels asked for, the surest one; else all that are predicted.
        asked = f" AND {sql.one_of('label', filters.labels)}" if filters.labels else ""
        return (
            "l.label",
            "l.score",
            "LEFT JOIN (SELECT document, string_agg(label, '; ' ORDER BY score DESC, label) AS "
            f"label, max(score) AS score FROM labels WHERE predicted{asked} GROUP BY document) l "
            "USING (document)",
        )

    def _check_labels(self, filters: Filters) -> None:
        known = self.results.manifest["model"].get("labels", ())
        for label in filters.labels:
            if known and label not in known:
                raise QueryError(
                    f"the model has no label {label!r}; choose from: {', '.join(known[:50])}"
                )

    def _explain_nothing(self, filters: Filters) -> None:
        """Refuse filters that name a column which no document has; looked for only now."""
        for column, _ in filters.where:
            if column in PLAIN_COLUMNS:
                continue
            known = self.fields()
            if column not in known:
                columns = ", ".join((*PLAIN_COLUMNS, *known))
                raise QueryError(f"no document has a column {column!r}; the columns are: {columns}")

    def fields(self) -> list[str]:
        """Return the other columns of the corpus, sorted."""
        found = self.database.table(
            "SELECT DISTINCT unnest(map_keys(fields)) AS name FROM documents ORDER BY name"
        )
        names: list[Any] = found["name"].to_pylist()
        return names


def query(
    results: Results,
    filters: Filters,
    *,
    show: Show = "documents",
    limit: int | None = None,
    limits: SqlLimits | None = None,
) -> pa.Table:
    """Ask a run once; see ``ResultQuery.table``."""
    with ResultQuery(results, limits=limits) as asked:
        return asked.table(filters, show, limit=limit)
