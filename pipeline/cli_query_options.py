"""The arguments and options of ``ontograft query`` and ``export``, each explained once."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from .cli_options import argument, option

ResultsFolder = Annotated[
    Path, argument("RESULTS", "A results folder, made by 'ontograft predict'.")
]
Store = Annotated[
    Path | None,
    option(
        help="A folder for a store that several runs share: the run is added, and --sparql sees "
        "all of them. Unless given, RESULTS/store."
    ),
]
Labels = Annotated[
    list[str] | None, option("--label", help="Documents predicted this label, or one of several.")
]
MinScore = Annotated[
    float | None, option("--min-score", help="... with at least this probability.")
]
MaxScore = Annotated[float | None, option("--max-score", help="... with at most this probability.")]
Mentions = Annotated[
    list[str] | None,
    option(
        "--mentions",
        help="Documents that mention this concept (name or IRI), and each of several.",
        metavar="CONCEPT",
    ),
]
Without = Annotated[
    list[str] | None,
    option("--without", help="Documents that do not mention this concept.", metavar="CONCEPT"),
]
Narrower = Annotated[
    bool, typer.Option("--include-narrower", help="Narrower concepts count, too: any kind of.")
]
Affirmed = Annotated[
    bool | None,
    option(
        "--not-negated/--negated",
        help="Only mentions that the text affirms count; or only those that it denies.",
    ),
]
Senses = Annotated[
    list[str] | None,
    option(
        "--sense",
        help="Only mentions in this sense count: historical, hypothetical, family, or none.",
    ),
]
Sections = Annotated[
    list[str] | None, option("--section", help="Only mentions in a section of this name count.")
]
Words = Annotated[
    list[str] | None,
    option("--words", help="Documents whose text has these words.", metavar="TEXT"),
]
Where = Annotated[
    list[str] | None,
    option(
        "--where",
        help="Documents with this value in a column of the corpus.",
        metavar="COLUMN=VALUE",
    ),
]
Show = Annotated[str, typer.Option(help="The rows: documents, sentences or mentions.")]
Facet = Annotated[
    str | None, option("--facet", help="Count documents by label, concept, section or field:NAME.")
]
Pairs = Annotated[
    bool, typer.Option("--co-occurrence", help="Count pairs of concepts in one document.")
]
Trend = Annotated[
    str | None,
    option(
        "--trend", help="Count documents by the value of a column; dates by year.", metavar="COLUMN"
    ),
]
Sparql = Annotated[
    str | None,
    option("--sparql", help="Ask the query in this file (- for standard input).", metavar="FILE"),
]
SqlText = Annotated[
    str | None,
    option(
        "--sql",
        help="Ask this SELECT, or the one in a file (- for standard input).",
        metavar="FILE|TEXT",
    ),
]
Form = Annotated[
    str | None,
    option(
        "--format",
        help="table, csv, jsonl or parquet; for triples turtle, ntriples, jsonld or rdfxml. Unless "
        "given, by the ending of --out, else table.",
    ),
]
Out = Annotated[Path | None, option("--out", "-o", help="The file to write.")]
Limit = Annotated[
    int | None,
    typer.Option(help="The most rows; unless given, 20 in a table.", min=1, show_default=False),
]
