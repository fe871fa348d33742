"""What the command ``ontograft link`` does with gold mentions: tune, evaluate, print and write."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from ..kg import KnowledgeGraph, LinkerOptions
from .console import TerminalReporter, output
from .files import to_json, write_text
from .link_gold import (
    GoldSource,
    evaluate_gold,
    read_options,
    tune_gold,
    tuning_note,
    write_tuning,
)
from .link_report import check_errors_path, print_links, print_tuning, write_errors


def link_gold(
    ontology: Path,
    source: GoldSource,
    *,
    language: str = "en",
    options: Path | None = None,
    overlay: Path | None = None,
    tune: Path | None = None,
    out: Path | None = None,
    evaluate: Path | None = None,
    json: Path | None = None,
    errors: Path | None = None,
    encoder: str | None = None,
) -> None:
    """Tune on gold mentions and evaluate on others; print the tables, write what was asked for.

    Args:
        ontology: the ontology.
        source: which gold mentions count, and where their texts are.
        language: of labels and texts.
        options: a file of options for the linker; tuning begins with them.
        overlay: corrections of the ontology; see ``KnowledgeGraph.read``.
        tune: the gold mentions to choose options by.
        out: where to write those options; learnt weights are written beside it.
        evaluate: the gold mentions to measure on, with the tuned options if there are any.
        json: where to write the figures.
        errors: where to write the errors.
        encoder: a text encoder, for candidates by meaning.
    """
    if errors is not None:
        check_errors_path(errors)
    chosen = LinkerOptions() if options is None else read_options(options)
    console = output()
    figures: dict[str, Any] = {}
    with TerminalReporter() as reporter:
        with reporter.stage("reading the gold mentions"):
            to_tune, to_measure = source.read(tune), source.read(evaluate)
        with reporter.stage("reading the ontology"):
            graph = KnowledgeGraph.read(ontology, language=language, overlay=overlay)
        if tune is not None and out is not None:
            tuning = tune_gold(graph, to_tune, reporter=reporter, language=language, base=chosen)
            note = tuning_note(tuning, gold=tune, ontology=ontology)
            tuned = write_tuning(out, tuning, note=note)
            print_tuning(console, tuning, base=chosen, title=tune.name)
            chosen, figures["tuning"] = tuned, tuning.as_dict()
        if evaluate is not None:
            scores = evaluate_gold(
                graph,
                to_measure,
                reporter=reporter,
                language=language,
                options=chosen,
                encoder=encoder,
            )
            figures |= scores.as_dict()
            print_links(console, scores, title=evaluate.name)
            if errors is not None:
                write_errors(errors, scores)
    if json is not None:
        write_text(json, to_json(figures) + "\n")
