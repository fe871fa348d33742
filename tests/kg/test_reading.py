from __future__ import annotations

import gzip
import logging
import os
import random
from pathlib import Path

import pytest
import rdflib
from rdflib.compare import isomorphic

from ontograft.errors import OntologyError
from ontograft.kg import BROADER, KnowledgeGraph, read_ontology

TURTLE = """@prefix : <http://example.org/> .
@prefix owl: <http://www.w3.org/2002/07/owl#> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
<http://example.org/> a owl:Ontology ; owl:versionInfo "1.0" .
:organ a owl:Class ; rdfs:label "organ"@en .
:heart a owl:Class ; rdfs:label "heart"@en, "Herz"@de ; rdfs:subClassOf :organ .
:part_of a owl:ObjectProperty ; rdfs:label "part of" .
:heart rdfs:subClassOf [ a owl:Restriction ; owl:onProperty :part_of ; owl:someValuesFrom :organ ] .
"""
OBO = """format-version: 1.2
ontology: x

[Term]
id: X:1
name: organ
"""
HEAD = '<?xml version="1.0"?>\n'
ROOT = (
    '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" '
    'xmlns:rdfs="http://www.w3.org/2000/01/rdf-schema#" '
    'xmlns:owl="http://www.w3.org/2002/07/owl#">{}</rdf:RDF>'
)
CLASS = '<owl:Class rdf:about="{}"><rdfs:label>{}</rdfs:label></owl:Class>'


def written(folder: Path, name: str, content: str | bytes) -> Path:
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    data = content.encode() if isinstance(content, str) else content
    path.write_bytes(gzip.compress(data) if name.endswith(".gz") else data)
    return path


def codes(graph: KnowledgeGraph) -> list[str]:
    return [problem.code for problem in graph.problems]


def serialised(fmt: str) -> str:
    return rdflib.Graph().parse(data=TURTLE, format="turtle").serialize(format=fmt)


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


BOMB = "".join(f'<!ENTITY e{i} "{f"&e{i - 1};" * 9 if i else "haha"}">' for i in range(9))


@pytest.mark.parametrize(
    ("entities", "message"),
    [
        (BOMB, "entity 'e3' stands for more than 512 bytes or itself"),
        ('<!ENTITY a "&b;"><!ENTITY b "&a;">', "entity 'a' stands for more than 512 bytes or its"),
        (f'<!ENTITY a "{"x" * 600}">', "entity 'a' stands for more than 512 bytes"),
        (f'<!ENTITY a "{"x" * 6000}">', "entity 'a' stands for more than 512 bytes"),
        ('<!ENTITY a SYSTEM "file:///etc/hostname">', "entity 'a' lies outside the file"),
        ('<!ENTITY % a "x">', "entity 'a' lies outside the file or is a parameter"),
        (f"<!ENTITY a broken {'x' * 3000}", "an entity declaration is malformed or too long"),
    ],
)
@pytest.mark.parametrize("inside", [False, True])
def test_entities_that_blow_up_are_refused(
    tmp_path: Path, entities: str, message: str, inside: bool
) -> None:
    doctype = f"<!DOCTYPE rdf:RDF [{entities}]>"
    body = CLASS.format("urn:x", "&e8;")
    # The parser would take a document type inside of the document too.
    content = ROOT.format(doctype + body) if inside else doctype + ROOT.format(body)
    with pytest.raises(OntologyError, match=message):
        KnowledgeGraph.read(written(tmp_path, "bomb.owl", HEAD + content))


OWL_XML = '<Ontology xmlns="http://www.w3.org/2002/07/owl#"><Declaration/></Ontology>'


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("x.ttl", "", "x.ttl: the file is empty; expected RDF/XML, Turtle, N-Triples"),
        ("x.csv", "id,text\n1,a\n", "x.csv, line 1: does not look like an ontology; expected RDF"),
        ("x.owl", b"\x89PNG\r\n", "x.owl, line 1: does not look like an ontology"),
        ("x.ttl", "# one\n<urn:a> <urn:b> .", "x.ttl, line 2: .*; expected Turtle"),
        ("x.nt", "<urn:a> <urn:b>\n", "x.nt, line [12]: .*; expected N-Triples"),
        ("x.rdf", "<rdf:RDF", "x.rdf.*; expected RDF/XML"),
        ("x.jsonld", '{"@id": "urn:a", ', "x.jsonld.*; expected JSON-LD"),
        ("x.ttl", b"\xff\xfe<\x00", "x.ttl: the text is in UTF-16; expected UTF-8"),
        ("x.owl", OWL_XML, "x.owl: is in OWL/XML; expected .*robot convert"),
        ("x.owl", "Prefix(:=<urn:>)\nOntology(<urn:x>)", "x.owl: is in OWL functional syntax"),
        ("x.omn", "Prefix: : <urn:>\n", "x.omn: is in OWL Manchester syntax"),
        ("x.ttl", "<urn:a> <urn:b> <urn:c> .", "x.ttl: holds no concept; expected OWL or RDFS cla"),
        ("x.obo", "format-version: 1.2\n\n[Term]\nname: a\n", "x.obo, line 3: the stanza"),
        ("x.obo", "<html>\n", "x.obo, line 1: expected 'tag: value' or '\\[Term\\]' as in OBO"),
        ("x.obo", b"ontology: x\nremark: \xe9\n", "x.obo, line 2: byte 20 is not UTF-8"),
    ],
)
def test_what_is_no_ontology_is_refused_by_name_and_line(
    tmp_path: Path, name: str, content: str | bytes, message: str
) -> None:
    with pytest.raises(OntologyError, match=message) as caught:
        KnowledgeGraph.read(written(tmp_path, name, content))
    assert "\n" not in str(caught.value)


def test_a_missing_file_and_an_empty_folder_are_refused(tmp_path: Path) -> None:
    with pytest.raises(OntologyError, match="x.ttl: no such file; give an ontology in RDF/XML"):
        KnowledgeGraph.read(tmp_path / "x.ttl")
    with pytest.raises(OntologyError, match=r"the folder holds no ontology file; .*\.owl, \.rdf"):
        KnowledgeGraph.read(tmp_path)
    with pytest.raises(OntologyError, match="no ontology file was given"):
        KnowledgeGraph.read([])


def test_a_file_that_breaks_off_is_refused(tmp_path: Path) -> None:
    noise = "".join(f'<urn:{i}> <urn:p> "{os.urandom(9).hex()}" .\n' for i in range(9000))
    whole = gzip.compress((TURTLE + noise).encode())
    path = tmp_path / "heart.ttl.gz"
    path.write_bytes(whole[: len(whole) * 3 // 4])
    with pytest.raises(
        OntologyError, match="heart.ttl.gz: the file breaks off .*end-of-stream marker"
    ):
        KnowledgeGraph.read(path)
    path.write_bytes(whole[:3000] + b"damage" + whole[3006:])
    with pytest.raises(OntologyError, match="heart.ttl.gz"):
        KnowledgeGraph.read(path)


def test_a_text_beyond_the_parsers_limit_is_refused(tmp_path: Path) -> None:
    path = written(tmp_path, "x.ttl", f'<urn:x> <urn:y> """{"x" * (1 << 24)}""" .')
    with pytest.raises(OntologyError, match=r"x.ttl: cannot be read: .*maximal size of 16777216"):
        read_ontology(path)


def test_one_bad_file_among_several_spoils_the_whole(tmp_path: Path) -> None:
    good = written(tmp_path, "a.ttl", TURTLE)
    bad = written(tmp_path, "b.ttl", TURTLE[:-10])
    with pytest.raises(OntologyError, match=r"b.ttl, line \d+: "):
        read_ontology([good, bad])


def test_a_context_on_the_network_is_not_fetched(tmp_path: Path) -> None:
    content = '{"@context": "http://127.0.0.1:9/c.jsonld", "@id": "urn:a"}'
    with pytest.raises(OntologyError, match="x.jsonld.*expected JSON-LD"):
        KnowledgeGraph.read(written(tmp_path, "x.jsonld", content))


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


@pytest.mark.parametrize("name", ["x.ttl", "x.rdf", "x.nt", "x.jsonld", "x.obo"])
def test_damaged_files_give_a_graph_or_a_refusal(tmp_path: Path, name: str) -> None:
    formats = {"x.ttl": "turtle", "x.rdf": "xml", "x.nt": "nt", "x.jsonld": "json-ld"}
    whole = (serialised(formats[name]) if name in formats else OBO).encode()
    generator = random.Random(0)
    marks = [
        b"<",
        b'"',
        b"\\",
        b"\x00",
        b"\xff",
        b"\n",
        b"&",
        b"[",
        b"{",
        b"%",
        b"_:",
        b"\xed\xa0\x80",
    ]
    refusals = []
    for _ in range(60):
        position = generator.randrange(len(whole))
        cut = position + generator.choice([0, 1, 20, len(whole)])
        damaged = whole[:position] + generator.choice(marks) + whole[cut:]
        try:
            KnowledgeGraph.read(written(tmp_path, name, damaged))
        except OntologyError as error:
            refusals.append(str(error))
    assert refusals
    assert all(name in message and "\n" not in message for message in refusals)
