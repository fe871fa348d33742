from __future__ import annotations

import pytest

from ontograft.kg import BROADER, Concept, KnowledgeGraph
from ontograft.pipeline.aligned_labels import LabelAlignment, Way
from ontograft.pipeline.label_hierarchy import implied_labels, with_hierarchy
from ontograft.pipeline.labels import LabelSet

HOME = "http://example.org/"
ABOVE = {"infectious": "disease", "viral": "infectious", "flu": "viral", "rash": "disease"}
GRAPH = KnowledgeGraph(
    [Concept(HOME + name) for name in ("disease", *ABOVE)],
    [(HOME + child, BROADER, HOME + parent) for child, parent in ABOVE.items()],
)


def label(*concepts: str, way: Way = "name", missing: tuple[str, ...] = ()) -> LabelAlignment:
    name = "+".join(concepts)
    iris = tuple(HOME + concept for concept in concepts)
    return LabelAlignment(name, name, iris, concepts, 1.0, way, missing)


def test_a_label_implies_its_ancestors_among_the_labels() -> None:
    # The concept between flu and infectious is no label.
    alignment = (label("disease"), label("flu"), label("infectious"), LabelAlignment("x", "x"))
    labels = LabelSet("multi-label", ("disease", "flu", "infectious", "x"))
    found = with_hierarchy(labels, alignment, GRAPH)
    assert found.ancestors == ((), (0, 2), (0,), ())
    assert found.alignment == alignment


def test_labels_that_lie_apart_imply_nothing() -> None:
    labels = LabelSet("multi-label", ("flu", "rash"))
    found = with_hierarchy(labels, (label("flu"), label("rash")), GRAPH)
    assert found.ancestors == ()


@pytest.mark.parametrize("task", ["single-label", "regression"])
def test_labels_of_other_tasks_imply_nothing(task: str) -> None:
    labels = LabelSet(task, ("disease", "flu"))
    found = with_hierarchy(labels, (label("disease"), label("flu")), GRAPH)
    assert found.ancestors == ()
    assert len(found.alignment) == 2


def test_concepts_in_a_cycle_imply_each_other_and_not_themselves() -> None:
    edges = [(HOME + a, BROADER, HOME + b) for a, b in (("a", "b"), ("b", "a"))]
    graph = KnowledgeGraph([Concept(HOME + "a"), Concept(HOME + "b")], edges)
    assert implied_labels((label("a"), label("b")), graph) == ((1,), (0,))


@pytest.mark.parametrize(
    ("lower", "higher", "implied"),
    [
        (label("flu", "rash"), label("disease"), True),
        (label("flu", "rash"), label("viral"), False),  # a rash is not viral
        (label("flu"), label("viral", "rash"), True),
        (label("viral"), label("viral", "rash"), True),
        (label("flu"), label("flu"), False),  # two labels for the same are kept apart
        (label("flu", missing=("more",)), label("viral"), False),
        (label("flu"), label("viral", missing=("more",)), True),
        (label("flu", way="nearest"), label("viral"), False),
        (label("flu"), label("viral", way="kinds"), False),
        (label("flu", way="given"), label("viral", way="identifier"), True),
    ],
)
def test_all_concepts_of_a_label_must_lie_below_and_be_sure(
    lower: LabelAlignment, higher: LabelAlignment, implied: bool
) -> None:
    assert implied_labels((lower, higher), GRAPH) == ((1,) if implied else (), ())
