"""The file that names labels: for people, and by the concepts that they stand for."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from ..errors import CorpusError
from .delimited import read_delimited
from .rows import BadRow, place


@dataclass(frozen=True, slots=True)
class NamedLabel:
    """One row of a file of label names.

    Args:
        label: the label, as the corpus writes it.
        name: its name, a description, or identifiers of concepts; empty only where ``concepts``
            names some.
        concepts: identifiers of the concepts that it stands for, where the file has the column;
            ``()`` where the cell is empty, ``None`` where there is no such column.
        place: the file and the row, for messages.
    """

    label: str
    name: str
    concepts: tuple[str, ...] | None
    place: str


def read_label_table(path: str | Path) -> tuple[NamedLabel, ...]:
    """Return the rows of a TSV or CSV file with the header ``label, name``, and maybe ``concept``.

    A cell of the column ``concept`` holds identifiers with spaces between them. Other columns are
    for people, and are not read.

    Raises:
        CorpusError: the file cannot be read, a row is bad, or a label is named twice.
    """
    path = Path(path)
    suffix = path.suffix.lower()
    if suffix not in {".csv", ".tsv"}:
        raise CorpusError(
            f"{path}: label names are read from .tsv or .csv files with the columns label and "
            f"name, got {suffix or 'no ending'!r}"
        )
    rows: dict[str, NamedLabel] = {}
    delimiter = "," if suffix == ".csv" else "\t"
    for row in read_delimited(path, ("label", "name"), delimiter=delimiter, others=True):
        where = place(str(path), row.number, row.line)
        if isinstance(row, BadRow):
            raise CorpusError(f"{where}: {row.reason}")
        label, name = (str(row.values[key]).strip() for key in ("label", "name"))
        concepts = None
        if "concept" in row.values:
            concepts = tuple(str(row.values["concept"]).split())
        if not label or not (name or concepts):
            raise CorpusError(f"{where}: a label or its name is empty; fill it in")
        if label in rows:
            raise CorpusError(f"{where}: label {label!r} is named twice; take one row out")
        rows[label] = NamedLabel(label, name, concepts, where)
    if not rows:
        raise CorpusError(f"{path}: there are no rows; expected a label and its name in each")
    return tuple(rows.values())
