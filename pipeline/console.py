"""What the command line shows: progress on stderr for a terminal, tables on stdout."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any, Final, Self

from rich import progress as bars
from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    SpinnerColumn,
    TextColumn,
    TimeElapsedColumn,
    TimeRemainingColumn,
)
from rich.table import Table

from .closing import Closing
from .progress import Pace, Progress

_CONFUSIONS: Final = 5
_FIGURES = {
    "accuracy": "accuracy",
    "macro_f1": "macro F1",
    "micro_f1": "micro F1",
    "macro_precision": "macro precision",
    "macro_recall": "macro recall",
    "samples_f1": "F1 by text",
    "hamming_loss": "Hamming loss",
    "mse": "mean squared error",
    "mae": "mean absolute error",
    "r2": "R²",
    "pearson": "Pearson",
    "spearman": "Spearman",
    "loss": "loss",
    "calibration_error": "calibration error",
}


LINE_SECONDS: Final = 60.0
"""How often a long stage says how far it is where there is no terminal."""


class TerminalReporter(Closing):
    """Shows stages as bars on stderr, with their rate and the time left.

    Where that is no terminal, it prints notes, and for a long stage a line a minute.
    """

    def __init__(self) -> None:
        self._console = Console(stderr=True)
        self._bars = bars.Progress(
            SpinnerColumn(),
            TextColumn("{task.description}"),
            BarColumn(),
            MofNCompleteColumn(),
            TextColumn("{task.fields[rate]}"),
            TimeElapsedColumn(),
            TimeRemainingColumn(),
            console=self._console,
            disable=not self._console.is_terminal,
        )

    def __enter__(self) -> Self:
        self._bars.start()
        return self

    def close(self) -> None:
        """Take the bars away."""
        self._bars.stop()

    @contextmanager
    def stage(self, title: str, total: int | None = None) -> Iterator[Progress]:
        """Show a bar for the length of the stage."""
        task = self._bars.add_task(title, total=total, rate="")
        pace = Pace(title, total, time.monotonic())
        told = pace.began

        def advance(count: int) -> None:
            nonlocal told
            now = time.monotonic()
            pace.done += count
            self._bars.update(task, advance=count, rate=pace.rate(now))
            if self._bars.disable and now - told >= LINE_SECONDS:
                told = now
                self._console.print(pace.line(now), highlight=False, markup=False, soft_wrap=True)

        yield advance
        self._bars.update(task, total=total or self._bars.tasks[task].completed or 1)
        if total is None and not self._bars.tasks[task].completed:
            self._bars.update(task, completed=1)

    def note(self, message: str) -> None:
        """Print a note on stderr."""
        self._console.print(f"note: {message}", highlight=False, markup=False, soft_wrap=True)


def output() -> Console:
    """Return the console for results; its width does not depend on a terminal that is not there."""
    return Console(file=sys.stdout, highlight=False, markup=False, width=None if _tty() else 120)


def _tty() -> bool:
    return sys.stdout.isatty()


def print_metrics(
    metrics: Mapping[str, Any],
    *,
    title: str,
    names: Mapping[str, str] | None = None,
    details: bool = False,
) -> None:
    """Print the figures of an evaluation; with details also label by label, and confusions."""
    console = output()
    console.print(f"\n{title}: {metrics['documents']} texts")
    table = Table()
    table.add_column("figure")
    table.add_column("value", justify="right")
    for key, words in _FIGURES.items():
        if metrics.get(key) is not None:
            table.add_row(words, f"{metrics[key]:.4f}")
    console.print(table)
    if details and "per_label" in metrics:
        console.print("label by label")
        console.print(_label_table(metrics["per_label"], names or {}))
    if details and "confusion" in metrics:
        for line in _confusions(metrics["confusion"]):
            console.print(line)


def _label_table(per_label: Mapping[str, Any], names: Mapping[str, str]) -> Table:
    table = Table()
    table.add_column("label")
    if names:
        table.add_column("name")
    for column in ("precision", "recall", "F1", "texts"):
        table.add_column(column, justify="right")
    for label, figures in per_label.items():
        table.add_row(
            label,
            *([names.get(label, "")] if names else []),
            *(f"{figures[key]:.3f}" for key in ("precision", "recall", "f1")),
            str(figures["support"]),
        )
    return table


def _confusions(confusion: Mapping[str, Any]) -> Iterator[str]:
    """Yield the most frequent confusions, in words."""
    labels, rows = confusion["labels"], confusion["rows_true_columns_predicted"]
    wrong = sorted(
        (-count, labels[true], labels[guess])
        for true, row in enumerate(rows)
        for guess, count in enumerate(row)
        if true != guess and count
    )
    if wrong:
        yield "most often confused:"
    for count, true, guess in wrong[:_CONFUSIONS]:
        yield f"  {-count} x {true} taken for {guess}"


def print_settings() -> None:
    """Print every setting of a project file with its default and meaning."""
    from .settings import describe

    table = Table(show_lines=True)
    for column in ("setting", "default", "meaning"):
        table.add_column(column, overflow="fold")
    for name, default, meaning in describe():
        table.add_row(name, default, meaning)
    output().print(table)


def print_graph(summary: Mapping[str, Any]) -> None:
    """Print what ``summarise`` says of an ontology."""
    console = output()
    version = f", version {summary['version']}" if summary["version"] else ""
    console.print(f"{summary['iri'] or '(the ontology names no IRI)'}{version}")
    table = Table()
    table.add_column("what")
    table.add_column("how many", justify="right")
    for words, count in summary["counts"].items():
        table.add_row(words, str(count))
    console.print(table)
    for title, key, column in (
        ("labels by language", "languages", "language"),
        ("relations", "relations", "relation"),
    ):
        console.print(title)
        part = Table()
        part.add_column(column, overflow="fold")
        part.add_column("how many", justify="right")
        for name, count in summary[key].items():
            part.add_row(name, str(count))
        console.print(part)
    if summary["roots"]:
        console.print(f"roots, the largest first: {', '.join(summary['roots'])}")
    for code, count in summary["problems"].items():
        console.print(f"problem: {code}: {count}")
    for line in summary["examples"]:
        console.print(f"  {line}")
    if not summary["problems"]:
        console.print("no problems found")
