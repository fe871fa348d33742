from __future__ import annotations

import datetime
from pathlib import Path

import pyoxigraph as ox
import pytest

from ontograft.errors import OntologyError
from ontograft.kg import Concept, KnowledgeGraph, Label, LabelKind, Linker, Overlay
from ontograft.kg.concepts import Forbidden

PREFIXES = """
@prefix skos: <http://www.w3.org/2004/02/skos/core#> .
@prefix ontograft: <https://ontograft.org/ns#> .
@prefix dcterms: <http://purl.org/dc/terms/> .
@prefix x: <http://x.example/> .
"""
ONTOLOGY = (
    PREFIXES
    + """
x:gout a skos:Concept ; skos:prefLabel "gout"@en ; skos:altLabel "drop disease"@en .
x:cold a skos:Concept ; skos:prefLabel "common cold"@en ; skos:altLabel "cold"@en .
"""
)


@pytest.fixture
def terms(tmp_path: Path) -> Path:
    path = tmp_path / "terms.ttl"
    path.write_text(ONTOLOGY, "utf-8")
    return path


def overlay_of(path: Path, content: str) -> Path:
    path.write_text(PREFIXES + content, "utf-8")
    return path


def links(graph: KnowledgeGraph, text: str) -> list[tuple[str, str]]:
    found = Linker.build(graph)(text)
    return [(mention.text, mention.iri.rsplit("/", 1)[-1]) for mention in found]


def test_an_overlay_beside_the_ontology_adds_and_forbids(terms: Path) -> None:
    before = KnowledgeGraph.read(terms)
    assert links(before, "podagra, gout, a cold") == [("gout", "gout"), ("cold", "cold")]
    overlay_of(
        terms.with_name("terms.overlay.ttl"),
        """
        x:gout skos:altLabel "podagra"@en ; skos:changeNote "as agreed" .
        x:cold ontograft:notLabel "cold"@en ; dcterms:created "2026-01-01" .
        """,
    )
    after = KnowledgeGraph.read(terms)
    assert links(after, "podagra, gout, a cold") == [("podagra", "gout"), ("gout", "gout")]
    assert after.fingerprint != before.fingerprint
    assert after.forbidden == (Forbidden("http://x.example/cold", "en", "cold"),)


def test_a_forbidden_text_is_forbidden_in_all_its_forms(terms: Path) -> None:
    overlay = Overlay()
    overlay.forbid("http://x.example/gout", "drop disease", "en")
    graph = overlay.apply(KnowledgeGraph.read(terms))
    assert links(graph, "drop diseases, Drop-Disease; disease of the drop") == []
    assert links(graph, "gout") == [("gout", "gout")]


def test_a_text_may_be_forbidden_for_all_concepts(terms: Path) -> None:
    overlay = Overlay()
    overlay.forbid(None, "Cold")
    assert overlay.forbidden == {Forbidden("", "", "Cold")}
    assert links(overlay.apply(KnowledgeGraph.read(terms)), "a cold, colds, common cold") == [
        ("common cold", "cold")
    ]


def test_what_is_forbidden_in_another_language_links(terms: Path) -> None:
    overlay = Overlay()
    overlay.forbid(None, "cold", "de")
    assert links(overlay.apply(KnowledgeGraph.read(terms)), "a cold") == [("cold", "cold")]


def test_a_short_form_that_a_text_defines_may_be_forbidden(terms: Path) -> None:
    overlay = Overlay()
    overlay.add_label("http://x.example/gout", "acute joint trouble", "en")
    text = "Acute joint trouble (AJT) is bad. AJT hurts."
    graph = overlay.apply(KnowledgeGraph.read(terms))
    assert ("AJT", "gout") in links(graph, text)
    overlay.forbid("http://x.example/gout", "AJT")
    assert [found for found, _ in links(overlay.apply(graph), text)] == ["Acute joint trouble"]


def test_a_saved_linker_forbids_the_same(terms: Path, tmp_path: Path) -> None:
    overlay = Overlay()
    overlay.forbid(None, "cold")
    graph = overlay.apply(KnowledgeGraph.read(terms))
    Linker.build(graph).save(tmp_path / "linker")
    assert Linker.load(tmp_path / "linker")("a cold") == []
    graph.save(tmp_path / "graph")
    loaded = KnowledgeGraph.load(tmp_path / "graph")
    assert loaded.forbidden == graph.forbidden
    assert loaded.fingerprint == graph.fingerprint


def test_what_is_written_is_read_again(terms: Path, tmp_path: Path) -> None:
    overlay = Overlay()
    overlay.add_label("http://x.example/gout", 'the "king\'s" disease', "en", note="why\nnot")
    overlay.forbid("http://x.example/cold", "cold")
    overlay.forbid(None, "IT", "en")
    path = tmp_path / "o.ttl"
    path.write_text("old", "utf-8")
    overlay.write(path)
    again = Overlay.read(path)
    assert again.triples == overlay.triples
    assert (again.labels, again.forbidden) == (overlay.labels, overlay.forbidden)
    assert [file.name for file in tmp_path.iterdir() if file.name.endswith(".tmp")] == []
    graph = KnowledgeGraph.read(terms)
    assert again.apply(graph).fingerprint == overlay.apply(graph).fingerprint


def test_a_failed_writing_leaves_the_old_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "o.ttl"
    path.write_text("old", "utf-8")

    def full(_: int) -> None:
        raise OSError("no space left")

    monkeypatch.setattr("os.fsync", full)
    with pytest.raises(OSError, match="no space left"):
        Overlay().write(path)
    assert [file.name for file in tmp_path.iterdir()] == ["o.ttl"]
    assert path.read_text("utf-8") == "old"


def test_statements_tell_of_the_overlay(terms: Path) -> None:
    overlay = Overlay()
    overlay.add_label("http://x.example/gout", "podagra", "en")
    overlay.forbid(None, "IT")
    overlay.forbid("http://x.example/other", "this")
    graph = overlay.apply(KnowledgeGraph.read(terms))
    again = KnowledgeGraph.from_rdf(graph.to_rdf())
    assert again.fingerprint == graph.fingerprint
    assert again.forbidden == (Forbidden("", "", "IT"),)


def test_a_graph_without_statements_writes_what_is_forbidden() -> None:
    concept = Concept("http://x.example/a", labels=(Label(LabelKind.PREFERRED, "en", "a b"),))
    overlay = Overlay()
    overlay.forbid("http://x.example/a", "a b", "en")
    graph = overlay.apply(KnowledgeGraph([concept]))
    assert KnowledgeGraph.from_rdf(graph.to_rdf()).fingerprint == graph.fingerprint


def test_an_added_label_does_not_become_the_name_of_an_untagged_concept() -> None:
    concept = Concept("http://x.example/a", labels=(Label(LabelKind.PREFERRED, "", "gout"),))
    overlay = Overlay()
    overlay.add_label("http://x.example/a", "podagra", "en")
    assert overlay.apply(KnowledgeGraph([concept])).preferred_label(0, "en") == "gout"


def test_a_concept_that_is_not_there_is_a_problem(terms: Path) -> None:
    overlay = Overlay(name="terms.overlay.ttl")
    overlay.add_label("http://x.example/gone", "podagra")
    graph = overlay.apply(KnowledgeGraph.read(terms))
    assert [(p.code, p.subject, p.message) for p in graph.problems] == [
        (
            "overlay-concept",
            "http://x.example/gone",
            "is corrected in terms.overlay.ttl and is no concept of the ontology: passed over",
        )
    ]


def test_an_overlay_may_be_named(terms: Path, tmp_path: Path) -> None:
    named = overlay_of(tmp_path / "mine.ttl", 'x:gout skos:altLabel "podagra"@en .')
    overlay_of(tmp_path / "terms.overlay.ttl", 'x:gout skos:altLabel "other"@en .')
    graph = KnowledgeGraph.read(terms, overlay=named)
    assert links(graph, "podagra and other") == [("podagra", "gout")]


def test_a_folder_of_modules_has_its_overlays(terms: Path) -> None:
    overlay_of(terms.with_name("terms.overlay.ttl"), 'x:gout skos:altLabel "podagra"@en .')
    graph = KnowledgeGraph.read(terms.parent)
    assert len(graph) == 2
    assert links(graph, "podagra") == [("podagra", "gout")]


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("x:gout skos:altLabel", r"o.ttl, line \d+: .*expected Turtle"),
        (
            'x:gout skos:altlabel "podagra" .',
            r"o.ttl, line 7: unknown property <.*altlabel>; choose one of: skos:altLabel, ",
        ),
        ("x:gout skos:altLabel x:podagra .", "o.ttl, line 7: <.*podagra> is no text; expected one"),
        ('x:gout skos:altLabel " "@en .', "line 7: the text of <.*altLabel> is empty"),
        ('[] skos:altLabel "podagra" .', "line 7: _:.* is no IRI; expected that of a concept"),
        (
            'ontograft:never skos:altLabel "podagra" .',
            "line 7: ontograft:never has no labels; expected ontograft:notLabel",
        ),
    ],
)
def test_what_an_overlay_may_not_say(tmp_path: Path, content: str, message: str) -> None:
    path = overlay_of(tmp_path / "o.ttl", f"\n{content}\n")
    with pytest.raises(OntologyError, match=message):
        Overlay.read(path)


def test_a_missing_overlay_is_named(tmp_path: Path) -> None:
    with pytest.raises(OntologyError, match=r"gone.ttl: cannot be read: .*expected an overlay"):
        Overlay.read(tmp_path / "gone.ttl")


def test_a_huge_overlay_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ontograft.kg.overlay._MOST_BYTES", 1 << 20)
    path = tmp_path / "o.ttl"
    path.write_bytes(b"#" * ((1 << 20) + 1))
    with pytest.raises(OntologyError, match=r"o.ttl: is larger than 1 MiB; expected a few"):
        Overlay.read(path)


@pytest.mark.parametrize(
    ("iri", "text", "language", "message"),
    [
        ("gout", "podagra", "en", "'gout', 'podagra', 'en': .*expected an absolute IRI"),
        ("http://x.example/a", "podagra", "e n", "'e n': .*and a language tag"),
        ("http://x.example/a", " ", "en", "the text of <.*altLabel> is empty"),
    ],
)
def test_what_cannot_be_said(iri: str, text: str, language: str, message: str) -> None:
    with pytest.raises(OntologyError, match=message):
        Overlay().add_label(iri, text, language)


def test_dates_and_notes_are_kept(tmp_path: Path) -> None:
    today = datetime.date(2026, 1, 1).isoformat()
    path = overlay_of(
        tmp_path / "o.ttl",
        f'x:a skos:altLabel "b" ; dcterms:created "{today}" ; skos:changeNote "c"@en .',
    )
    Overlay.read(path).write(path)
    values = {triple.object for triple in Overlay.read(path).triples}
    assert values == {ox.Literal("b"), ox.Literal(today), ox.Literal("c", language="en")}
