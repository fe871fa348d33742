"""Results as RDF: mentions and labels as Web Annotations, the run as PROV-O.

A run is one named graph, the ontology it used another; docs/query.md lists the terms. What is
written is a function of the results folder: the same folder always gives the same statements. The
Web Annotation model is https://www.w3.org/TR/annotation-model/, PROV-O
https://www.w3.org/TR/prov-o/. Positions count code points of the document's text, from 0.
"""

from __future__ import annotations

import io
import json
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import quote

import pyarrow as pa
import pyarrow.parquet as pq

from ..kg import NIL
from .ontology_rdf import concept_iri, literal, ontology_statements
from .progress import Progress
from .rdf_vocabulary import FIELD, LABEL, ONTOLOGY, PREFIXES, VOCABULARY, VOCABULARY_GRAPH
from .record_manifest import part_path

if TYPE_CHECKING:
    from .record import Results

MAX_TEXT: Final = 4_000_000
"""Longer texts are left out: one literal of Oxigraph may have 16 MiB."""

AROUND: Final = 500
"""Of a sentence, this many characters before and after the mention are kept."""

MAX_KNOWN: Final = 1_000_000
"""How many selectors are remembered as written."""

_NUMBERS: Final = {"nan": "NaN", "inf": "INF", "-inf": "-INF"}


def run_graph(results: Results) -> str:
    """Return the IRI of the named graph of a run."""
    return f"urn:uuid:{results.manifest['run']}"


def ontology_graph(results: Results) -> str | None:
    """Return the IRI of the named graph of a run's ontology; None if it had none."""
    about = results.manifest["ontology"]
    return None if about is None else f"{ONTOLOGY}{about['fingerprint']}"


def trig(results: Results, *, progress: Progress | None = None) -> Iterator[bytes]:
    """Yield a run, its ontology and the terms used as TriG, piece by piece.

    Args:
        results: the run.
        progress: is told the number of documents and mentions done.

    Raises:
        ResultsError: a file of the results was changed.
    """
    for prefix, iri in PREFIXES.items():
        yield f"PREFIX {prefix}: <{iri}>\n".encode()
    yield f"PREFIX r: <{run_graph(results)}#>\n".encode()
    yield from _graph(VOCABULARY_GRAPH, [VOCABULARY])
    ontology = ontology_graph(results)
    if ontology is not None:
        yield from _graph(ontology, ontology_statements(results))
    yield from _graph(run_graph(results), _run(results, progress))


class Stream(io.RawIOBase):
    """Reads from pieces of bytes as from a file.

    Args:
        pieces: the pieces.
    """

    def __init__(self, pieces: Iterable[bytes]) -> None:
        super().__init__()
        self._pieces = iter(pieces)
        self._rest = memoryview(b"")

    def readable(self) -> bool:
        """Return that it can be read."""
        return True

    def readinto(self, buffer: Any) -> int:
        """Fill a buffer as far as the piece at hand reaches."""
        while not self._rest:
            piece = next(self._pieces, None)
            if piece is None:
                return 0
            self._rest = memoryview(piece)
        count = min(len(buffer), len(self._rest))
        buffer[:count] = self._rest[:count]
        self._rest = self._rest[count:]
        return count


def _graph(name: str, pieces: Iterable[str]) -> Iterator[bytes]:
    yield f"<{name}> {{\n".encode()
    for piece in pieces:
        yield piece.encode()
    yield b"}\n"


def _double(value: float) -> str:
    text = repr(float(value))
    return f'"{_NUMBERS.get(text, text)}"^^xsd:double'


@lru_cache(maxsize=1 << 12)
def label_iri(name: str) -> str:
    """Return the IRI of a label."""
    return LABEL + quote(name, safe="")


def _time(value: str) -> str:
    return f"{literal(value)}^^xsd:dateTime"


def _run(results: Results, progress: Progress | None) -> Iterator[str]:
    yield _provenance(results)
    model = results.manifest["model"]
    names = model.get("label_names", {})
    for name in model.get("labels", ()):
        meaning = f"; skos:prefLabel {literal(names[name])}" if name in names else ""
        yield f"<{label_iri(name)}> a og:Label; rdfs:label {literal(name)}{meaning}.\n"
    selectors: set[tuple[int, int]] = set()
    for shard in results.manifest["shards"]:
        documents, labels, mentions = (
            _table(results, name, shard["number"]) for name in ("documents", "labels", "mentions")
        )
        yield "".join(_documents(documents))
        yield "".join(_labels(labels))
        first = documents["document"][0].as_py() if len(documents) else 0
        texts = documents["text"].to_pylist()
        yield "".join(_mentions(mentions, texts, first, selectors))
        if len(selectors) > MAX_KNOWN:
            selectors.clear()  # to state one again changes nothing
        if progress:
            progress(len(documents) + len(mentions))


def _table(results: Results, name: str, shard: int) -> pa.Table:
    path = results.checked(part_path(name, shard))
    return pq.read_table(path, page_checksum_verification=True)


def _provenance(results: Results) -> str:
    manifest = results.manifest
    graph, ontology, model = run_graph(results), manifest["ontology"], manifest["model"]
    corpus = manifest["corpus"]
    lines = [
        f"<{graph}> a og:Run, prov:Entity; prov:wasGeneratedBy r:activity; "
        f"prov:generatedAtTime {_time(manifest['finished'])}.",
        f"r:activity a prov:Activity; prov:startedAtTime {_time(manifest['started'])}; "
        f"prov:endedAtTime {_time(manifest['finished'])}; prov:used r:model, r:corpus; "
        "prov:wasAssociatedWith r:software.",
        'r:software a prov:SoftwareAgent; rdfs:label "Ontograft".',
        f"r:model a prov:Entity; rdfs:label {literal(str(model.get('name', '')))}; "
        f"og:sha256 {literal(str(model.get('sha256', '')))}.",
        f"r:corpus a prov:Entity; og:sha256 {literal(str(corpus.get('sha256', '')))}.",
        *(f"r:corpus rdfs:label {literal(str(name))}." for name in corpus.get("files", ())),
    ]
    if ontology is not None:
        node = f"<{ontology_graph(results)}>"
        lines += [
            f"r:activity prov:used {node}.",
            f"{node} a prov:Entity; og:fingerprint {literal(ontology['fingerprint'])}; "
            f"dcterms:language {literal(ontology['language'])}.",
        ]
        if ontology["iri"]:
            lines.append(f"{node} prov:specializationOf <{concept_iri(ontology['iri'])}>.")
        if ontology["version"]:
            lines.append(f"{node} owl:versionInfo {literal(ontology['version'])}.")
    return "\n".join(lines) + "\n"


def _documents(table: pa.Table) -> Iterator[str]:
    for row in table.to_pylist():
        text = f"; og:text {literal(row['text'])}" if len(row["text"]) <= MAX_TEXT else ""
        fields = "".join(
            f"; <{FIELD}{quote(name, safe='')}> {literal(value)}"
            for name, value in row["fields"] or ()
            if value is not None and len(value) <= MAX_TEXT
        )
        gold = "".join(f"; og:gold <{label_iri(label)}>" for label in _gold(row["gold"]))
        score = "" if row["score"] is None else f"; og:score {_double(row['score'])}"
        yield (
            f"r:d{row['document']} a og:Document; dcterms:identifier {literal(row['id'])}; "
            f"dcterms:source {literal(row['source'])}; og:row {row['row']}"
            f"{score}{gold}{fields}{text}.\n"
        )


def _gold(gold: str | None) -> Sequence[str]:
    """Return the corpus's own labels of a document: several stand in a list of JSON."""
    if gold is None:
        return ()
    if gold.startswith("["):
        try:
            several = json.loads(gold)
        except ValueError:
            return (gold,)
        if isinstance(several, list):
            return [str(label) for label in several]
    return (gold,)


def _labels(table: pa.Table) -> Iterator[str]:
    """Yield the predicted labels; what the others got stands in Parquet only."""
    columns = (table[name].to_pylist() for name in ("document", "label", "score", "predicted"))
    numbers: dict[int, int] = {}
    for document, label, score, predicted in zip(*columns, strict=True):
        if predicted:
            number = numbers[document] = numbers.get(document, -1) + 1
            yield (
                f"r:c{document}.{number} a oa:Annotation; oa:motivatedBy oa:classifying; "
                f"oa:hasBody <{label_iri(label)}>; oa:hasTarget r:d{document}; "
                f"og:score {_double(score)}.\nr:d{document} og:label <{label_iri(label)}>.\n"
            )


def _mentions(
    table: pa.Table, texts: Sequence[str], first: int, known: set[tuple[int, int]]
) -> Iterator[str]:
    """Yield the mentions of some documents.

    Args:
        table: the mentions.
        texts: the texts of the documents.
        first: the number of the first of them.
        known: the selectors that were written before; they are shared by all documents.
    """
    columns = {name: table[name].to_pylist() for name in table.column_names if name != "text"}
    for values in zip(*columns.values(), strict=True):
        row = dict(zip(columns, values, strict=True))
        spans = [(piece["start"], piece["end"]) for piece in row["fragments"]]
        spans = spans or [(row["start"], row["end"])]
        for span in spans:
            if span not in known:
                known.add(span)
                yield _selector(*span)
        key = f"{row['document']}.{row['mention']}"
        selectors = ", ".join(f"char:{start}-{end}" for start, end in spans)
        yield (
            f"r:m{key} a oa:Annotation; oa:motivatedBy oa:identifying; oa:hasBody "
            f"{_body(row['concept'])}; oa:hasTarget r:t{key}; og:score {_double(row['score'])}; "
            f"og:sentence {literal(_sentence(texts[row['document'] - first], row))}{_facts(row)}."
            f"\nr:t{key} a oa:SpecificResource; oa:hasSource r:d{row['document']}; "
            f"oa:hasSelector {selectors}.\n"
        )


def _body(concept: str) -> str:
    return "og:NIL" if concept == NIL else f"<{concept_iri(concept)}>"


def _sentence(text: str, row: dict[str, Any]) -> str:
    start = max(row["sentence_start"], row["start"] - AROUND)
    return text[start : min(row["sentence_end"], row["end"] + AROUND)]


def _facts(row: dict[str, Any]) -> str:
    """Return what is said of a few mentions only."""
    facts = [f"; og:sense og:{sense}" for sense in row["senses"]]
    if row["polarity"] == "negated":
        facts.append("; og:polarity og:negated")
    if row["section"]:
        facts.append(f"; og:section {literal(row['section'])}")
    if row["nested"]:
        facts.append("; og:nested true")
    if row["fragments"]:
        facts.append("; og:discontinuous true")
    return "".join(facts)


def _selector(start: int, end: int) -> str:
    return f"char:{start}-{end} a oa:TextPositionSelector; oa:start {start}; oa:end {end}.\n"
