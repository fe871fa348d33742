"""``ontograft labels``: the concepts that the labels of a project stand for, to be corrected."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final

import typer

from .cli_options import argument, option

if TYPE_CHECKING:
    from .aligned_labels import LabelAlignment

_MOST_ROWS: Final = 40


def labels(
    project: Annotated[Path, argument("PROJECT.yaml", "The project file.")],
    out: Annotated[
        Path | None, option("--out", "-o", help="Write the table to this .tsv file.")
    ] = None,
) -> None:
    """Show which concepts of the ontology the labels stand for, and write it down to correct it.

    The way says how a label came to its concepts: given by the file of label names; identifier:
    the label is that of a concept; name: it is called like one; kinds: the names of most concepts
    below end in it; nearest: it is like one in meaning. Look at the last two.

    Correct the column concept of the table (IRIs or CURIEs with spaces between them, or nothing
    for no concept), and name the table in corpus.label_names.

    [bold]Examples[/bold]

      ontograft labels project.yaml
      ontograft labels project.yaml --out labels.tsv
    """
    from .aligned_labels import write_alignment
    from .console import TerminalReporter
    from .label_preparation import align_project
    from .settings import Project

    if out is not None and out.suffix.lower() != ".tsv":
        raise typer.BadParameter(f"--out: the table is written as .tsv, got {out.name!r}")
    settings = Project.read(project)
    with TerminalReporter() as reporter:
        found = align_project(settings, reporter)
    if out is not None:
        write_alignment(found, out)
    print_alignment(found, table="" if out is None else str(out), whole=True)


def print_alignment(
    alignment: Sequence[LabelAlignment], *, table: str, whole: bool = False
) -> None:
    """Print the concepts that labels stand for, and where to correct them.

    Args:
        alignment: the labels.
        table: the file that holds all of it; empty if there is none.
        whole: whether to print it all, however long; else its beginning, and nothing where no
            label stands for a concept.
    """
    from rich.table import Table

    from .aligned_labels import alignment_notes
    from .console import output

    if not whole and not any(entry.iris for entry in alignment):
        return
    console, rows = output(), Table()
    for column in ("label", "name", "concepts", "score", "way"):
        rows.add_column(column, overflow="fold", justify="right" if column == "score" else "left")
    for entry in alignment if whole else alignment[:_MOST_ROWS]:
        lacking = [f"(none for {part})" for part in entry.missing if entry.iris]
        score = f"{entry.score:.2f}" if entry.iris else ""
        named = "" if entry.name == entry.label else entry.name
        rows.add_row(entry.label, named, "; ".join((*entry.concepts, *lacking)), score, entry.way)
    console.print("\nlabels as concepts")
    console.print(rows)
    if not whole and len(alignment) > _MOST_ROWS:
        console.print(f"and {len(alignment) - _MOST_ROWS} more")
    for note in alignment_notes(alignment):
        console.print(note)
    if table:
        console.print(
            f"all of it: {table}; correct it there, and name it in corpus.label_names",
            soft_wrap=True,
        )
