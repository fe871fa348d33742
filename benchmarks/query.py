"""Ask the example question of 100,000 documents and 1,000,000 mentions, every way there is.

    OMP_NUM_THREADS=1 python benchmarks/query.py [--documents 100000] [--mentions 10] [--folder DIR]

*Documents classified C14 with confidence above 0.8 that mention any kind of kidney disease, not
negated, and the sentence that says so*: with filters, with SPARQL over the store, in plain rdflib
over the same statements (a smaller share of them: it takes too long and too much memory), and in
DuckDB over one flat table. The record is made up over the Disease Ontology
(``ONTOGRAFT_BENCHMARK_DATA``). Each figure is the median of five runs after one that warms up.
Building the store is timed, too.
"""

from __future__ import annotations

import argparse
import resource
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import pyarrow as pa
import pyoxigraph as ox
import rdflib
from common import data_folder

from ontograft.kg import KnowledgeGraph
from ontograft.pipeline import Results
from ontograft.pipeline.filters import Filters
from ontograft.pipeline.progress import LogReporter
from ontograft.pipeline.query import ResultQuery
from ontograft.pipeline.rdf_vocabulary import PREFIXES
from ontograft.pipeline.record_folder import RecordFolder
from ontograft.pipeline.record_schema import (
    DOCUMENTS,
    LABELS,
    MENTIONS,
    closure_table,
    concept_table,
)
from ontograft.pipeline.sparql import SparqlEndpoint
from ontograft.pipeline.store import open_store

SHARD = 4096
RDFLIB_SHARE = 50
KIDNEY_DISEASE = "http://purl.obolibrary.org/obo/DOID_557"
CLASSES = [f"C{number:02d}" for number in range(1, 24)]
FRAMES = (
    "The patient was treated for {} over the course of several months with good results.",
    "There was no sign of {} in any of the examinations that followed the operation.",
    "A history of {} was reported by the family, but never confirmed by a biopsy.",
    "We found {} in a third of the cases, most of them women over sixty years old.",
)
FILTERS = Filters(
    labels=("C14",),
    min_score=0.8,
    mentions=("kidney disease",),
    include_narrower=True,
    polarity="affirmed",
)
SPARQL = """
SELECT ?id ?score ?sentence {
  ?kind rdfs:label "kidney disease" .
  ?concept og:within ?kind .
  ?mention oa:hasBody ?concept ; oa:hasTarget/oa:hasSource ?document ; og:sentence ?sentence .
  FILTER NOT EXISTS { ?mention og:polarity og:negated }
  ?document og:label label:C14 ; og:score ?score ; dcterms:identifier ?id .
  FILTER(?score >= 0.8)
}
"""
FLAT = """
SELECT id, score, sentence FROM flat WHERE label = 'C14' AND score >= 0.8
AND polarity = 'affirmed' AND list_contains(ancestors, ?)
"""


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--documents", type=int, default=100_000)
    parser.add_argument("--mentions", type=int, default=10, help="mentions of a document")
    parser.add_argument("--folder", type=Path, help="where to keep the record; a temporary one")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as temporary:
        folder = arguments.folder or Path(temporary) / "results"
        if not folder.exists():
            graph = KnowledgeGraph.read(data_folder() / "doid-2016-03-04.obo")
            _, made_s, _ = timed(
                lambda: make(graph, folder, arguments.documents, arguments.mentions)
            )
            print(f"record made in {made_s:.0f} s")
        results = Results.open(folder)
        counts = results.manifest["counts"]
        print(f"{counts['documents']:,} documents, {counts['mentions']:,} mentions\n")
        path, build_s, build_cpu_s = timed(lambda: open_store(results, reporter=LogReporter()))
        size = sum(file.stat().st_size for file in path.iterdir())
        print("| what | rows | wall s | CPU s |\n|---|---|---|---|")
        print(f"| build the store ({size / 1e9:.2f} GB) | | {build_s:.1f} | {build_cpu_s:.1f} |")
        compare(results, path)
        megabytes = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        print(f"\nmost memory of this process: {megabytes:,.0f} MB")


def compare(results: Results, store: Path) -> None:
    """Ask the question every way, and print a line for each."""
    with ResultQuery(results) as asked:
        expected = ask("filters", lambda: len(asked.table(FILTERS, "sentences")))
    with SparqlEndpoint(store) as endpoint:
        ask("SPARQL, in a process of its own", lambda: len(endpoint.query(SPARQL).table()))
    here = ox.Store.read_only(str(store))
    found = ask("SPARQL, in this process", lambda: len(oxigraph_rows(here)))
    assert found == expected, (found, expected)
    connection = duckdb.connect()
    flatten(results, connection)
    found = ask(
        "DuckDB, flat table in memory",
        lambda: len(connection.execute(FLAT, [KIDNEY_DISEASE]).fetchall()),
    )
    assert found == expected, (found, expected)
    dataset, documents, peer = rdflib_share(here)
    expected = ask(f"Oxigraph, {documents:,} of the documents", lambda: len(oxigraph_rows(peer)))
    found = ask(
        f"rdflib, {documents:,} of the documents",
        lambda: sum(1 for _ in dataset.query(SPARQL, initNs=PREFIXES)),
        repeat=1,
    )
    assert found == expected, (found, expected)


def ask(name: str, question: Callable[[], int], *, repeat: int = 5) -> int:
    """Ask a question several times; print the median, and return the rows."""
    if repeat > 1:
        question()
    runs = [timed(question) for _ in range(repeat)]
    wall, cpu = (statistics.median(run[place] for run in runs) for place in (1, 2))
    print(f"| {name} | {runs[0][0]:,} | {wall:.3f} | {cpu:.3f} |", flush=True)
    return runs[0][0]


def timed(work: Callable[[], Any]) -> tuple[Any, float, float]:
    """Return a result with its wall and CPU time; that of child processes is not in it."""
    wall, cpu = time.perf_counter(), time.process_time()
    result = work()
    return result, time.perf_counter() - wall, time.process_time() - cpu


def oxigraph_rows(store: ox.Store) -> list[Any]:
    """Answer the question with Oxigraph in this process."""
    found = store.query(SPARQL, prefixes=PREFIXES, use_default_graph_as_union=True)
    assert isinstance(found, ox.QuerySolutions)
    return list(found)


def flatten(results: Results, connection: duckdb.DuckDBPyConnection) -> None:
    """Make one table of all, as one would without an ontology at hand."""
    for table in ("documents", "mentions", "closure"):
        files = [str(path) for path in results.files(table)]
        connection.read_parquet(files).create_view(table)
    connection.execute(
        """CREATE TABLE flat AS
        SELECT d.id, d.label, d.score, m.concept, m.polarity, c.ancestors,
          substring(d.text, m.sentence_start + 1, m.sentence_end - m.sentence_start) AS sentence
        FROM mentions m JOIN documents d USING (document)
        JOIN (SELECT concept, list(ancestor) AS ancestors FROM closure GROUP BY concept) c
        USING (concept)"""
    )


def rdflib_share(store: ox.Store) -> tuple[rdflib.Graph, int, ox.Store]:
    """Return a share of the statements in rdflib's own memory, its number of documents, a peer.

    The peer is Oxigraph in memory with the same statements.
    """
    graph = rdflib.Graph()
    ontologies = [name for name in store.named_graphs() if "ontology#" in str(name)]
    (run,) = [name for name in store.named_graphs() if "urn:uuid:" in str(name)]
    documents = [
        quad.subject
        for quad in store.quads_for_pattern(
            None, ox.NamedNode(PREFIXES["dcterms"] + "identifier"), None, run
        )
    ]
    wanted = set(sorted(documents, key=str)[: max(1, len(documents) // RDFLIB_SHARE)])
    pieces = [
        quad for name in ontologies for quad in store.quads_for_pattern(None, None, None, name)
    ]
    for place in store.quads_for_pattern(
        None, ox.NamedNode(PREFIXES["oa"] + "hasSource"), None, run
    ):
        if place.object in wanted:
            target = ox.NamedNode(PREFIXES["oa"] + "hasTarget")
            for mention in store.quads_for_pattern(None, target, place.subject, run):
                pieces += store.quads_for_pattern(mention.subject, None, None, run)
            pieces.append(place)
    for document in wanted:
        pieces += store.quads_for_pattern(document, None, None, run)
    triples = [ox.Triple(quad.subject, quad.predicate, quad.object) for quad in pieces]
    here = ox.Store()
    here.bulk_extend(ox.Quad(*triple) for triple in triples)
    content = ox.serialize(triples, format=ox.RdfFormat.N_TRIPLES)
    assert content is not None
    graph.parse(data=content, format="nt")  # "ox-nt" gives strings a datatype, which hides them
    return graph, len(wanted), here


def make(graph: KnowledgeGraph, folder: Path, documents: int, mentions: int) -> None:
    """Write a record that is made up: some concepts are frequent, most are rare."""
    generator = np.random.default_rng(0)
    weights = np.minimum(np.random.default_rng(5).pareto(1.0, len(graph)), 100)
    about = {"iri": graph.iri, "version": graph.version, "fingerprint": graph.fingerprint}
    identity = {
        "model": {"name": "made up", "sha256": "0" * 64, "task": "single-label", "labels": CLASSES},
        "ontology": {**about, "language": "en"},
        "corpus": {"files": ["made-up.jsonl"], "sha256": "0" * 64},
        "settings": {"documents": documents, "mentions": mentions},
    }
    with RecordFolder(folder) as record:
        record.begin(identity)
        record.write_ontology(
            {"concepts": concept_table(graph, language="en"), "closure": closure_table(graph)}
        )
        for number, first in enumerate(range(0, documents, SHARD)):
            count = min(SHARD, documents - first)
            chosen = generator.choice(len(graph), (count, mentions), p=weights / weights.sum())
            tables = shard(graph, generator, first, chosen)
            record.write_shard(number, tables, {"linked": 0, "rejected": 0, "corpus": ""})
        with record.rejecting():
            pass
        record.finish(corpus_sha256="0" * 64, rejected=0)


def shard(
    graph: KnowledgeGraph, generator: np.random.Generator, first: int, chosen: Any
) -> dict[str, pa.Table]:
    """Return the tables of some documents with the concepts chosen for them."""
    count, width = len(chosen), len(CLASSES)
    logits = generator.normal(size=(count, width)) * 5
    chances = np.exp(logits - logits.max(1, keepdims=True))
    chances /= chances.sum(1, keepdims=True)
    best = chances.argmax(1)
    frames = generator.integers(0, len(FRAMES), chosen.shape)
    texts, rows = [], []
    for number in range(count):
        text, found = written(graph, chosen[number].tolist(), frames[number].tolist())
        texts.append(text)
        rows += [{"document": first + number, **row} for row in found]
    numbers = np.arange(first, first + count)
    return {
        "documents": pa.table(
            {
                "document": numbers,
                "id": [f"d{number}" for number in numbers],
                "text": texts,
                "label": [CLASSES[place] for place in best],
                "score": chances.max(1),
                "gold": pa.nulls(count, pa.string()),
                "source": ["made-up.jsonl"] * count,
                "row": numbers + 1,
                "fields": [[("year", str(1980 + number % 40))] for number in numbers],
            },
            schema=DOCUMENTS,
        ),
        "labels": pa.table(
            {
                "document": np.repeat(numbers, width),
                "label": CLASSES * count,
                "score": chances.ravel(),
                "predicted": (np.arange(width)[None] == best[:, None]).ravel(),
            },
            schema=LABELS,
        ),
        "mentions": pa.Table.from_pylist(rows, schema=MENTIONS),
    }


def written(
    graph: KnowledgeGraph, concepts: list[int], frames: list[int]
) -> tuple[str, Iterator[dict[str, Any]]]:
    """Return a text with a sentence for each concept, and the mentions in it."""
    text, rows = "", []
    for number, (concept, frame) in enumerate(zip(concepts, frames, strict=True)):
        name = graph.preferred_label(concept)
        sentence = FRAMES[frame].format(name)
        start = len(text) + FRAMES[frame].index("{")
        rows.append(
            {
                "mention": number,
                "start": start,
                "end": start + len(name),
                "fragments": [],
                "text": name,
                "concept": graph.concepts[concept].iri,
                "label": name,
                "score": 0.9,
                "way": "exact",
                "polarity": "negated" if frame == 1 else "affirmed",
                "senses": ["family"] if frame == 2 else [],
                "section": "",
                "nested": False,
                "sentence_start": len(text),
                "sentence_end": len(text) + len(sentence),
            }
        )
        text += sentence + " "
    return text, iter(rows)


if __name__ == "__main__":
    main()
