"""``ontograft predict``: into one file, or into a results folder that can be queried."""

from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import typer

from .cli_options import (
    BadRowsChoice,
    IdColumn,
    LabelColumn,
    ManyCorpora,
    Model,
    OutFolderOrFile,
    Overwrite,
    ShardSize,
    TextColumn,
)

FILES = (".jsonl", ".jsonl.gz", ".parquet")
"""How the name of an output ends that is one file; any other is a results folder."""

OTHER_FILES = (".csv", ".tsv", ".ndjson", ".json", ".txt", ".xlsx", ".gz", ".zip", ".db")
"""Endings of files that cannot be written; a folder so called would be no one's wish."""


def predict(
    model: Model,
    corpus: ManyCorpora,
    out: OutFolderOrFile,
    id: IdColumn = None,
    text: TextColumn = None,
    label: LabelColumn = None,
    skip_bad_rows: BadRowsChoice = None,
    shard_size: ShardSize = None,
    overwrite: Overwrite = False,
) -> None:
    """Predict label, probabilities and linked concepts of each text of a corpus.

    The corpus is streamed, so it may be of any size. A results folder holds documents, labels with
    probabilities, mentions and the ontology as Parquet; 'ontograft query' reads it. Stopped at any
    moment, the same command goes on where it was, to the same result.

    [bold]Examples[/bold]

      ontograft predict runs/doid texts/ --out results
      ontograft predict runs/doid 'texts/*.jsonl.gz' --text abstract --out results
      zcat new.jsonl.gz | ontograft predict runs/doid - --out results
      ontograft predict runs/doid new.csv --out predictions.parquet
    """
    from ..data import CorpusColumns
    from .console import TerminalReporter
    from .prediction import Classifier

    one_file = _is_file(out, for_folders=shard_size is not None or overwrite or label is not None)
    source = _source(corpus)
    with TerminalReporter() as reporter:
        with reporter.stage("loading the model"):
            classifier = Classifier.load(model)
        stated = classifier.columns
        columns = CorpusColumns(
            id=id or stated.id, text=text or stated.text, label=label or stated.label
        )
        options: dict[str, Any] = {"columns": columns, "reporter": reporter}
        if one_file:
            summary = _predict_file(
                classifier, source, out, **options, skip_bad_rows=bool(skip_bad_rows)
            )
        else:
            options |= {} if shard_size is None else {"shard_size": shard_size}
            options["bad_rows"] = "error" if skip_bad_rows is False else "skip"
            summary = _predict_folder(classifier, source, out, **options, overwrite=overwrite)
    typer.echo(f"{summary} -> {out}")


def _is_file(out: Path, *, for_folders: bool) -> bool:
    """Return whether the output is one file, and no results folder.

    Args:
        out: where it goes.
        for_folders: whether an option was given that only results folders have.

    Raises:
        typer.BadParameter: it is a file and such an option was given, or of no known kind.
    """
    one_file = out.name.lower().endswith(FILES)
    if one_file and for_folders:
        raise typer.BadParameter(
            f"--label, --shard-size and --overwrite are for a results folder, and {out} is a file"
        )
    if not one_file and out.suffix.lower() in OTHER_FILES:
        raise typer.BadParameter(
            f"--out {out}: cannot write {out.suffix}; name a results folder, or a file that ends "
            f"in one of: {', '.join(FILES)}"
        )
    return one_file


def _predict_file(
    classifier: Any, source: Any, out: Path, *, columns: Any, reporter: Any, skip_bad_rows: bool
) -> str:
    """Predict into one file; return the counts in one line."""
    from .prediction import predict as run

    columns = replace(columns, label=None)
    with reporter.stage("predicting") as progress:
        report = run(
            classifier, source, out, columns=columns, skip_bad_rows=skip_bad_rows, progress=progress
        )
    return report.summary()


def _predict_folder(classifier: Any, source: Any, out: Path, **options: Any) -> str:
    """Predict into a results folder; return the counts in one line."""
    from .batch import predict_corpus

    try:
        results = predict_corpus(classifier, source, out, **options)
    except KeyboardInterrupt:
        typer.echo("interrupted: the same command goes on where it was", err=True)
        raise typer.Exit(130) from None
    counts = results.manifest["counts"]
    rejected = f" (see {out / 'rejected.jsonl'})" if counts["rejected"] else ""
    return (
        f"{counts['rows']} rows: {counts['read']} read, {counts['rejected']} rejected{rejected}; "
        f"{counts['mentions']} mentions, {counts['linked']} of them linked"
    )


def _source(corpus: list[str]) -> Any:
    """Return the corpus as readers take it; refuse a file that is not there before all else."""
    from ..data import source_names

    if "-" not in corpus:
        source_names(corpus)
        return corpus
    if len(corpus) > 1:
        raise typer.BadParameter("standard input (-) cannot be mixed with files")
    return sys.stdin.buffer
