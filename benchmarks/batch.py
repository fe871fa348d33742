"""Batch prediction: its memory over a million rows, and its throughput against the bare encoder.

Memory: a corpus of short rows is predicted into a results folder by a process of its own. Reading,
linking (to the sample's ontology) and writing are real; the model is a stub. Resident memory is
what Linux reports in /proc/self/status.

Throughput: Ohsumed abstracts are predicted into a results folder by a classifier grafted with the
Disease Ontology. The peer is its encoder alone, over the same texts, tokenised beforehand and
sorted by length. Both take turns in one process; CPU time is that of all threads.

    python benchmarks/batch.py [--rows 1000000] [--texts 1000] [--rounds 3] [--shard-size 4096]

0 rows or 0 texts leave that part out.
"""

from __future__ import annotations

import argparse
import json
import statistics
import subprocess
import sys
import tempfile
import time
import zlib
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
from streaming import resident

from ontograft.data import CorpusColumns
from ontograft.data.samples import sample_path
from ontograft.kg import KnowledgeGraph
from ontograft.pipeline.batch import SHARD_SIZE, predict_corpus
from ontograft.pipeline.labels import LabelSet
from ontograft.pipeline.record_schema import Scores


class LinkingStub:
    """Links for real, and scores each text by a checksum of it."""

    def __init__(self) -> None:
        from ontograft.kg import Linker
        from ontograft.pipeline import LinkedOntology
        from ontograft.pipeline.sections import KnowledgeSettings

        self.graph = KnowledgeGraph.read(sample_path("plant_health.ttl"), language="en")
        linker = Linker.build(self.graph, language="en")
        self._linked = LinkedOntology(self.graph, linker, KnowledgeSettings())
        self.labels = LabelSet("single-label", tuple(f"label {number}" for number in range(8)))
        self.columns = CorpusColumns(id="id", text="text", label="label")
        self.language = "en"

    def identity(self) -> dict[str, Any]:
        """Return what it is."""
        return {"model": {"name": "stub", "sha256": "", "task": self.labels.task}}

    def scores(self, texts: Sequence[str]) -> Scores:
        """Score texts, each by itself."""
        sums = np.array([zlib.crc32(text.encode()) % 997 + 1 for text in texts])
        values = sums[:, None] % np.arange(3, 11) + 1.0  # (text, label)
        return Scores(values / values.sum(axis=1, keepdims=True), self._linked.mentions(texts))


def write_rows(path: Path, rows: int) -> None:
    """Write short texts that name concepts of the sample, each with words that no other has."""
    graph = KnowledgeGraph.read(sample_path("plant_health.ttl"), language="en")
    names = [graph.preferred_label(number) for number in range(len(graph))]
    with path.open("w", encoding="utf-8") as file:
        for i in range(rows):
            one, other = names[i % len(names)], names[i * 7 % len(names)]
            text = f"Garden x{i}y shows {one} since day {i}; nobody there saw {other} before."
            row = {
                "id": f"document-{i:07}",
                "text": text,
                "label": f"label {i % 8}",
                "year": i % 30,
            }
            file.write(json.dumps(row) + "\n")


class Watch:
    """A reporter that notes resident memory as a stage goes on."""

    def __init__(self) -> None:
        self.points: list[tuple[int, float]] = []

    @contextmanager
    def stage(self, title: str, total: int | None = None) -> Iterator[Callable[[int], None]]:
        """Note the memory after each shard that is predicted."""
        done = 0

        def advance(count: int) -> None:
            nonlocal done
            done += count
            if title == "predicting":
                self.points.append((done, resident("VmRSS")))

        print(f"{title}: {total}", file=sys.stderr)
        yield advance

    def note(self, message: str) -> None:
        """Print a note."""
        print(message, file=sys.stderr)


def predict_rows(corpus: Path, out: Path, shard_size: int) -> dict[str, float]:
    """Return the time, and the resident memory in MB, of predicting a corpus."""
    stub, watch = LinkingStub(), Watch()
    stub.scores(["Warm up with a leaf."])
    before, start = resident("VmRSS"), time.perf_counter()
    results = predict_corpus(stub, corpus, out, shard_size=shard_size, reporter=watch)
    rows = results.manifest["counts"]["documents"]

    def at(share: float) -> float:
        return next(memory for done, memory in watch.points if done >= share * rows)

    return {
        "seconds": time.perf_counter() - start,
        "rows": rows,
        "mentions": results.manifest["counts"]["mentions"],
        "before": before,
        "tenth": at(0.1),
        "half": at(0.5),
        "end": at(1),
        "peak": resident("VmHWM"),
        "megabytes": sum(path.stat().st_size for path in out.rglob("*.parquet")) / 1e6,
    }


def measure_memory(rows: int, shard_size: int) -> None:
    """Predict a made corpus in a new process and print the table."""
    with tempfile.TemporaryDirectory() as folder:
        corpus = Path(folder) / "corpus.jsonl"
        write_rows(corpus, rows)
        options = ["--inner", str(corpus), "--shard-size", str(shard_size)]
        command = [sys.executable, __file__, *options]
        output = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout
    row = json.loads(output)
    print("| rows | seconds | rows a second | mentions | record, MB | RSS before, MB |", end="")
    print(" growth to a tenth | to half | to the end | peak growth |")
    print("|---|---|---|---|---|---|---|---|---|---|")
    growth = [row[name] - row["before"] for name in ("tenth", "half", "end", "peak")]
    print(
        f"| {row['rows']:,} | {row['seconds']:.0f} | {row['rows'] / row['seconds']:,.0f} | "
        f"{row['mentions']:,} | {row['megabytes']:.0f} | {row['before']:.0f} | "
        + " | ".join(f"{value:.0f}" for value in growth)
        + " |\n",
        flush=True,
    )


def measure_throughput(count: int, rounds: int, shard_size: int) -> None:
    """Print how fast predicting is, and its encoder alone."""
    from ohsumed import Bench
    from predicting import classifier

    from ontograft.pipeline.vectors import frozen_vectors

    bench = Bench.read({"training.epochs": 0})
    corpus = [{"id": one.id, "text": one.text} for one in bench.splits(5, 0).test[:count]]
    columns = CorpusColumns(id="id")
    clocks = {"CPU": time.process_time, "wall": time.perf_counter}
    spent: dict[tuple[str, str], list[float]] = {}

    def timed(what: str, work: Callable[[], object]) -> None:
        started = {name: clock() for name, clock in clocks.items()}
        work()
        for name, clock in clocks.items():
            spent.setdefault((what, name), []).append(clock() - started[name])

    with tempfile.TemporaryDirectory() as folder:
        model = classifier(bench, "grafted", Path(folder))
        encoded, _ = model.encode([str(row["text"]) for row in corpus])
        for number in range(rounds + 1):
            timed("bare encoder", lambda: frozen_vectors(model.model.encoder, encoded))
            out = Path(folder) / f"results-{number}"
            timed(
                "predict",
                lambda out=out: predict_corpus(
                    model, corpus, out, columns=columns, shard_size=shard_size
                ),
            )
    print(f"{len(corpus)} abstracts, {rounds} rounds, median of the ratios\n")
    print("| clock | bare encoder, texts a second | predict | throughput, predict / bare |")
    print("|---|---|---|---|")
    for name in clocks:
        bare, ours = (spent[what, name][1:] for what in ("bare encoder", "predict"))  # 0: warm-up
        ratio = statistics.median(one / other for one, other in zip(bare, ours, strict=True))
        speeds = [len(corpus) / statistics.median(times) for times in (bare, ours)]
        print(f"| {name} | {speeds[0]:.1f} | {speeds[1]:.1f} | {ratio:.3f} |")


def main() -> None:
    """Measure what is asked for."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--rows", type=int, default=1_000_000, help="rows for the memory")
    parser.add_argument("--texts", type=int, default=600, help="abstracts for the throughput")
    parser.add_argument("--rounds", type=int, default=3, help="rounds of the throughput")
    parser.add_argument("--shard-size", type=int, default=SHARD_SIZE, help="documents in a shard")
    parser.add_argument("--inner", type=Path, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.inner:
        out = options.inner.with_name("results")
        print(json.dumps(predict_rows(options.inner, out, options.shard_size)))
        return
    if options.rows:
        measure_memory(options.rows, options.shard_size)
    if options.texts:
        measure_throughput(options.texts, options.rounds, options.shard_size)


if __name__ == "__main__":
    main()
