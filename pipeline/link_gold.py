"""Evaluate and tune a linker on gold mentions; the files of options that come of it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Final

import numpy as np
import yaml

from ..data import CorpusColumns, GoldDocument, read_corpus, read_gold
from ..errors import SettingsError
from ..kg import KnowledgeGraph, Linker, LinkerOptions
from .files import to_json, write_text
from .knowledge import linker_options
from .link_evaluation import evaluate_links, exact_figures
from .link_learning import LEAST_DOCUMENTS, THRESHOLDS, Learnt, learn_links
from .link_scores import LinkScores
from .link_tuning import FOLDS, GRIDS, Tuning, tune_links
from .project_file import load_yaml

if TYPE_CHECKING:
    from .progress import Progress, Reporter

SEED: Final = 0
"""Of the generator that shuffles documents into folds."""


@dataclass(frozen=True, slots=True, kw_only=True)
class GoldSource:
    """Which gold mentions count, and where their texts are.

    Args:
        types: the types of mentions that count; all if empty.
        corpus: the texts, where a file holds mentions without them.
        id: the column of the corpus with the identifier.
        text: the column with the text.
    """

    types: tuple[str, ...] = ()
    corpus: Path | None = None
    id: str | None = None
    text: str = "text"

    def read(self, path: Path | None) -> list[GoldDocument]:
        """Return the documents of a file of gold mentions, see ``read_gold``; none of no file.

        Raises:
            CorpusError: the file or the corpus cannot be read.
        """
        if path is None:
            return []
        if self.corpus is None:
            return list(read_gold(path, types=self.types))
        columns = CorpusColumns(id=self.id, text=self.text)
        documents = read_corpus(self.corpus, columns=columns)
        texts = {document.id: document.text for document in documents}
        return list(read_gold(path, types=self.types, texts=texts))


def evaluate_gold(
    graph: KnowledgeGraph,
    gold: Sequence[GoldDocument],
    *,
    reporter: Reporter,
    language: str = "en",
    options: LinkerOptions | None = None,
    encoder: str | None = None,
) -> LinkScores:
    """Return the figures of an ontology's linker on documents with gold mentions.

    Args:
        graph: the ontology.
        gold: the documents.
        reporter: is told how far things are.
        language: the language of labels and texts.
        options: how the linker decides; the defaults unless given.
        encoder: a text encoder, for candidates that are like a phrase in meaning; none unless
            given.
    """
    linker = Linker.build(graph, language=language, options=options or LinkerOptions())
    if encoder is not None:
        from .phrase_vectors import attach_encoder  # brings torch along

        with reporter.stage("concept vectors", total=len(graph)) as progress:
            attach_encoder(linker, graph, encoder, language=language, progress=progress)
    with reporter.stage("evaluating", total=len(gold)) as progress:
        return evaluate_links(graph, linker, _counted(gold, progress))


def tune_gold(
    graph: KnowledgeGraph,
    gold: Sequence[GoldDocument],
    *,
    reporter: Reporter,
    language: str = "en",
    base: LinkerOptions | None = None,
) -> Tuning:
    """Learn from gold mentions how to link.

    From 40 documents on weights are learnt, by which links are judged (``learn_links``); with fewer
    the linker's options are chosen (``tune_links``).

    Args:
        graph: the ontology.
        gold: the documents.
        reporter: is told how far things are.
        language: the language of labels and texts.
        base: the options to begin with; the defaults unless given.

    Raises:
        SettingsError: there are too few documents, or the options to begin with hold weights.
    """
    start = base or LinkerOptions()
    if start.weights:
        raise SettingsError(
            f"the options to begin with hold weights that were learnt already ({start.weights}): "
            "leave 'weights' out, and the threshold that goes with them"
        )
    linker = Linker.build(graph, language=language, options=start)

    def relink(options: LinkerOptions) -> Linker:
        return Linker(linker.lexicon, options, fingerprint=linker.fingerprint)

    generator = np.random.default_rng(SEED)
    if len(gold) >= LEAST_DOCUMENTS:
        folds = np.array_split(generator.permutation(len(gold)), FOLDS)
        with reporter.stage("learning", total=2 * FOLDS + 2) as progress:
            learnt = learn_links(graph, linker, gold, folds, progress=progress)
        with reporter.stage("measuring"):
            return _measured(graph, linker, gold, learnt)
    with reporter.stage("tuning"):
        return tune_links(graph, gold, relink, GRIDS, base=start, generator=generator)


def _measured(
    graph: KnowledgeGraph, linker: Linker, gold: Sequence[GoldDocument], learnt: Learnt
) -> Tuning:
    """Return what was learnt with the figures on the documents that it was learnt from."""
    start = linker.options
    options = replace(start, threshold=learnt.threshold)
    judging = Linker(
        linker.lexicon,
        options,
        fingerprint=linker.fingerprint,
        weights=learnt.weights.bound(graph),
    )
    before, after = exact_figures(graph, linker, gold), exact_figures(graph, judging, gold)
    tried = len(THRESHOLDS)
    result = Tuning(options, options, before, after, learnt.held_out, tried, learnt.weights)
    return result if result.helps else replace(result, options=start, weights=None)


def tuning_note(tuning: Tuning, *, gold: Path, ontology: Path) -> str:
    """Return where tuned options come from, for the file that they are written to."""
    return (
        f"The linker's options, tuned on {gold.name} for {ontology.name}.\n"
        f"F1 of exact span and concept: {tuning.before.f1:.4f} before, {tuning.after.f1:.4f} "
        f"after, {tuning.held_out.f1:.4f} on held-out documents."
    )


def _counted(gold: Sequence[GoldDocument], progress: Progress) -> Iterator[GoldDocument]:
    for document in gold:
        yield document
        progress(1)


def read_options(path: Path) -> LinkerOptions:
    """Read the linker's options from a file, as ``write_options`` writes it.

    The path of a file of weights is relative to the folder of this file.

    Raises:
        SettingsError: the file is missing, is no YAML or JSON of options, or names an unknown one.
    """
    if not path.is_file():
        raise SettingsError(
            f"{path}: there is no such file of linker options; expected YAML or JSON, such as "
            "'threshold: 0.6'; ontograft link --tune GOLD --out FILE writes one"
        )
    content = load_yaml(path)
    try:
        options = linker_options(content)
    except SettingsError as error:
        reason = str(error).removeprefix("knowledge.linking: ")
        raise SettingsError(f"{path}: {reason}") from error
    return (
        replace(options, weights=str(path.parent / options.weights)) if options.weights else options
    )


def write_tuning(path: Path, tuning: Tuning, *, note: str) -> LinkerOptions:
    """Write tuned options, and beside them the weights if any were learnt.

    Args:
        path: the file of options; of ``a.yaml`` the weights are in ``a.weights.json``.
        tuning: what was tuned.
        note: where the options come from.

    Returns:
        the options as they are now read from the file.
    """
    options = tuning.options
    if tuning.weights is not None:
        beside = path.with_suffix(".weights.json")
        write_text(beside, tuning.weights.to_json() + "\n")
        options = replace(options, weights=beside.name)
    write_options(path, options, note=note)
    return read_options(path)


def write_options(path: Path, options: LinkerOptions, *, note: str = "") -> None:
    """Write the linker's options as YAML, which is JSON too where the name ends in ``.json``.

    The same lines may stand under ``knowledge.linking`` in a project file.

    Args:
        path: the file; appears whole or not at all.
        options: the options.
        note: where they come from; a comment in the file, and left out of JSON.
    """
    content = asdict(options)
    if path.suffix.lower() == ".json":
        write_text(path, to_json(content) + "\n")
        return
    comment = "".join(f"# {line}\n" for line in note.splitlines())
    write_text(path, comment + yaml.safe_dump(content, sort_keys=False, allow_unicode=True))
