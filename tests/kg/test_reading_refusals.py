"""Files that are no ontology, broken or hostile: refused by name and line."""

from __future__ import annotations

import gzip
import os
import random
from pathlib import Path

import pytest

from ontograft.errors import OntologyError
from ontograft.kg import KnowledgeGraph, read_ontology

from .ontology_files import CLASS, HEAD, OBO, ROOT, TURTLE, serialised, written

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
