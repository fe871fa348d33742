"""The arguments and options of the commands, each explained once; see also cli_query_options."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer


def argument(metavar: str, help: str) -> Any:
    """Return what typer is told of an argument."""
    return typer.Argument(metavar=metavar, help=help, show_default=False)


def option(*names: str, help: str, metavar: str | None = None) -> Any:
    """Return what typer is told of an option without a default, or one that the help states."""
    return typer.Option(*names, help=help, metavar=metavar, show_default=False)


Ontology = Annotated[
    list[Path],
    argument(
        "ONTOLOGY...",
        "RDF/XML, Turtle, N-Triples, N-Quads, TriG, JSON-LD or OBO, also .gz: a file, "
        "several, or a folder.",
    ),
]
OneOntology = Annotated[Path, argument("ONTOLOGY", "An ontology file, or a folder of modules.")]
OverlayFile = Annotated[
    Path | None,
    option(
        "--overlay",
        help="A SKOS file of synonyms to add and links to forbid; unless given, "
        "TERMS.overlay.ttl beside TERMS.ttl.",
    ),
]
Corpus = Annotated[Path, argument("CORPUS", "CSV, TSV, JSONL (also .gz) or Parquet.")]
OptionalCorpus = Annotated[
    Path | None,
    argument("[CORPUS]", "CSV, TSV, JSONL (also .gz) or Parquet; not needed with gold mentions."),
]
Model = Annotated[Path, argument("MODEL", "A model folder, made by 'ontograft fit'.")]
Language = Annotated[
    str, typer.Option("--language", "-l", help="The language of labels and texts (BCP 47).")
]
IdColumn = Annotated[
    str | None,
    option(
        "--id",
        help="The column with the identifier; unless given, that of the model's project, or 'id'.",
    ),
]
TextColumn = Annotated[str | None, option("--text", help="The column with the text.")]
LabelColumn = Annotated[str | None, option("--label", help="The column with the label.")]
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
    option(
        "--out",
        "-o",
        help="The file to write: mentions (.jsonl, .jsonl.gz); with --tune options (.yaml, .json).",
    ),
]
PhraseEncoder = Annotated[
    str | None,
    option(
        "--encoder",
        metavar="NAME",
        help="A text encoder, by name or folder: candidates may also be like a phrase in meaning.",
    ),
]
LinkerOptionsFile = Annotated[
    Path | None,
    option(
        "--options",
        metavar="FILE",
        help="Options of the linker: YAML or JSON, such as 'threshold: 0.6'.",
    ),
]
TuneFile = Annotated[
    Path | None,
    option(
        "--tune",
        metavar="GOLD",
        help="Learn from these gold mentions how to link; options go to --out, weights beside it.",
    ),
]
GoldFile = Annotated[
    Path | None,
    option(
        "--evaluate",
        metavar="GOLD",
        help="Measure links on gold mentions: PubTator, JSONL, CoNLL, spaCy's .spacy.",
    ),
]
GoldTypes = Annotated[
    list[str] | None,
    option(
        "--gold-type",
        metavar="TYPE",
        help="Count gold mentions of this type only; may be repeated.",
    ),
]
Errors = Annotated[
    Path | None,
    option(
        "--errors",
        metavar="FILE",
        help="Write wrong and missed mentions, with the reason, to this .jsonl file.",
    ),
]
ManyCorpora = Annotated[
    list[str],
    argument(
        "CORPUS...",
        "CSV, TSV, JSONL (also .gz) or Parquet: files, patterns such as 'texts/*.jsonl', "
        "folders; - for JSON Lines from standard input.",
    ),
]
OutFolderOrFile = Annotated[
    Path,
    typer.Option(
        "--out",
        "-o",
        help="A results folder; or one file, if it ends in .jsonl, .jsonl.gz or .parquet.",
    ),
]
BadRowsChoice = Annotated[
    bool | None,
    option(
        "--skip-bad-rows/--refuse-bad-rows",
        help="Leave out rows that cannot be read, and count them; or stop at the first. Unless "
        "given, a results folder lists them in rejected.jsonl, and one file stops.",
    ),
]
ShardSize = Annotated[
    int | None,
    typer.Option(
        help="The most documents in a shard of a results folder; 4096 unless given.", min=1
    ),
]
Overwrite = Annotated[
    bool, typer.Option("--overwrite", help="Replace other results that are in the folder.")
]
ResultsToServe = Annotated[
    Path | None,
    option(
        "--results",
        "-r",
        metavar="RESULTS",
        help="Results of 'ontograft predict': search documents, count, ask in SPARQL.",
    ),
]
Host = Annotated[
    str,
    typer.Option(
        help="The address to listen on. Any but a loopback address opens the server to other "
        "machines, and needs a token that you choose."
    ),
]
Port = Annotated[int, typer.Option(help="The port; 0 for any free one.", min=0, max=65535)]
TokenFile = Annotated[
    Path | None,
    option(
        metavar="FILE",
        help="A file with the token, at least 16 characters. Unless given, the environment "
        "variable ONTOGRAFT_TOKEN; on a loopback address else a random one, which is printed.",
    ),
]
AllowedHosts = Annotated[
    list[str] | None,
    option(
        metavar="NAME",
        help="A name by which the server may be called, such as that of a proxy before it; may "
        "be repeated.",
    ),
]
CorrectionsFolder = Annotated[
    Path | None,
    option(
        metavar="FOLDER",
        help="Keep what users correct in this folder, as files to train and tune with.",
    ),
]
Threads = Annotated[
    int | None,
    typer.Option(
        help="Threads of the model; one for each core unless given.", min=1, show_default=False
    ),
]
