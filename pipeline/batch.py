"""Batch prediction: a corpus of any size into a results folder, shard by shard.

A shard is a stretch of documents. Where it ends depends on the corpus alone, and a shard is always
predicted as a whole, so that its batches, and with them its bytes, are the same in every run. A run
that was killed reads on after the shards that are finished, and leaves what an unbroken one does.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, Protocol

import numpy as np

from ..data import CorpusColumns, Document, is_repeatable
from ..data.rows import place
from ..errors import ResultsError, SettingsError
from ..kg import NIL
from .corpus_reading import BadRows, Reading, Survey
from .labels import LabelSet
from .portions import CHARACTERS, portions
from .progress import LogReporter, Progress, Reporter
from .record import Results
from .record_folder import RecordFolder
from .record_schema import (
    Scores,
    closure_table,
    concept_table,
    document_table,
    label_table,
    mention_table,
)

if TYPE_CHECKING:
    from ..kg import KnowledgeGraph

SHARD_SIZE: Final = 4096
"""The most documents in a shard; see docs/record.md for what speaks for more and for fewer."""


class Predictor(Protocol):
    """What batch prediction asks of a model; ``Classifier`` is one."""

    @property
    def labels(self) -> LabelSet:
        """The labels of the model."""

    @property
    def columns(self) -> CorpusColumns:
        """The columns of the corpus that the model was made from."""

    @property
    def graph(self) -> KnowledgeGraph | None:
        """The ontology of the model, if it has one."""

    @property
    def language(self) -> str:
        """The language of the ontology's names."""

    def identity(self) -> dict[str, Any]:
        """Return what decides about its predictions, as JSON: ``model``, ``settings``."""

    def scores(self, texts: Sequence[str]) -> Scores:
        """Return what the model says about some texts; the same for the same list."""


def predict_corpus(
    classifier: Predictor,
    corpus: Any,
    out: str | Path,
    *,
    columns: CorpusColumns | None = None,
    bad_rows: BadRows = "skip",
    shard_size: int = SHARD_SIZE,
    overwrite: bool = False,
    reporter: Reporter | None = None,
) -> Results:
    """Predict a corpus of any size into a results folder, at constant memory.

    Killed at any moment and called again with the same arguments, it goes on after the last
    finished shard; what it leaves is identical to what an unbroken run leaves. A folder that is
    finished and whole is left as it is; a file in it that was damaged is written again.

    Args:
        classifier: a classifier.
        corpus: the corpus: files, patterns, folders, a binary stream of JSON Lines, a dataset or
            mappings. What can be read twice is read through first, so that a bad corpus is told
            before hours of work.
        out: the results folder.
        columns: which column holds what; as the model's project had it unless given. The label
            column may be missing; it becomes ``gold``.
        bad_rows: ``skip`` lists the rows that cannot be read in ``rejected.jsonl``; ``error`` stops
            at the first.
        shard_size: the most documents in a shard.
        overwrite: whether to replace other results that are in the folder.
        reporter: is told how far things are; the log unless given.

    Raises:
        CorpusError: the corpus cannot be read, has no row that can be used, or changed meanwhile.
        ResultsError: the folder holds something else, or cannot be written.
        SettingsError: an option is out of range.
    """
    _check(corpus, Path(out), shard_size=shard_size, bad_rows=bad_rows)
    reporter = reporter or LogReporter()
    reading = Reading(corpus, columns or classifier.columns, classifier.labels, bad_rows)
    survey = None
    if is_repeatable(corpus):
        with reporter.stage("checking the corpus") as progress:
            survey = reading.survey(progress)
    identity = _identity(classifier) | {
        "corpus": {**reading.identity(), "sha256": survey.sha256 if survey else None}
    }
    identity["settings"] |= {"shard_size": shard_size, "bad_rows": bad_rows}
    with RecordFolder(Path(out), overwrite=overwrite) as folder:
        folder.begin(identity)
        if survey and folder.all_whole():
            return folder.opened()
        folder.reopen()
        folder.write_ontology(
            {
                "concepts": concept_table(classifier.graph, language=classifier.language),
                "closure": closure_table(classifier.graph),
            }
        )
        return _Run(classifier, reading, folder, reporter).finish(shard_size, survey)


def _check(corpus: Any, out: Path, *, shard_size: int, bad_rows: str) -> None:
    """Refuse options out of range, and a results folder that would become part of the corpus."""
    if shard_size < 1:
        raise SettingsError(f"the shard size must be at least 1 document, got {shard_size}")
    if bad_rows not in {"skip", "error"}:
        raise SettingsError(f"unknown bad_rows {bad_rows!r}; choose one of: skip, error")
    paths = corpus if isinstance(corpus, list | tuple) else [corpus]
    for path in paths:
        if not isinstance(path, str | os.PathLike) or not Path(path).is_dir():
            continue
        if out.resolve().is_relative_to(Path(path).resolve()):
            raise SettingsError(
                f"--out {out}: lies in the corpus folder {os.fspath(path)}, of which it would "
                "become a part; choose a folder elsewhere"
            )


def _identity(classifier: Predictor) -> dict[str, Any]:
    graph = classifier.graph
    identity = classifier.identity()
    ontology = None
    if graph is not None:
        ontology = {
            "iri": graph.iri,
            "version": graph.version,
            "fingerprint": graph.fingerprint,
            "language": classifier.language,
        }
    libraries = {"ontograft": version("ontograft"), "pyarrow": version("pyarrow")}
    settings = identity.get("settings", {})
    settings = {**settings, "libraries": {**settings.get("libraries", {}), **libraries}}
    return {"model": identity["model"], "ontology": ontology, "settings": settings}


class _Run:
    """A run over a corpus, into a folder that is begun."""

    def __init__(
        self, classifier: Predictor, reading: Reading, folder: RecordFolder, reporter: Reporter
    ) -> None:
        self.classifier = classifier
        self.reading = reading
        self.folder = folder
        self.reporter = reporter

    def finish(self, shard_size: int, survey: Survey | None) -> Results:
        """Predict what is not finished, and seal the folder."""
        done = sum(shard["documents"] for shard in self.folder.finished.values())
        if done:
            self.reporter.note(
                f"{self.folder.folder}: going on after the {done} documents that are finished"
            )
        total = survey.documents if survey else None
        left = None if total is None else max(0, total - done)
        with (
            self.folder.rejecting() as reject,
            self.reporter.stage("predicting", left) as progress,
        ):
            stream = self.reading.documents(reject)
            first = rejected = number = 0
            for number, documents in enumerate(
                portions(stream, most=shard_size, size=_size, limit=2 * CHARACTERS)
            ):
                counts = {"rejected": self.reading.report.rejected - rejected}
                self._shard(number, first, documents, counts, progress)
                first, rejected = first + len(documents), self.reading.report.rejected
            if survey and survey.sha256 != self.reading.sha256():
                raise _changed(self.folder.folder)
            if max(self.folder.finished) > number:
                raise _changed(self.folder.folder)
        return self.folder.finish(
            corpus_sha256=self.reading.sha256(), rejected=self.reading.report.rejected
        )

    def _shard(
        self,
        number: int,
        first: int,
        documents: Sequence[Document],
        counts: dict[str, int],
        progress: Progress,
    ) -> None:
        """Predict a shard, if it is not there."""
        corpus = self.reading.sha256()
        noted = self.folder.finished.get(number)
        if noted is not None:
            if noted["corpus"] != corpus:
                raise _changed(self.folder.folder, number)
            if self.folder.whole(number):
                return
            self.reporter.note(f"shard {number} was damaged and is predicted again")
        tables, linked = self._tables(first, documents)
        about = {**counts, "linked": linked, "corpus": corpus}
        self.folder.write_shard(number, tables, about)
        if noted is None:
            progress(len(documents))

    def _tables(self, first: int, documents: Sequence[Document]) -> tuple[dict[str, Any], int]:
        """Return the tables of a shard, and how many of its mentions are of a concept."""
        labels = self.classifier.labels
        scores = self.classifier.scores([document.text for document in documents])
        wrong = np.flatnonzero(~np.isfinite(scores.values).all(axis=1))
        if len(wrong):
            document = documents[int(wrong[0])]
            raise ResultsError(
                f"{place(document.source, document.row)}: the model's output for document "
                f"{document.id!r} is not a finite number; the model is damaged: fit it anew"
            )
        tables = {
            "documents": document_table(
                self.reading.without_gold(documents),
                scores,
                labels,
                first=first,
                gold=self.reading.gold(documents),
                sources=self.reading.names,
            ),
            "labels": label_table(scores, labels, first=first),
            "mentions": mention_table(documents, scores.mentions, first=first),
        }
        return tables, sum(one.iri != NIL for found in scores.mentions for one in found)


def _size(document: Document) -> int:
    return len(document.text) + sum(map(len, document.meta.values()))


def _changed(folder: Path, shard: int | None = None) -> ResultsError:
    where = "" if shard is None else f" at or before the last document of shard {shard}"
    return ResultsError(
        f"{folder}: the corpus changed since the run began{where}; give the corpus as it was, "
        "choose another --out, or replace the results with --overwrite"
    )
