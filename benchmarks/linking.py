"""Measure the linker: speed beside spaCy's own matcher, coverage, and accuracy on NCBI-disease.

    OMP_NUM_THREADS=1 python benchmarks/linking.py [--repeat 3] [--errors]

It needs the development data (``ONTOGRAFT_BENCHMARK_DATA``, default ``../shared/data``). All speeds
are of one run on one core; read the ratios. NCBI-disease is scored end to end on its development
set: a mention counts when its span is exact and the linked concept has the gold MeSH or OMIM
identifier among its cross-references. Mentions inside a longer one are not scored.
"""

from __future__ import annotations

import argparse
import json
import os
import time
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

import spacy
from spacy.language import Language
from spacy.matcher import PhraseMatcher
from spacy.tokens import Doc

from ontograft.kg.graph import KnowledgeGraph
from ontograft.kg.linking import Linker
from ontograft.kg.mentions import NIL, Mention
from ontograft.kg.spacy_linker import nlp_for

DATA = Path(os.environ.get("ONTOGRAFT_BENCHMARK_DATA", "../shared/data"))
Result = TypeVar("Result")
Gold = tuple[int, int, frozenset[str]]


def main() -> None:
    """Print the tables."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--repeat", type=int, default=3, help="runs; the fastest counts")
    parser.add_argument("--errors", action="store_true", help="list the commonest errors")
    arguments = parser.parse_args()
    if not DATA.is_dir():
        raise SystemExit(f"{DATA}: no benchmark data; set ONTOGRAFT_BENCHMARK_DATA to its folder")
    texts = [
        json.loads(line)["text"]
        for line in (DATA / "ohsumed-train.jsonl").read_text("utf-8").splitlines()
    ]
    graph, reading_s = timed(lambda: KnowledgeGraph.read(DATA / "doid-2016-03-04.obo"))
    linker, build_s = timed(lambda: Linker.build(graph))
    print(f"DOID: {len(graph)} concepts, read in {reading_s:.2f} s; index of ", end="")
    print(f"{len(linker.lexicon):,} forms built in {build_s:.2f} s\n")
    report_speed(graph, linker, texts, arguments.repeat)
    report_coverage(linker, texts)
    report_accuracy(graph, linker, show_errors=arguments.errors)


def timed(run: Callable[[], Result]) -> tuple[Result, float]:
    """Return what a function returns, and the processor time it took in seconds."""
    start = time.process_time()
    result = run()
    return result, time.process_time() - start


def report_speed(graph: KnowledgeGraph, linker: Linker, texts: list[str], repeat: int) -> None:
    """Print how many abstracts a second each way takes."""
    plain = spacy.blank("en")
    peer_nlp = spacy.blank("en")
    peer, peer_build_s = timed(lambda: phrase_matcher(peer_nlp, graph))
    ours = nlp_for(linker)
    ways: dict[str, Callable[[], None]] = {
        "tokenise only (spaCy blank en)": lambda: drain(plain.pipe(texts)),
        "ontograft_linker through nlp.pipe": lambda: drain(ours.pipe(texts)),
        "PhraseMatcher(LOWER) after nlp.pipe": lambda: drain(map(peer, peer_nlp.pipe(texts))),
        "Linker straight from text": lambda: drain(map(linker, texts)),
    }
    best = dict.fromkeys(ways, float("inf"))
    for _ in range(repeat):
        for way, run in ways.items():
            best[way] = min(best[way], timed(run)[1])
    base = best["tokenise only (spaCy blank en)"]
    print("| Ohsumed-train against DOID, one core | abstracts/s | time, tokenising = 1 |")
    print("|---|---|---|")
    for way, seconds in best.items():
        print(f"| {way} | {len(texts) / seconds:,.0f} | {seconds / base:.2f} |")
    print(f"\nPhraseMatcher with the same labels built in {peer_build_s:.2f} s\n")


def phrase_matcher(nlp: Language, graph: KnowledgeGraph) -> Callable[[Doc], object]:
    """Return spaCy's own dictionary matcher over the labels of a graph."""
    matcher = PhraseMatcher(nlp.vocab, attr="LOWER")
    # A tokenizer remembers its first 10,000 words for good: labels would crowd out those of texts.
    patterns_nlp = spacy.blank("en", vocab=nlp.vocab)
    for number, concept in enumerate(graph.concepts):
        patterns = [patterns_nlp.make_doc(label.text) for label in graph.names(number, "en")]
        if patterns:
            matcher.add(concept.iri, patterns)
    return lambda doc: matcher(doc)


def drain(stream: Iterable[object]) -> None:
    """Run a stream to its end."""
    for _ in stream:
        pass


def report_coverage(linker: Linker, texts: list[str]) -> None:
    """Print how much of Ohsumed is linked."""
    found = [linked(linker(text)) for text in texts]
    covered = sum(map(bool, found)) / len(texts)
    print("| Ohsumed-train | |")
    print("|---|---|")
    print(f"| abstracts with a link | {covered:.1%} |")
    print(
        f"| links an abstract, nested ones not counted | {sum(map(len, found)) / len(texts):.2f} |"
    )
    concepts = {mention.iri for mentions in found for mention in mentions}
    print(f"| concepts linked | {len(concepts):,} |\n")


def linked(mentions: Iterable[Mention]) -> list[Mention]:
    """Return the mentions that are linked and not inside another."""
    return [mention for mention in mentions if mention.iri != NIL and not mention.nested]


@dataclass
class Scores:
    """Counts of one evaluation."""

    right: int = 0
    right_spans: int = 0
    predicted: int = 0
    gold: int = 0

    def line(self, name: str, right: int) -> str:
        """Return a row of the table."""
        precision, recall = right / max(1, self.predicted), right / max(1, self.gold)
        f1 = 2 * precision * recall / max(1e-9, precision + recall)
        return f"| {name} | {precision:.1%} | {recall:.1%} | {f1:.1%} |"


def report_accuracy(graph: KnowledgeGraph, linker: Linker, *, show_errors: bool) -> None:
    """Print precision, recall and F1 on NCBI-disease, development set."""
    codes = {concept.iri: codes_of(concept.xrefs) for concept in graph.concepts}
    scores, wrong, missed = Scores(), Counter[str](), Counter[str]()
    for text, gold in read_pubtator(DATA / "ncbi-disease-dev.pubtator"):
        mentions = linked(linker(text))
        spans = {(start, end): ids for start, end, ids in gold}
        scores.gold += len(spans)
        scores.predicted += len(mentions)
        hits = set()
        for mention in mentions:
            ids = spans.get((mention.start, mention.end))
            scores.right_spans += ids is not None
            if ids is not None and ids & codes[mention.iri]:
                scores.right += 1
                hits.add((mention.start, mention.end))
            else:
                span = "concept" if ids is not None else "span"
                wrong[f"{mention.text} -> {mention.label} ({span})"] += 1
        missed.update(text[start:end] for start, end in spans if (start, end) not in hits)
    print(f"| NCBI-disease dev, {scores.gold} mentions | precision | recall | F1 |")
    print("|---|---|---|---|")
    print(scores.line("exact span and concept", scores.right))
    print(scores.line("exact span", scores.right_spans))
    if show_errors:
        print("\nwrong:", wrong.most_common(60), "\n\nmissed:", missed.most_common(80))


def codes_of(xrefs: Iterable[str]) -> frozenset[str]:
    """Return the MeSH and OMIM identifiers among cross-references, as NCBI-disease writes them."""
    codes = set()
    for xref in xrefs:
        vocabulary, _, code = xref.partition(":")
        if vocabulary in ("MSH", "MESH"):
            codes.add(code)
        elif vocabulary == "OMIM":
            codes.add(f"OMIM:{code}")
    return frozenset(codes)


def read_pubtator(path: Path) -> Iterable[tuple[str, list[Gold]]]:
    """Yield the text of each document with its gold mentions."""
    for block in path.read_text("utf-8").strip().split("\n\n"):
        title, abstract, *rows = block.split("\n")
        text = f"{title.split('|', 2)[2]} {abstract.split('|', 2)[2]}"
        gold = []
        for row in rows:
            _, start, end, _, _, ids = row.split("\t")[:6]
            codes = frozenset(ids.replace("+", "|").replace("MESH:", "").split("|"))
            gold.append((int(start), int(end), codes))
        yield text, gold


if __name__ == "__main__":
    main()
