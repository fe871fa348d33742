from __future__ import annotations

from pathlib import Path

import pytest

from ontograft.data import NamedLabel
from ontograft.errors import CorpusError
from ontograft.kg import Concept, KnowledgeGraph, Label, LabelKind
from ontograft.pipeline import Project
from ontograft.pipeline.label_names import LabelNaming, graph_for_names, name_labels

HOME = "http://purl.obolibrary.org/obo/DOID_"


def concept(number: int, label: str, *, german: str = "", xref: str = "") -> Concept:
    labels = [Label(LabelKind.PREFERRED, "en", label)]
    labels += [Label(LabelKind.PREFERRED, "de", german)] if german else []
    labels += [Label(LabelKind.EXACT, "en", "ague")] if label == "fever" else []
    definitions = (("en", "A rise in temperature."),) if label == "fever" else ()
    xrefs = (xref,) if xref else ()
    return Concept(f"{HOME}{number}", labels=tuple(labels), definitions=definitions, xrefs=xrefs)


GRAPH = KnowledgeGraph(
    [
        concept(101, "fever", german="Fieber", xref="MESH:D005334"),
        concept(102, "cough"),
        concept(203, "rash", xref="MESH:D000001"),
        concept(204, "hives", xref="MESH:D000001"),
    ]
)


def row(name: str, concepts: tuple[str, ...] | None = None) -> NamedLabel:
    return NamedLabel("F", name, concepts, "labels.tsv, row 1 (line 2)")


@pytest.mark.parametrize("id", [f"{HOME}101", f"<{HOME}101>", "DOID:101", "MESH:D005334"])
def test_an_identifier_becomes_the_name_of_its_concept(id: str) -> None:
    naming = name_labels([row(id)], GRAPH)
    assert naming == LabelNaming(
        names={"F": "fever"},
        texts={"F": "fever; ague. A rise in temperature."},
        concepts={"F": (f"{HOME}101",)},
    )


def test_the_name_is_in_the_language_of_the_corpus() -> None:
    assert name_labels([row("DOID:101")], GRAPH, language="de").names == {"F": "Fieber"}
    assert name_labels([row("DOID:102")], GRAPH, language="de").names == {"F": "cough"}


@pytest.mark.parametrize(
    ("name", "expected", "numbers"),
    [
        ("DOID:101 DOID:102", "fever and cough", (101, 102)),
        ("MESH:D000001", "rash and hives", (203, 204)),
    ],
)
def test_a_label_may_stand_for_several_concepts(
    name: str, expected: str, numbers: tuple[int, ...]
) -> None:
    naming = name_labels([row(name)], GRAPH)
    assert naming.names == {"F": expected}
    assert naming.concepts == {"F": tuple(f"{HOME}{number}" for number in numbers)}


@pytest.mark.parametrize("name", ["Fever", "Topic:Fever", "Fever: high or low", "fever DOID:101"])
def test_words_stay_words(name: str) -> None:
    assert name_labels([row(name)], GRAPH) == LabelNaming({"F": name}, {"F": name}, {})


def test_the_column_of_concepts_goes_before_the_name() -> None:
    naming = name_labels([row("Hot people", ("DOID:101",))], GRAPH)
    assert naming == LabelNaming({"F": "Hot people"}, {"F": "Hot people"}, {"F": (f"{HOME}101",)})
    assert name_labels([row("Hot people", ())], GRAPH).concepts == {"F": ()}


def test_a_column_of_concepts_names_a_label_without_a_name() -> None:
    assert name_labels([row("", ("DOID:101",))], GRAPH).names == {"F": "fever"}


@pytest.mark.parametrize(
    ("named", "message"),
    [
        (row("DOID:103"), r"labels.tsv, row 1 \(line 2\): label 'F': .* no concept 'DOID:103'; the "
         r"nearest are DOID:203 \(rash\), DOID:102 \(cough\), DOID:101 \(fever\); correct it, or "
         r"write the name"),
        (row("Fever", ("http://example.org/x",)), "no concept 'http://example.org/x'; correct it"),
        (row("http://example.org/x"), "no concept 'http://example.org/x'"),
        (row("MESH:D999999"), "no concept 'MESH:D999999'"),
    ],
)  # fmt: skip
def test_an_unknown_identifier_is_refused(named: NamedLabel, message: str) -> None:
    with pytest.raises(CorpusError, match=message):
        name_labels([named], GRAPH)


def test_without_an_ontology_names_are_words() -> None:
    naming = name_labels([row("DOID:101", ("DOID:101",))], None)
    assert naming == LabelNaming({"F": "DOID:101"}, {"F": "DOID:101"}, {})


@pytest.mark.parametrize("named", [row(f"{HOME}101"), row("", ("DOID:101",))])
def test_without_an_ontology_an_iri_is_refused(named: NamedLabel) -> None:
    with pytest.raises(CorpusError, match=r"label 'F' is named by the concept .* no ontology"):
        name_labels([named], None)


def test_plain_bert_looks_names_up_in_the_ontology_too(tmp_path: Path) -> None:
    (tmp_path / "terms.obo").write_text(
        "format-version: 1.2\n\n[Term]\nid: DOID:101\nname: fever\n"
    )
    project = Project.of(
        {
            "ontology": "terms.obo",
            "corpus": {"train": "t.csv"},
            "knowledge": {"channels": []},
        },
        base=tmp_path,
    )
    assert graph_for_names(project, [row("Fever")], None) is None
    graph = graph_for_names(project, [row("DOID:101")], None)
    assert name_labels([row("DOID:101")], graph).names == {"F": "fever"}
    assert graph_for_names(project, [row("DOID:101")], GRAPH) is GRAPH
