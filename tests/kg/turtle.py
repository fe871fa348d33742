"""Graphs from a few lines of Turtle, and what is in them."""

from __future__ import annotations

import rdflib

from ontograft.kg import KnowledgeGraph

PREFIXES = """@prefix : <http://example.org/> .
@prefix owl: <http://www.w3.org/2002/07/owl#> .
@prefix rdf: <http://www.w3.org/1999/02/22-rdf-syntax-ns#> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
@prefix skos: <http://www.w3.org/2004/02/skos/core#> .
@prefix xl: <http://www.w3.org/2008/05/skos-xl#> .
@prefix oio: <http://www.geneontology.org/formats/oboInOwl#> .
@prefix obo: <http://purl.obolibrary.org/obo/> .
@prefix dct: <http://purl.org/dc/terms/> .
"""
Edge = tuple[str, str, str]


def statements(turtle: str) -> rdflib.Graph:
    return rdflib.Graph().parse(data=PREFIXES + turtle, format="turtle")


def read(turtle: str) -> KnowledgeGraph:
    return KnowledgeGraph.from_rdf(statements(turtle))


def names(graph: KnowledgeGraph) -> list[str]:
    return [concept.iri.removeprefix("http://example.org/") for concept in graph.concepts]


def edges(graph: KnowledgeGraph) -> set[Edge]:
    iris = names(graph)
    rows = zip(graph.source.tolist(), graph.relation.tolist(), graph.target.tolist(), strict=True)
    return {(iris[source], graph.relation_names[r], iris[target]) for source, r, target in rows}


def problems(graph: KnowledgeGraph, code: str) -> list[str]:
    return [f"{one.subject} {one.message}" for one in graph.problems if one.code == code]
