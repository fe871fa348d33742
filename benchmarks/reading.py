"""Reading two real ontologies, beside rdflib's own parser and obonet, in one run.

    python benchmarks/reading.py [--repeats 3]

The data come from the folder in ONTOGRAFT_BENCHMARK_DATA (default: ../shared/data).
Ontograft's figure is for the whole way to a knowledge graph, with its labels, relations and
problems; those of the others are for parsing alone. Each is the best of the repeats.
"""

from __future__ import annotations

import argparse
import os
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import obonet
import rdflib

from ontograft.kg import KnowledgeGraph

DATA = Path(os.environ.get("ONTOGRAFT_BENCHMARK_DATA", "../shared/data"))
DOID, STW, SLIM = "doid-2016-03-04.obo", "stw-skos.ttl", "do-infectious-disease-slim-2026.owl"


class Row(NamedTuple):
    """One line of the table."""

    file: str
    reader: str
    seconds: float
    found: str


def best_of(repeats: int, work: Callable[[], object]) -> tuple[float, object]:
    """Return the shortest time that some work took, and its result."""
    times = []
    result: object = None
    for _ in range(repeats):
        start = time.perf_counter()
        result = work()
        times.append(time.perf_counter() - start)
    return min(times), result


def summary(result: object) -> str:
    """Say what a reader found."""
    if isinstance(result, KnowledgeGraph):
        parents = int((result.relation == 0).sum())
        return f"{len(result):,} concepts, {parents:,} parents, {len(result.problems)} problems"
    if isinstance(result, rdflib.Graph):
        return f"{len(result):,} triples"
    nodes, edges = len(result), result.number_of_edges()  # type: ignore[arg-type, attr-defined]
    return f"{nodes:,} nodes, {edges:,} edges"


def measure(repeats: int) -> list[Row]:
    """Read each file that is there with each reader."""
    rdf_formats = {STW: "turtle", SLIM: "xml"}
    rows = []
    for name in (DOID, STW, SLIM):
        path = DATA / name
        if not path.is_file():
            print(f"{name} is not in {DATA}: left out; set ONTOGRAFT_BENCHMARK_DATA")
            continue

        def ours(path: Path = path) -> object:
            return KnowledgeGraph.read(path)

        def theirs(path: Path = path, name: str = name) -> object:
            if name in rdf_formats:
                return rdflib.Graph().parse(path, format=rdf_formats[name])
            return obonet.read_obo(str(path))

        seconds, result = best_of(repeats, ours)
        rows.append(Row(name, "ontograft", seconds, summary(result)))
        with tempfile.TemporaryDirectory() as folder:
            saved = Path(folder) / "graph"
            assert isinstance(result, KnowledgeGraph)
            result.save(saved)

            def again(saved: Path = saved) -> object:
                return KnowledgeGraph.load(saved)

            seconds, result = best_of(repeats, again)
            rows.append(Row(name, "ontograft, saved", seconds, summary(result)))
        seconds, result = best_of(repeats, theirs)
        other = "rdflib's own parser" if name in rdf_formats else "obonet"
        rows.append(Row(name, other, seconds, summary(result)))
    return rows


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--repeats", type=int, default=3, help="how often each file is read")
    rows = measure(parser.parse_args().repeats)
    print("| file | reader | seconds | found |\n|---|---|---:|---|")
    for row in rows:
        print(f"| {row.file} | {row.reader} | {row.seconds:.2f} | {row.found} |")


if __name__ == "__main__":
    main()
