"""Counts over what the filters let through: by label, concept, section, column or time."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from ..errors import QueryError
from ..kg import NIL
from .filters import PLAIN_COLUMNS, Filters, Sql
from .query import ResultQuery

if TYPE_CHECKING:
    import pyarrow as pa

FACETS: Final = ("label", "concept", "section", "field:NAME")
"""By what documents may be counted."""


def facet(asked: ResultQuery, filters: Filters, by: str, *, limit: int | None = None) -> pa.Table:
    """Count documents by what they have; the most frequent first, then by value.

    Args:
        asked: the run.
        filters: which documents count, and which of their mentions.
        by: ``label`` (predicted), ``concept``, ``section`` (of mentions), or ``field:NAME`` for
            a column of the corpus. Concepts with ``include_narrower`` count for their ancestors,
            too.
        limit: the most values; all unless given.

    Returns:
        ``value``, for concepts also ``concept`` (the IRI), and ``documents``.

    Raises:
        QueryError: there is no such facet or column, or a filter is wrong.
    """
    kind, _, name = by.partition(":")
    sql = Sql()
    chosen = asked.chosen(filters, sql)
    most = _limit(sql, limit)
    order = f"ORDER BY documents DESC, value{most}"
    if by == "label":
        text = (
            "SELECT label AS value, count(*) AS documents FROM labels WHERE predicted AND document "
            f"IN ({chosen}) GROUP BY label {order}"
        )
    elif by == "concept":
        above = "JOIN closure c USING (concept)" if filters.include_narrower else ""
        of = "c.ancestor" if filters.include_narrower else "m.concept"
        text = (
            f"SELECT any_value(names.label) AS value, {of} AS concept, "
            f"count(DISTINCT m.document) AS documents FROM mentions m {above} "
            f"JOIN (SELECT concept AS named, label FROM concepts) names ON names.named = {of} "
            f"WHERE m.document IN ({chosen}) AND {asked.counted(filters, sql)} GROUP BY {of} "
            f"ORDER BY documents DESC, value, concept{most}"
        )
    elif by == "section":
        text = (
            "SELECT m.section AS value, count(DISTINCT m.document) AS documents FROM mentions m "
            f"WHERE m.document IN ({chosen}) AND {asked.counted(filters, sql)} GROUP BY m.section "
            f"{order}"
        )
    elif kind == "field" and name:
        text = (
            f"SELECT {column_of(asked, name, sql)} AS value, count(*) AS documents "
            f"FROM documents d WHERE d.document IN ({chosen}) GROUP BY value {order}"
        )
    else:
        raise QueryError(f"unknown facet {by!r}; choose one of: {', '.join(FACETS)}")
    return asked.database.table(text, sql.parameters)


def co_occurrence(asked: ResultQuery, filters: Filters, *, limit: int | None = None) -> pa.Table:
    """Count the documents in which two concepts are mentioned; the most frequent pair first.

    Args:
        asked: the run.
        filters: which documents count, and which of their mentions beside ``mentions``: of these,
            one of the pair must be, where some are given.
        limit: the most pairs; all unless given.

    Returns:
        ``first`` and ``second`` (names), ``first_concept`` and ``second_concept`` (IRIs, the
        smaller first) and ``documents``.
    """
    sql = Sql()
    chosen = asked.chosen(filters, sql)
    counted = asked.counted(filters, sql)
    text = f"""
        WITH found AS (
            SELECT DISTINCT m.document, m.concept, {counted} AS wanted FROM mentions m
            WHERE m.document IN ({chosen}) AND m.concept <> '{NIL}'
        ), pairs AS (
            SELECT a.concept AS first_concept, b.concept AS second_concept, count(*) AS documents
            FROM found a JOIN found b ON a.document = b.document AND a.concept < b.concept
            WHERE a.wanted OR b.wanted GROUP BY ALL
        )
        SELECT x.label AS first, y.label AS second, first_concept, second_concept, documents
        FROM pairs JOIN concepts x ON x.concept = first_concept
        JOIN concepts y ON y.concept = second_concept
        ORDER BY documents DESC, first_concept, second_concept{_limit(sql, limit)}
    """
    return asked.database.table(text, sql.parameters)


def trend(asked: ResultQuery, filters: Filters, column: str) -> pa.Table:
    """Count documents by the value of a column, beside all documents that have that value.

    Values that are dates count by year. Numbers are in the order of numbers.

    Args:
        asked: the run.
        filters: which documents count.
        column: a column of the corpus, or ``id``, ``gold``, ``source``.

    Returns:
        ``value``, ``documents``, ``of`` (all documents with the value) and ``share``; a document
        without the column has the value null, which comes last.

    Raises:
        QueryError: no document has the column, or a filter is wrong.
    """
    sql = Sql()
    chosen = asked.chosen(filters, sql)
    value = column_of(asked, column, sql)
    text = f"""
        WITH valued AS (
            SELECT {value} AS value, d.document IN ({chosen}) AS wanted FROM documents d
        ), dated AS (
            SELECT count(*) FILTER (value IS NOT NULL AND try_cast(value AS DATE) IS NULL) = 0
            AS every FROM valued
        ), named AS (
            SELECT CASE WHEN every THEN year(try_cast(value AS DATE))::VARCHAR ELSE value END
            AS value, wanted FROM valued, dated
        ), counted AS (
            SELECT value, count(*) FILTER (wanted) AS documents, count(*) AS "of"
            FROM named GROUP BY value
        )
        SELECT *, documents / "of" AS share FROM counted
        ORDER BY try_cast(value AS DOUBLE) NULLS LAST, value NULLS LAST
    """
    return asked.database.table(text, sql.parameters)


def column_of(asked: ResultQuery, name: str, sql: Sql) -> str:
    """Return the SQL of a column of a document ``d``.

    Raises:
        QueryError: no document has such a column.
    """
    if name in PLAIN_COLUMNS:
        return f"d.{name}"
    known = asked.fields()
    if name not in known:
        columns = ", ".join((*PLAIN_COLUMNS, *known))
        raise QueryError(f"no document has a column {name!r}; the columns are: {columns}")
    return f"d.fields[{sql.bind(name)}]"


def _limit(sql: Sql, limit: int | None) -> str:
    return "" if limit is None else f" LIMIT {sql.bind(limit)}"
