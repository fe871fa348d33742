"""The namespaces of results as RDF, and the terms of our own, each with its meaning."""

from __future__ import annotations

from typing import Final

from ..kg.vocabulary import DCTERMS, OWL, RDF, RDFS, SKOS, XSD

OG: Final = "https://ontograft.org/ns#"
LABEL: Final = "https://ontograft.org/label#"
"""Below it, labels of documents by their name, percent-encoded."""

FIELD: Final = "https://ontograft.org/field#"
"""Below it, properties for the other columns of a corpus by their name, percent-encoded."""

SELECTOR: Final = "https://ontograft.org/selector#"
"""Below it, selectors of positions: ``10-25``; each is shared by all documents."""

ONTOLOGY: Final = "https://ontograft.org/ontology#"
"""Below it, the named graphs of ontologies by their fingerprint."""

CONCEPT: Final = "https://ontograft.org/concept#"
"""Below it, concepts whose own identifier is no valid IRI, percent-encoded."""

PREFIXES: Final = {
    "oa": "http://www.w3.org/ns/oa#",
    "og": OG,
    "prov": "http://www.w3.org/ns/prov#",
    "dcterms": DCTERMS,
    "rdf": RDF,
    "rdfs": RDFS,
    "owl": OWL,
    "skos": SKOS,
    "xsd": XSD,
    "label": LABEL,
    "field": FIELD,
    "char": SELECTOR,
}
"""Prefixes that need no declaration in a query."""

VOCABULARY_GRAPH: Final = "https://ontograft.org/ns"
"""The named graph that explains the terms of our own."""

TERMS: Final = {
    "Document": "A document of a corpus.",
    "Label": "A label that a document may have.",
    "Run": "One prediction of a corpus: the named graph that holds its results.",
    "NIL": "The body of a mention that is of no concept of the ontology.",
    "discontinuous": "The mention is interrupted; each of its selectors is a piece of it.",
    "family": "The sense of a mention that concerns the family.",
    "fingerprint": "The SHA-256 of an ontology's content.",
    "gold": "The corpus's own label of a document.",
    "historical": "The sense of a mention of the past.",
    "hypothetical": "The sense of a mention of what may be.",
    "label": "A label predicted for a document.",
    "negated": "The polarity of a mention that the text denies.",
    "nested": "The mention lies inside a longer one.",
    "polarity": "Whether a mention is denied; a mention without it is affirmed.",
    "row": "The row of the source that a document comes from.",
    "score": "How sure it is, between 0 and 1: of an annotation, or of a document's one label.",
    "section": "The section of the document that a mention stands in.",
    "sense": "A sense in which something is mentioned other than here and now.",
    "sentence": "The sentence around a mention, at most 500 characters on either side.",
    "sha256": "The SHA-256 of a model or of a corpus.",
    "text": "The text of a document.",
    "within": "From a concept to itself and to all its ancestors.",
}
"""The terms of our own."""

VOCABULARY: Final = "".join(
    f'og:{name} rdfs:label "{name}"; rdfs:comment "{meaning}".\n' for name, meaning in TERMS.items()
)
"""The terms of our own, as Turtle."""
