"""Knowledge graphs as NetworkX graphs, and back, without loss.

``to_networkx`` gives each node (its IRI) the attributes ``kind``, ``label`` (the one to show),
``labels`` (dictionaries with ``kind``, ``language`` and ``text``), ``definitions`` (pairs of
language and text), ``notations`` and ``xrefs``; each edge has the IRI of its relation as key and
the attribute ``relation`` with the relation's name, so that parallel edges stay apart.

``from_networkx`` takes that back, and any directed graph of one's own:

- a node is an IRI, or any identifier, from which an IRI is made: ``urn:ontograft:node:...``;
- its labels: ``label`` or ``name`` (preferred), ``labels`` (texts, or as above) and ``synonyms``;
  an identifier that is a text, no IRI, and has no preferred label is its own;
- its texts: ``definition`` or ``definitions``; ``notations``, ``xrefs``, ``kind``, ``language``;
- an edge's relation: its key, where that is a text, else its attribute ``relation``; an IRI, or a
  name, from which an IRI is made. ``is_a``, ``subclass of``, ``broader`` and their like point from
  the child to the parent, ``narrower`` from the parent to the child.

Other attributes are left out, and a problem says which.
"""

from __future__ import annotations

import re
from collections.abc import Hashable, Iterable, Mapping
from typing import Any, Final
from urllib.parse import quote

import networkx

from ..errors import OntologyError
from .checks import check_concepts, check_hierarchy
from .concepts import Concept, Label, LabelKind, Problem
from .graph import BROADER, KnowledgeGraph
from .vocabulary import RDF, RDFS, SKOS

_NODES: Final = "urn:ontograft:node:"
_RELATIONS: Final = "urn:ontograft:relation:"
_IRI: Final = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:[^\s<>\"{}|\\^`]+")
_UP: Final = frozenset(
    {"broader", "isa", "subclassof", "subclass", "parent", "instanceof", "type", "hypernym"}
)
_DOWN: Final = frozenset({"narrower", "superclassof", "child", "hyponym"})
_UP_IRIS: Final = frozenset({BROADER, RDFS + "subClassOf", RDF + "type"})
_LABELS: Final = frozenset({"label", "name", "labels", "synonyms", "language"})
_KNOWN: Final = _LABELS | {"kind", "definition", "definitions", "notations", "xrefs"}


def to_networkx(graph: KnowledgeGraph) -> networkx.MultiDiGraph[str]:
    """Return a knowledge graph as a NetworkX multigraph."""
    result: networkx.MultiDiGraph[str] = networkx.MultiDiGraph(
        iri=graph.iri,
        version=graph.version,
        relation_names=dict(zip(graph.relations, graph.relation_names, strict=True)),
    )
    for number, concept in enumerate(graph.concepts):
        attributes: dict[str, Any] = {
            "kind": concept.kind,
            "labels": [
                {"kind": str(label.kind), "language": label.language, "text": label.text}
                for label in concept.labels
            ],
            "definitions": [list(pair) for pair in concept.definitions],
            "notations": list(concept.notations),
            "xrefs": list(concept.xrefs),
        }
        if concept.labels:
            attributes["label"] = graph.preferred_label(number)
        result.add_node(concept.iri, **attributes)
    iris = [concept.iri for concept in graph.concepts]
    rows = zip(graph.source.tolist(), graph.relation.tolist(), graph.target.tolist(), strict=True)
    for source, relation, target in rows:
        result.add_edge(
            iris[source],
            iris[target],
            key=graph.relations[relation],
            relation=graph.relation_names[relation],
        )
    return result


def from_networkx(graph: networkx.Graph[Any]) -> KnowledgeGraph:
    """Return a directed NetworkX graph as a knowledge graph.

    Raises:
        OntologyError: the graph is undirected, an edge has no relation, or an attribute of a node
            has a form that is not read; the message names it.
    """
    if not graph.is_directed():
        raise OntologyError(
            "expected a directed NetworkX graph, got an undirected one: an edge must say which "
            "end is the parent; build a DiGraph or MultiDiGraph"
        )
    language = str(graph.graph.get("language", ""))
    concepts = [_concept(node, data, language) for node, data in graph.nodes(data=True)]
    names = {str(iri): str(name) for iri, name in graph.graph.get("relation_names", {}).items()}
    edges = [_edge(names, *ends_and_more) for ends_and_more in _edges(graph)]
    return KnowledgeGraph(
        concepts,
        edges,
        relation_names=names,
        iri=str(graph.graph.get("iri", "")),
        version=str(graph.graph.get("version", "")),
        problems=[*_left_out(graph), *check_concepts(concepts), *check_hierarchy(edges)],
    )


def _iri(value: Hashable, prefix: str) -> str:
    text = str(value)
    return text if _IRI.fullmatch(text) else prefix + quote(text, safe="")


def _concept(node: Hashable, data: Mapping[str, Any], language: str) -> Concept:
    iri = _iri(node, _NODES)
    tag = str(data.get("language", language)).lower().replace("_", "-")
    labels = _labels(node, data, tag)
    is_named = any(label.kind is LabelKind.PREFERRED for label in labels)
    if not is_named and isinstance(node, str) and iri != node:
        labels.append(Label(LabelKind.PREFERRED, tag, node))
    definitions = [
        _definition(node, entry, tag)
        for name in ("definition", "definitions")
        for entry in _entries(node, data, name)
    ]
    return Concept(
        iri,
        str(data.get("kind", "class")),
        tuple(labels),
        tuple(definitions),
        tuple(map(str, _entries(node, data, "notations"))),
        tuple(map(str, _entries(node, data, "xrefs"))),
    )


def _labels(node: Hashable, data: Mapping[str, Any], tag: str) -> list[Label]:
    labels: list[Label] = []
    plain: list[str] = []
    for entry in _entries(node, data, "labels"):
        if isinstance(entry, str):
            plain.append(entry)
        else:
            labels.append(_label(node, entry))
    # The label to show, which to_networkx adds, is one of those already there.
    known = {label.text for label in labels}
    shown = _entries(node, data, "label") or _entries(node, data, "name")
    names = [str(text) for text in shown if str(text) not in known]
    if not names and not labels:
        names, plain = plain[:1], plain[1:]
    labels += [Label(LabelKind.PREFERRED, tag, text) for text in names]
    labels += [Label(LabelKind.ALTERNATIVE, tag, text) for text in plain if text not in names]
    synonyms = map(str, _entries(node, data, "synonyms"))
    return labels + [Label(LabelKind.EXACT, tag, text) for text in synonyms]


def _entries(node: Hashable, data: Mapping[str, Any], name: str) -> list[Any]:
    """Return an attribute as a list, also where it is a single text or missing."""
    value = data.get(name)
    if value is None:
        return []
    if isinstance(value, str):
        return [value]
    if isinstance(value, Mapping) or not isinstance(value, Iterable):
        raise OntologyError(
            f"node {node!r}: the attribute {name!r} must be a text or a list, got {value!r}"
        )
    return list(value)


def _label(node: Hashable, entry: Any) -> Label:
    try:
        if isinstance(entry, Label):
            return entry
        if isinstance(entry, Mapping):
            kind, language, text = entry["kind"], entry.get("language", ""), entry["text"]
        else:
            kind, language, text = entry
        return Label(LabelKind(kind), str(language).lower(), str(text))
    except (KeyError, TypeError, ValueError) as error:
        raise OntologyError(
            f"node {node!r}: cannot read the label {entry!r}; expected a text, or a dictionary "
            f"with 'kind' ({', '.join(LabelKind)}), 'language' and 'text'"
        ) from error


def _definition(node: Hashable, entry: Any, tag: str) -> tuple[str, str]:
    if isinstance(entry, str):
        return tag, entry
    if isinstance(entry, list | tuple) and len(entry) == 2:
        return str(entry[0]).lower(), str(entry[1])
    raise OntologyError(
        f"node {node!r}: cannot read the definition {entry!r}; expected a text, or a pair of "
        f"language and text"
    )


def _edges(graph: networkx.Graph[Any]) -> Iterable[tuple[Any, Any, Any, Mapping[str, Any]]]:
    if isinstance(graph, networkx.MultiDiGraph):
        return iter(graph.edges(keys=True, data=True))
    return ((source, target, None, data) for source, target, data in graph.edges(data=True))


def _edge(
    names: dict[str, str], source: Any, target: Any, key: Any, data: Mapping[str, Any]
) -> tuple[str, str, str]:
    """Return an edge with IRIs, and note the name of its relation."""
    relation = key if isinstance(key, str) and key else data.get("relation")
    if not isinstance(relation, str) or not relation.strip():
        raise OntologyError(
            f"the edge {source!r} -> {target!r} has no relation; expected one as its key or in "
            f"its attribute 'relation', such as 'broader' or 'part_of'"
        )
    ends = _iri(source, _NODES), _iri(target, _NODES)
    word = re.sub(r"[\W_]", "", relation).lower()
    if relation in _UP_IRIS or word in _UP:
        return ends[0], BROADER, ends[1]
    if relation == SKOS + "narrower" or word in _DOWN:
        return ends[1], BROADER, ends[0]
    iri = _iri(relation, _RELATIONS)
    name = data.get("relation") if iri == relation else relation
    if isinstance(name, str) and name != iri:
        names.setdefault(iri, name)
    return ends[0], iri, ends[1]


def _left_out(graph: networkx.Graph[Any]) -> list[Problem]:
    of_nodes = {name for _, data in graph.nodes(data=True) for name in data} - _KNOWN
    of_edges = {name for *_, data in graph.edges(data=True) for name in data} - {"relation"}
    return [
        Problem(
            "attributes",
            "",
            f"the attributes {', '.join(sorted(map(str, found)))} of {what} "
            "have no place in a knowledge graph; left out",
        )
        for what, found in (("nodes", of_nodes), ("edges", of_edges))
        if found
    ]
