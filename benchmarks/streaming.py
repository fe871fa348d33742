"""Measure the memory that reading a large corpus takes: 1,000,000 rows in each format.

Each format is read by a process of its own, document by document, with ids (checked for
duplicates) and labels. Run from the root of the project:

    python benchmarks/streaming.py [--rows 1000000] [--folder FOLDER]

It prints a Markdown table. Resident memory is what Linux reports in /proc/self/status.
"""

from __future__ import annotations

import argparse
import csv
import gzip
import io
import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import TextIO

ROWS = 1_000_000
NAMES = ("corpus.csv", "corpus.csv.gz", "corpus.jsonl", "corpus.parquet")
_WORDS = (
    "fever",
    "cough",
    "rash",
    "liver",
    "heart",
    "kidney",
    "chronic",
    "acute",
    "with",
    "of",
    "the",
)


def main() -> None:
    """Write the files, read each in a new process and print the table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--rows", type=int, default=ROWS, help="rows of each file")
    parser.add_argument("--folder", type=Path, help="where the files are written; default: temp")
    parser.add_argument("--read", type=Path, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.read:
        print(json.dumps(measure(options.read, options.rows)))
        return
    with tempfile.TemporaryDirectory(dir=options.folder) as folder:
        print("| file | MB | seconds | rows a second | RSS before, MB | peak growth, MB |", end="")
        print(" growth in the second half, MB |")
        print("|---|---|---|---|---|---|---|")
        for name in NAMES:
            path = Path(folder) / name
            write(path, options.rows)
            command = [sys.executable, __file__, "--rows", str(options.rows), "--read", str(path)]
            output = subprocess.run(command, check=True, capture_output=True, text=True).stdout
            row = json.loads(output)
            size = path.stat().st_size / 1e6
            print(
                f"| {name} | {size:.0f} | {row['seconds']:.1f} | "
                f"{options.rows / row['seconds']:,.0f} | {row['before']:.0f} | "
                f"{row['peak'] - row['before']:.0f} | {row['after'] - row['half']:.0f} |",
                flush=True,
            )
            path.unlink()


def measure(path: Path, rows: int) -> dict[str, float]:
    """Return the time and the resident memory in MB while a corpus is read."""
    from ontograft.data import CorpusColumns, ReadReport, read_corpus

    if path.suffix == ".parquet":
        import pyarrow.parquet  # noqa: F401 - its 60 MB are no growth

    columns = CorpusColumns(id="id", text="text", label="label")
    report = ReadReport()
    before = half = resident("VmRSS")
    start = time.perf_counter()
    for document in read_corpus(path, columns=columns, report=report):
        if document.row == rows // 2:
            half = resident("VmRSS")
    seconds = time.perf_counter() - start
    if report.read != rows:
        raise SystemExit(f"{path}: expected {rows} documents, read {report.read}")
    after, peak = resident("VmRSS"), resident("VmHWM")
    return {"seconds": seconds, "before": before, "half": half, "after": after, "peak": peak}


def resident(field: str) -> float:
    """Return a memory figure of this process in MB."""
    for line in Path("/proc/self/status").read_text(encoding="utf-8").splitlines():
        if line.startswith(f"{field}:"):
            return int(line.split()[1]) * 1024 / 1e6
    raise SystemExit(f"/proc/self/status has no {field}")


def write(path: Path, rows: int) -> None:
    """Write a corpus in the format that its name asks for."""
    if path.suffix == ".parquet":
        _write_parquet(path, rows)
    elif path.suffix == ".jsonl":
        with path.open("w", encoding="utf-8") as file:
            for name, text, label in _generated(rows):
                file.write(json.dumps({"id": name, "text": text, "label": label}) + "\n")
    else:
        with _opened(path) as file:
            writer = csv.writer(file)
            writer.writerow(("id", "text", "label"))
            writer.writerows(_generated(rows))


def _opened(path: Path) -> TextIO:
    if path.suffix == ".gz":
        packed = gzip.open(path, "wb", compresslevel=1)  # noqa: SIM115 - closed with its wrapper
        return io.TextIOWrapper(packed, encoding="utf-8", newline="")
    return path.open("w", encoding="utf-8", newline="")


def _write_parquet(path: Path, rows: int) -> None:
    import pyarrow as pa
    import pyarrow.parquet as pq

    schema = pa.schema([("id", pa.string()), ("text", pa.string()), ("label", pa.string())])
    chunk: list[tuple[str, str, str]] = []
    with pq.ParquetWriter(path, schema) as writer:
        for row in _generated(rows):
            chunk.append(row)
            if len(chunk) == 100_000:
                writer.write_table(_table(chunk, schema))
                chunk = []
        if chunk:
            writer.write_table(_table(chunk, schema))


def _table(chunk: list[tuple[str, str, str]], schema: object) -> object:
    import pyarrow as pa

    columns = [list(column) for column in zip(*chunk, strict=True)]
    return pa.Table.from_arrays([pa.array(column) for column in columns], schema=schema)


def _generated(rows: int) -> Iterator[tuple[str, str, str]]:
    for i in range(rows):
        words = [_WORDS[(i * 7 + k * k * (i % 13 + 1)) % len(_WORDS)] for k in range(12)]
        yield f"document-{i:07}", f"Case {i}: {' '.join(words)}.", f"label {i % 23}"


if __name__ == "__main__":
    main()
