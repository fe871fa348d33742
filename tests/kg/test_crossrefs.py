from __future__ import annotations

from pathlib import Path

import pytest

from ontograft.kg import Concept, CrossReferences, KnowledgeGraph
from ontograft.kg.crossrefs import normal_id

OBO = "http://purl.obolibrary.org/obo/"
BREAST, COLON = OBO + "DOID_1612", OBO + "DOID_9256"
GRAPH = KnowledgeGraph(
    [
        Concept(BREAST, xrefs=("MSH:D001943", "OMIM:114480", "UMLS_CUI:C0006142", "url:c12")),
        Concept(
            COLON, xrefs=("MESH:D015179", "OMIM:114500", "NCI:C2955", "ICD9CM:77.1", "KEGG:77.1")
        ),
        Concept("https://example.org/stw/13133-6", notations=("B.07.02",), xrefs=("MSH:D015179",)),
    ]
)


@pytest.mark.parametrize(
    ("id", "normal"),
    [
        ("MSH:D003922", "MESH:D003922"),
        ("MESH:D003922", "MESH:D003922"),
        ("mesh:d003922", "MESH:D003922"),
        (" D003922 ", "MESH:D003922"),
        ("C562396", "MESH:C562396"),
        ("C000657245", "MESH:C000657245"),
        ("http://id.nlm.nih.gov/mesh/D003922", "MESH:D003922"),
        ("http://id.nlm.nih.gov/mesh/2024/D003922", "MESH:D003922"),
        ("https://meshb.nlm.nih.gov/record/ui?ui=D003922", "MESH:D003922"),
        ("https://identifiers.org/mesh/D003922", "MESH:D003922"),
        ("http://identifiers.org/mesh:D003922", "MESH:D003922"),
        ("http://purl.bioontology.org/ontology/MESH/D003922", "MESH:D003922"),
        ("OMIM:143100", "OMIM:143100"),
        ("MIM:143100", "OMIM:143100"),
        ("https://www.omim.org/entry/143100", "OMIM:143100"),
        ("OMIMPS:143100", "OMIM:PS143100"),
        ("OMIM:PS143100", "OMIM:PS143100"),
        ("https://omim.org/phenotypicSeries/PS143100", "OMIM:PS143100"),
        ("UMLS_CUI:C0006142", "UMLS:C0006142"),
        ("C0006142", "UMLS:C0006142"),
        ("SNOMEDCT_US_2015_03_01:254837009", "SNOMEDCT:254837009"),
        ("http://snomed.info/id/254837009", "SNOMEDCT:254837009"),
        ("NCI2009_04D:C2955", "NCIT:C2955"),
        ("http://www.orpha.net/ORDO/Orphanet_227535", "ORPHANET:227535"),
        ("ORDO:227535", "ORPHANET:227535"),
        ("http://purl.obolibrary.org/obo/DOID_1", "DOID:1"),
        ("<http://purl.obolibrary.org/obo/DOID_1>", "DOID:1"),
        ("https://identifiers.org/DOID:1", "DOID:1"),
        ("https://identifiers.org/doid/DOID:1", "DOID:1"),
        ("DOID:1", "DOID:1"),
        ("DOID_1", "DOID:1"),
        ("http://example.org/a/", "//example.org/a"),
        ("https://example.org/a", "//example.org/a"),
        ("13133-6", "13133-6"),
        ("Disease", "Disease"),
    ],
)
def test_the_many_ways_to_write_an_identifier(id: str, normal: str) -> None:
    assert normal_id(id) == normal


@pytest.mark.parametrize(
    ("id", "iris"),
    [
        ("D001943", {BREAST}),
        ("MESH:D001943", {BREAST}),
        ("OMIM:114480", {BREAST}),
        ("C0006142", {BREAST}),
        ("DOID:1612", {BREAST}),
        ("DOID_1612", {BREAST}),
        (BREAST, {BREAST}),
        ("D015179", {COLON, "https://example.org/stw/13133-6"}),
        ("http://example.org/stw/13133-6", {"https://example.org/stw/13133-6"}),
        ("13133-6", {"https://example.org/stw/13133-6"}),
        ("B.07.02", {"https://example.org/stw/13133-6"}),
        ("114500", {COLON}),  # a code that only cross-references to OMIM hold
        ("C2955", {COLON}),
        ("77.1", set()),  # a code of two vocabularies
        ("D999999", set()),
        ("DOID:1", set()),
        ("Disease", set()),
        ("", set()),
    ],
)
def test_an_identifier_leads_to_its_concepts(id: str, iris: set[str]) -> None:
    assert CrossReferences(GRAPH).concepts(id) == iris


def test_what_the_ontology_can_express() -> None:
    references = CrossReferences(GRAPH)
    assert references.expressible(["D999999", "D001943"])
    assert not references.expressible(["D999999"])
    assert not references.expressible([])
    assert references.concepts_of(["D001943", "OMIM:114500"]) == {BREAST, COLON}
    assert references.concepts_of([]) == frozenset()


def test_alternate_and_replaced_identifiers_lead_to_what_took_their_place(tmp_path: Path) -> None:
    path = tmp_path / "terms.obo"
    path.write_text(
        "format-version: 1.2\nontology: doid\n\n"
        "[Term]\nid: DOID:1612\nname: breast cancer\nalt_id: DOID:77\n\n"
        "[Term]\nid: DOID:88\nname: old\nis_obsolete: true\nreplaced_by: DOID:1612\n",
        encoding="utf-8",
    )
    references = CrossReferences(KnowledgeGraph.read(path))
    for id in ("DOID:77", "DOID_77", "DOID:88", OBO + "DOID_88", "DOID:1612"):
        assert references.concepts(id) == {BREAST}
    assert references.concepts("DOID:99") == frozenset()
