"""The arguments and options that commands share, each explained once."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

Ontology = Annotated[
    list[Path],
    typer.Argument(
        metavar="ONTOLOGY...",
        help="RDF/XML, Turtle, N-Triples, N-Quads, TriG, JSON-LD or OBO, also .gz: a file, "
        "several, or a folder.",
        show_default=False,
    ),
]
OneOntology = Annotated[
    Path,
    typer.Argument(
        metavar="ONTOLOGY", help="An ontology file, or a folder of modules.", show_default=False
    ),
]
Corpus = Annotated[
    Path,
    typer.Argument(
        metavar="CORPUS", help="CSV, TSV, JSONL (also .gz) or Parquet.", show_default=False
    ),
]
Model = Annotated[
    Path,
    typer.Argument(
        metavar="MODEL", help="A model folder, made by 'ontograft fit'.", show_default=False
    ),
]
Language = Annotated[
    str, typer.Option("--language", "-l", help="The language of labels and texts (BCP 47).")
]
IdColumn = Annotated[
    str | None,
    typer.Option(
        "--id",
        help="The column with the identifier; unless given, that of the model's project, or 'id'.",
        show_default=False,
    ),
]
TextColumn = Annotated[
    str | None, typer.Option("--text", help="The column with the text.", show_default=False)
]
LabelColumn = Annotated[
    str | None, typer.Option("--label", help="The column with the label.", show_default=False)
]
SkipBadRows = Annotated[
    bool,
    typer.Option(
        "--skip-bad-rows", help="Leave out rows that cannot be read, and count them, not stop."
    ),
]
Json = Annotated[Path | None, typer.Option("--json", help="Write the figures to this file too.")]
