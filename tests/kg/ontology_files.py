"""Small files of ontologies."""

from __future__ import annotations

import gzip
from pathlib import Path

import rdflib

from ontograft.kg import KnowledgeGraph

TURTLE = """@prefix : <http://example.org/> .
@prefix owl: <http://www.w3.org/2002/07/owl#> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
<http://example.org/> a owl:Ontology ; owl:versionInfo "1.0" .
:organ a owl:Class ; rdfs:label "organ"@en .
:heart a owl:Class ; rdfs:label "heart"@en, "Herz"@de ; rdfs:subClassOf :organ .
:part_of a owl:ObjectProperty ; rdfs:label "part of" .
:heart rdfs:subClassOf [ a owl:Restriction ; owl:onProperty :part_of ; owl:someValuesFrom :organ ] .
"""
OBO = """format-version: 1.2
ontology: x

[Term]
id: X:1
name: organ
"""
HEAD = '<?xml version="1.0"?>\n'
ROOT = (
    '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" '
    'xmlns:rdfs="http://www.w3.org/2000/01/rdf-schema#" '
    'xmlns:owl="http://www.w3.org/2002/07/owl#">{}</rdf:RDF>'
)
CLASS = '<owl:Class rdf:about="{}"><rdfs:label>{}</rdfs:label></owl:Class>'


def written(folder: Path, name: str, content: str | bytes) -> Path:
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    data = content.encode() if isinstance(content, str) else content
    path.write_bytes(gzip.compress(data) if name.endswith(".gz") else data)
    return path


def codes(graph: KnowledgeGraph) -> list[str]:
    return [problem.code for problem in graph.problems]


def serialised(fmt: str) -> str:
    return rdflib.Graph().parse(data=TURTLE, format="turtle").serialize(format=fmt)
