"""Cross-references: the concepts that identifiers of other vocabularies stand for."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable
from functools import cached_property, lru_cache
from typing import Final

from .concepts import local_name
from .graph import KnowledgeGraph
from .vocabulary import OIO, REPLACED_BY

_CURIE: Final = re.compile(r"([A-Za-z][\w.-]*):(?!//)(\S.*)")
_UNDERSCORED: Final = re.compile(r"([A-Za-z]+)_(\d+)")
_VERSION: Final = re.compile(
    r"_?\d{4}_\d\d(?:_\d\d|[A-Z])?$"
)  # SNOMEDCT_US_2015_03_01, NCI2009_04D
_BARE: Final = (
    (re.compile(r"[CD]\d{6}(?:\d{3})?"), "MESH"),
    (re.compile(r"C\d{7}"), "UMLS"),
)
_PLACES: Final = tuple(
    (re.compile(rf"https?://{pattern}"), vocabulary)
    for pattern, vocabulary in (
        (r"purl\.obolibrary\.org/obo/([A-Za-z]\w*?)_(\w+)", ""),
        (r"www\.ebi\.ac\.uk/efo/(EFO)_(\d+)", ""),
        (r"www\.orpha\.net/ORDO/(Orphanet)_(\d+)", ""),
        (r"(?:www\.)?(?:identifiers\.org|bioregistry\.io)/([\w.-]+)[:/](\S+)", ""),
        (r"purl\.bioontology\.org/ontology/([\w.-]+)/(\S+)", ""),
        (r"id\.nlm\.nih\.gov/mesh/(?:\d{4}/)?(\w+)", "MESH"),
        (r"meshb\.nlm\.nih\.gov/record/ui\?ui=(\w+)", "MESH"),
        (r"(?:www\.)?omim\.org/(?:entry|phenotypicSeries)/(\w+)", "OMIM"),
        (r"(?:www\.)?snomed\.info/(?:id|sct)/(\d+)", "SNOMEDCT"),
        (r"linkedlifedata\.com/resource/umls/id/(\w+)", "UMLS"),
        (r"(?:www\.)?wikidata\.org/(?:entity|wiki)/(\w+)", "WIKIDATA"),
    )
)
_VOCABULARIES: Final = {
    "MSH": "MESH",
    "MIM": "OMIM",
    "UMLS_CUI": "UMLS",
    "NCI": "NCIT",
    "ORDO": "ORPHANET",
    "ORPHA": "ORPHANET",
    "SCTID": "SNOMEDCT",
    "SNOMED": "SNOMEDCT",
    "SNOMED_CT": "SNOMEDCT",
    "SNOMEDCT_US": "SNOMEDCT",
    "WIKIDATA.ENTITY": "WIKIDATA",
}
_CAPITAL_CODES: Final = frozenset(("MESH", "NCIT", "UMLS", "WIKIDATA"))
_ALTERNATIVE: Final = OIO + "hasAlternativeId"


@lru_cache(maxsize=65536)  # gold mentions repeat a few identifiers
def normal_id(id: str) -> str:
    """Return one form for the many ways to write an identifier.

    A CURIE gets the vocabulary's usual name, in capitals and without a version; well-known IRIs
    become CURIEs, others lose their scheme; MeSH and UMLS codes are known without a prefix. What
    is nothing of the kind stays as it is.

    Example:
        >>> [normal_id(id) for id in ("MSH:D003922", "D003922", "http://id.nlm.nih.gov/mesh/D003922")]
        ['MESH:D003922', 'MESH:D003922', 'MESH:D003922']
    """
    text = id.strip().removeprefix("<").removesuffix(">")
    for pattern, vocabulary in _PLACES:
        place = pattern.fullmatch(text)
        if place:
            return _curie(*([vocabulary] if vocabulary else []), *place.groups())
    if "://" in text:
        return text.split(":", 1)[1].rstrip("/")
    curie = _CURIE.fullmatch(text) or _UNDERSCORED.fullmatch(text)
    if curie:
        return _curie(*curie.groups())
    for pattern, vocabulary in _BARE:
        if pattern.fullmatch(text):
            return f"{vocabulary}:{text}"
    return text


def vocabulary_of(id: str) -> str:
    """Return the vocabulary of an identifier in its usual name: ``MESH`` for ``MSH:D003922``.

    Of an IRI that is no CURIE it is the part up to the last; of a bare code nothing.
    """
    return _vocabulary(normal_id(id))


def _curie(prefix: str, code: str) -> str:
    vocabulary = _VERSION.sub("", prefix.upper())
    vocabulary = _VOCABULARIES.get(vocabulary, vocabulary)
    code = code.strip()
    if vocabulary == "OMIMPS":
        return f"OMIM:PS{code.upper().removeprefix('PS')}"
    # identifiers.org writes some prefixes twice: doid/DOID:1612
    code = code.removeprefix(f"{vocabulary}:")
    return f"{vocabulary}:{code.upper() if vocabulary in _CAPITAL_CODES else code}"


class CrossReferences:
    """Finds the concepts of an ontology by identifiers of its own or of other vocabularies.

    An identifier is tried, in this order, as one of the ontology's own (IRI, CURIE, notation, end
    of the IRI); as a cross-reference of a concept; as an alternate or replaced identifier, where
    the graph still has the statements that it was read from; and, without a prefix, as a code that
    the cross-references to just one vocabulary hold.

    Args:
        graph: the ontology.
    """

    def __init__(self, graph: KnowledgeGraph) -> None:
        self._graph = graph
        own: defaultdict[str, set[str]] = defaultdict(set)
        others: defaultdict[str, set[str]] = defaultdict(set)
        for concept in graph.concepts:
            for id in (normal_id(concept.iri), local_name(concept.iri), *concept.notations):
                own[id].add(concept.iri)
            for id in concept.xrefs:
                others[normal_id(id)].add(concept.iri)
        self._own = {id: frozenset(iris) for id, iris in own.items()}
        self._others = {id: frozenset(iris) for id, iris in others.items()}
        self._own_vocabularies = {vocabulary_of(concept.iri) for concept in graph.concepts}

    def concepts(self, id: str) -> frozenset[str]:
        """Return the IRIs of the concepts that an identifier stands for; none if none."""
        normal, bare = normal_id(id), id.strip()
        found = self._own.get(normal) or self._own.get(bare) or self._others.get(normal)
        if found:
            return found
        if _vocabulary(normal) in self._own_vocabularies:
            return self._alternates.get(normal, frozenset())
        if ":" not in bare and any(map(str.isdigit, bare)):
            return self._bare_codes.get(bare, frozenset())
        return frozenset()

    def concepts_of(self, ids: Iterable[str]) -> frozenset[str]:
        """Return the IRIs of the concepts that any of some identifiers stands for."""
        return frozenset().union(*(self.concepts(id) for id in ids))

    def expressible(self, ids: Iterable[str]) -> bool:
        """Return whether the ontology has a concept for any of some identifiers."""
        return any(self.concepts(id) for id in ids)

    @cached_property
    def _alternates(self) -> dict[str, frozenset[str]]:
        """Identifiers that were merged into a concept or replaced by it."""
        import rdflib

        if self._graph.statements is None:
            return {}
        statements = self._graph.statements.graph()
        pairs = [
            *statements.subject_objects(rdflib.URIRef(_ALTERNATIVE)),
            *((new, old) for old, new in statements.subject_objects(rdflib.URIRef(REPLACED_BY))),
        ]
        found: defaultdict[str, set[str]] = defaultdict(set)
        for concept, other in pairs:
            found[normal_id(str(other))].update(self._own.get(normal_id(str(concept)), ()))
        return {id: frozenset(iris) for id, iris in found.items()}

    @cached_property
    def _bare_codes(self) -> dict[str, frozenset[str]]:
        """Codes of cross-references, without those that several vocabularies have."""
        vocabularies: defaultdict[str, set[str]] = defaultdict(set)
        for id in self._others:
            vocabulary, colon, code = id.partition(":")
            if colon:
                vocabularies[code].add(vocabulary)
        return {
            code: self._others[f"{next(iter(names))}:{code}"]
            for code, names in vocabularies.items()
            if len(names) == 1
        }


def _vocabulary(id: str) -> str:
    """Return the prefix of a CURIE, or an IRI up to its last part."""
    prefix, colon, _ = id.partition(":")
    if id.startswith("//"):
        return id[: -len(local_name(id))]
    return prefix if colon else ""
