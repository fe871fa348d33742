from __future__ import annotations

import json
from pathlib import Path

import pytest
from rdflib.compare import isomorphic

from ontograft.errors import OntologyError
from ontograft.kg import BROADER, Concept, KnowledgeGraph, Label, LabelKind, Problem

PART_OF = "http://example.org/part_of"


def heart() -> KnowledgeGraph:
    label = Label(LabelKind.PREFERRED, "en", "heart \u2028 \x85 \U0001f600")
    return KnowledgeGraph(
        [
            Concept("urn:heart", "individual", (label,), (("en", "d"),), ("1",), ("X:1",)),
            Concept("urn:organ"),
        ],
        [("urn:heart", BROADER, "urn:organ"), ("urn:heart", PART_OF, "urn:organ")],
        relation_names={PART_OF: "part of"},
        iri="urn:o",
        version="1",
        problems=[Problem("no-label", "urn:organ", "has no label")],
    )


def test_a_saved_graph_loads_equal(tmp_path: Path) -> None:
    graph = heart()
    graph.save(tmp_path / "new" / "graph")
    loaded = KnowledgeGraph.load(tmp_path / "new" / "graph")
    assert loaded.fingerprint == graph.fingerprint
    assert loaded.concepts == graph.concepts
    assert loaded.problems == graph.problems
    assert loaded.relation_names == graph.relation_names
    assert loaded.source.dtype == graph.source.dtype
    assert loaded.statements is None
    assert [path.name for path in (tmp_path / "new").iterdir()] == ["graph"]


def test_the_statements_are_saved_too(tmp_path: Path) -> None:
    read = KnowledgeGraph.from_rdf(heart().to_rdf())
    read.save(tmp_path / "graph")
    loaded = KnowledgeGraph.load(tmp_path / "graph")
    assert isomorphic(loaded.to_rdf(), heart().to_rdf())
    loaded.save(tmp_path / "again")
    for path in (tmp_path / "graph").iterdir():
        assert (tmp_path / "again" / path.name).read_bytes() == path.read_bytes()


def test_saving_replaces_a_saved_graph_and_nothing_else(tmp_path: Path) -> None:
    folder = tmp_path / "graph"
    folder.mkdir()
    heart().save(folder)
    KnowledgeGraph([]).save(folder)
    assert len(KnowledgeGraph.load(folder)) == 0
    other = tmp_path / "other"
    other.mkdir()
    (other / "thesis.tex").write_text("precious")
    with pytest.raises(OntologyError, match="other: holds files that are not of a saved graph"):
        heart().save(other)
    with pytest.raises(OntologyError, match=r"thesis.tex: is a file; expected a folder"):
        heart().save(other / "thesis.tex")
    assert (other / "thesis.tex").read_text() == "precious"


def test_a_save_that_fails_leaves_the_old_graph(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "graph"
    heart().save(folder)

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("ontograft.kg.storage._write", full)
    with pytest.raises(OSError, match="No space left"):
        KnowledgeGraph([]).save(folder)
    assert KnowledgeGraph.load(folder).fingerprint == heart().fingerprint
    assert [path.name for path in tmp_path.iterdir()] == ["graph"]


def outcome(folder: Path) -> str:
    try:
        return KnowledgeGraph.load(folder).fingerprint
    except OntologyError:
        return "refused"


@pytest.mark.parametrize(
    "name",
    ["graph.json", "concepts.jsonl", "edges.safetensors", "problems.jsonl", "statements.nq.gz"],
)
def test_every_damaged_or_missing_file_is_noticed(tmp_path: Path, name: str) -> None:
    folder = tmp_path / "graph"
    KnowledgeGraph.from_rdf(heart().to_rdf()).save(folder)
    path = folder / name
    whole = path.read_bytes()
    for position in range(0, len(whole), max(1, len(whole) // 40)):
        flipped = bytearray(whole)
        flipped[position] ^= 0x04
        path.write_bytes(bytes(flipped))
        # A flip in the header's white space, or in a count for people, changes nothing.
        assert outcome(folder) in {"refused", heart().fingerprint}
        assert name == "graph.json" or outcome(folder) == "refused"
    path.unlink()
    with pytest.raises(OntologyError, match="missing"):
        KnowledgeGraph.load(folder)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"format": "other"}, "graph.json: has the format 'other'; expected 'ontograft-graph-1'"),
        ({"version": "2"}, "graph.json: is damaged: the graph's fingerprint is"),
        ({"fingerprint": "0"}, "expected 0; save the graph again from its ontology"),
        ({"files": {}}, r"graph.json: is damaged: it lists the files \[\]"),
        ({"files": {"../x": ""}}, "graph.json: is damaged: it lists the files"),
        ({"relations": []}, "graph.json: is damaged: "),
    ],
)
def test_a_changed_header_is_refused(
    tmp_path: Path, change: dict[str, object], message: str
) -> None:
    heart().save(tmp_path / "graph")
    path = tmp_path / "graph" / "graph.json"
    path.write_text(json.dumps({**json.loads(path.read_text()), **change}))
    with pytest.raises(OntologyError, match=message):
        KnowledgeGraph.load(tmp_path / "graph")


@pytest.mark.parametrize("content", ["", "[]", "{", '"x"'])
def test_a_header_of_another_form_is_refused(tmp_path: Path, content: str) -> None:
    (tmp_path / "graph.json").write_text(content)
    with pytest.raises(OntologyError, match=r"graph.json: (is damaged|has the format)"):
        KnowledgeGraph.load(tmp_path)


def test_a_folder_without_a_graph_is_refused(tmp_path: Path) -> None:
    with pytest.raises(OntologyError, match=r"holds no saved graph \(graph.json is missing\)"):
        KnowledgeGraph.load(tmp_path)
