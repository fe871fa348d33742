"""What the benchmarks share: where the data is, and how a figure is written."""

from __future__ import annotations

import os
import statistics
import sys
from collections.abc import Sequence
from pathlib import Path


def data_folder() -> Path:
    """Return the folder of the benchmark data; end the run with a reason where it is missing."""
    root = Path(__file__).resolve().parents[1]
    folder = Path(os.environ.get("ONTOGRAFT_BENCHMARK_DATA", root.parent / "shared" / "data"))
    if not folder.is_dir():
        print(f"skipped: no folder {folder}; set ONTOGRAFT_BENCHMARK_DATA to the benchmark data")
        sys.exit(0)
    return folder


def spread(values: Sequence[float]) -> str:
    """Write shares as per cent: the mean, and the standard deviation over several seeds."""
    mean = 100 * statistics.mean(values)
    if len(values) < 2:
        return f"{mean:.1f}"
    return f"{mean:.1f} ± {100 * statistics.stdev(values):.1f}"
