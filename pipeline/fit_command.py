"""What the command ``ontograft fit`` does: fit the model, the baselines beside it, print, write."""

from __future__ import annotations

import json as json_format
import time
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from rich.table import Table

from .aligned_labels import TABLE, of_settings
from .cli_labels import print_alignment
from .console import TerminalReporter, output, print_metrics
from .files import to_json, write_text
from .splits import read_splits
from .training import fit

if TYPE_CHECKING:
    from .settings import Project

MODEL: Final = "this model"
"""What its row is called beside those of the baselines."""

_COMPARED: Final = {
    "single-label": {"accuracy": "accuracy", "macro_f1": "macro F1"},
    "multi-label": {"micro_f1": "micro F1", "macro_f1": "macro F1"},
    "regression": {"r2": "R²", "mae": "mean absolute error"},
}


def fit_project(
    project: Project,
    *,
    out: Path | None = None,
    resume: bool = False,
    with_baselines: bool = False,
    json: Path | None = None,
) -> None:
    """Fit the model of a project, and the baselines if they are wanted; print and write figures.

    Args:
        project: the project.
        out: the folder for the model; the project's own unless given.
        resume: whether to continue an interrupted run.
        with_baselines: whether to fit the baselines on the same texts, too.
        json: where to write the figures: those of the model, and of each baseline by its name.

    Raises:
        OntograftError: see ``fit`` and ``baselines``.
    """
    rows: dict[str, dict[str, Any]] = {}
    with TerminalReporter() as reporter:
        splits = None
        if with_baselines:
            from .baselines import baselines, check_comparable

            with reporter.stage("reading the corpus"):
                splits = read_splits(project)
            check_comparable(splits)  # not after hours of training
        began = time.perf_counter()
        result = fit(project, output=out, resume=resume, splits=splits, reporter=reporter)
        # The time of a run in several parts is not known.
        seconds = None if resume else time.perf_counter() - began
        rows[MODEL] = {**result.metrics, "seconds": seconds}
        if with_baselines:
            for name, found in baselines(project, splits=splits, reporter=reporter).items():
                rows[name] = {**found.metrics, "seconds": found.seconds}
    settings = json_format.loads((result.folder / "settings.json").read_text(encoding="utf-8"))
    print_alignment(
        of_settings(settings.get("label_alignment", ())), table=str(result.folder / TABLE)
    )
    for split in ("dev", "test"):
        if split in result.metrics:
            print_metrics(result.metrics[split], title=split)
    _print_held_out(result.metrics)
    if with_baselines:
        console = output()
        console.print("\nside by side")
        console.print(comparison_table(rows, task=project.task))
    if json is not None:
        write_text(json, to_json(rows) + "\n")
    output().print(f"model folder: {result.folder}", soft_wrap=True)


def _print_held_out(metrics: Mapping[str, Any]) -> None:
    """Print the figures of the linear probe where nothing else tells what to expect."""
    probe = metrics.get("probe", {})
    if "held_out" in probe and not metrics.keys() & {"dev", "test"}:
        print_metrics(
            probe["held_out"],
            title="the model has learnt from all texts; the linear probe that it starts from, in "
            "cross-validation",
        )


def comparison_table(rows: Mapping[str, Mapping[str, Any]], *, task: str) -> Table:
    """Return the figures of models side by side; a row has them by split, and the seconds."""
    figures = _COMPARED[task]
    splits = [split for split in ("dev", "test") if any(split in row for row in rows.values())]
    table = Table()
    table.add_column("")
    for split in splits:
        for words in figures.values():
            table.add_column(f"{split} {words}", justify="right")
    table.add_column("seconds", justify="right")
    for name, row in rows.items():
        values = [row.get(split, {}).get(key) for split in splits for key in figures]
        shown = ["" if value is None else f"{value:.3f}" for value in values]
        seconds = "" if row["seconds"] is None else f"{row['seconds']:.1f}"
        table.add_row(name, *shown, seconds)
    return table
