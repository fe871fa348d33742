"""From RDF statements (OWL, RDFS, SKOS, OBO in OWL) to a knowledge graph."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

import pyoxigraph as ox
import rdflib

from .checks import check_concepts, check_hierarchy
from .concepts import Concept, Forbidden, Label, LabelKind, Problem
from .graph import KnowledgeGraph
from .rdf_concepts import ConceptKinds, find_concepts
from .rdf_edges import find_edges, relation_names
from .statements import Statements, as_store
from .triples import Triples, is_blank
from .vocabulary import (
    DEFINITIONS,
    LABEL_KINDS,
    LANGUAGE_OF_THE_WEB,
    NEVER,
    NOT_LABEL,
    OWL,
    RDFS,
    SKOS,
    SKOSXL,
    TYPE,
    VERSIONS,
    XL_LABELS,
    XREFS,
)


def graph_from_rdf(graph: rdflib.Graph) -> KnowledgeGraph:
    """Read the concepts and relations out of an rdflib graph, which is copied.

    Raises:
        OntologyError: the graph holds a term that RDF does not allow.
    """
    return graph_from_store(as_store(graph))


def graph_from_store(store: ox.Store, problems: Iterable[Problem] = ()) -> KnowledgeGraph:
    """Read the concepts and relations out of a store, which the caller hands over.

    A concept is an OWL or RDFS class with an IRI, an individual (declared, or an instance of such a
    class) or a SKOS concept; not the terms of RDF, RDFS, OWL and SKOS themselves, not what is
    deprecated, and not a class that only sorts SKOS concepts (``zbwext:Descriptor`` in the STW).

    Args:
        store: the statements.
        problems: what was found while they were read.
    """
    triples = Triples(store)
    kinds = find_concepts(triples)
    edges, edge_problems = find_edges(triples, kinds)
    concepts = _concepts(triples, kinds)
    iri, version = _header(triples)
    found = [
        *problems,
        *edge_problems,
        *_deprecated_problem(kinds),
        *check_concepts(concepts),
        *check_hierarchy(edges),
    ]
    return KnowledgeGraph(
        concepts,
        edges,
        relation_names=relation_names(triples),
        iri=iri,
        version=version,
        problems=found,
        forbidden=_forbidden(triples, kinds),
        statements=Statements(store),
    )


@dataclass(slots=True)
class _Draft:
    """What is gathered for one concept."""

    labels: list[Label] = field(default_factory=list)
    definitions: list[tuple[str, str]] = field(default_factory=list)
    notations: list[str] = field(default_factory=list)
    xrefs: list[str] = field(default_factory=list)


def _concepts(triples: Triples, kinds: ConceptKinds) -> list[Concept]:
    drafts = {iri: _Draft() for iri in kinds.kinds}
    _add_labels(triples, drafts)
    _add_definitions(triples, drafts)
    for iri, notation in triples.literals(SKOS + "notation"):
        if iri in drafts:
            drafts[iri].notations.append(notation.value)
    for iri, text in triples.literals(*XREFS):
        if iri in drafts:
            drafts[iri].xrefs.append(text.value)
    for iri, other in triples.resources(*XREFS):
        if iri in drafts and not is_blank(other):
            drafts[iri].xrefs.append(other)
    return [
        Concept(
            iri,
            kinds.kinds[iri],
            tuple(draft.labels),
            tuple(draft.definitions),
            tuple(draft.notations),
            tuple(draft.xrefs),
        )
        for iri, draft in drafts.items()
    ]


def _add_labels(triples: Triples, drafts: dict[str, _Draft]) -> None:
    for iri, label in _labels(triples):
        if iri in drafts:
            drafts[iri].labels.append(label)
    extras: list[tuple[str, Label]] = []  # set aside, or two rdfs:labels would see each other
    for iri, text in triples.literals(RDFS + "label"):
        if iri in drafts:
            label = _label(LabelKind.PREFERRED, text)
            labels = drafts[iri].labels
            # Beside a prefLabel in the same language, an rdfs:label is one more name.
            if any((label.kind, label.language) == (one.kind, one.language) for one in labels):
                if label in labels:
                    continue
                label = _label(LabelKind.ALTERNATIVE, text)
            extras.append((iri, label))
    for iri, label in extras:
        drafts[iri].labels.append(label)


def _labels(triples: Triples) -> Iterator[tuple[str, Label]]:
    """Yield the labels from all properties but rdfs:label, which gives way to the others."""
    for predicate, kind in LABEL_KINDS.items():
        if predicate != RDFS + "label":
            for iri, text in triples.literals(predicate):
                yield iri, _label(kind, text)
    forms = defaultdict(list)
    for node, text in triples.literals(SKOSXL + "literalForm"):
        forms[node].append(text)
    for predicate, kind in XL_LABELS.items():
        for iri, node in triples.resources(predicate):
            for text in forms[node]:
                yield iri, _label(kind, text)


def _label(kind: LabelKind, text: ox.Literal) -> Label:
    return Label(kind, (text.language or "").lower(), text.value)


def _forbidden(triples: Triples, kinds: ConceptKinds) -> Iterator[Forbidden]:
    for iri, text in triples.literals(NOT_LABEL):
        if iri == NEVER or iri in kinds.kinds:
            subject = "" if iri == NEVER else iri
            yield Forbidden(subject, (text.language or "").lower(), text.value)


def _add_definitions(triples: Triples, drafts: dict[str, _Draft]) -> None:
    # Where an ontology has a property for definitions, its comments are its editors' notes.
    for predicates in (DEFINITIONS, (RDFS + "comment",)):
        found = False
        for iri, text in triples.literals(*predicates):
            if iri in drafts:
                found = True
                drafts[iri].definitions.append(((text.language or "").lower(), text.value))
        if found:
            return


def _header(triples: Triples) -> tuple[str, str]:
    """Return the IRI and the version of the ontology, or else of the concept scheme.

    Of several ontologies the one is taken that none of the others imports; then by IRI.
    """
    imported = {target for _, target in triples.resources(OWL + "imports")}
    ranked: list[tuple[bool, bool, bool, str]] = []
    for rank, type_iri in enumerate((OWL + "Ontology", SKOS + "ConceptScheme")):
        for node in triples.subjects(TYPE, [type_iri]):
            if not f"{node}#".startswith(LANGUAGE_OF_THE_WEB):
                ranked.append((rank > 0, is_blank(node), node in imported, node))
    if not ranked:
        return "", ""
    node = min(ranked)[-1]
    versions = [
        min(found)
        for predicate in VERSIONS
        if (
            found := [
                text.value for subject, text in triples.literals(predicate) if subject == node
            ]
            + [iri for subject, iri in triples.resources(predicate) if subject == node]
        )
    ]
    return "" if is_blank(node) else node, versions[0] if versions else ""


def _deprecated_problem(kinds: ConceptKinds) -> list[Problem]:
    if not kinds.deprecated:
        return []
    message = (
        f"{len(kinds.deprecated)} deprecated terms were left out with their relations, "
        f"the first is {min(kinds.deprecated)}"
    )
    return [Problem("deprecated", "", message)]
