from __future__ import annotations

import pytest

from ontograft.kg import BROADER, Concept, KnowledgeGraph, Label, LabelKind
from ontograft.pipeline.label_hierarchy import label_concepts, with_hierarchy
from ontograft.pipeline.labels import LabelSet

HOME = "http://example.org/"


def concept(name: str, *labels: str, kind: LabelKind = LabelKind.PREFERRED) -> Concept:
    return Concept(HOME + name, labels=tuple(Label(kind, "en", label) for label in labels))


GRAPH = KnowledgeGraph(
    [
        concept("1", "disease"),
        concept("2", "infectious disease"),
        concept("3", "viral infection"),
        concept("4", "influenza"),
        concept("5", "cold"),
        concept("6", "cold"),
        concept("7", "grippe", kind=LabelKind.RELATED),
    ],
    [
        (HOME + child, BROADER, HOME + parent)
        for child, parent in (("2", "1"), ("3", "2"), ("4", "3"), ("5", "1"), ("6", "1"))
    ],
)


@pytest.mark.parametrize(
    ("label", "names", "concept"),
    [
        (HOME + "4", {}, 3),
        ("flu", {"flu": HOME + "4"}, 3),
        ("influenza", {}, 3),
        ("Influenza", {}, 3),
        ("J10", {"J10": "Influenza"}, 3),
        (HOME + "4", {HOME + "4": "disease"}, 3),  # an IRI goes before a name
    ],
)
def test_a_label_is_a_concept_by_iri_or_by_name(
    label: str, names: dict[str, str], concept: int
) -> None:
    assert label_concepts([label], names, GRAPH) == {label: concept}


@pytest.mark.parametrize("label", ["cold", "grippe", "an influenza", HOME + "9", "influenz"])
def test_what_is_not_exactly_one_concept_is_none(label: str) -> None:
    assert label_concepts([label], {}, GRAPH) == {}


def test_a_label_implies_its_ancestors_among_the_labels() -> None:
    # The concept between influenza and infectious disease is no label.
    labels = LabelSet("multi-label", ("disease", "flu", "infectious disease", "surgery"))
    found = with_hierarchy(labels, {"flu": HOME + "4"}, GRAPH)
    assert found.ancestors == ((), (0, 2), (0,), ())


def test_labels_that_lie_apart_imply_nothing() -> None:
    labels = LabelSet("multi-label", ("influenza", "surgery"))
    assert with_hierarchy(labels, {}, GRAPH) == labels


def test_concepts_in_a_cycle_imply_each_other_and_not_themselves() -> None:
    pairs = (("1", "2"), ("2", "1"))
    edges = [(HOME + child, BROADER, HOME + parent) for child, parent in pairs]
    graph = KnowledgeGraph([concept("1", "a"), concept("2", "b")], edges)
    found = with_hierarchy(LabelSet("multi-label", ("a", "b")), {}, graph)
    assert found.ancestors == ((1,), (0,))


@pytest.mark.parametrize("task", ["single-label", "regression"])
def test_labels_of_other_tasks_imply_nothing(task: str) -> None:
    labels = LabelSet(task, ("disease", "influenza"))
    assert with_hierarchy(labels, {}, GRAPH) is labels
