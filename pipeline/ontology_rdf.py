"""The ontology of a run as RDF, out of the tables of the record."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from typing import TYPE_CHECKING, Final
from urllib.parse import quote

import pyoxigraph as ox

from .rdf_vocabulary import CONCEPT

if TYPE_CHECKING:
    from .record import Results

_ESCAPES: Final = str.maketrans({"\\": "\\\\", '"': '\\"', "\n": "\\n", "\r": "\\r"})
_TYPES: Final = {
    "class": "owl:Class",
    "individual": "owl:NamedIndividual",
    "concept": "skos:Concept",
}


def literal(text: str) -> str:
    """Return a text as a literal of Turtle."""
    return f'"{text.translate(_ESCAPES)}"'


@lru_cache(maxsize=1 << 16)
def concept_iri(name: str) -> str:
    """Return the IRI of a concept; one that is not valid is made so, below ``CONCEPT``."""
    try:
        ox.NamedNode(name)
    except ValueError:
        return CONCEPT + quote(name, safe="")
    return name


def ontology_statements(results: Results) -> Iterator[str]:
    """Yield the concepts with their names, definitions, parents and ancestors."""
    kinds: dict[str, str] = {}
    for batch in results.batches("concepts"):
        for row in batch.to_pylist():
            kinds[row["concept"]] = row["kind"]
            others = "".join(
                f"; skos:altLabel {literal(name)}" for name in row["labels"] if name != row["label"]
            )
            definition = row["definition"]
            more = f"; skos:definition {literal(definition)}" if definition else ""
            yield (
                f"<{concept_iri(row['concept'])}> a {_TYPES[row['kind']]}; rdfs:label "
                f"{literal(row['label'])}; skos:prefLabel {literal(row['label'])}"
                f"{others}{more}.\n"
            )
    for batch in results.batches("closure"):
        columns = (batch[name].to_pylist() for name in ("concept", "ancestor", "distance"))
        for concept, ancestor, distance in zip(*columns, strict=True):
            parent = _parent(kinds[concept], kinds[ancestor]) if distance == 1 else ""
            above = f"<{concept_iri(ancestor)}>"
            yield f"<{concept_iri(concept)}> og:within {above}{parent and f'; {parent} {above}'}.\n"


def _parent(child: str, parent: str) -> str:
    if parent == "class":
        return "rdfs:subClassOf" if child == "class" else "rdf:type"
    return "skos:broader"
