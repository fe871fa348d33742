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
OverlayFile = Annotated[
    Path | None,
    typer.Option(
        "--overlay",
        help="A SKOS file of synonyms to add and links to forbid; unless given, "
        "TERMS.overlay.ttl beside TERMS.ttl.",
        show_default=False,
    ),
]
Corpus = Annotated[
    Path,
    typer.Argument(
        metavar="CORPUS", help="CSV, TSV, JSONL (also .gz) or Parquet.", show_default=False
    ),
]
OptionalCorpus = Annotated[
    Path | None,
    typer.Argument(
        metavar="[CORPUS]",
        help="CSV, TSV, JSONL (also .gz) or Parquet; not needed with gold mentions.",
        show_default=False,
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
Baselines = Annotated[
    bool,
    typer.Option("--baselines", help="Fit and measure the usual baselines on the same texts, too."),
]
LinkOut = Annotated[
    Path | None,
    typer.Option(
        "--out",
        "-o",
        help="The file to write: mentions (.jsonl, .jsonl.gz); with --tune options (.yaml, .json).",
        show_default=False,
    ),
]
PhraseEncoder = Annotated[
    str | None,
    typer.Option(
        "--encoder",
        metavar="NAME",
        help="A text encoder, by name or folder: candidates may also be like a phrase in meaning.",
        show_default=False,
    ),
]
LinkerOptionsFile = Annotated[
    Path | None,
    typer.Option(
        "--options",
        metavar="FILE",
        help="Options of the linker: YAML or JSON, such as 'threshold: 0.6'.",
        show_default=False,
    ),
]
TuneFile = Annotated[
    Path | None,
    typer.Option(
        "--tune",
        metavar="GOLD",
        help="Learn from these gold mentions how to link; options go to --out, weights beside it.",
        show_default=False,
    ),
]
GoldFile = Annotated[
    Path | None,
    typer.Option(
        "--evaluate",
        metavar="GOLD",
        help="Measure links on gold mentions: PubTator, JSONL, CoNLL, spaCy's .spacy.",
        show_default=False,
    ),
]
GoldTypes = Annotated[
    list[str] | None,
    typer.Option(
        "--gold-type",
        metavar="TYPE",
        help="Count gold mentions of this type only; may be repeated.",
        show_default=False,
    ),
]
Errors = Annotated[
    Path | None,
    typer.Option(
        "--errors",
        metavar="FILE",
        help="Write wrong and missed mentions, with the reason, to this .jsonl file.",
        show_default=False,
    ),
]
