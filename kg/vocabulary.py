"""The IRIs that reading and writing ontologies turn on, and the text that each stands for."""

from __future__ import annotations

from typing import Final

from .concepts import LabelKind

RDF: Final = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
RDFS: Final = "http://www.w3.org/2000/01/rdf-schema#"
OWL: Final = "http://www.w3.org/2002/07/owl#"
XSD: Final = "http://www.w3.org/2001/XMLSchema#"
SKOS: Final = "http://www.w3.org/2004/02/skos/core#"
SKOSXL: Final = "http://www.w3.org/2008/05/skos-xl#"
OBO: Final = "http://purl.obolibrary.org/obo/"
OIO: Final = "http://www.geneontology.org/formats/oboInOwl#"
DCTERMS: Final = "http://purl.org/dc/terms/"
DC: Final = "http://purl.org/dc/elements/1.1/"
ONTOGRAFT: Final = "https://ontograft.org/ns#"

TYPE: Final = RDF + "type"
SUBCLASS: Final = RDFS + "subClassOf"
DEFINITION: Final = OBO + "IAO_0000115"
REPLACED_BY: Final = OBO + "IAO_0100001"
NOT_LABEL: Final = ONTOGRAFT + "notLabel"
"""Says of a concept what no text means it by."""
NEVER: Final = ONTOGRAFT + "never"
"""Stands for every concept as the subject of ``NOT_LABEL``."""

LANGUAGE_OF_THE_WEB: Final = (RDF, RDFS, OWL, XSD, SKOS, SKOSXL, OIO)
"""Namespaces whose terms describe ontologies: none of them is a concept of one."""

LABEL_KINDS: Final = {
    RDFS + "label": LabelKind.PREFERRED,
    SKOS + "prefLabel": LabelKind.PREFERRED,
    SKOS + "altLabel": LabelKind.ALTERNATIVE,
    SKOS + "hiddenLabel": LabelKind.HIDDEN,
    OIO + "hasExactSynonym": LabelKind.EXACT,
    OIO + "hasNarrowSynonym": LabelKind.NARROW,
    OIO + "hasBroadSynonym": LabelKind.BROAD,
    OIO + "hasRelatedSynonym": LabelKind.RELATED,
    OIO + "hasSynonym": LabelKind.RELATED,
    OBO + "IAO_0000118": LabelKind.ALTERNATIVE,
}
"""What a label property says its text is to the concept."""

XL_LABELS: Final = {
    SKOSXL + "prefLabel": LabelKind.PREFERRED,
    SKOSXL + "altLabel": LabelKind.ALTERNATIVE,
    SKOSXL + "hiddenLabel": LabelKind.HIDDEN,
}
"""The same for labels that are resources, with their text in ``skosxl:literalForm``."""

DEFINITIONS: Final = (DEFINITION, SKOS + "definition")
XREFS: Final = (
    OIO + "hasDbXref",
    SKOS + "exactMatch",
    SKOS + "closeMatch",
    OWL + "sameAs",
    OWL + "equivalentClass",
)
VERSIONS: Final = (
    OWL + "versionInfo",
    OWL + "versionIRI",
    "http://purl.org/pav/version",
    DCTERMS + "hasVersion",
)
"""Where an ontology's version may stand, best first."""

CLASS_TYPES: Final = (OWL + "Class", RDFS + "Class")
OBJECT_PROPERTY_TYPES: Final = tuple(
    OWL + name
    for name in (
        "ObjectProperty",
        "TransitiveProperty",
        "SymmetricProperty",
        "AsymmetricProperty",
        "ReflexiveProperty",
        "IrreflexiveProperty",
        "InverseFunctionalProperty",
    )
)
NO_CONCEPT_TYPES: Final = (
    RDF + "Property",
    RDFS + "Datatype",
    OWL + "AnnotationProperty",
    OWL + "DatatypeProperty",
    OWL + "FunctionalProperty",
    OWL + "Ontology",
    OWL + "DeprecatedProperty",
    SKOS + "ConceptScheme",
    SKOS + "Collection",
    SKOS + "OrderedCollection",
    SKOSXL + "Label",
    *OBJECT_PROPERTY_TYPES,
)
"""Whatever has one of these types is not a concept, whatever else it is."""

SKOS_RELATIONS: Final = tuple(
    SKOS + name for name in ("related", "relatedMatch", "broadMatch", "narrowMatch")
)
"""The relations of SKOS that are kept as typed relations."""

DCTERMS_RELATIONS: Final = tuple(
    DCTERMS + name for name in ("hasPart", "isPartOf", "requires", "isRequiredBy")
)
"""The terms of Dublin Core that relate concepts and not records about them."""
