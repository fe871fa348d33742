from __future__ import annotations

import logging
import os
from pathlib import Path

import pytest
import rdflib
from rdflib.compare import isomorphic

from ontograft.errors import OntologyError
from ontograft.kg import BROADER, KnowledgeGraph, read_ontology

from .ontology_files import CLASS, HEAD, OBO, ROOT, TURTLE, codes, serialised, written


@pytest.mark.parametrize("packed", ["", ".gz"])
@pytest.mark.parametrize("marked", [False, True])
@pytest.mark.parametrize(
    ("suffix", "fmt"),
    [
        (".ttl", "turtle"),
        (".rdf", "pretty-xml"),
        (".owl", "xml"),
        (".owl", "turtle"),
        (".nt", "nt"),
        (".nq", "nt"),
        (".trig", "turtle"),
        (".jsonld", "json-ld"),
        (".json", "json-ld"),
        ("", "nt"),
        ("", "xml"),
    ],
)
def test_every_format_gives_the_same_graph(
    tmp_path: Path, suffix: str, fmt: str, packed: str, marked: bool
) -> None:
    content = ("\ufeff" if marked else "") + serialised(fmt)
    graph = KnowledgeGraph.read(written(tmp_path, f"heart{suffix}{packed}", content))
    expected = KnowledgeGraph.from_rdf(rdflib.Graph().parse(data=TURTLE, format="turtle"))
    assert graph.fingerprint == expected.fingerprint
    assert (graph.iri, graph.version) == ("http://example.org/", "1.0")
    assert graph.relation_names == ("broader", "part of")
    assert graph.relations == (BROADER, "http://example.org/part_of")


@pytest.mark.parametrize("fmt", ["turtle", "xml", "nt", "json-ld"])
def test_the_statements_come_back_as_they_were(tmp_path: Path, fmt: str) -> None:
    path = written(tmp_path, "heart", serialised(fmt))
    expected = rdflib.Graph().parse(data=TURTLE, format="turtle")
    assert isomorphic(KnowledgeGraph.read(path).to_rdf(), expected)
    assert isomorphic(read_ontology(str(path)), expected)


def test_statements_are_a_copy(tmp_path: Path) -> None:
    graph = KnowledgeGraph.read(written(tmp_path, "heart.ttl", TURTLE))
    graph.to_rdf().remove((None, None, None))
    assert len(graph.to_rdf()) == 14


def test_language_is_checked(tmp_path: Path) -> None:
    path = written(tmp_path, "heart.ttl", TURTLE)
    assert len(KnowledgeGraph.read(path, language="de")) == 2
    with pytest.raises(
        OntologyError, match=r"heart.ttl: no label in the language 'fr'; choose one of: en \(2 lab"
    ):
        KnowledgeGraph.read(path, language="fr")
    untagged = written(tmp_path, "x.obo", OBO)
    assert len(KnowledgeGraph.read(untagged, language="fr")) == 1
    bare = written(tmp_path, "y.ttl", "<urn:a> a <http://www.w3.org/2002/07/owl#Class> .")
    with pytest.raises(OntologyError, match="'fr'; it has no labels at all"):
        KnowledgeGraph.read(bare, language="fr")


def test_modules_of_a_folder_are_read_together(tmp_path: Path) -> None:
    imports = "<http://example.org/> <http://www.w3.org/2002/07/owl#imports> "
    written(tmp_path, "sub/heart.ttl", TURTLE + f"{imports} <http://purl.org/x.owl> .")
    written(tmp_path, "x.obo.gz", OBO)
    written(tmp_path, ".hidden.ttl", "not turtle")
    written(tmp_path, "notes.txt", "not an ontology")
    graph = KnowledgeGraph.read(tmp_path)
    assert len(graph) == 3
    assert graph.iri == "http://example.org/"
    assert codes(graph) == []


def test_unresolved_imports_are_reported_and_not_fetched(tmp_path: Path) -> None:
    imports = "<http://example.org/> <http://www.w3.org/2002/07/owl#imports> "
    content = TURTLE + f"{imports} <http://127.0.0.1:9/far.owl>, <http://example.org/> ."
    graph = KnowledgeGraph.read(written(tmp_path, "heart.ttl", content))
    assert codes(graph) == ["unresolved-import"]
    assert graph.problems[0].subject == "http://127.0.0.1:9/far.owl"
    assert "never downloaded" in graph.problems[0].message


def test_named_graphs_are_merged(tmp_path: Path) -> None:
    owl = "http://www.w3.org/2002/07/owl#Class"
    content = f"GRAPH <urn:g> {{ <urn:a> a <{owl}> }} <urn:b> a <{owl}> ."
    graph = KnowledgeGraph.read(written(tmp_path, "x.trig", content))
    assert len(graph) == 2
    assert codes(graph) == ["named-graphs", "no-label", "no-label"]


def test_blank_nodes_of_two_files_stay_apart(tmp_path: Path) -> None:
    owl = "http://www.w3.org/2002/07/owl#"
    rdfs = "http://www.w3.org/2000/01/rdf-schema#"
    paths = []
    for name in "ab":
        content = (
            f"<urn:{name}> <{rdfs}label> '{name}' . <urn:{name}> <{rdfs}subClassOf> _:x .\n"
            f"_:x <{owl}onProperty> <urn:{name}{name}> . _:x <{owl}someValuesFrom> <urn:{name}> .\n"
            f"<urn:{name}> a <{owl}Class> ."
        )
        paths.append(written(tmp_path, f"{name}.ttl", content))
    graph = KnowledgeGraph.read(paths)
    assert graph.relations[1:] == ("urn:aa", "urn:bb")
    assert (graph.source.tolist(), graph.target.tolist()) == ([0, 1], [0, 1])


def test_malformed_iris_are_kept_and_reported(tmp_path: Path) -> None:
    content = TURTLE + '<http://example.org/a b> a owl:Class ; rdfs:label "odd" .'
    graph = KnowledgeGraph.read(written(tmp_path, "heart.ttl", content))
    assert "http://example.org/a b" in graph
    assert codes(graph) == ["bad-iri"]
    assert "Invalid IRI code point ' '" in graph.problems[0].message
    graph.save(tmp_path / "saved")
    assert len(KnowledgeGraph.load(tmp_path / "saved").to_rdf()) == 16


def test_relative_iris_get_a_base_that_names_no_path(tmp_path: Path) -> None:
    content = HEAD + ROOT.format(CLASS.format("#heart", "heart"))
    graph = KnowledgeGraph.read(written(tmp_path, "heart.owl", content))
    assert [concept.iri for concept in graph.concepts] == ["urn:ontograft:base/heart.owl#heart"]
    assert codes(graph) == ["relative-iri"]


def test_problems_are_logged_once(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    content = TURTLE + '<http://example.org/a b> a owl:Class ; rdfs:label "odd" .'
    with caplog.at_level(logging.WARNING):
        read_ontology(written(tmp_path, "heart.ttl", content))
    assert len(caplog.records) == 1
    assert "1 problems while reading" in caplog.text


ENTITIES = """<!DOCTYPE rdf:RDF [
<!ENTITY ex "http://example.org/" >
<!ENTITY more {}http://example.org/more/{} >
]>
"""


@pytest.mark.parametrize("mark", ['"', "'"])
def test_entities_that_stand_for_namespaces_are_read(tmp_path: Path, mark: str) -> None:
    content = HEAD + ENTITIES.format(mark, mark) + ROOT.format(CLASS.format("&more;heart", "heart"))
    graph = KnowledgeGraph.read(written(tmp_path, "heart.owl", content))
    assert [concept.iri for concept in graph.concepts] == ["http://example.org/more/heart"]


def data_file(name: str) -> Path:
    path = Path(os.environ.get("ONTOGRAFT_BENCHMARK_DATA", "")) / name
    if "ONTOGRAFT_BENCHMARK_DATA" not in os.environ or not path.is_file():
        pytest.skip(
            f"{name} is not there: set ONTOGRAFT_BENCHMARK_DATA to the folder that holds it"
        )
    return path


@pytest.mark.slow
def test_the_disease_ontology_is_read_whole() -> None:
    graph = KnowledgeGraph.read(data_file("doid-2016-03-04.obo"))
    assert len(graph) == 6874
    assert (graph.relation == 0).sum() == 8062
    assert graph.version == "releases/2016-03-04"
    assert graph.preferred_label(graph.index("http://purl.obolibrary.org/obo/DOID_4")) == "disease"
    assert graph.roots.tolist() == [graph.index("http://purl.obolibrary.org/obo/DOID_4")]
    assert "cycle" not in codes(graph)


@pytest.mark.slow
def test_a_current_slim_in_owl_is_read() -> None:
    graph = KnowledgeGraph.read(data_file("do-infectious-disease-slim-2026.owl"), language="en")
    assert len(graph) == 536
    assert set(codes(graph)) == set()


@pytest.mark.slow
@pytest.mark.parametrize(("language", "label"), [("en", "Capital income tax"), ("de", "")])
def test_a_thesaurus_in_two_languages_is_read(language: str, label: str) -> None:
    graph = KnowledgeGraph.read(data_file("stw-skos.ttl"), language=language)
    assert len(graph) == 6243
    assert {concept.kind for concept in graph.concepts} == {"concept"}
    names = {graph.preferred_label(number, language) for number in range(len(graph))}
    assert len(names) > 6000
    assert not label or label in names
