"""The documents of a project: training, development and test texts, read and checked together."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from ..data import (
    CorpusColumns,
    Document,
    ReadReport,
    check_labels,
    find_duplicates,
    read_corpus,
    stratified_split,
)

if TYPE_CHECKING:
    from .settings import CorpusSettings, Project


@dataclass(frozen=True)
class Splits:
    """The documents of a project.

    Args:
        train: the texts to learn from.
        dev: the texts to choose by; empty where choices are made by cross-validation.
        test: the texts that are only evaluated, once; may be empty.
        unlabelled: further texts without labels; may be empty.
        notes: what deserves the expert's eye, one sentence each.
        rows: for each corpus file, what became of its rows.
    """

    train: Sequence[Document]
    dev: Sequence[Document] = ()
    test: Sequence[Document] = ()
    unlabelled: Sequence[Document] = ()
    notes: tuple[str, ...] = ()
    rows: dict[str, str] = field(default_factory=dict)


def columns_of(settings: CorpusSettings, *, label: bool = True) -> CorpusColumns:
    """Return which columns to read."""
    return CorpusColumns(
        id=settings.id, text=settings.text, label=settings.label if label else None
    )


def read_splits(project: Project) -> Splits:
    """Read the corpus of a project and split it as its settings say.

    Raises:
        CorpusError: a file cannot be read, a row is bad, there is one label only, or a label of
            the development or test texts is unknown to the training texts.
    """
    rows: dict[str, str] = {}
    corpus = project.corpus
    train = _read(project, corpus.train, rows) if corpus.train else []
    test = _read(project, corpus.test, rows) if corpus.test else []
    unlabelled = _read(project, corpus.unlabelled, rows, label=False) if corpus.unlabelled else []
    if isinstance(corpus.dev, Path):
        dev = _read(project, corpus.dev, rows)
        return check_splits(train, dev, test, unlabelled=unlabelled, rows=rows)
    if not train:
        return Splits([], (), test, unlabelled, (), rows)
    # One label only must be said before a split is tried.
    check_labels(train)
    held_back: Sequence[Document] = ()
    if isinstance(corpus.dev, float):
        seed = project.training.seed
        train, held_back = stratified_split(train, share=corpus.dev, seed=seed)
    return check_splits(train, held_back, test, unlabelled=unlabelled, rows=rows)


def check_splits(
    train: Sequence[Document],
    dev: Sequence[Document] = (),
    test: Sequence[Document] = (),
    *,
    unlabelled: Sequence[Document] = (),
    rows: dict[str, str] | None = None,
) -> Splits:
    """Check that the splits fit each other, and note what deserves the expert's eye.

    Raises:
        CorpusError: there is one label only, or a label is unknown to the training texts.
    """
    notes = list(check_labels(train, dev, test))
    splits = {"train": train, "dev": dev, "test": test}
    for name, documents in splits.items():
        empty = sum(not document.text.strip() for document in documents)
        if empty:
            notes.append(f"{empty} texts of {name} are empty: nothing can be learnt about them")
    notes += find_duplicates({name: part for name, part in splits.items() if part}).lines()
    return Splits(train, dev, test, unlabelled, tuple(notes), rows or {})


def _read(
    project: Project, path: Path, rows: dict[str, str], *, label: bool = True
) -> list[Document]:
    report = ReadReport()
    documents = list(
        read_corpus(
            path,
            columns=columns_of(project.corpus, label=label),
            task=project.task,
            on_bad_row=project.corpus.on_bad_row,
            report=report,
        )
    )
    rows[str(path)] = report.summary()
    return documents
