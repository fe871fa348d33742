"""Link a whole corpus: what ``ontograft link`` does."""

from __future__ import annotations

import itertools
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..data import CorpusColumns, ReadReport, read_corpus
from ..errors import CorpusError
from ..kg import NIL, KnowledgeGraph, Linker, LinkerOptions
from .features import CHUNK, chunked
from .knowledge import LinkedOntology
from .output import mention_json, open_jsonl
from .settings import KnowledgeSettings

if TYPE_CHECKING:
    from .progress import Reporter


def link_corpus(
    ontology: str | Path,
    corpus: Any,
    out: str | Path,
    *,
    reporter: Reporter,
    language: str = "en",
    id: str | None = None,
    text: str = "text",
    skip_bad_rows: bool = False,
    options: LinkerOptions | None = None,
    overlay: str | Path | None = None,
    encoder: str | None = None,
) -> str:
    """Write each mention in a corpus as one line of JSON.

    Args:
        ontology: the ontology.
        corpus: the corpus; its labels are not needed.
        out: the file to write, ``.jsonl`` or ``.jsonl.gz``; appears whole or not at all.
        reporter: is told how far things are.
        language: the language of labels and texts.
        id: the column with the identifier; unless given, ``id`` if the file has it, else the number
            of the row.
        text: the column with the text.
        skip_bad_rows: whether to leave out rows that cannot be read, and count them.
        options: how the linker decides; the defaults unless given.
        overlay: corrections of the ontology; see ``KnowledgeGraph.read``.
        encoder: a text encoder, for phrases that are like a concept in meaning; only where the
            option ``similar`` is above 0.

    Returns:
        one sentence with the counts.
    """
    report = ReadReport()
    if id is None and isinstance(corpus, str | Path) and _has_column(corpus, "id"):
        id = "id"
    documents = read_corpus(
        corpus,
        columns=CorpusColumns(id=id, text=text),
        on_bad_row="skip" if skip_bad_rows else "error",
        report=report,
    )
    # Whether the corpus can be read at all is known before the ontology is.
    first = list(itertools.islice(documents, 1))
    with reporter.stage("reading the ontology"):
        graph = KnowledgeGraph.read(ontology, language=language, overlay=overlay)
        linker = Linker.build(graph, language=language, options=options or LinkerOptions())
        linked = LinkedOntology(graph, linker, KnowledgeSettings())
    if encoder is not None:
        from .phrase_vectors import attach_encoder  # brings torch along

        with reporter.stage("concept vectors", total=len(graph)) as progress:
            attach_encoder(linker, graph, encoder, language=language, progress=progress)
    mentions = nil = 0
    with open_jsonl(Path(out)) as write, reporter.stage("linking") as progress:
        for part in chunked(itertools.chain(first, documents), CHUNK):
            found = linked.mentions([document.text for document in part])
            for document, own in zip(part, found, strict=True):
                for mention in own:
                    write({"id": document.id, **mention_json(mention)})
                    mentions += 1
                    nil += mention.iri == NIL
            progress(len(part))
    return f"{report.summary()}; {mentions} mentions, {nil} of them NIL"


def _has_column(corpus: str | Path, name: str) -> bool:
    """Return whether the first row can be read and has a column of this name."""
    try:
        return any(True for _ in read_corpus(corpus, columns=CorpusColumns(text=name)))
    except CorpusError:
        return False
