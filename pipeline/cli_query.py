"""``ontograft query`` and ``ontograft export``: ask a results folder, hand it on as RDF."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Final, NamedTuple, cast

import typer

from ..errors import QueryError, SettingsError
from .cli_options import option
from .cli_query_options import (
    Affirmed,
    Facet,
    Form,
    Labels,
    Limit,
    MaxScore,
    Mentions,
    MinScore,
    Narrower,
    Out,
    Pairs,
    ResultsFolder,
    Sections,
    Senses,
    Show,
    Sparql,
    SqlText,
    Store,
    Trend,
    Where,
    Without,
    Words,
)

if TYPE_CHECKING:
    from .filters import Filters
    from .record import Results

_FIRST: Final = 20
"""How many rows a table for people has unless ``--limit`` says otherwise."""

_COLUMNS: Final = {
    "documents": ["id", "label", "score", "concepts", "text"],
    "sentences": ["id", "label", "score", "concepts", "sentence"],
    "mentions": ["id", "label", "score", "text", "name", "polarity", "senses", "sentence"],
}
"""What a table for people shows; files hold all columns."""

_GRAPHS: Final = ("turtle", "ntriples", "jsonld", "rdfxml")


def query(
    results: ResultsFolder,
    label: Labels = None,
    min_score: MinScore = None,
    max_score: MaxScore = None,
    mentions: Mentions = None,
    without: Without = None,
    include_narrower: Narrower = False,
    polarity: Affirmed = None,
    sense: Senses = None,
    section: Sections = None,
    words: Words = None,
    where: Where = None,
    show: Show = "documents",
    facet: Facet = None,
    co_occurrence: Pairs = False,
    trend: Trend = None,
    sparql: Sparql = None,
    sql: SqlText = None,
    form: Form = None,
    out: Out = None,
    limit: Limit = None,
    timeout: Annotated[float, typer.Option(help="The most seconds that it may take.")] = 60.0,
    store: Store = None,
) -> None:
    r"""Ask a results folder: with filters, with SPARQL, or with SQL.

    All filters must hold. --sql sees the views documents, labels, mentions, concepts and closure;
    --sparql the run and its ontology as RDF, in a store that is built the first time.

    [bold]Examples[/bold]

      ontograft query results --label C14 --min-score 0.8 --mentions "kidney disease" \
        --include-narrower --not-negated --show sentences
      ontograft query results --mentions nephritis --facet field:year --format csv --out years.csv
      ontograft query results --sparql question.rq
      ontograft query results --sql "SELECT label, count(*) FROM documents GROUP BY label"
    """
    from .filters import Filters
    from .record import Results

    filters = Filters(
        labels=tuple(label or ()),
        min_score=min_score,
        max_score=max_score,
        mentions=tuple(mentions or ()),
        without=tuple(without or ()),
        include_narrower=include_narrower,
        polarity=None if polarity is None else ("affirmed" if polarity else "negated"),
        senses=cast(Any, tuple(sense or ())),
        sections=tuple(section or ()),
        words=tuple(words or ()),
        where=tuple(map(_pair, where or ())),
    )
    ways = (facet, co_occurrence or None, trend, sparql, sql)
    if sum(way is not None for way in ways) > 1:
        raise typer.BadParameter(
            "choose one of --facet, --co-occurrence, --trend, --sparql and --sql"
        )
    if filters != Filters() and (sparql is not None or sql is not None):
        raise typer.BadParameter("--sparql and --sql take no filters: write them in the query")
    output = _Output(form, out, limit)
    opened = Results.open(results)
    if sparql is not None:
        _sparql(opened, sparql, output, timeout, store)
    elif sql is not None:
        _sql(opened, _read_sql(sql), output, timeout)
    else:
        count = _Count(facet, co_occurrence, trend)
        _filtered(opened, filters, show, count, output, timeout)


def export(
    results: ResultsFolder,
    to: Annotated[Path, option("--to", help="The file to write: .nq, .trig or .jsonld, also .gz.")],
) -> None:
    """Write a results folder and its ontology as RDF: Web Annotation and PROV-O.

    [bold]Example[/bold]

      ontograft export results --to results.trig.gz
    """
    from .console import TerminalReporter
    from .rdf_export import export_rdf
    from .record import Results

    opened = Results.open(results)
    with TerminalReporter() as reporter:
        export_rdf(opened, to, reporter=reporter)
    typer.echo(f"{opened.manifest['counts']['mentions']} mentions -> {to}")


class _Count(NamedTuple):
    """What to count instead of listing rows."""

    facet: str | None
    pairs: bool
    trend: str | None


class _Output:
    """Where an answer goes, and how.

    Args:
        form: the format, if it is named.
        out: the file, if there is one.
        limit: the most rows, if it is said.
    """

    def __init__(self, form: str | None, out: Path | None, limit: int | None) -> None:
        ending = "" if out is None else out.suffix.lower().lstrip(".")
        endings = {"ttl": "turtle", "nt": "ntriples", "rdf": "rdfxml"}
        named = form or endings.get(ending, ending)
        if not named:
            named = "table"
        known = ("table", "csv", "jsonl", "parquet", *_GRAPHS)
        if named not in known:
            raise SettingsError(f"unknown format {named!r}; choose one of: {', '.join(known)}")
        self.form: Any = named
        self.out = out
        self.limit = limit if limit is not None or named != "table" else _FIRST
        self._said = limit is not None

    @property
    def fetched(self) -> int | None:
        """How many rows to ask for: one more than a table shows, to see whether there is more."""
        return self.limit + 1 if self.limit is not None and not self._said else self.limit

    def write(self, table: Any, columns: list[str] | None = None) -> None:
        """Write a table, or a reader of batches."""
        import pyarrow as pa

        from .tables import write_table

        if self.form in _GRAPHS:
            raise SettingsError(
                f"--format {self.form} is for triples (CONSTRUCT, DESCRIBE); choose one of: table, "
                "csv, jsonl, parquet"
            )
        if self.form == "table":
            rows = table.read_all() if isinstance(table, pa.RecordBatchReader) else table
            more = self.limit is not None and len(rows) > self.limit
            rows = rows.select(columns) if columns else rows
            write_table(rows.slice(0, self.limit), "table", self.out)
            if more:
                typer.echo(f"the first {self.limit}; for more: --limit, or --out FILE", err=True)
            return
        count = write_table(table, self.form, self.out)
        if self.out is not None:
            typer.echo(f"{count} rows -> {self.out}", err=True)


def _filtered(
    results: Results,
    filters: Filters,
    show: str,
    count: _Count,
    output: _Output,
    timeout_s: float,
) -> None:
    from . import facets
    from .database import SqlLimits
    from .query import ResultQuery

    with ResultQuery(results, limits=SqlLimits(timeout_s=timeout_s)) as asked:
        if count.facet is not None:
            output.write(facets.facet(asked, filters, count.facet, limit=output.fetched))
        elif count.pairs:
            output.write(facets.co_occurrence(asked, filters, limit=output.fetched))
        elif count.trend is not None:
            output.write(facets.trend(asked, filters, count.trend))
        elif output.out is None:
            rows = asked.table(filters, cast(Any, show), limit=output.fetched)
            output.write(rows, _COLUMNS[show])
        else:
            with asked.reader(filters, cast(Any, show), limit=output.fetched) as reader:
                output.write(reader, _COLUMNS[show])


def _sparql(
    results: Results, name: str, output: _Output, timeout_s: float, store: Path | None
) -> None:
    from .console import TerminalReporter
    from .sparql import SparqlLimits
    from .sparql_query import ask

    text = _read(name, "--sparql")
    with TerminalReporter() as reporter:
        limits = SparqlLimits(timeout_s=timeout_s)
        try:
            answer = ask(results, text, store=store, limits=limits, reporter=reporter)
        except QueryError as error:
            if name != "-":
                error.args = (f"{name}: {error}",)
            raise
    if answer.cut:
        typer.echo(
            f"only the first {limits.rows} rows or {limits.answer_mb} MiB are given; add LIMIT and "
            "OFFSET to see others",
            err=True,
        )
    if answer.kind == "graph" and output.form in _GRAPHS:
        content = answer.serialize(output.form)
        if output.out is None:
            sys.stdout.write(content.decode())
        else:
            from .files import write_bytes

            write_bytes(output.out, content)
        return
    table = answer.table()
    output.write(table if output.limit is None else table.slice(0, output.fetched))


def _sql(results: Results, text: str, output: _Output, timeout_s: float) -> None:
    from .database import SqlLimits
    from .sql import sql

    table = sql(results, text, limits=SqlLimits(timeout_s=timeout_s))
    output.write(table if output.limit is None else table.slice(0, output.fetched))


def _read(name: str, option: str) -> str:
    """Return the text of a file, or of standard input."""
    if name == "-":
        return sys.stdin.read()
    try:
        return Path(name).read_text(encoding="utf-8")
    except UnicodeDecodeError as error:
        raise SettingsError(f"{option} {name}: is not in UTF-8; save it as UTF-8") from error
    except OSError as error:
        raise SettingsError(
            f"{option} {name}: cannot be read ({error.strerror}); name a file with the query, or - "
            "for standard input"
        ) from error


def _read_sql(text: str) -> str:
    """Return a query that is given as it is, or as a file."""
    if text == "-" or (len(text) < 4096 and " " not in text.strip() and Path(text).is_file()):
        return _read(text, "--sql")
    return text


def _pair(text: str) -> tuple[str, str]:
    column, equals, value = text.partition("=")
    if not equals or not column:
        raise typer.BadParameter(f"--where {text}: expected COLUMN=VALUE")
    return column, value
