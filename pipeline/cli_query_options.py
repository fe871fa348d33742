"""The arguments and options of ``ontograft query`` and ``export``, each explained once."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer


def _asked(name: str, help: str, metavar: str | None = None) -> Any:
    return typer.Option(name, help=help, metavar=metavar, show_default=False)


ResultsFolder = Annotated[
    Path,
    typer.Argument(
        metavar="RESULTS", help="A results folder, made by 'ontograft predict'.", show_default=False
    ),
]
Store = Annotated[
    Path | None,
    typer.Option(
        help="A folder for a store that several runs share: the run is added, and --sparql sees "
        "all of them. Unless given, RESULTS/store.",
        show_default=False,
    ),
]
Labels = Annotated[
    list[str] | None, _asked("--label", "Documents predicted this label, or one of several.")
]
MinScore = Annotated[float | None, _asked("--min-score", "... with at least this probability.")]
MaxScore = Annotated[float | None, _asked("--max-score", "... with at most this probability.")]
Mentions = Annotated[
    list[str] | None,
    _asked(
        "--mentions",
        "Documents that mention this concept (name or IRI), and each of several.",
        "CONCEPT",
    ),
]
Without = Annotated[
    list[str] | None, _asked("--without", "Documents that do not mention this concept.", "CONCEPT")
]
Narrower = Annotated[
    bool, typer.Option("--include-narrower", help="Narrower concepts count, too: any kind of.")
]
Affirmed = Annotated[
    bool | None,
    typer.Option(
        "--not-negated/--negated",
        help="Only mentions that the text affirms count; or only those that it denies.",
        show_default=False,
    ),
]
Senses = Annotated[
    list[str] | None,
    _asked(
        "--sense", "Only mentions in this sense count: historical, hypothetical, family, or none."
    ),
]
Sections = Annotated[
    list[str] | None, _asked("--section", "Only mentions in a section of this name count.")
]
Words = Annotated[
    list[str] | None, _asked("--words", "Documents whose text has these words.", "TEXT")
]
Where = Annotated[
    list[str] | None,
    _asked("--where", "Documents with this value in a column of the corpus.", "COLUMN=VALUE"),
]
Show = Annotated[str, typer.Option(help="The rows: documents, sentences or mentions.")]
Facet = Annotated[
    str | None, _asked("--facet", "Count documents by label, concept, section or field:NAME.")
]
Pairs = Annotated[
    bool, typer.Option("--co-occurrence", help="Count pairs of concepts in one document.")
]
Trend = Annotated[
    str | None,
    _asked("--trend", "Count documents by the value of a column; dates by year.", "COLUMN"),
]
Sparql = Annotated[
    str | None, _asked("--sparql", "Ask the query in this file (- for standard input).", "FILE")
]
SqlText = Annotated[
    str | None,
    _asked("--sql", "Ask this SELECT, or the one in a file (- for standard input).", "FILE|TEXT"),
]
Form = Annotated[
    str | None,
    _asked(
        "--format",
        "table, csv, jsonl or parquet; for triples turtle, ntriples, jsonld or rdfxml. Unless "
        "given, by the ending of --out, else table.",
    ),
]
Out = Annotated[
    Path | None, typer.Option("--out", "-o", help="The file to write.", show_default=False)
]
Limit = Annotated[
    int | None,
    typer.Option(help="The most rows; unless given, 20 in a table.", min=1, show_default=False),
]
