from __future__ import annotations

from collections.abc import Sequence

import pytest

from ontograft.kg import BROADER, Concept, KnowledgeGraph, Label, LabelKind, Linker
from ontograft.pipeline.aligned_labels import LabelAlignment
from ontograft.pipeline.label_alignment import align_labels
from ontograft.pipeline.label_likeness import Near
from ontograft.pipeline.label_names import LabelNaming

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
        concept("8", "skin disease"),
        concept("9", "connective tissue disease"),
        *(concept(f"x{n}", f"{word} disease") for n, word in enumerate(("eye", "ear", "lung"))),
    ],
    [
        (HOME + child, BROADER, HOME + parent)
        for child, parent in (("2", "1"), ("3", "2"), ("4", "3"), ("5", "1"), ("6", "1"))
    ],
)
LINKER = Linker.build(GRAPH)


def align(label: str, naming: LabelNaming | None = None) -> LabelAlignment:
    (entry,) = align_labels([label], naming or LabelNaming(), GRAPH, LINKER)
    return entry


def named(label: str, name: str) -> LabelNaming:
    return LabelNaming({label: name}, {label: name})


@pytest.mark.parametrize(
    ("label", "name", "iri", "way"),
    [
        (HOME + "4", "", "4", "identifier"),
        (HOME + "4", "disease", "4", "identifier"),  # an IRI goes before a name
        ("influenza", "", "4", "name"),
        ("Influenza", "", "4", "name"),
        ("J10", "Influenza", "4", "name"),
        ("J10", "viral infections", "3", "name"),
        ("J10", "infection, viral", "3", "name"),
        ("all", "Disease", "1", "name"),
    ],
)
def test_a_label_is_a_concept_by_identifier_or_by_name(
    label: str, name: str, iri: str, way: str
) -> None:
    entry = align(label, named(label, name) if name else None)
    assert (entry.iris, entry.way) == ((HOME + iri,), way)
    assert entry.concepts == (GRAPH.preferred_label(GRAPH.index(HOME + iri)),)
    assert entry.name == (name or label)
    assert entry.is_sure


@pytest.mark.parametrize("label", ["grippe", "an influenza", "influx", "surgery"])
def test_what_is_called_like_no_concept_stands_for_none(label: str) -> None:
    assert align(label) == LabelAlignment(label, label, missing=(label,))


def test_a_label_that_is_an_identifier_from_elsewhere_stands_for_none() -> None:
    assert align("http://example.com/diseases/9") == LabelAlignment(
        "http://example.com/diseases/9", "http://example.com/diseases/9"
    )


def test_a_name_of_two_concepts_is_left_to_the_expert() -> None:
    def nearest(phrases: Sequence[str]) -> list[Near | None]:
        pytest.fail(f"asked for {phrases}")

    (entry,) = align_labels(["cold"], LabelNaming(), GRAPH, LINKER, nearest=nearest)
    assert (entry.iris, entry.way) == ((), "none")


@pytest.mark.parametrize(
    ("name", "iris", "missing"),
    [
        ("Skin and Connective Tissue Diseases", ("8", "9"), ()),
        ("Skin Diseases and Influenza", ("8", "4"), ()),
        ("Viral Infections and Surgery", ("3",), ("Surgery",)),
    ],
)
def test_the_parts_of_a_name_have_their_own_concepts(
    name: str, iris: tuple[str, ...], missing: tuple[str, ...]
) -> None:
    entry = align("C", named("C", name))
    assert entry.iris == tuple(HOME + iri for iri in iris)
    assert entry.missing == missing
    assert entry.is_sure == (not missing)


@pytest.mark.parametrize(("iris", "score"), [((HOME + "5",), 1.0), ((), 0.0)])
def test_the_experts_word_goes_before_all(iris: tuple[str, ...], score: float) -> None:
    naming = LabelNaming({"influenza": "Influenza"}, {}, {"influenza": iris})
    entry = align("influenza", naming)
    assert (entry.iris, entry.way, entry.score) == (iris, "given", score)


def test_the_nearest_concept_is_asked_for_where_names_are_silent() -> None:
    asked: list[str] = []

    def nearest(phrases: Sequence[str]) -> list[Near | None]:
        asked.extend(phrases)
        near = {"Cosmetic Diseases": Near(GRAPH.index(HOME + "8"), 0.7)}
        return [near.get(phrase) for phrase in phrases]

    naming = named("C", "Cosmetic and Connective Tissue Diseases")
    (entry,) = align_labels(["C"], naming, GRAPH, LINKER, nearest=nearest)
    assert "Cosmetic Diseases" in asked
    assert "Connective Tissue Diseases" not in asked
    assert entry == LabelAlignment(
        "C",
        naming.names["C"],
        (HOME + "8", HOME + "9"),
        ("skin disease", "connective tissue disease"),
        0.7,
        "nearest",
    )
    assert not entry.is_sure


def growths(branch: str, count: int) -> list[Concept]:
    return [concept(f"{branch}{n}", f"{branch}{chr(97 + n)}oid neoplasm") for n in range(count)]


def test_a_name_that_ends_many_others_stands_for_what_is_above_them() -> None:
    # No concept is called neoplasm; a morphologic term is no kind.
    good, bad = growths("good", 12), growths("bad", 12)
    others = [concept(f"other{n}", f"other {n} (neoplasm)") for n in range(80)]
    upper = [concept("top", "all"), concept("growth", "growth"), *map(concept, ("g", "b"), "gb")]
    edges = [(one.iri, BROADER, HOME + "g") for one in good]
    edges += [(one.iri, BROADER, HOME + "b") for one in bad]
    edges += [(HOME + one, BROADER, HOME + "growth") for one in "gb"]
    edges += [(one.iri, BROADER, HOME + "top") for one in (*others, upper[1])]
    graph = KnowledgeGraph([*good, *bad, *others, *upper], edges)
    linker = Linker.build(graph)
    (entry,) = align_labels(["C04"], named("C04", "Neoplasms"), graph, linker)
    assert (entry.iris, entry.way, entry.score) == ((HOME + "growth",), "kinds", 1.0)
    (few,) = align_labels(["a"], named("a", "badaoid neoplasms"), graph, linker)
    assert (few.iris, few.way) == ((HOME + "bad0",), "name")


def test_labels_keep_their_order() -> None:
    labels = ("skin disease", "influenza", "nothing")
    found = align_labels(labels, LabelNaming(), GRAPH, LINKER)
    assert tuple(entry.label for entry in found) == labels
