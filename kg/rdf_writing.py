"""From a knowledge graph to RDF statements."""

from __future__ import annotations

from collections.abc import Iterator

import pyoxigraph as ox
import rdflib

from ..errors import OntologyError
from .concepts import Concept, LabelKind
from .graph import BROADER, KnowledgeGraph
from .statements import as_rdflib
from .vocabulary import (
    DEFINITION,
    NEVER,
    NOT_LABEL,
    OIO,
    OWL,
    RDF,
    RDFS,
    SKOS,
    SKOS_RELATIONS,
    SUBCLASS,
    TYPE,
)

_TYPES = {
    "class": OWL + "Class",
    "individual": OWL + "NamedIndividual",
    "concept": SKOS + "Concept",
}
_LABELS = {
    LabelKind.EXACT: OIO + "hasExactSynonym",
    LabelKind.ALTERNATIVE: SKOS + "altLabel",
    LabelKind.NARROW: OIO + "hasNarrowSynonym",
    LabelKind.HIDDEN: SKOS + "hiddenLabel",
    LabelKind.BROAD: OIO + "hasBroadSynonym",
    LabelKind.RELATED: OIO + "hasRelatedSynonym",
}


def graph_to_rdf(graph: KnowledgeGraph) -> rdflib.Graph:
    """Return the statements a graph was read from; for another, statements that say the same.

    Reading what is returned gives an equal fingerprint.

    Raises:
        OntologyError: an IRI or a language tag of a graph that did not come from RDF is none, or a
            relation has a name of RDF, RDFS, OWL or SKOS that does not relate concepts.
    """
    if graph.statements is not None:
        return graph.statements.graph()
    store = ox.Store()
    store.bulk_extend(_header(graph))
    for concept in graph.concepts:
        store.bulk_extend(list(_concept(concept)))
    store.bulk_extend(_relations(graph))
    store.bulk_extend(_edges(graph))
    store.bulk_extend(
        ox.Quad(_node(iri or NEVER), _node(NOT_LABEL), _literal(text, language, iri or NEVER))
        for iri, language, text in graph.forbidden
    )
    return as_rdflib(store)


def _node(iri: str) -> ox.NamedNode:
    try:
        return ox.NamedNode(iri)
    except ValueError as error:
        raise OntologyError(
            f"{iri!r} is not an absolute IRI: {error}; RDF needs one, such as "
            f"'http://example.org/{iri.split()[0] if iri.strip() else 'name'}'"
        ) from error


def _literal(text: str, language: str, subject: str) -> ox.Literal:
    try:
        return ox.Literal(text, language=language or None)
    except ValueError as error:
        raise OntologyError(f"{subject}: {text!r} cannot be written as RDF: {error}") from error


def _header(graph: KnowledgeGraph) -> list[ox.Quad]:
    if not graph.iri and not graph.version:
        return []
    ontology = _node(graph.iri) if graph.iri else ox.BlankNode()
    quads = [ox.Quad(ontology, _node(TYPE), _node(OWL + "Ontology"))]
    if graph.version:
        version = _literal(graph.version, "", graph.iri)
        quads.append(ox.Quad(ontology, _node(OWL + "versionInfo"), version))
    return quads


def _concept(concept: Concept) -> Iterator[ox.Quad]:
    node = _node(concept.iri)
    yield ox.Quad(node, _node(TYPE), _node(_TYPES[concept.kind]))
    preferred = SKOS + "prefLabel" if concept.kind == "concept" else RDFS + "label"
    for label in concept.labels:
        literal = _literal(label.text, label.language, concept.iri)
        yield ox.Quad(node, _node(_LABELS.get(label.kind, preferred)), literal)
    definition = SKOS + "definition" if concept.kind == "concept" else DEFINITION
    for language, text in concept.definitions:
        yield ox.Quad(node, _node(definition), _literal(text, language, concept.iri))
    for notation in concept.notations:
        yield ox.Quad(node, _node(SKOS + "notation"), _literal(notation, "", concept.iri))
    for xref in concept.xrefs:
        yield ox.Quad(node, _node(OIO + "hasDbXref"), _literal(xref, "", concept.iri))


def _relations(graph: KnowledgeGraph) -> Iterator[ox.Quad]:
    for relation, name in zip(graph.relations[1:], graph.relation_names[1:], strict=True):
        if relation.startswith((RDF, RDFS, OWL, SKOS)) and relation not in SKOS_RELATIONS:
            raise OntologyError(
                f"the relation {relation!r} is a term of the ontology languages that relates no "
                f"concepts; give the relation an IRI of its own"
            )
        yield ox.Quad(_node(relation), _node(TYPE), _node(OWL + "ObjectProperty"))
        yield ox.Quad(_node(relation), _node(RDFS + "label"), _literal(name, "", relation))


def _edges(graph: KnowledgeGraph) -> Iterator[ox.Quad]:
    nodes = [_node(concept.iri) for concept in graph.concepts]
    kinds = [concept.kind for concept in graph.concepts]
    relations = [_node(relation) for relation in graph.relations]
    parents = {("class", "class"): _node(SUBCLASS), ("individual", "class"): _node(TYPE)}
    rows = zip(graph.source.tolist(), graph.relation.tolist(), graph.target.tolist(), strict=True)
    for source, relation, target in rows:
        predicate = relations[relation]
        if graph.relations[relation] == BROADER:
            predicate = parents.get((kinds[source], kinds[target]), predicate)
        yield ox.Quad(nodes[source], predicate, nodes[target])
