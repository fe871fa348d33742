"""``ontograft link``: the mentions of a corpus, or how good the links are, or better options."""

from __future__ import annotations

from pathlib import Path

import typer

from .cli_options import (
    Errors,
    GoldFile,
    GoldTypes,
    IdColumn,
    Json,
    Language,
    LinkerOptionsFile,
    LinkOut,
    OneOntology,
    OptionalCorpus,
    OverlayFile,
    PhraseEncoder,
    SkipBadRows,
    TextColumn,
    TuneFile,
)


def link(
    ontology: OneOntology,
    corpus: OptionalCorpus = None,
    out: LinkOut = None,
    language: Language = "en",
    id: IdColumn = None,
    text: TextColumn = None,
    skip_bad_rows: SkipBadRows = False,
    options: LinkerOptionsFile = None,
    overlay: OverlayFile = None,
    evaluate: GoldFile = None,
    tune: TuneFile = None,
    gold_type: GoldTypes = None,
    errors: Errors = None,
    json: Json = None,
    encoder: PhraseEncoder = None,
) -> None:
    """Link the texts of a corpus to an ontology; one line of JSON for each mention.

    A line holds the document's id, the mention's start, end and text, the concept's IRI (or NIL)
    and label, the score, and all candidates. Offsets count Unicode code points of the text.

    With --evaluate, measure instead: candidates, accuracy, precision, recall, F1, by how a mention
    relates to the labels. Gold identifiers may be those of the ontology's cross-references. With
    --tune, learn from gold mentions how to link; the names stay as they are. With --encoder,
    candidates may also be like a phrase in meaning.

    [bold]Examples[/bold]

      ontograft link doid.obo abstracts.csv --id pmid --text abstract --out mentions.jsonl
      ontograft link doid.obo --evaluate dev.pubtator --errors errors.jsonl
      ontograft link doid.obo --tune train.pubtator --out options.yaml --evaluate dev.pubtator
    """
    column = text or "text"
    if evaluate is None and tune is None:
        if corpus is None or out is None:
            raise typer.BadParameter("name a CORPUS and --out FILE, or use --evaluate or --tune")
        if json or errors or gold_type:
            raise typer.BadParameter("--json, --errors and --gold-type need --evaluate or --tune")
        _link_corpus(
            ontology, corpus, out, language, id, column, skip_bad_rows, options, overlay, encoder
        )
        return
    if (out is None) != (tune is None):
        raise typer.BadParameter("--tune needs --out OPTIONS.yaml; --evaluate alone writes none")
    if skip_bad_rows or (errors and evaluate is None):
        raise typer.BadParameter("--skip-bad-rows is for a CORPUS, --errors for --evaluate GOLD")
    from .link_command import link_gold
    from .link_gold import GoldSource

    source = GoldSource(types=tuple(gold_type or ()), corpus=corpus, id=id, text=column)
    link_gold(
        ontology,
        source,
        language=language,
        options=options,
        overlay=overlay,
        tune=tune,
        out=out,
        evaluate=evaluate,
        json=json,
        errors=errors,
        encoder=encoder,
    )


def _link_corpus(
    ontology: Path,
    corpus: Path,
    out: Path,
    language: str,
    id: str | None,
    text: str,
    skip_bad_rows: bool,
    options: Path | None,
    overlay: Path | None,
    encoder: str | None,
) -> None:
    from .console import TerminalReporter
    from .link_corpus import link_corpus
    from .link_gold import read_options

    with TerminalReporter() as reporter:
        counts = link_corpus(
            ontology,
            corpus,
            out,
            language=language,
            id=id,
            text=text,
            skip_bad_rows=skip_bad_rows,
            options=None if options is None else read_options(options),
            overlay=overlay,
            encoder=encoder,
            reporter=reporter,
        )
    typer.echo(f"{counts} -> {out}")
