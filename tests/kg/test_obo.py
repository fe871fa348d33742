from __future__ import annotations

from pathlib import Path

import pytest

from ontograft.errors import OntologyError
from ontograft.kg import BROADER, KnowledgeGraph, Label, LabelKind
from ontograft.kg.obo_syntax import identifier, quoted, unescape

OBO = "http://purl.obolibrary.org/obo/"

HEART = r"""format-version: 1.2
data-version: releases/2020-01-01
ontology: uberon-mini
idspace: LOC http://example.org/loc/ "a local space"
! a comment

[Term]
id: X:1
name: organ

[Term]
id: X:2 {source="y"}
name: heart
def: "A muscle \"that\" pumps\nblood." [PMID:1, url:http\://example.org]
comment: an editor's note
synonym: "cor" EXACT []
synonym: "ticker" RELATED SLANG [X:y] {a="b"}
synonym: "left heart" NARROW []
synonym: "organs" BROAD []
synonym: "pump" []
alt_id: X:22
xref: UMLS:C0018787 "Heart" {source="z"}
xref: url:http\://example.org/heart
subset: slim
is_a: X:1 ! organ
is_a: X:99
relationship: part_of X:1 {all_some="true"} ! organ
property_value: http://example.org/weight "300" xsd:integer

[Term]
id: X:3
name: old heart
is_obsolete: true
replaced_by: X:2

[Term]
id: LOC:4
name: ventricle
intersection_of: X:1 ! organ
intersection_of: located_in X:2

[Term]
id: X:2
xref: FMA:7088

[Typedef]
id: part_of
name: part of
xref: BFO:0000050
is_transitive: true

[Typedef]
id: located_in
name: located in

[Instance]
id: my_heart
name: my heart
instance_of: X:2
relationship: located_in X:1
"""


def read(tmp_path: Path, content: str) -> KnowledgeGraph:
    path = tmp_path / "x.obo"
    path.write_text(content, encoding="utf-8")
    return KnowledgeGraph.read(path)


@pytest.fixture
def heart(tmp_path: Path) -> KnowledgeGraph:
    return read(tmp_path, HEART)


def test_terms_become_classes_with_purls(heart: KnowledgeGraph) -> None:
    assert {concept.iri: concept.kind for concept in heart.concepts} == {
        OBO + "X_1": "class",
        OBO + "X_2": "class",
        "http://example.org/loc/4": "class",
        OBO + "uberon-mini#my_heart": "individual",
    }
    assert (heart.iri, heart.version) == (OBO + "uberon-mini.owl", "releases/2020-01-01")


def test_synonyms_definition_and_xrefs(heart: KnowledgeGraph) -> None:
    concept = heart.concepts[heart.index(OBO + "X_2")]
    assert set(concept.labels) == {
        Label(LabelKind.PREFERRED, "", "heart"),
        Label(LabelKind.EXACT, "", "cor"),
        Label(LabelKind.NARROW, "", "left heart"),
        Label(LabelKind.BROAD, "", "organs"),
        Label(LabelKind.RELATED, "", "ticker"),
        Label(LabelKind.RELATED, "", "pump"),
    }
    assert concept.definitions == (("", 'A muscle "that" pumps\nblood.'),)
    assert concept.xrefs == ("FMA:7088", "UMLS:C0018787", "url:http://example.org/heart")


def test_relations(heart: KnowledgeGraph) -> None:
    names = [concept.iri.rsplit("/", 1)[-1] for concept in heart.concepts]
    edges = {
        (names[source], heart.relation_names[relation], names[target])
        for source, relation, target in zip(
            heart.source.tolist(), heart.relation.tolist(), heart.target.tolist(), strict=True
        )
    }
    assert edges == {
        ("X_2", "broader", "X_1"),
        ("X_2", "part of", "X_1"),
        ("4", "broader", "X_1"),
        ("4", "located in", "X_2"),
        ("uberon-mini#my_heart", "broader", "X_2"),
        ("uberon-mini#my_heart", "located in", "X_1"),
    }
    assert heart.relations == (
        BROADER,
        OBO + "BFO_0000050",
        OBO + "uberon-mini#located_in",
    )


def test_problems_are_reported(heart: KnowledgeGraph) -> None:
    found = {(problem.code, problem.subject) for problem in heart.problems}
    assert found == {
        ("dangling-parent", OBO + "X_2"),
        ("deprecated", ""),
        ("duplicate-id", "X:2"),
    }
    messages = " ".join(problem.message for problem in heart.problems)
    assert "1 deprecated terms were left out" in messages
    assert "is defined twice, in lines 11 and 42 of x.obo" in messages
    assert "has the parent http://purl.obolibrary.org/obo/X_99, which the files given" in messages


def test_a_genus_is_a_parent_only_where_none_is_stated(tmp_path: Path) -> None:
    terms = "".join(f"[Term]\nid: X:{i}\nname: n{i}\n" for i in range(3))
    content = f"{terms}is_a: X:1\nintersection_of: X:0\nintersection_of: r X:1\n"
    graph = read(tmp_path, content)
    assert (graph.source.tolist(), graph.relation.tolist()) == ([2, 2], [0, 1])
    assert graph.target.tolist() == [1, 1]


@pytest.mark.parametrize(
    ("clause", "message"),
    [
        ("def: no quotes", "line 4 of x.obo: def expects a text in double quotes, got 'no quotes'"),
        ("relationship: part_of", "relationship expects a relation and an identifier, got 'part"),
        ("property_value: x", "property_value expects a property and a value, got 'x'"),
    ],
)
def test_odd_clauses_are_reported(tmp_path: Path, clause: str, message: str) -> None:
    graph = read(tmp_path, f"[Term]\nid: X:1\nname: a\n{clause}\n")
    assert [problem.code for problem in graph.problems] == ["obo-syntax"]
    assert message in graph.problems[0].message


@pytest.mark.parametrize("tag", ["exact_synonym", "narrow_synonym", "related_synonym"])
def test_synonyms_of_old_files_are_read(tmp_path: Path, tag: str) -> None:
    graph = read(tmp_path, f'[Term]\nid: X:1\nname: a\n{tag}: "b" []\n')
    assert [label.kind for label in graph.names(0)][1] == tag.split("_")[0]


def test_identifiers_that_no_iri_may_hold_are_escaped(tmp_path: Path) -> None:
    content = "ontology: x\n\n" + "".join(
        f"[Term]\nid: {name}\nname: a\n"
        for name in ("X:a_b", "plain", "http://example.org/z", "X:a{b", "X:2\r", "X:5%x")
    )
    assert [concept.iri for concept in read(tmp_path, content).concepts] == [
        "http://example.org/z",
        OBO + "X#_a_b",
        OBO + "X_2",
        OBO + "X_5%25x",
        OBO + "X_a%7Bb",
        OBO + "x#plain",
    ]


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        ("ontology: doid", OBO + "doid.owl"),
        ("default-namespace: disease", OBO + "disease.owl"),
        ("ontology: http://example.org/x", "http://example.org/x"),
        ("ontology: http://example.org:port/x", OBO + "unnamed#ontology"),
        ("ontology: a%b", OBO + "a%25b.owl"),
        ("remark: none", OBO + "unnamed.owl"),
    ],
)
def test_the_iri_of_the_ontology(tmp_path: Path, header: str, expected: str) -> None:
    assert read(tmp_path, f"{header}\n\n[Term]\nid: X:1\nname: a\n").iri == expected


def test_imports_are_reported_and_not_followed(tmp_path: Path) -> None:
    graph = read(
        tmp_path, "ontology: x\nimport: http://127.0.0.1:9/y.obo\n\n[Term]\nid: X:1\nname: a"
    )
    assert [problem.code for problem in graph.problems] == ["unresolved-import"]


def test_a_stanza_without_id_is_refused(tmp_path: Path) -> None:
    with pytest.raises(OntologyError, match=r"x.obo, line 2: the stanza \[Term\] has no 'id:'"):
        read(tmp_path, "ontology: x\n[Term]\nname: a\n")


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("X:1", "X:1"),
        ("X:1 ! organ {x}", "X:1"),
        ('X:1 {a="b"} ! organ', "X:1"),
        ('X:1 "Heart"', "X:1"),
        (r"url:http\://x", "url:http://x"),
        ("X:a!b", "X:a!b"),
    ],
)
def test_identifier_of_a_value(value: str, expected: str) -> None:
    assert identifier(value) == expected


def test_quoted_and_unescape() -> None:
    assert quoted(r'"a \"b\"" EXACT []') == ('a "b"', "EXACT []")
    assert quoted("a") is None
    assert unescape(r"a\nb\W\:\\") == "a\nb :\\"
