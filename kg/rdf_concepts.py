"""Which resources of an RDF graph are concepts, and of what kind."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from .triples import Triples, is_blank
from .vocabulary import (
    CLASS_TYPES,
    LABEL_KINDS,
    LANGUAGE_OF_THE_WEB,
    NO_CONCEPT_TYPES,
    OWL,
    SKOS,
    SUBCLASS,
    TYPE,
    XL_LABELS,
)


@dataclass(frozen=True, slots=True)
class ConceptKinds:
    """What is a concept, and what is not and why.

    Args:
        kinds: ``class``, ``individual`` or ``concept`` for the IRI of each concept.
        deprecated: terms that would be concepts if they were not deprecated.
        metaclasses: classes that only sort SKOS concepts.
        described: every resource with a type or a label.
    """

    kinds: dict[str, str]
    deprecated: frozenset[str]
    metaclasses: frozenset[str]
    described: frozenset[str]


def find_concepts(triples: Triples) -> ConceptKinds:
    """Return the concepts of an RDF graph with their kinds."""
    labelled = {
        subject for predicate in LABEL_KINDS for subject, _ in triples.literals(predicate)
    } | {subject for subject, _ in triples.resources(*XL_LABELS)}
    types: dict[str, set[str]] = defaultdict(set)
    for node, type_iri in triples.resources(TYPE):
        types[node].add(type_iri)
    superclasses: dict[str, set[str]] = defaultdict(set)
    for node, parent in triples.resources(SUBCLASS):
        superclasses[node].add(parent)

    barred = triples.subjects(TYPE, NO_CONCEPT_TYPES)
    skos_types = _with_subclasses(superclasses, SKOS + "Concept")
    skos = _skos_concepts(triples, skos_types, labelled, types) - barred
    metaclasses = _metaclasses(types, superclasses, skos) | skos_types
    classes = _classes(triples, labelled) - barred - metaclasses
    individuals = {
        node
        for node, its_types in types.items()
        if OWL + "NamedIndividual" in its_types or not classes.isdisjoint(its_types)
    } - barred

    kinds: dict[str, str] = {}
    # What is several things at once (punning) counts as the last of these.
    for kind, nodes in (("individual", individuals), ("class", classes), ("concept", skos)):
        kinds.update((node, kind) for node in nodes if _may_be_concept(node))
    gone = _deprecated(triples) & kinds.keys()
    for node in gone:
        del kinds[node]
    return ConceptKinds(
        kinds, frozenset(gone), frozenset(metaclasses), frozenset(labelled | types.keys())
    )


def _may_be_concept(node: str) -> bool:
    return not is_blank(node) and not node.startswith(("<<", *LANGUAGE_OF_THE_WEB))


def _with_subclasses(superclasses: dict[str, set[str]], top: str) -> set[str]:
    """Return a class with all its subclasses."""
    children: dict[str, set[str]] = defaultdict(set)
    for child, parents in superclasses.items():
        for parent in parents:
            children[parent].add(child)
    return _reach([top], children)


def _reach(start: Iterable[str], neighbours: dict[str, set[str]]) -> set[str]:
    """Return everything that can be reached from some nodes, themselves included."""
    seen = set(start)
    waiting = list(seen)
    while waiting:
        new = neighbours.get(waiting.pop(), set()) - seen
        seen |= new
        waiting.extend(new)
    return seen


def _skos_concepts(
    triples: Triples, skos_types: set[str], labelled: set[str], types: dict[str, set[str]]
) -> set[str]:
    """Return what is typed as a SKOS concept, or used as one and neither class nor individual."""
    downwards = ("narrower", "narrowerTransitive", "hasTopConcept")
    upwards = ("broader", "broaderTransitive", "topConceptOf")
    used: set[str] = set()
    for name in (*upwards, "related", *downwards[:2]):
        used.update(subject for subject, _ in triples.resources(SKOS + name))
    for name in (*downwards, "related", *upwards[:2]):
        used.update(value for _, value in triples.resources(SKOS + name))
    owl_types = {*CLASS_TYPES, OWL + "NamedIndividual"}
    implied = {node for node in used & labelled if owl_types.isdisjoint(types.get(node, ()))}
    return triples.subjects(TYPE, skos_types) | implied


def _metaclasses(
    types: dict[str, set[str]], superclasses: dict[str, set[str]], skos: set[str]
) -> set[str]:
    """Return the classes all of whose instances are SKOS concepts, and the classes above them."""
    sorting: set[str] = set()
    others: set[str] = set()
    for node, its_types in types.items():
        (sorting if node in skos else others).update(its_types)
    return _reach(sorting - others, superclasses)


def _classes(triples: Triples, labelled: set[str]) -> set[str]:
    """Return the declared classes, and those that only a subclass statement makes classes."""
    classes = triples.subjects(TYPE, CLASS_TYPES)
    for child, parent in triples.resources(SUBCLASS):
        classes.update(node for node in (child, parent) if node in labelled)
    return classes


def _deprecated(triples: Triples) -> set[str]:
    gone = {
        node
        for node, value in triples.literals(OWL + "deprecated")
        if value.value.strip().lower() in {"true", "1"}
    }
    return gone | triples.subjects(TYPE, [OWL + "DeprecatedClass"])
