"""A small results folder, written by hand through the record's own writer."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pyarrow as pa

from ontograft.kg import BROADER, NIL, Concept, KnowledgeGraph, Label, LabelKind
from ontograft.kg.sentences import sentence_spans
from ontograft.pipeline import Results
from ontograft.pipeline.record_folder import RecordFolder
from ontograft.pipeline.record_schema import (
    DOCUMENTS,
    LABELS,
    MENTIONS,
    closure_table,
    concept_table,
)

BASE = "http://example.org/"
NAMES: dict[str, tuple[str, ...]] = {
    "disease": ("disease",),
    "kidney": ("kidney disease", "renal disease"),
    "nephritis": ("nephritis", "inflamed kidney"),
    "lupus": ("lupus nephritis",),
    "heart": ("heart disease",),
    "stroke": ("stroke", "insult"),
    "insult": ("heat stroke", "insult"),
}
PARENTS = {
    "kidney": "disease",
    "nephritis": "kidney",
    "lupus": "nephritis",
    "heart": "disease",
    "stroke": "disease",
    "insult": "disease",
}


@dataclass
class M:
    """A mention: the first place where the words stand in the text."""

    words: str
    concept: str = NIL
    polarity: str = "affirmed"
    senses: tuple[str, ...] = ()
    section: str = ""
    score: float = 0.9
    fragments: tuple[tuple[int, int], ...] = ()


@dataclass
class D:
    """A document."""

    text: str
    label: str = "C12"
    score: float = 0.9
    mentions: Sequence[M] = ()
    id: str | None = None
    gold: str | None = None
    fields: dict[str, str] = field(default_factory=dict)


KIDNEYS = (
    D(
        "Nephritis was found. The heart was sound.",
        "C12",
        0.95,
        [M("Nephritis", "nephritis", section="Results")],
        fields={"year": "2001", "journal": "Kidney"},
    ),
    D(
        "No nephritis was found.\nA stroke followed.",
        "C12",
        0.85,
        [M("nephritis", "nephritis", polarity="negated"), M("stroke", "stroke")],
        fields={"year": "2002", "journal": "Heart"},
    ),
    D(
        "Her mother had lupus nephritis and heart disease.",
        "C14",
        0.7,
        [
            M("lupus nephritis", "lupus", senses=("family",)),
            M("heart disease", "heart", senses=("historical", "family")),
            M("mother"),
        ],
        fields={"year": "2002"},
    ),
    D("Kidney disease of the old.", "C12", 0.5, [M("Kidney disease", "kidney", score=0.6)]),
    D("All is well.", "C14", 0.99, fields={"year": "2003", "journal": "Kidney"}),
)
"""Five documents: nephritis said, denied, of the mother; kidney disease; none."""


def ontology() -> KnowledgeGraph:
    """Return the ontology of the documents."""
    kinds = (LabelKind.PREFERRED, LabelKind.EXACT)
    concepts = [
        Concept(
            BASE + name,
            labels=tuple(Label(kind, "en", text) for kind, text in zip(kinds, texts, strict=False)),
            definitions=(("en", "An inflammation of the kidney."),) if name == "nephritis" else (),
        )
        for name, texts in NAMES.items()
    ]
    edges = [(BASE + child, BROADER, BASE + parent) for child, parent in PARENTS.items()]
    return KnowledgeGraph(concepts, edges, iri=BASE, version="7")


def make_results(
    folder: Path,
    documents: Sequence[D] = KIDNEYS,
    *,
    labels: Sequence[str] = ("C12", "C14"),
    task: str = "single-label",
    shard_size: int = 2,
    name: str = "stub",
    graph: KnowledgeGraph | None = None,
) -> Results:
    """Write a results folder.

    Args:
        folder: the folder.
        documents: the documents. Of a multi-label task, ``label`` holds several with ``|`` between.
        labels: the labels of the model.
        task: the task of the model.
        shard_size: the documents of a shard.
        name: the name of the model; another one makes another run.
        graph: the ontology.
    """
    graph = graph or ontology()
    about = {"iri": graph.iri, "version": graph.version, "fingerprint": graph.fingerprint}
    identity = {
        "model": {"name": name, "sha256": "0" * 64, "task": task, "labels": list(labels)},
        "ontology": {**about, "language": "en"},
        "corpus": {"files": ["texts.jsonl"], "sha256": "1" * 64},
        "settings": {},
    }
    with RecordFolder(folder) as record:
        record.begin(identity)
        record.write_ontology(
            {"concepts": concept_table(graph, language="en"), "closure": closure_table(graph)}
        )
        for number, first in enumerate(range(0, len(documents), shard_size)):
            part = documents[first : first + shard_size]
            record.write_shard(
                number,
                {
                    "documents": _documents(part, first, task),
                    "labels": _labels(part, first, labels, task),
                    "mentions": _mentions(part, first),
                },
                {"linked": 0, "rejected": 0, "corpus": ""},
            )
        with record.rejecting():
            pass
        return record.finish(corpus_sha256="1" * 64, rejected=0)


def _documents(documents: Sequence[D], first: int, task: str) -> Any:
    several = task == "multi-label"
    rows = [
        {
            "document": number,
            "id": document.id if document.id is not None else f"d{number}",
            "text": document.text,
            "label": None if several else document.label,
            "score": None if several else document.score,
            "gold": document.gold,
            "source": "texts.jsonl",
            "row": number + 1,
            "fields": list(document.fields.items()),
        }
        for number, document in enumerate(documents, start=first)
    ]
    return pa.Table.from_pylist(rows, schema=DOCUMENTS)


def _labels(documents: Sequence[D], first: int, labels: Sequence[str], task: str) -> Any:
    rows = [
        {
            "document": number,
            "label": label,
            "score": document.score if label in own else 0.01,
            "predicted": label in own,
        }
        for number, document in enumerate(documents, start=first)
        for own in [document.label.split("|") if task == "multi-label" else [document.label]]
        for label in labels
    ]
    return pa.Table.from_pylist(rows, schema=LABELS)


def _mentions(documents: Sequence[D], first: int) -> Any:
    rows = [
        _mention(document.text, mention, number, order)
        for number, document in enumerate(documents, start=first)
        for order, mention in enumerate(document.mentions)
    ]
    return pa.Table.from_pylist(rows, schema=MENTIONS)


def _mention(text: str, mention: M, document: int, number: int) -> dict[str, Any]:
    start = text.index(mention.words)
    end = start + len(mention.words)
    around = (span for span in sentence_spans(text) if span[0] <= start < span[1])
    sentence = next(around, (start, end))
    linked = mention.concept != NIL
    return {
        "document": document,
        "mention": number,
        "start": start,
        "end": end,
        "fragments": [{"start": first, "end": last} for first, last in mention.fragments],
        "text": mention.words,
        "concept": BASE + mention.concept if linked else NIL,
        "label": NAMES.get(mention.concept, (mention.concept,))[0] if linked else "",
        "score": mention.score if linked else 0.0,
        "way": "exact" if linked else "",
        "polarity": mention.polarity,
        "senses": list(mention.senses),
        "section": mention.section,
        "nested": False,
        "sentence_start": sentence[0],
        "sentence_end": max(sentence[1], end),
    }
