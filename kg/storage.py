"""Saving a knowledge graph to a folder and loading it, with every byte accounted for.

The folder holds ``graph.json`` (what the ontology is, the fingerprint, and the SHA-256 of the other
files), ``concepts.jsonl``, ``edges.safetensors``, ``problems.jsonl`` and, for a graph that was read
from RDF, ``statements.nq.gz``. Nothing in it can run code.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import tempfile
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, Final

import numpy as np
from safetensors import SafetensorError
from safetensors.numpy import load, save

from ..errors import OntologyError
from .concepts import Concept, Forbidden, Label, LabelKind, Problem
from .graph import KnowledgeGraph
from .statements import Statements

_HEADER: Final = "graph.json"
_CONCEPTS: Final = "concepts.jsonl"
_EDGES: Final = "edges.safetensors"
_PROBLEMS: Final = "problems.jsonl"
_STATEMENTS: Final = "statements.nq.gz"
_FORMAT: Final = "ontograft-graph-1"


def save_graph(graph: KnowledgeGraph, folder: Path) -> None:
    """Write a graph to a folder, which appears whole or not at all.

    Args:
        graph: the graph.
        folder: a new or empty folder, or one that holds a saved graph, which is replaced.

    Raises:
        OntologyError: the folder holds something else.
    """
    if folder.exists() and not (folder / _HEADER).is_file():
        if not folder.is_dir():
            raise OntologyError(f"{folder}: is a file; expected a folder to save the graph in")
        if any(folder.iterdir()):
            raise OntologyError(
                f"{folder}: holds files that are not of a saved graph; choose an empty folder"
            )
    folder.parent.mkdir(parents=True, exist_ok=True)
    new = Path(tempfile.mkdtemp(prefix=f".{folder.name}.", dir=folder.parent))
    try:
        new.chmod(0o777 & ~_umask())
        for name, content in _files(graph).items():
            _write(new / name, content)
        _sync(new)
        _swap(new, folder)
    finally:
        shutil.rmtree(new, ignore_errors=True)


def load_graph(folder: Path) -> KnowledgeGraph:
    """Load a saved graph.

    Raises:
        OntologyError: the folder holds no graph, or one of its files is damaged.
    """
    header = _read_header(folder)
    files = {name: _read(folder, name, checksum) for name, checksum in header["files"].items()}
    try:
        graph = _graph(header, files)
    except (KeyError, TypeError, ValueError, IndexError, SafetensorError) as error:
        raise OntologyError(f"{folder / _HEADER}: is damaged: {error}; {_WAY_OUT}") from error
    if graph.fingerprint != header["fingerprint"]:
        raise OntologyError(
            f"{folder / _HEADER}: is damaged: the graph's fingerprint is {graph.fingerprint}, "
            f"expected {header['fingerprint']}; {_WAY_OUT}"
        )
    return graph


_WAY_OUT: Final = "save the graph again from its ontology"


def _files(graph: KnowledgeGraph) -> dict[str, bytes]:
    files = {
        _CONCEPTS: _lines(_concept_row(concept) for concept in graph.concepts),
        _PROBLEMS: _lines([one.code, one.subject, one.message] for one in graph.problems),
        _EDGES: save(
            {
                "source": graph.source.astype(np.int32),
                "relation": graph.relation.astype(np.int32),
                "target": graph.target.astype(np.int32),
            }
        ),
    }
    if graph.statements is not None:
        files[_STATEMENTS] = graph.statements.to_bytes()
    header = {
        "format": _FORMAT,
        "iri": graph.iri,
        "version": graph.version,
        "fingerprint": graph.fingerprint,
        "concepts": len(graph),
        "forbidden": [list(one) for one in graph.forbidden],
        "relations": [
            list(pair) for pair in zip(graph.relations, graph.relation_names, strict=True)
        ],
        "files": {name: hashlib.sha256(content).hexdigest() for name, content in files.items()},
    }
    return {**files, _HEADER: json.dumps(header, indent=1).encode()}


def _concept_row(concept: Concept) -> list[Any]:
    labels = [[label.kind, label.language, label.text] for label in concept.labels]
    definitions = [list(pair) for pair in concept.definitions]
    notations, xrefs = list(concept.notations), list(concept.xrefs)
    return [concept.iri, concept.kind, labels, definitions, notations, xrefs]


def _graph(header: dict[str, Any], files: dict[str, bytes]) -> KnowledgeGraph:
    concepts = [_concept(row) for row in _rows(files[_CONCEPTS])]
    relations = [str(relation) for relation, _ in header["relations"]]
    edges = load(files[_EDGES])
    columns = (edges[name].tolist() for name in ("source", "relation", "target"))
    statements = files.get(_STATEMENTS)
    return KnowledgeGraph(
        concepts,
        [
            (concepts[source].iri, relations[relation], concepts[target].iri)
            for source, relation, target in zip(*columns, strict=True)
        ],
        relation_names=dict(header["relations"]),
        iri=header["iri"],
        version=header["version"],
        problems=[Problem(*row) for row in _rows(files[_PROBLEMS])],
        forbidden=[Forbidden(*row) for row in header.get("forbidden", ())],
        statements=None if statements is None else Statements(statements),
    )


def _concept(row: list[Any]) -> Concept:
    iri, kind, labels, definitions, notations, xrefs = row
    return Concept(
        iri,
        kind,
        tuple(Label(LabelKind(kind), language, text) for kind, language, text in labels),
        tuple((language, text) for language, text in definitions),
        tuple(notations),
        tuple(xrefs),
    )


def _lines(rows: Iterable[list[Any]]) -> bytes:
    # ASCII only: a lone surrogate of a careless source has no other form in a file.
    return "".join(f"{json.dumps(row)}\n" for row in rows).encode()


def _rows(content: bytes) -> Iterator[list[Any]]:
    return (json.loads(line) for line in content.splitlines())


def _read_header(folder: Path) -> dict[str, Any]:
    path = folder / _HEADER
    try:
        header = json.loads(path.read_bytes())
    except (FileNotFoundError, NotADirectoryError) as error:
        raise OntologyError(
            f"{folder}: holds no saved graph ({_HEADER} is missing); expected what "
            f"KnowledgeGraph.save wrote"
        ) from error
    except ValueError as error:
        raise OntologyError(f"{path}: is damaged: {error}; {_WAY_OUT}") from error
    if not isinstance(header, dict) or header.get("format") != _FORMAT:
        found = header.get("format") if isinstance(header, dict) else header
        raise OntologyError(f"{path}: has the format {found!r}; expected {_FORMAT!r}")
    names = set(header["files"]) if isinstance(header.get("files"), dict) else set()
    needed = {_CONCEPTS, _EDGES, _PROBLEMS}
    if not needed <= names <= needed | {_STATEMENTS}:
        raise OntologyError(f"{path}: is damaged: it lists the files {sorted(names)}; {_WAY_OUT}")
    return header


def _read(folder: Path, name: str, checksum: str) -> bytes:
    path = folder / name
    try:
        content = path.read_bytes()
    except FileNotFoundError as error:
        raise OntologyError(f"{path}: is missing from the saved graph; {_WAY_OUT}") from error
    if hashlib.sha256(content).hexdigest() != checksum:
        raise OntologyError(f"{path}: is damaged: its SHA-256 differs; {_WAY_OUT}")
    return content


def _write(path: Path, content: bytes) -> None:
    with path.open("wb") as stream:
        stream.write(content)
        stream.flush()
        os.fsync(stream.fileno())


def _sync(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _swap(new: Path, folder: Path) -> None:
    """Put the new folder in the place of the old one."""
    old = new.with_name(f"{new.name}.old")
    if folder.exists():
        folder.rename(old)
    new.rename(folder)
    _sync(folder.parent)
    shutil.rmtree(old, ignore_errors=True)


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask
