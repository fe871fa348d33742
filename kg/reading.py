"""From ontology files to one set of RDF statements."""

from __future__ import annotations

import io
import logging
import re
from collections.abc import Sequence
from pathlib import Path
from typing import IO
from urllib.parse import quote

import pyoxigraph as ox
import rdflib

from ..errors import OntologyError
from .concepts import Problem, language_rank
from .entities import check_entities, double_quoted
from .formats import (
    KNOWN,
    OBO_FORMAT,
    READ_ERRORS,
    SUFFIXES,
    detect_format,
    open_ontology,
    plain_name,
    read_bytes,
    read_head,
    unreadable,
)
from .graph import KnowledgeGraph
from .obo import obo_quads
from .overlay import OVERLAY_SUFFIX, Overlay, overlays_beside
from .rdf import graph_from_store
from .statements import as_rdflib, merge_named_graphs
from .vocabulary import OWL, TYPE

_log = logging.getLogger(__name__)

Paths = str | Path | Sequence[str | Path]


def read_ontology(paths: Paths) -> rdflib.Graph:
    """Read ontology files into one rdflib graph on an in-memory Oxigraph store.

    The statements of named graphs are merged into the one graph. ``owl:imports`` are never
    followed: give the imported modules too. Nothing is returned unless every file was read whole.

    Args:
        paths: a file, several files, or a folder whose ontology files are all read; RDF/XML,
            Turtle, N-Triples, N-Quads, TriG, JSON-LD and OBO, each also gzipped.

    Raises:
        OntologyError: a file is missing, is not an ontology or breaks off.
    """
    store, problems = read_store(paths)
    if problems:
        first = problems[0]
        _log.warning("%d problems while reading, first: %s %s", len(problems), *_words(first))
    return as_rdflib(store)


def read_knowledge_graph(
    paths: Paths, *, language: str | None = None, overlay: str | Path | None = None
) -> KnowledgeGraph:
    """Read a knowledge graph from ontology files; see ``KnowledgeGraph.read``."""
    graph = graph_from_store(*read_store(paths))
    for file in [Path(overlay)] if overlay is not None else overlays_beside(_as_list(paths)):
        graph = Overlay.read(file).apply(graph)
    where = ", ".join(map(str, _as_list(paths)))
    if not len(graph):
        raise OntologyError(
            f"{where}: holds no concept; expected OWL or RDFS classes, individuals, SKOS concepts "
            f"or OBO terms"
        )
    if language is not None and not any(
        language_rank(tag, language.lower()) < 3 for tag in graph.languages
    ):
        present = ", ".join(f"{tag} ({count} labels)" for tag, count in graph.languages.items())
        raise OntologyError(
            f"{where}: no label in the language {language!r}; "
            + (f"choose one of: {present}" if present else "it has no labels at all")
        )
    return graph


def read_store(paths: Paths) -> tuple[ox.Store, list[Problem]]:
    """Read ontology files into a new store, with the problems found."""
    files = _find_files(paths)
    store = ox.Store()
    problems: list[Problem] = []
    for path in files:
        problems += _load(store, path)
    if count := merge_named_graphs(store):
        message = f"the statements of {count} named graphs were merged into one graph"
        problems.append(Problem("named-graphs", "", message))
    problems += _check_imports(store, files)
    return store, problems


def _as_list(paths: Paths) -> list[Path]:
    return [Path(paths)] if isinstance(paths, str | Path) else [Path(path) for path in paths]


def _find_files(paths: Paths) -> list[Path]:
    given = _as_list(paths)
    if not given:
        raise OntologyError(f"no ontology file was given; expected {KNOWN}")
    files: list[Path] = []
    for path in given:
        if not path.is_dir():
            files.append(path)
            continue
        inside = sorted(
            file
            for file in path.rglob("*")
            if plain_name(file).endswith(SUFFIXES)
            and not plain_name(file).endswith(OVERLAY_SUFFIX)
            and file.is_file()
            and not any(part.startswith(".") for part in file.relative_to(path).parts)
        )
        if not inside:
            raise OntologyError(
                f"{path}: the folder holds no ontology file; expected names that end in "
                f"{', '.join(SUFFIXES)}, each also with .gz"
            )
        files += inside
    return list(dict.fromkeys(files))


def _load(store: ox.Store, path: Path) -> list[Problem]:
    """Add the statements of one file, all or none."""
    file_format = detect_format(path, read_head(path))
    if file_format == OBO_FORMAT:
        with open_ontology(path) as stream:
            quads, problems = obo_quads(read_bytes(path, stream), path)
        store.bulk_extend(quads)
        return problems
    assert isinstance(file_format, ox.RdfFormat)
    requote = file_format == ox.RdfFormat.RDF_XML and check_entities(path)
    return _load_rdf(store, path, file_format, requote)


def _load_rdf(
    store: ox.Store, path: Path, file_format: ox.RdfFormat, requote: bool
) -> list[Problem]:
    """Parse strictly, then with a base for relative IRIs, then without a check of the IRIs."""
    base = f"urn:ontograft:base/{quote(plain_name(path))}"
    attempts: tuple[tuple[str | None, bool], ...] = ((None, False), (base, False), (base, True))
    first_error: SyntaxError | None = None
    for base_iri, lenient in attempts:
        try:
            with open_ontology(path) as raw:
                stream: IO[bytes] = raw
                if requote:
                    stream = io.BytesIO(double_quoted(read_bytes(path, raw)))
                store.bulk_load(stream, file_format, base_iri=base_iri, lenient=lenient)
        except SyntaxError as error:
            first_error = first_error or error
            failure = error
        except (*READ_ERRORS, ValueError, MemoryError) as error:  # a literal beyond 16 MiB
            raise unreadable(path, error) from error
        else:
            return _iri_problems(path, first_error, lenient)
    raise _syntax_error(path, file_format, failure) from failure


def _iri_problems(path: Path, error: SyntaxError | None, lenient: bool) -> list[Problem]:
    if error is None:
        return []
    what = _cause(error)
    if lenient:
        return [
            Problem("bad-iri", str(path.name), f"holds malformed IRIs, kept as they are: {what}")
        ]
    message = f"holds relative IRIs and no base; they were given one of this file's own: {what}"
    return [Problem("relative-iri", str(path.name), message)]


def _syntax_error(path: Path, file_format: ox.RdfFormat, error: SyntaxError) -> OntologyError:
    line = f", line {error.lineno}" if error.lineno else ""
    return OntologyError(f"{path}{line}: {_cause(error)}; expected {file_format.name}")


def _cause(error: SyntaxError) -> str:
    """Return Oxigraph's message in one line, without the place where it repeats the line number."""
    text = re.sub(
        r"^Parser error at line \d+ (column \d+|between columns? [\d and]+): ", "", error.msg
    )
    return " ".join(text.split())[:300]


def _check_imports(store: ox.Store, files: Sequence[Path]) -> list[Problem]:
    """Return a problem for each import that none of the files given resolves."""
    ontology, type_iri = ox.NamedNode(OWL + "Ontology"), ox.NamedNode(TYPE)
    here = {str(q.subject) for q in store.quads_for_pattern(None, type_iri, ontology)}
    version_iri = ox.NamedNode(OWL + "versionIRI")
    here |= {str(q.object) for q in store.quads_for_pattern(None, version_iri, None)}
    stems = {Path(plain_name(path)).stem for path in files}
    problems = []
    for quad in store.quads_for_pattern(None, ox.NamedNode(OWL + "imports"), None):
        iri = str(quad.object).strip("<>")
        name = iri.rstrip("#/").rsplit("/", 1)[-1].lower().removesuffix(".gz")
        known_name = name if Path(name).suffix not in SUFFIXES else Path(name).stem
        if str(quad.object) not in here and known_name not in stems:
            message = "is imported and not among the files given; imports are never downloaded"
            problems.append(Problem("unresolved-import", iri, message))
    return sorted(set(problems))


def _words(problem: Problem) -> tuple[str, str]:
    return problem.subject, problem.message
