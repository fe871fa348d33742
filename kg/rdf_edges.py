"""The edges between the concepts of an RDF graph, from plain statements and class expressions."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator

from .concepts import Problem, language_rank
from .graph import BROADER
from .rdf_concepts import ConceptKinds
from .triples import Triples, is_blank
from .vocabulary import (
    DC,
    DCTERMS,
    DCTERMS_RELATIONS,
    LANGUAGE_OF_THE_WEB,
    OBJECT_PROPERTY_TYPES,
    OWL,
    RDF,
    RDFS,
    REPLACED_BY,
    SKOS,
    SKOS_RELATIONS,
    SUBCLASS,
    TYPE,
)

Edge = tuple[str, str, str]

_NO_RELATIONS = (*LANGUAGE_OF_THE_WEB, DC, DCTERMS, REPLACED_BY)
_HIERARCHY = frozenset(
    SKOS + name for name in ("broader", "narrower", "broaderTransitive", "narrowerTransitive")
) | {TYPE, SUBCLASS, OWL + "equivalentClass", OWL + "sameAs"}


def find_edges(triples: Triples, kinds: ConceptKinds) -> tuple[set[Edge], list[Problem]]:
    """Return the edges whose two ends are concepts, and the problems with the others."""
    edges: set[Edge] = set()
    dangling: dict[str, set[str]] = defaultdict(set)
    lost: Counter[str] = Counter()
    for edge in _candidates(triples, kinds):
        source, relation, target = edge
        if source not in kinds.kinds:
            continue
        if target in kinds.kinds:
            edges.add(edge)
        elif _is_missing(target, kinds):
            if relation == BROADER:
                dangling[source].add(target)
            else:
                lost[relation] += 1
    problems = [
        Problem(
            "dangling-parent",
            source,
            f"has the parent {target}, which the files given do not describe; left out",
        )
        for source, targets in dangling.items()
        for target in targets
    ]
    problems += [
        Problem(
            "dangling-relation",
            relation,
            f"leads {count} times to something that the files given do not describe; left out",
        )
        for relation, count in lost.items()
    ]
    return edges, problems


def relation_names(triples: Triples) -> dict[str, str]:
    """Return a name for each labelled resource that is used or declared as a property.

    English comes first, then labels without a language tag, then by language and text.
    """
    properties = {*triples.predicates(), *triples.subjects(TYPE, OBJECT_PROPERTY_TYPES)}
    properties |= {value for _, value in triples.resources(OWL + "onProperty")}
    named: dict[str, tuple[int, str, str]] = {}
    for node, text in triples.literals(RDFS + "label", SKOS + "prefLabel"):
        if node in properties and text.value.strip():
            language = (text.language or "").lower()
            rank = (language_rank(language, "en"), language, text.value)
            named[node] = min(rank, named.get(node, rank))
    return {node: text for node, (_, _, text) in named.items()}


def _is_missing(target: str, kinds: ConceptKinds) -> bool:
    """Return whether a target is nowhere described; what is left out on purpose is not missing."""
    return not (
        is_blank(target)
        or target in kinds.described
        or target in kinds.deprecated
        or target in kinds.metaclasses
        or target.startswith(LANGUAGE_OF_THE_WEB)
    )


def _candidates(triples: Triples, kinds: ConceptKinds) -> Iterator[Edge]:
    yield from _skos_parents(triples)
    for node, type_iri in triples.resources(TYPE):
        if type_iri in kinds.kinds:
            yield node, BROADER, type_iri
    yield from _class_axioms(triples)
    declared = triples.subjects(TYPE, OBJECT_PROPERTY_TYPES)
    annotations = triples.subjects(TYPE, [OWL + "AnnotationProperty"]) - declared
    for predicate in triples.predicates():
        if _relates(predicate, declared, annotations):
            for source, target in triples.resources(predicate):
                # The values of other properties are pages and people more often than concepts.
                if target in kinds.kinds or predicate in declared:
                    yield source, predicate, target


def _relates(predicate: str, declared: set[str], annotations: set[str]) -> bool:
    """Return whether a predicate relates concepts, as far as its name and declaration tell."""
    if predicate in _HIERARCHY or predicate in annotations:
        return False
    if predicate in SKOS_RELATIONS or predicate in DCTERMS_RELATIONS:
        return True
    if predicate.startswith((RDF, RDFS, OWL, SKOS)):
        return False  # STW and others declare SKOS's own properties: that makes none a relation
    return predicate in declared or not predicate.startswith(_NO_RELATIONS)


def _skos_parents(triples: Triples) -> Iterator[Edge]:
    children: set[str] = set()
    for child, parent in _both_ways(triples, "broader", "narrower"):
        children.add(child)
        yield child, BROADER, parent
    # The transitive relation lists all ancestors as if they were parents: only for want of better.
    for child, parent in _both_ways(triples, "broaderTransitive", "narrowerTransitive"):
        if child not in children:
            yield child, BROADER, parent


def _both_ways(triples: Triples, up: str, down: str) -> Iterator[tuple[str, str]]:
    yield from triples.resources(SKOS + up)
    for parent, child in triples.resources(SKOS + down):
        yield child, parent


def _class_axioms(triples: Triples) -> Iterator[Edge]:
    """Yield the parents and the existential restrictions that class axioms state.

    ``A subClassOf B`` is a parent; ``A subClassOf (P some B)`` is an edge P; an intersection
    states each of its members. In a definition (``A equivalentClass (B and (P some C))``) the
    genus B is a parent only where no parent is stated: otherwise it lies above those, and would be
    a short cut past them. An equivalent class with an IRI is no parent, which would be a cycle: it
    is kept as a cross-reference.
    """
    stated = {
        child
        for child, parent in triples.resources(SUBCLASS)
        if not is_blank(parent) and parent != OWL + "Thing"
    }
    property_of = dict(triples.resources(OWL + "onProperty"))
    filler_of = dict(triples.resources(OWL + "someValuesFrom", OWL + "hasValue"))
    list_of = dict(triples.resources(OWL + "intersectionOf"))
    first, rest = dict(triples.resources(RDF + "first")), dict(triples.resources(RDF + "rest"))
    axioms = [(pair, True) for pair in triples.resources(SUBCLASS)]
    axioms += [
        ((subject, expression), subject not in stated)
        for subject, expression in triples.resources(OWL + "equivalentClass")
        if is_blank(expression)
    ]
    for (subject, expression), names_count in axioms:
        waiting, seen = [expression], set()
        while waiting:
            node = waiting.pop()
            if not is_blank(node):
                if names_count:
                    yield subject, BROADER, node
            elif node not in seen:  # a damaged file may nest an expression in itself
                seen.add(node)
                if node in property_of and node in filler_of:
                    yield subject, property_of[node], filler_of[node]
                waiting += _members(list_of.get(node, ""), first, rest)


def _members(cell: str, first: dict[str, str], rest: dict[str, str]) -> list[str]:
    """Return the members of an RDF list, as far as it goes without meeting itself."""
    found: dict[str, str] = {}
    while cell in first and cell not in found:
        found[cell] = first[cell]
        cell = rest.get(cell, "")
    return list(found.values())
