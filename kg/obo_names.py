"""The IRIs of OBO identifiers."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import Final
from urllib.parse import quote

import pyoxigraph as ox

from .obo_syntax import Clause, Stanza, identifier
from .vocabulary import OBO

_SHORTCUT: Final = re.compile(r"(BFO|RO|IDO|GOREL|UBERON_CORE):\d+")
_IRI: Final = re.compile(r"(https?|ftp|urn|mailto|file):\S+")
_NOT_IN_IRI: Final = re.compile(r"""[\x00-\x20<>"{}|\\^`\[\]\x7f]|%(?![0-9A-Fa-f]{2})""")


def relation_shortcuts(stanzas: Iterable[Stanza]) -> dict[str, str]:
    """Return the identifier that stands behind the short name of a relation.

    A relation such as ``part_of`` with ``xref: BFO:0000050`` is that relation, says the format.
    """
    shortcuts: dict[str, str] = {}
    for stanza in stanzas:
        if stanza.kind == "Typedef" and ":" not in stanza.id:
            for clause in stanza.clauses:
                if clause.tag == "xref" and _SHORTCUT.fullmatch(identifier(clause.value)):
                    shortcuts.setdefault(stanza.id, identifier(clause.value))
    return shortcuts


class OboNames:
    """Turn identifiers into IRIs, by the rules of OBO 1.4 as the OWL API applies them.

    ``DOID:4`` is ``http://purl.obolibrary.org/obo/DOID_4``, unless the header gives an ``idspace``
    for ``DOID``; an identifier without a prefix belongs to the ontology:
    ``http://purl.obolibrary.org/obo/doid#part_of``.

    Args:
        header: the header's clauses.
        shortcuts: what the short names of relations stand for.
    """

    def __init__(self, header: Sequence[Clause], shortcuts: dict[str, str]) -> None:
        self._shortcuts = shortcuts
        self._spaces: dict[str, str] = {}
        self._nodes: dict[str, ox.NamedNode] = {}
        name = ""
        for clause in header:
            words = clause.value.split()
            if clause.tag == "ontology" and words:
                name = words[0]
            elif clause.tag == "default-namespace" and words:
                name = name or words[0]
            elif clause.tag == "idspace" and len(words) > 1:
                self._spaces[words[0]] = words[1]
        self._base = name if _IRI.fullmatch(name) else OBO + (name or "unnamed")

    def node(self, name: str) -> ox.NamedNode:
        """Return the IRI of an identifier."""
        found = self._nodes.get(name)
        if found is None:
            found = self._named(self._expand(self._shortcuts.get(name, name)), name)
            self._nodes[name] = found
        return found

    relation = node

    @property
    def ontology(self) -> ox.NamedNode:
        """The IRI of the ontology itself."""
        is_iri = _IRI.fullmatch(self._base) and not self._base.startswith(OBO)
        return self._named(self._base if is_iri else f"{self._base}.owl", "ontology")

    def _named(self, iri: str, name: str) -> ox.NamedNode:
        try:
            return ox.NamedNode(_escape(iri))
        except ValueError:  # such as a port that is no number: the name in another place is one
            return ox.NamedNode(f"{OBO}unnamed#{quote(name, safe='')}")

    def _expand(self, name: str) -> str:
        if _IRI.fullmatch(name):
            return name
        prefix, colon, local = name.partition(":")
        if not colon:
            return f"{self._base}#{name}"
        if prefix in self._spaces:
            return self._spaces[prefix] + local
        return f"{OBO}{prefix}{'#_' if '_' in local else '_'}{local}"


def _escape(iri: str) -> str:
    """Return an IRI with the characters percent-encoded that no IRI may hold."""
    return _NOT_IN_IRI.sub(lambda found: f"%{ord(found[0]):02X}", iri)
