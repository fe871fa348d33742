"""Measure the linker at scale: a million labels, texts without an end, documents without an end.

    OMP_NUM_THREADS=1 python benchmarks/scale.py [--labels 1000000] [--documents 100000]

It needs the development data (``ONTOGRAFT_BENCHMARK_DATA``, default ``../shared/data``): the made
ontology is put together from the labels of DOID and STW, and the texts are Ohsumed's. Each figure
is of a process of its own. Resident memory is what Linux reports in /proc/self/status.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, Final

import spacy
from made_ontology import OntologyMaker

from ontograft.kg import KnowledgeGraph, Linker
from ontograft.kg.processes import link_texts
from ontograft.kg.spacy_linker import mentions_of, nlp_for

DATA: Final = Path(os.environ.get("ONTOGRAFT_BENCHMARK_DATA", "../shared/data"))
SIZES: Final = (250_000, 500_000, 1_000_000)
RUNS: Final = {
    "one word without spaces": "x",
    "punctuation only": "(=",
    "combining marks": "\u0301",
    "zero-width": "\u200b",
    "line breaks": "-\n",
    "words of the ontology": "breast and ovarian cancer, ",
}


def main() -> None:
    """Run each part in a process of its own and print the tables."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--labels", type=int, default=1_000_000)
    parser.add_argument("--documents", type=int, default=100_000)
    parser.add_argument("--part", choices=PARTS, help=argparse.SUPPRESS)
    parser.add_argument("--folder", type=Path, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if not DATA.is_dir():
        raise SystemExit(f"{DATA}: no benchmark data; set ONTOGRAFT_BENCHMARK_DATA to its folder")
    if options.part:
        print(json.dumps(PARTS[options.part](options)))
        return
    with tempfile.TemporaryDirectory() as folder:
        for part in PARTS:
            command = [sys.executable, __file__, "--part", part, "--folder", folder]
            command += ["--labels", str(options.labels), "--documents", str(options.documents)]
            done = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True)
            print(f"| {part} | |\n|---|---|")
            for name, value in json.loads(done.stdout.splitlines()[-1]).items():
                print(f"| {name} | {value} |")
            print(flush=True)


def build(options: argparse.Namespace) -> dict[str, Any]:
    """Make the ontology, build the index and save it."""
    start = time.perf_counter()
    graph = made(options.labels)
    made_s, before = time.perf_counter() - start, resident("VmRSS")
    processor = os.times()
    start = time.perf_counter()
    linker = Linker.build(graph)
    built_s, after = time.perf_counter() - start, os.times()
    start = time.perf_counter()
    linker.save(options.folder / "linker")
    saved_s = time.perf_counter() - start
    size = sum(path.stat().st_size for path in (options.folder / "linker").iterdir())
    own = after.user + after.system - processor.user - processor.system
    second = sum(after[2:4]) - sum(processor[2:4])
    return {
        "concepts": f"{len(graph):,}",
        "labels": f"{sum(len(concept.labels) for concept in graph.concepts):,}",
        "made in, s": f"{made_s:.1f}",
        "resident with the ontology, MB": f"{before:,.0f}",
        "index built in, s": f"{built_s:.1f}",
        "of processor time, s: this process, the second one": f"{own:.1f}, {second:.1f}",
        "patterns": f"{len(linker.lexicon):,}",
        "words": f"{len(linker.lexicon.words):,}",
        "flagged": f"{len(linker.lexicon.flagged):,}",
        "peak of this process, MB": f"{resident('VmHWM'):,.0f}",
        "saved in, s": f"{saved_s:.1f}",
        "on disk, MB": f"{size / 1e6:,.0f}",
    }


def load(options: argparse.Namespace) -> dict[str, Any]:
    """Load the index and link with it."""
    texts = abstracts()
    start = time.perf_counter()
    linker = Linker.load(options.folder / "linker")
    loaded_s, loaded = time.perf_counter() - start, resident("VmRSS")
    doid = Linker.build(KnowledgeGraph.read(DATA / "doid-2016-03-04.obo"))
    both = resident("VmRSS")
    first = rate(linker, texts)
    doid_first = rate(doid, texts)
    again, doid_again = (max(rate(each, texts) for _ in range(3)) for each in (linker, doid))
    return {
        "loaded in, s": f"{loaded_s:.2f}",
        "resident after loading, MB": f"{loaded:,.0f}",
        "resident growth by linking all abstracts, MB": f"{resident('VmRSS') - both:,.0f}",
        "mentions an abstract": f"{sum(len(linker(text)) for text in texts) / len(texts):.1f}",
        "mentions an abstract, DOID": f"{sum(len(doid(text)) for text in texts) / len(texts):.1f}",
        "abstracts/s, first time": f"{first:,.0f}",
        "abstracts/s, first time, DOID": f"{doid_first:,.0f}",
        "abstracts/s": f"{again:,.0f}",
        "abstracts/s, DOID": f"{doid_again:,.0f}",
        "speed, DOID = 1": f"{again / doid_again:.2f}",
    }


def long_texts(_: argparse.Namespace) -> dict[str, Any]:
    """Link texts of a million characters, and show how time grows with their length."""
    linker = Linker.build(KnowledgeGraph.read(DATA / "doid-2016-03-04.obo"))
    nlp = nlp_for(linker)
    nlp.max_length = max(SIZES)
    found = {}
    for name, run in RUNS.items():
        for way, link in {"from text": linker, "through spaCy": nlp}.items():
            seconds = [
                took(lambda text=(run * size)[:size], link=link: link(text)) for size in SIZES
            ]
            growth = " ".join(f"{one / seconds[0]:.1f}" for one in seconds)
            found[f"{name}, {way}: s per MB, growth"] = f"{seconds[-1]:.2f}, {growth}"
    return found


def memory(options: argparse.Namespace) -> dict[str, Any]:
    """Link documents of words never seen before, and report how memory grows."""
    linker = Linker.build(KnowledgeGraph.read(DATA / "doid-2016-03-04.obo"))
    plain, nlp = spacy.blank("en"), nlp_for(linker)
    found = {}
    for name, vocab, link in (
        ("straight from text", nlp.vocab, lambda texts: [linker(text) for text in texts]),
        (
            "spaCy alone in a memory zone",
            plain.vocab,
            lambda texts: zoned(plain, texts),
        ),
        ("nlp.pipe in a memory zone", nlp.vocab, lambda texts: zoned(nlp, texts)),
    ):
        marks = []
        batches = new_words(options.documents)
        strings = len(vocab.strings)
        for number, batch in enumerate(batches, 1):
            link(batch)
            if number % (len_of(options) // 10) == 0:
                marks.append(resident("VmRSS"))
        growth = ", ".join(f"{mark - marks[0]:.0f}" for mark in marks[1:])
        found[f"{name}: growth after the first tenth, MB, a tenth each"] = growth
        found[f"{name}: new strings kept by spaCy"] = f"{len(vocab.strings) - strings:,}"
    return found


def processes(_: argparse.Namespace) -> dict[str, Any]:
    """Link with two processes of spaCy and of our own, with torch loaded."""
    import torch  # its threads are what a fork does not get

    torch.ones(512, 512) @ torch.ones(512, 512)
    linker = Linker.build(KnowledgeGraph.read(DATA / "doid-2016-03-04.obo"))
    nlp, texts = nlp_for(linker), abstracts()
    expected = [linker(text) for text in texts]
    found = {}
    for name, link in {
        "nlp.pipe(n_process=2)": lambda: list(
            map(mentions_of, nlp.pipe(texts, n_process=2, batch_size=200))
        ),
        "link_texts(processes=2)": lambda: list(link_texts(linker, texts, processes=2)),
    }.items():
        start = time.perf_counter()
        linked = link()
        seconds = time.perf_counter() - start
        alike = sum(list(one) == other for one, other in zip(linked, expected, strict=True))
        found[f"{name}, s"] = f"{seconds:.1f}"
        found[f"{name}: abstracts with the mentions of one process"] = f"{alike} of {len(texts)}"
    found["threads of torch in this process"] = str(torch.get_num_threads())
    return found


def len_of(options: argparse.Namespace) -> int:
    """Return the number of batches of documents."""
    return int(options.documents) // 100


def new_words(documents: int) -> Iterator[list[str]]:
    """Yield batches of a hundred documents, each with twenty words that none before it has."""
    for batch in range(documents // 100):
        yield [
            " ".join(f"word{batch}n{number}w{place} with cancer" for place in range(20))
            for number in range(100)
        ]


def zoned(nlp: spacy.language.Language, texts: list[str]) -> None:
    """Link texts in a memory zone, after which spaCy forgets their words."""
    with nlp.memory_zone():
        for _ in nlp.pipe(texts):
            pass


def made(num_labels: int) -> KnowledgeGraph:
    """Return a made ontology of so many labels, two and a half for each concept."""
    names = {
        label.text
        for file in ("doid-2016-03-04.obo", "stw-skos.ttl")
        for concept in KnowledgeGraph.read(DATA / file).concepts
        for label in concept.labels
        if label.language in ("", "en")
    }
    return OntologyMaker(sorted(names), random.Random(1))(num_labels * 2 // 5, num_labels)


def abstracts() -> list[str]:
    """Return the texts of Ohsumed's training half."""
    lines = (DATA / "ohsumed-train.jsonl").read_text("utf-8").splitlines()
    return [json.loads(line)["text"] for line in lines]


def rate(linker: Linker, texts: list[str]) -> float:
    """Return how many texts a second of processor time a linker takes."""
    return len(texts) / took(lambda: [linker(text) for text in texts])


def took(run: Callable[[], object]) -> float:
    """Return the processor time that a function takes in seconds."""
    start = time.process_time()
    run()
    return time.process_time() - start


def resident(field: str) -> float:
    """Return a memory figure of this process in MB."""
    for line in Path("/proc/self/status").read_text("utf-8").splitlines():
        if line.startswith(f"{field}:"):
            return int(line.split()[1]) * 1024 / 1e6
    raise SystemExit(f"/proc/self/status has no {field}")


PARTS: Final = {
    "build": build,
    "load": load,
    "long_texts": long_texts,
    "memory": memory,
    "processes": processes,
}

if __name__ == "__main__":
    main()
