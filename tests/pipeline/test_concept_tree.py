from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from ontograft.kg import BROADER, Concept, KnowledgeGraph, Label, LabelKind
from ontograft.pipeline import ResultQuery
from ontograft.pipeline.concept_tree import ConceptTree, Step
from ontograft.pipeline.facets import facet

from .results import BASE, make_results, ontology


def related() -> KnowledgeGraph:
    names = ("apple", "pear", "tree")
    concepts = [
        Concept(BASE + name, labels=(Label(LabelKind.PREFERRED, "en", name),)) for name in names
    ]
    grows, like = "http://example.org/grows_on", "http://example.org/like"
    edges = [
        (BASE + "apple", grows, BASE + "tree"),
        (BASE + "apple", like, BASE + "pear"),
        (BASE + "pear", BROADER, BASE + "pear"),
    ]
    return KnowledgeGraph(concepts, edges, relation_names={grows: "grows on", like: "like"})


def test_other_relations_are_beside() -> None:
    tree = ConceptTree(related(), None)
    assert tree.related(BASE + "apple") == [
        Step(BASE + "tree", "grows on"),
        Step(BASE + "pear", "like"),
    ]
    assert tree.related(BASE + "tree") == tree.parents(BASE + "apple") == []
    # A concept that is its own parent is still a root.
    assert [step.iri for step in tree.roots] == [BASE + name for name in ("apple", "pear", "tree")]


def test_the_ontology_of_the_results_is_shown_whatever_the_model_knows(tmp_path: Path) -> None:
    with ResultQuery(make_results(tmp_path / "results")) as asked:
        other = ConceptTree(related(), asked)
        assert BASE + "apple" not in other
        assert other.related(BASE + "kidney") == []
        assert len(other) == 7
        same = ConceptTree(ontology(), asked)
        for iri in (BASE + "kidney", BASE + "nephritis"):
            assert same.parents(iri) == other.parents(iri)
            assert same.children(iri) == other.children(iri)
            assert ConceptTree(ontology(), None).children(iri) == other.children(iri)


def test_documents_are_counted_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    calls: list[bool] = []

    def counted(asked: Any, filters: Any, by: str) -> Any:
        calls.append(filters.include_narrower)
        return facet(asked, filters, by)

    monkeypatch.setattr("ontograft.pipeline.concept_tree.facet", counted)
    with ResultQuery(make_results(tmp_path / "results")) as asked:
        tree = ConceptTree(ontology(), asked)
        for _ in range(2):
            for name in ("kidney", "nephritis"):
                tree.documents(BASE + name)
                tree.documents(BASE + name, narrower=False)
    assert calls == [True, False]
