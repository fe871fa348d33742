"""What ``ontograft link --evaluate`` shows: tables of the figures, and the errors as JSON Lines."""

from __future__ import annotations

from collections import Counter
from dataclasses import asdict
from pathlib import Path
from typing import Final

from rich.console import Console
from rich.table import Table

from ..errors import SettingsError
from ..kg import LinkerOptions
from .link_scores import DEPTHS, MATCHES, REASONS, EndToEnd, LinkScores, Match, SliceScores
from .link_tuning import Tuning
from .output import open_jsonl

_MATCH_NAMES: Final[dict[Match, str]] = {
    "exact": "exact span and concept",
    "overlapping": "overlapping span and concept",
    "exact span": "exact span alone",
    "overlapping span": "overlapping span alone",
}


def print_links(console: Console, scores: LinkScores, *, title: str) -> None:
    """Print the figures of an evaluation as tables."""
    gold, expressible = scores.all.mentions, scores.expressible.mentions
    console.print(
        f"\n{title}: {scores.documents} documents, {gold} gold mentions, of which the ontology can "
        f"express {expressible} ({_per_cent(expressible, gold)} %)"
    )
    console.print("end to end")
    console.print(_end_to_end_table(scores))
    console.print("by how the mention relates to the labels of its gold concept (in %)")
    console.print(_relation_table(scores))
    console.print("links by way (exact span and concept, precision in %)")
    console.print(_way_table(scores))
    console.print(
        f"{scores.composites} mentions name several concepts that the ontology has; "
        f"in {scores.composites_whole} of them each was found"
    )
    reasons = Counter(error.reason for error in scores.errors)
    counts = ", ".join(f"{reason} {reasons[reason]}" for reason in REASONS)
    console.print(f"errors: {counts}")


def print_tuning(console: Console, tuning: Tuning, *, base: LinkerOptions, title: str) -> None:
    """Print what tuning changed, and what that is worth."""
    console.print(f"\n{title}: {_work(tuning)}")
    table = Table()
    table.add_column("exact span and concept, in %")
    for figure in ("precision", "recall", "F1"):
        table.add_column(figure, justify="right")
    table.add_row("before", *_end_to_end_cells(tuning.before))
    table.add_row("after, on the same documents", *_end_to_end_cells(tuning.after))
    table.add_row("after, on held-out documents", *_end_to_end_cells(tuning.held_out))
    console.print(table)
    old, new = asdict(base), asdict(tuning.options)
    for name in old:
        if old[name] != new[name]:
            console.print(f"{name}: {old[name]} -> {new[name]}")
    if not tuning.helps:
        console.print("nothing is better on held-out documents: the options stay as they were")


def _work(tuning: Tuning) -> str:
    weights = tuning.weights
    if weights is None:
        return f"{tuning.tried} sets of options tried"
    return f"learnt {len(weights.tags)} weights for spans and {len(weights.links)} for links"


def write_errors(path: Path, scores: LinkScores) -> None:
    """Write every error as a line of JSON.

    Raises:
        SettingsError: the name does not end in ``.jsonl`` or ``.jsonl.gz``.
    """
    check_errors_path(path)
    with open_jsonl(path) as write:
        for error in scores.errors:
            write(error.as_dict())


def check_errors_path(path: Path) -> None:
    """Refuse a name that ``write_errors`` would refuse.

    Raises:
        SettingsError: it does not end in ``.jsonl`` or ``.jsonl.gz``.
    """
    if not path.name.lower().endswith((".jsonl", ".jsonl.gz")):
        raise SettingsError(
            f"--errors {path}: errors are written as JSON Lines; expected a name that ends in one "
            "of: .jsonl, .jsonl.gz"
        )


def _end_to_end_table(scores: LinkScores) -> Table:
    table = Table()
    table.add_column("a link is right by its (figures in %)")
    for part in ("all", "expressible"):
        for figure in ("precision", "recall", "F1"):
            table.add_column(f"{part}:\n{figure}", justify="right")
    for match in MATCHES:
        cells: list[str] = []
        for scored in (scores.all, scores.expressible):
            cells += _end_to_end_cells(scored.end_to_end[match])
        table.add_row(_MATCH_NAMES[match], *cells)
    return table


def _relation_table(scores: LinkScores) -> Table:
    table = Table()
    table.add_column("gold mentions")
    table.add_column("number", justify="right")
    table.add_column("span given:\naccuracy at 1", justify="right")
    for depth in DEPTHS[1:]:
        table.add_column(f"span given:\nrecall at {depth}", justify="right")
    table.add_column("links", justify="right")
    for figure in ("precision", "recall", "F1"):
        table.add_column(figure, justify="right")
    table.add_row("all", *_relation_cells(scores.all))
    table.add_row("expressible", *_relation_cells(scores.expressible), end_section=True)
    for relation, part in scores.by_relation.items():
        table.add_row(relation, *_relation_cells(part))
    return table


def _way_table(scores: LinkScores) -> Table:
    table = Table()
    table.add_column("way")
    table.add_column("links", justify="right")
    table.add_column("precision", justify="right")
    for way, (links, right) in scores.by_way.items():
        table.add_row(way, str(links), _per_cent(right, links))
    return table


def _relation_cells(part: SliceScores) -> list[str]:
    exact = part.end_to_end["exact"]
    return [
        str(part.mentions),
        *(_per_cent(part.ranked[depth], part.mentions) for depth in DEPTHS),
        str(exact.predicted),
        *_end_to_end_cells(exact),
    ]


def _end_to_end_cells(found: EndToEnd) -> list[str]:
    return [
        _per_cent(found.right, found.predicted),
        _per_cent(found.found, found.gold),
        f"{100 * found.f1:.1f}" if found.predicted and found.gold else "-",
    ]


def _per_cent(part: int, whole: int) -> str:
    return f"{100 * part / whole:.1f}" if whole else "-"
