"""Labels: their names, their counts, and whether the splits of a corpus fit each other."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from pathlib import Path

from ..errors import CorpusError
from .corpus import Document
from .label_table import read_label_table
from .rows import listed, place

_IMBALANCE = 100


def read_label_names(path: str | Path) -> dict[str, str]:
    """Return the names of the labels; see ``read_label_table``.

    Raises:
        CorpusError: the file cannot be read, a row is bad, or a label is named twice.
    """
    return {row.label: row.name for row in read_label_table(path) if row.name}


def labels_of(document: Document) -> tuple[str, ...]:
    """Return the labels of a document that has names for labels; none where it has no label."""
    label = document.label
    if isinstance(label, str):
        return (label,)
    return label if isinstance(label, tuple) else ()


def count_labels(documents: Iterable[Document]) -> dict[str, int]:
    """Return how many documents carry each label, sorted by label."""
    counts = Counter(label for document in documents for label in labels_of(document))
    return dict(sorted(counts.items()))


def check_labels(
    train: Sequence[Document], dev: Sequence[Document] = (), test: Sequence[Document] = ()
) -> tuple[str, ...]:
    """Check that a classifier can be trained and evaluated on these splits.

    Returns:
        Notes on what is allowed but worth knowing: labels with a single text, labels that a split
        lacks, and counts that lie far apart.

    Raises:
        CorpusError: a document has no label, there is one label (or one value) only, or a label
            of ``dev`` or ``test`` is unknown to ``train``.
    """
    splits = {"train": train, "dev": dev, "test": test}
    if not train:
        raise CorpusError("the training split is empty; expected labelled documents")
    for name, documents in splits.items():
        _check_kinds(name, documents, train[0].label)
    if isinstance(train[0].label, float):
        if len({document.label for document in train}) == 1:
            raise CorpusError(
                f"each document of the training split has the value {train[0].label}; expected "
                "different values; check the label column"
            )
        return ()
    counts = count_labels(train)
    if len({document.label for document in train}) == 1:
        raise CorpusError(
            f"the training split has one label only: {listed(counts)} in {len(train)} documents; "
            "expected at least two; check the label column, or add documents of another label"
        )
    _check_known(splits, counts)
    return _notes(splits, counts)


def _check_kinds(split: str, documents: Sequence[Document], example: object) -> None:
    expected = type(example)
    for document in documents:
        if document.label is None or type(document.label) is not expected:
            where = place(document.source or split, document.row)
            have = "has no label" if document.label is None else f"has {document.label!r:.60}"
            raise CorpusError(
                f"{where}: document {document.id!r} of the {split} split {have}; expected a "
                f"label like those of the training split, such as {example!r:.60}"
                if example is not None
                else f"{where}: document {document.id!r} of the {split} split has no label; "
                "expected one; name the label column"
            )


def _check_known(splits: dict[str, Sequence[Document]], known: dict[str, int]) -> None:
    for name in ("dev", "test"):
        counts = count_labels(splits[name])
        unknown = [f"{label!r} ({count})" for label, count in counts.items() if label not in known]
        if unknown:
            more = f" and {len(unknown) - 20} more" if len(unknown) > 20 else ""
            raise CorpusError(
                f"the {name} split has {len(unknown)} labels that the training split does not "
                f"know (with their documents): {', '.join(unknown[:20])}{more}; the training "
                f"labels are: {listed(known)}; add training documents for them or take them out"
            )


def _notes(splits: dict[str, Sequence[Document]], counts: dict[str, int]) -> tuple[str, ...]:
    notes = []
    single = [label for label, count in counts.items() if count == 1]
    if single:
        notes.append(
            f"{len(single)} labels have a single training text, too few to learn or to hold one "
            f"back: {listed(single)}"
        )
    most, fewest = max(counts.values()), min(counts.values())
    if most >= _IMBALANCE * fewest:
        notes.append(
            f"the labels are out of balance: {fewest} to {most} training texts a label; look at "
            "the scores of each label, and consider class weights"
        )
    for name in ("dev", "test"):
        there = count_labels(splits[name])
        lacking = [label for label in counts if label not in there]
        if splits[name] and lacking:
            notes.append(
                f"the {name} split has no text of {len(lacking)} labels: {listed(lacking)}"
            )
    return tuple(notes)
