from __future__ import annotations

import json
import os
from collections import Counter
from dataclasses import replace
from pathlib import Path

import pytest

from ontograft.kg import BROADER, NIL, Concept, KnowledgeGraph, Label, LabelKind, Lexicon, Linker
from ontograft.kg.general_words import general_words

DATA = Path(os.environ.get("ONTOGRAFT_BENCHMARK_DATA", ""))
DOID = DATA / "doid-2016-03-04.obo"


def concept(iri: str, preferred: str, *synonyms: str) -> Concept:
    labels = [Label(LabelKind.PREFERRED, "en", preferred)]
    labels += [Label(LabelKind.EXACT, "en", text) for text in synonyms]
    return Concept(iri, labels=tuple(labels))


def graph_of(*concepts: Concept, parents: str = "") -> KnowledgeGraph:
    """A graph of concepts; ``parents`` names pairs of child and parent, as in "x:b>x:a"."""
    edges = [(child, BROADER, parent) for child, parent in (p.split(">") for p in parents.split())]
    return KnowledgeGraph(concepts, edges)


def flagged(graph: KnowledgeGraph) -> list[tuple[str, str, str]]:
    return [(p.code, p.subject, p.message) for p in Lexicon.build(graph).flagged]


def test_the_preferred_label_of_an_unrelated_concept_is_flagged_and_links_to_that() -> None:
    graph = graph_of(concept("x:gout", "gout", "Asthma"), concept("x:asthma", "asthma"))
    assert flagged(graph) == [
        (
            "foreign-label",
            "x:gout",
            "label 'Asthma' is the preferred label of x:asthma, which is not related: "
            "it links to that only",
        )
    ]
    (mention,) = Linker.build(graph)("Asthma and the like")
    assert mention.iri == "x:asthma"
    assert len(mention.candidates) == 1


def test_the_preferred_label_of_a_parent_is_no_mistake() -> None:
    concepts = (concept("x:a", "arthritis"), concept("x:b", "gouty arthritis", "arthritis"))
    assert flagged(graph_of(*concepts, parents="x:b>x:a")) == []


def test_a_general_word_is_flagged_and_not_linked() -> None:
    graph = graph_of(concept("x:gout", "gout", "patients", "the Study"))
    assert flagged(graph) == [
        (
            "general-label",
            "x:gout",
            f"label {text!r} is a general word, and no related concept is named with it: "
            "it is not linked",
        )
        for text in ("patients", "the Study")
    ]
    assert Linker.build(graph)("the study of patients") == []


def test_a_general_word_may_be_a_concept_and_name_those_near_it() -> None:
    concepts = (
        concept("x:labour", "labour", "work"),
        concept("x:home", "work at home"),
        concept("x:study", "study", "studies"),
    )
    assert flagged(graph_of(*concepts, parents="x:home>x:labour")) == []


def test_an_abbreviation_is_no_general_word() -> None:
    assert flagged(graph_of(concept("x:men", "endocrine neoplasia", "MEN"))) == []


def kinds_of(*words: str) -> tuple[Concept, ...]:
    return tuple(concept(f"x:{number:02}", f"{word} illness") for number, word in enumerate(words))


def test_a_part_of_many_names_is_flagged_and_not_linked() -> None:
    names = [f"chronic tropical {chr(letter)}" for letter in range(ord("a"), ord("a") + 21)]
    graph = graph_of(concept("x:gout", "gout", "chronic tropical"), *kinds_of(*names))
    (problem,) = [problem for problem in flagged(graph) if problem[0] != "generic-label"]
    assert problem == (
        "part-label",
        "x:gout",
        "label 'chronic tropical' is a part of the names of 21 unrelated concepts: "
        "it is not linked",
    )
    assert Linker.build(graph)("a chronic tropical thing") == []


def test_a_part_of_the_names_of_its_own_kind_is_no_mistake() -> None:
    names = [f"firm {chr(letter)}" for letter in range(ord("a"), ord("a") + 24)]
    kinds = kinds_of(*names)
    parents = " ".join(f"{kind.iri}>x:company" for kind in kinds[:3])
    assert flagged(graph_of(concept("x:company", "company", "firm"), *kinds, parents=parents)) == []


def test_a_synonym_of_two_branches_is_flagged_once() -> None:
    concepts = (
        concept("x:a", "angioedema", "quincke"),
        concept("x:b", "deficiency", "quincke"),
        concept("x:top", "thing"),
    )
    assert flagged(graph_of(*concepts, parents="x:a>x:top x:b>x:top")) == [
        (
            "cross-label",
            "x:a",
            "label 'quincke' is a synonym of 2 concepts of different branches "
            "('angioedema', 'deficiency'): it links only where the context decides",
        )
    ]


def test_a_synonym_that_fits_one_branch_only_links_to_that() -> None:
    concepts = (
        concept("x:infarct", "myocardial infarction", "heart attack", "attack of the heart muscle"),
        concept("x:gout", "gout", "heart attack"),
        concept("x:top", "thing"),
    )
    graph = graph_of(*concepts, parents="x:infarct>x:top x:gout>x:top")
    assert flagged(graph) == [
        (
            "cross-label",
            "x:gout",
            "label 'heart attack' is a synonym of x:infarct in another branch too, and only there "
            "shares a word with other names: it links to that only",
        ),
    ]
    (mention,) = Linker.build(graph)("a heart attack")
    assert mention.iri == "x:infarct"


def test_a_synonym_of_siblings_is_no_mistake() -> None:
    concepts = (
        concept("x:a", "angioedema", "quincke"),
        concept("x:b", "deficiency", "quincke"),
        concept("x:mid", "swelling"),
        concept("x:top", "thing"),
    )
    assert flagged(graph_of(*concepts, parents="x:a>x:mid x:b>x:mid x:mid>x:top")) == []


def test_general_words_are_those_of_the_language() -> None:
    assert "patients" in general_words("en-GB")
    assert "ergebnis" in general_words("de")
    assert general_words("tlh") == frozenset()


POISON = {
    "gout": ["was", "may", "patients", "study", "A", "asthma", "carcinoma of the breast"],
    "measles": [
        "or",
        "treatment",
        "2",
        "syndrome",
        "hypertension",
        "chronic",
        "cell",
        "kidney failure",
    ],
    "acne": [
        "it",
        "of the",
        "results",
        "cancer",
        "acute",
        "tumor",
        "diabetes mellitus",
        "heart attack",
    ],
}
"""Careless synonyms for concepts of DOID: stop words, general words, parts and names of others."""
needs_data = pytest.mark.skipif(
    "ONTOGRAFT_BENCHMARK_DATA" not in os.environ or not DOID.is_file(),
    reason="needs doid-2016-03-04.obo in the folder ONTOGRAFT_BENCHMARK_DATA",
)


def poisoned(graph: KnowledgeGraph) -> KnowledgeGraph:
    concepts = [
        replace(
            item,
            labels=item.labels
            + tuple(
                Label(LabelKind.EXACT, "", text)
                for text in POISON.get(graph.preferred_label(number), ())
            ),
        )
        for number, item in enumerate(graph.concepts)
    ]
    edges = zip(graph.source, graph.relation, graph.target, strict=True)
    iris = [item.iri for item in concepts]
    return KnowledgeGraph(concepts, [(iris[s], graph.relations[r], iris[t]) for s, r, t in edges])


@needs_data
@pytest.mark.slow
def test_poisoned_synonyms_are_flagged_and_cannot_flood() -> None:
    """RELIABILITY 41."""
    clean = KnowledgeGraph.read(DOID)
    bad = poisoned(clean)
    planted = [text for texts in POISON.values() for text in texts]
    victims = {bad.concepts[bad.index(iri)].iri for iri in _named(bad, POISON)}
    messages = [p.message for p in Lexicon.build(bad).flagged if p.subject in victims]
    named = [text for text in planted if any(repr(text) in message for message in messages)]
    print("planted", len(planted), "flagged", len(named), set(planted) - set(named))  # noqa: T201
    assert len(named) >= 0.9 * len(planted)

    lines = (DATA / "ohsumed-train.jsonl").read_text("utf-8").splitlines()[:1000]
    texts = [json.loads(line)["text"] for line in lines]
    before, after = (_links(Linker.build(graph), texts) for graph in (clean, bad))
    changed = len(before ^ after) / len(before)
    print(f"links before {len(before)}, after {len(after)}, differing {changed:.2%}")  # noqa: T201
    assert changed < 0.02


@needs_data
@pytest.mark.slow
@pytest.mark.parametrize(
    ("file", "language"),
    [("doid-2016-03-04.obo", "en"), ("stw-skos.ttl", "en"), ("stw-skos.ttl", "de")],
)
def test_real_ontologies_are_not_drowned_in_alarms(file: str, language: str) -> None:
    flags = Lexicon.build(KnowledgeGraph.read(DATA / file), language=language).flagged
    codes = Counter(problem.code for problem in flags)
    print(codes)  # noqa: T201
    assert sum(codes[f"{kind}-label"] for kind in ("foreign", "general", "part", "cross")) < 20
    assert list(flags) == sorted(flags)


def _named(graph: KnowledgeGraph, names: dict[str, list[str]]) -> list[str]:
    return [
        item.iri
        for number, item in enumerate(graph.concepts)
        if graph.preferred_label(number) in names
    ]


def _links(linker: Linker, texts: list[str]) -> set[tuple[int, int, int, str]]:
    return {
        (number, mention.start, mention.end, mention.iri)
        for number, text in enumerate(texts)
        for mention in linker(text)
        if mention.iri != NIL
    }
