"""From an OBO file to the RDF statements that say the same in OWL.

The mapping is that of OBO 1.4 (https://owlcollab.github.io/oboformat/doc/obo-syntax.html) as far as
the knowledge graph needs it: identifiers become PURLs, ``is_a`` becomes ``rdfs:subClassOf``,
``relationship`` an existential restriction, ``intersection_of`` an equivalent class. The
cross-references of single synonyms and definitions, and the axioms on relations, are left out.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Final

import pyoxigraph as ox

from .concepts import Problem
from .obo_names import OboNames, relation_shortcuts
from .obo_syntax import Clause, Stanza, identifier, quoted, read_stanzas, unescape
from .vocabulary import DEFINITION, OIO, OWL, RDF, RDFS, REPLACED_BY, SUBCLASS, TYPE, XSD

Resource = ox.NamedNode | ox.BlankNode
_Quads = Iterator[ox.Quad]

_TEXTS: Final = {
    "name": RDFS + "label",
    "comment": RDFS + "comment",
    "namespace": OIO + "hasOBONamespace",
    "created_by": OIO + "created_by",
    "creation_date": OIO + "creation_date",
}
_CODES: Final = {"alt_id": OIO + "hasAlternativeId", "subset": OIO + "inSubset"}
_LINKS: Final = {
    "replaced_by": REPLACED_BY,
    "consider": OIO + "consider",
    "instance_of": TYPE,
    "disjoint_from": OWL + "disjointWith",
    "inverse_of": OWL + "inverseOf",
}
_SYNONYMS: Final = {
    "EXACT": OIO + "hasExactSynonym",
    "NARROW": OIO + "hasNarrowSynonym",
    "BROAD": OIO + "hasBroadSynonym",
    "RELATED": OIO + "hasRelatedSynonym",
}
_STANZA_TYPES: Final = {
    "Term": OWL + "Class",
    "Typedef": OWL + "ObjectProperty",
    "Instance": OWL + "NamedIndividual",
}
_TRUE: Final = ox.Literal("true", datatype=ox.NamedNode(XSD + "boolean"))


def obo_quads(content: bytes, path: Path) -> tuple[list[ox.Quad], list[Problem]]:
    """Return the statements of an OBO file, and the problems found in it.

    Args:
        content: the file, in UTF-8.
        path: its name, for messages.

    Raises:
        OntologyError: a line is not OBO; the message names it.
    """
    header, stanzas = read_stanzas(content, path)
    writer = _Writer(OboNames(header, relation_shortcuts(stanzas)), path)
    quads = list(writer.header(header))
    seen: dict[str, int] = {}
    for stanza in stanzas:
        first_line = seen.setdefault(stanza.id, stanza.line)
        if first_line != stanza.line:
            writer.problem(
                "duplicate-id",
                stanza.id,
                f"is defined twice, in lines {first_line} and {stanza.line} of {path.name}; "
                f"the two were put together",
            )
        if stanza.kind in _STANZA_TYPES:
            quads += writer.stanza(stanza)
    return quads, writer.problems


class _Writer:
    """Turn stanzas into statements.

    Args:
        names: what an identifier's IRI is.
        path: the file's name, for messages.
    """

    def __init__(self, names: OboNames, path: Path) -> None:
        self.problems: list[Problem] = []
        self._names = names
        self._path = path
        self._predicates: dict[str, ox.NamedNode] = {}
        self._special: dict[str, Callable[[Stanza, ox.NamedNode, Clause], _Quads]] = {
            "def": self._definition,
            "synonym": self._synonym,
            "exact_synonym": self._old_synonym,
            "narrow_synonym": self._old_synonym,
            "broad_synonym": self._old_synonym,
            "related_synonym": self._old_synonym,
            "xref": self._xref,
            "is_a": self._parent,
            "is_obsolete": self._obsolete,
            "relationship": self._relationship,
            "equivalent_to": self._equivalent,
            "property_value": self._property_value,
        }

    def problem(self, code: str, subject: str, message: str) -> None:
        """Note something that is odd."""
        self.problems.append(Problem(code, subject, message))

    def header(self, clauses: list[Clause]) -> _Quads:
        """Yield the statements about the ontology itself."""
        ontology = self._names.ontology
        yield self._typed(ontology, OWL + "Ontology")
        for clause in clauses:
            if clause.tag == "data-version":
                yield self._text(ontology, OWL + "versionInfo", unescape(clause.value))
            elif clause.tag == "import":
                target = self._names.node(identifier(clause.value))
                yield ox.Quad(ontology, self._predicate(OWL + "imports"), target)
            elif clause.tag == "remark":
                yield self._text(ontology, RDFS + "comment", unescape(clause.value))

    def stanza(self, stanza: Stanza) -> _Quads:
        """Yield the statements of one stanza."""
        node = self._names.node(stanza.id)
        yield self._typed(node, _STANZA_TYPES[stanza.kind])
        yield self._text(node, OIO + "id", stanza.id)
        parts: list[Clause] = []
        for clause in stanza.clauses:
            tag = clause.tag
            if tag in self._special:
                yield from self._special[tag](stanza, node, clause)
            elif tag in _TEXTS:
                yield self._text(node, _TEXTS[tag], unescape(clause.value))
            elif tag in _CODES:
                yield self._text(node, _CODES[tag], identifier(clause.value))
            elif tag in _LINKS:
                target = self._names.node(identifier(clause.value))
                yield ox.Quad(node, self._predicate(_LINKS[tag]), target)
            elif tag == "intersection_of":
                parts.append(clause)
        if parts and stanza.kind == "Term":
            yield from self._intersection(node, parts)

    def _definition(self, stanza: Stanza, node: ox.NamedNode, clause: Clause) -> _Quads:
        text, _ = self._quoted(stanza, clause)
        yield self._text(node, DEFINITION, text)

    def _synonym(self, stanza: Stanza, node: ox.NamedNode, clause: Clause) -> _Quads:
        text, rest = self._quoted(stanza, clause)
        scope = rest.split(None, 1)[0] if rest else ""
        # Without a scope a synonym is related, says the format.
        yield self._text(node, _SYNONYMS.get(scope, _SYNONYMS["RELATED"]), text)

    def _old_synonym(self, stanza: Stanza, node: ox.NamedNode, clause: Clause) -> _Quads:
        text, _ = self._quoted(stanza, clause)
        yield self._text(node, _SYNONYMS[clause.tag.split("_")[0].upper()], text)

    def _xref(self, _: Stanza, node: ox.NamedNode, clause: Clause) -> _Quads:
        yield self._text(node, OIO + "hasDbXref", identifier(clause.value))

    def _parent(self, stanza: Stanza, node: ox.NamedNode, clause: Clause) -> _Quads:
        up = {"Typedef": RDFS + "subPropertyOf", "Instance": TYPE}.get(stanza.kind, SUBCLASS)
        yield ox.Quad(node, self._predicate(up), self._names.node(identifier(clause.value)))

    def _obsolete(self, _: Stanza, node: ox.NamedNode, clause: Clause) -> _Quads:
        if clause.value.split(None, 1)[:1] == ["true"]:
            yield ox.Quad(node, self._predicate(OWL + "deprecated"), _TRUE)

    def _relationship(self, stanza: Stanza, node: ox.NamedNode, clause: Clause) -> _Quads:
        relation, target = self._two(stanza, clause)
        if not target or stanza.kind == "Typedef":
            return
        if stanza.kind == "Instance":
            yield ox.Quad(node, self._names.relation(relation), self._names.node(target))
            return
        restriction = ox.BlankNode()
        yield ox.Quad(node, self._predicate(SUBCLASS), restriction)
        yield from self._restriction(restriction, relation, target)

    def _restriction(self, blank: ox.BlankNode, relation: str, target: str) -> _Quads:
        yield self._typed(blank, OWL + "Restriction")
        yield ox.Quad(blank, self._predicate(OWL + "onProperty"), self._names.relation(relation))
        yield ox.Quad(blank, self._predicate(OWL + "someValuesFrom"), self._names.node(target))

    def _equivalent(self, stanza: Stanza, node: ox.NamedNode, clause: Clause) -> _Quads:
        name = "equivalentProperty" if stanza.kind == "Typedef" else "equivalentClass"
        target = self._names.node(identifier(clause.value))
        yield ox.Quad(node, self._predicate(OWL + name), target)

    def _property_value(self, stanza: Stanza, node: ox.NamedNode, clause: Clause) -> _Quads:
        relation, _, rest = clause.value.partition(" ")
        if not rest.strip():
            self._odd(stanza, clause, "a property and a value")
            return
        predicate = self._names.relation(relation)
        if rest.lstrip().startswith('"'):
            text, _ = self._quoted(stanza, Clause(clause.tag, rest.strip(), clause.line))
            yield ox.Quad(node, predicate, ox.Literal(text))
        else:
            yield ox.Quad(node, predicate, self._names.node(identifier(rest)))

    def _intersection(self, node: ox.NamedNode, parts: list[Clause]) -> _Quads:
        expression = ox.BlankNode()
        yield ox.Quad(node, self._predicate(OWL + "equivalentClass"), expression)
        yield self._typed(expression, OWL + "Class")
        cell: Resource = expression
        link = OWL + "intersectionOf"
        for clause in parts:
            following = ox.BlankNode()
            yield ox.Quad(cell, self._predicate(link), following)
            relation, _, target = identifier(clause.value).partition(" ")
            member: Resource = self._names.node(relation)
            if target:
                member = ox.BlankNode()
                yield from self._restriction(member, relation, target.split()[0])
            yield ox.Quad(following, self._predicate(RDF + "first"), member)
            cell, link = following, RDF + "rest"
        yield ox.Quad(cell, self._predicate(link), ox.NamedNode(RDF + "nil"))

    def _two(self, stanza: Stanza, clause: Clause) -> tuple[str, str]:
        words = identifier(clause.value).split()
        if len(words) < 2:
            self._odd(stanza, clause, "a relation and an identifier")
            return "", ""
        return words[0], words[1]

    def _quoted(self, stanza: Stanza, clause: Clause) -> tuple[str, str]:
        found = quoted(clause.value)
        if found is None:
            self._odd(stanza, clause, "a text in double quotes")
            return unescape(clause.value), ""
        return found

    def _odd(self, stanza: Stanza, clause: Clause, expected: str) -> None:
        self.problem(
            "obo-syntax",
            stanza.id,
            f"line {clause.line} of {self._path.name}: {clause.tag} expects {expected}, "
            f"got {clause.value[:80]!r}",
        )

    def _predicate(self, iri: str) -> ox.NamedNode:
        if iri not in self._predicates:
            self._predicates[iri] = ox.NamedNode(iri)
        return self._predicates[iri]

    def _typed(self, node: Resource, type_iri: str) -> ox.Quad:
        return ox.Quad(node, self._predicate(TYPE), self._predicate(type_iri))

    def _text(self, node: Resource, predicate: str, text: str) -> ox.Quad:
        return ox.Quad(node, self._predicate(predicate), ox.Literal(text))
