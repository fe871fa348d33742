"""What the benchmarks share: where the data is, and how a figure is written."""

from __future__ import annotations

import json
import os
import statistics
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

import numpy as np

ALL: Final = 0
"""Stands for all training texts, as a number of texts."""


def data_folder() -> Path:
    """Return the folder of the benchmark data; end the run with a reason where it is missing."""
    root = Path(__file__).resolve().parents[1]
    folder = Path(os.environ.get("ONTOGRAFT_BENCHMARK_DATA", root.parent / "shared" / "data"))
    if not folder.is_dir():
        print(f"skipped: no folder {folder}; set ONTOGRAFT_BENCHMARK_DATA to the benchmark data")
        sys.exit(0)
    return folder


def kept(path: Path) -> list[dict[str, Any]]:
    """Return the results that earlier runs of a benchmark have kept."""
    if not path.exists():
        return []
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def keep(row: dict[str, Any], path: Path) -> None:
    """Print a result, and add it to those kept."""
    with path.open("a", encoding="utf-8") as file:
        file.write(json.dumps(row) + "\n")
    print(json.dumps(row), flush=True)


def spread(values: Sequence[float]) -> str:
    """Write shares as per cent: the mean, and the standard deviation over several seeds."""
    mean = 100 * statistics.mean(values)
    if len(values) < 2:
        return f"{mean:.1f}"
    return f"{mean:.1f} ± {100 * statistics.stdev(values):.1f}"


def number_of_texts(value: str) -> int:
    """Read a number of texts, or "all"."""
    return ALL if value == "all" else int(value)


def drawn(total: int, texts: int, seed: int) -> list[int]:
    """Return the rows of the training texts that a seed draws, sorted.

    Args:
        total: how many training texts there are.
        texts: how many to draw; ``ALL`` for all.
        seed: of the draw.
    """
    order = np.random.default_rng(seed).permutation(total)
    return sorted(order[: texts or None].tolist())
