"""Labels with the concepts that they stand for: what is said of them, and the table of it."""

from __future__ import annotations

import csv
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Final, Literal

from ..data.rows import listed

Way = Literal["given", "identifier", "name", "kinds", "nearest", "none"]
"""How a label came to its concepts, the surest way first."""

WAYS: Final[tuple[Way, ...]] = ("given", "identifier", "name", "kinds", "nearest", "none")

SURE: Final = frozenset({"given", "identifier", "name"})
"""The ways that need no expert's eye: what follows from them is used without asking."""

TABLE: Final = "labels.tsv"
"""What the table is called in a model folder."""

COLUMNS: Final = ("label", "name", "concept", "concept_name", "score", "way")
"""The columns of the table; those that ``read_label_table`` reads come first."""

_TUPLES: Final = ("iris", "concepts", "missing")


@dataclass(frozen=True, slots=True)
class LabelAlignment:
    """The concepts that a label stands for.

    Args:
        label: the label, as the corpus writes it.
        name: its name; the label itself where it has none.
        iris: the concepts; several where the name has several parts.
        concepts: their preferred labels.
        score: how far to trust it, between 0 and 1; of several concepts that of the least sure.
        way: how it was found; of several concepts the least sure way.
        missing: the parts of the name for which there is no concept.
    """

    label: str
    name: str
    iris: tuple[str, ...] = ()
    concepts: tuple[str, ...] = ()
    score: float = 0.0
    way: Way = "none"
    missing: tuple[str, ...] = ()

    @property
    def has_sure_way(self) -> bool:
        """Whether it is known, and not guessed, that the label stands for these concepts."""
        return bool(self.iris) and self.way in SURE

    @property
    def is_sure(self) -> bool:
        """Whether it is known that the label stands for these concepts alone."""
        return self.has_sure_way and not self.missing


def as_settings(alignment: Sequence[LabelAlignment]) -> list[dict[str, Any]]:
    """Return an alignment as the settings of a model folder tell of it."""
    return [asdict(entry) for entry in alignment]


def of_settings(content: Sequence[Mapping[str, Any]]) -> tuple[LabelAlignment, ...]:
    """Return the alignment that ``as_settings`` told of."""
    fields = [{**entry, **{key: tuple(entry[key]) for key in _TUPLES}} for entry in content]
    return tuple(LabelAlignment(**entry) for entry in fields)


def write_alignment(alignment: Sequence[LabelAlignment], path: str | Path) -> None:
    """Write an alignment as a table that ``corpus.label_names`` reads.

    The columns are label, name, concept (IRIs with spaces between them), concept_name, score and
    way. When it is read, the first three count.
    """
    with Path(path).open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, delimiter="\t", lineterminator="\n")
        writer.writerow(COLUMNS)
        for entry in alignment:
            concepts = "; ".join(entry.concepts)
            score = f"{entry.score:.2f}" if entry.iris else ""
            iris = " ".join(entry.iris)
            writer.writerow((entry.label, entry.name, iris, concepts, score, entry.way))


def alignment_notes(alignment: Sequence[LabelAlignment]) -> list[str]:
    """Return what an expert should know of an alignment: how much there is, what is doubled."""
    entries = [entry for entry in alignment if entry.iris]
    notes = [f"{len(entries)} of {len(alignment)} labels stand for concepts of the ontology"]
    sharing: defaultdict[str, list[str]] = defaultdict(list)
    for entry in entries:
        for concept in entry.concepts:
            sharing[concept].append(entry.label)
    notes += [
        f"the labels {listed(labels)} stand for the same concept, {concept!r}"
        for concept, labels in sharing.items()
        if len(labels) > 1
    ]
    return notes
