"""Measure the linker: speed beside spaCy's own matcher, coverage, and accuracy on NCBI-disease.

    OMP_NUM_THREADS=1 python benchmarks/linking.py [--repeat 3] [--errors] [--dense ENCODER]

It needs the development data (``ONTOGRAFT_BENCHMARK_DATA``, default ``../shared/data``). All speeds
are of one run on one core; read the ratios. Each way is run over all abstracts several times, of
which the fastest counts; the first, when no word is known yet, stands beside it, and each way has
a linker of its own, which has met no text. Straight from text the linker is given many texts at
once, as ``ontograft link`` does. spaCy's tokenizer remembers 10,000 words unless it is told
otherwise; the linker's pipeline tells it to remember more (``GuardedTokenizer``), so tokenising so
is listed as well.

With ``--dense``, some abstracts are also linked with an encoder, as ``ontograft link --encoder``
does where the option ``similar`` is above 0: phrases link that are like a name in their letters and
their meaning. The encoder is a folder or a name, such as sentence-transformers/all-MiniLM-L6-v2.

NCBI-disease's development set is scored as ``ontograft link --evaluate`` does: by the candidates
for the gold spans, and end to end, where a link counts when its span is exact and its concept has
the gold MeSH or OMIM identifier among its cross-references. Mentions inside a longer one are not
scored.
"""

from __future__ import annotations

import argparse
import gc
import json
import os
import time
from collections import Counter
from collections.abc import Callable, Iterable
from functools import partial
from pathlib import Path
from typing import TypeVar

import ahocorasick
import spacy
from spacy.language import Language
from spacy.matcher import PhraseMatcher
from spacy.tokens import Doc

from ontograft.data import read_gold
from ontograft.kg.graph import KnowledgeGraph
from ontograft.kg.linking import Linker, LinkerOptions
from ontograft.kg.mentions import NIL, Mention
from ontograft.kg.spacy_linker import mentions_of, nlp_for
from ontograft.kg.tokenizing import guard_tokenizer
from ontograft.pipeline.link_evaluation import evaluate_links
from ontograft.pipeline.link_scores import DEPTHS, MATCHES, REASONS, SliceScores
from ontograft.pipeline.phrase_vectors import attach_encoder

DATA = Path(os.environ.get("ONTOGRAFT_BENCHMARK_DATA", "../shared/data"))
_BASE = "tokenise only (spaCy blank en)"
Result = TypeVar("Result")


def main() -> None:
    """Print the tables."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--repeat", type=int, default=3, help="runs; the fastest counts")
    parser.add_argument("--errors", action="store_true", help="list the commonest errors")
    parser.add_argument("--dense", metavar="ENCODER", help="also link with this text encoder")
    parser.add_argument("--dense-texts", type=int, default=500, help="how many abstracts so")
    parser.add_argument("--similar", type=float, default=0.65, help="the option, with --dense")
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
    if arguments.dense:
        own = texts[: arguments.dense_texts]
        report_dense(graph, own, encoder=arguments.dense, similar=arguments.similar)
    report_coverage(linker, texts)
    report_accuracy(graph, linker, show_errors=arguments.errors)


def timed(run: Callable[[], Result]) -> tuple[Result, float]:
    """Return what a function returns, and the processor time it took in seconds."""
    gc.collect()  # so that nothing pays for what was left before
    start = time.process_time()
    result = run()
    return result, time.process_time() - start


def report_speed(graph: KnowledgeGraph, linker: Linker, texts: list[str], repeat: int) -> None:
    """Print how many abstracts a second each way takes."""
    plain, guarded, peer_nlp = (spacy.blank("en") for _ in range(3))
    guard_tokenizer(guarded)
    peer, peer_build_s = timed(lambda: phrase_matcher(peer_nlp, graph))
    floor, floor_build_s = timed(lambda: scanner(graph))
    ours, from_text = nlp_for(unused(linker)), unused(linker)
    ways: dict[str, Callable[[], None]] = {
        _BASE: lambda: drain(plain.pipe(texts)),
        "tokenise only, remembering more words": lambda: drain(guarded.pipe(texts)),
        "ontograft_linker through nlp.pipe": lambda: drain(ours.pipe(texts)),
        "PhraseMatcher(LOWER) after nlp.pipe": lambda: drain(map(peer, peer_nlp.pipe(texts))),
        "Linker straight from text": lambda: drain(from_text.many(texts)),
        "pyahocorasick over text.lower(): a bare scan": lambda: drain(map(floor, texts)),
    }
    first = {way: timed(run)[1] for way, run in ways.items()}
    best = dict(first)
    for _ in range(repeat - 1):
        for way, run in ways.items():
            best[way] = min(best[way], timed(run)[1])
    print("| Ohsumed-train against DOID, one core | abstracts/s | time, tokenising = 1 | first |")
    print("|---|---|---|---|")
    for way, seconds in best.items():
        rate, first_rate = len(texts) / seconds, len(texts) / first[way]
        print(f"| {way} | {rate:,.0f} | {seconds / best[_BASE]:.2f} | {first_rate:,.0f} |")
    print(f"\nPhraseMatcher with the same labels built in {peer_build_s:.2f} s, ", end="")
    print(f"pyahocorasick in {floor_build_s:.2f} s")
    pairs = zip(ours.pipe(texts), texts, strict=True)
    differing = sum(list(mentions_of(doc)) != linker(text) for doc, text in pairs)
    print(f"abstracts whose mentions differ between the two ways of linking: {differing}\n")


def unused(linker: Linker) -> Linker:
    """Return the same linker, which has met no text."""
    return Linker.restore(linker.dump())


def report_dense(graph: KnowledgeGraph, texts: list[str], *, encoder: str, similar: float) -> None:
    """Print how many abstracts a second are linked with an encoder, and without."""
    by_name = Linker.build(graph)
    dense = Linker.build(graph, options=LinkerOptions(similar=similar))
    attach_encoder(dense, graph, encoder)
    dense.candidates("a phrase", 0, 8)  # makes the index of letters, once for all texts
    print(f"| {len(texts)} abstracts, one core | abstracts/s, first pass | again | mentions |")
    print("|---|---|---|---|")
    for way, link in {"names": by_name, f"and phrases from {similar} on": dense}.items():
        first, again = (timed(partial(drain, link.many(texts)))[1] for _ in range(2))
        found = sum(map(len, map(linked, link.many(texts))))
        print(f"| {way} | {len(texts) / first:,.0f} | {len(texts) / again:,.0f} | {found:,} |")
    print()


def scanner(graph: KnowledgeGraph) -> Callable[[str], object]:
    """Return a bare scan for the labels of a graph in lower case: no words, no candidates."""
    automaton = ahocorasick.Automaton()
    for number in range(len(graph)):
        for label in graph.names(number, "en"):
            automaton.add_word(label.text.lower(), number)
    automaton.make_automaton()
    return lambda text: list(automaton.iter(text.lower()))


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


def report_accuracy(graph: KnowledgeGraph, linker: Linker, *, show_errors: bool) -> None:
    """Print candidate recall, accuracy, precision, recall and F1 on NCBI-disease."""
    scores = evaluate_links(graph, linker, read_gold(DATA / "ncbi-disease-dev.pubtator"))
    share = scores.expressible.mentions / scores.all.mentions
    print(f"NCBI-disease dev: {scores.all.mentions} mentions, {share:.1%} of them expressible\n")
    print("| end to end | precision | recall | F1 | expressible: precision | recall | F1 |")
    print("|---|---|---|---|---|---|---|")
    for match in MATCHES:
        parts = (scores.all.end_to_end[match], scores.expressible.end_to_end[match])
        cells = [f"{x:.1%}" for part in parts for x in (part.precision, part.recall, part.f1)]
        print(f"| {match} | {' | '.join(cells)} |")
    print("\n| gold mentions | number | accuracy at 1 | recall at 5 | at 20 | exact: P | R | F1 |")
    print("|---|---|---|---|---|---|---|---|")
    rows: list[tuple[str, SliceScores]] = [("all", scores.all), ("expressible", scores.expressible)]
    for name, part in [*rows, *scores.by_relation.items()]:
        exact = part.end_to_end["exact"]
        figures = [part.candidate_recall(depth) for depth in DEPTHS]
        cells = [f"{x:.1%}" for x in (*figures, exact.precision, exact.recall, exact.f1)]
        print(f"| {name} | {part.mentions} | {' | '.join(cells)} |")
    print(f"\nComposite mentions: {scores.composites}, found whole: {scores.composites_whole}")
    if show_errors:
        for reason in REASONS:
            errors = [error for error in scores.errors if error.reason == reason]
            common = Counter(f"{one.text} -> {one.label}" for one in errors).most_common(60)
            print(f"\n{reason}: {len(errors)}: {common}")


if __name__ == "__main__":
    main()
