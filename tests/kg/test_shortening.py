from __future__ import annotations

import pytest

from ontograft.kg import BROADER, Concept, KnowledgeGraph, Label, LabelKind, Linker

PLACES = ("skin", "lung", "nail", "tongue", "heart", "bone", "lip", "nose", "ear", "eye")
KINDS = [f"{place} tumor" for place in PLACES]


def concept(iri: str, *labels: str) -> Concept:
    kinds = [LabelKind.PREFERRED, *[LabelKind.EXACT] * (len(labels) - 1)]
    named = [Label(kind, "en", text) for kind, text in zip(kinds, labels, strict=True)]
    return Concept(iri, labels=tuple(named))


CONCEPTS = [
    concept("x:neoplasm", "neoplasm", "malignant tumor"),
    *(concept(f"x:k{number}", name, f"{name} NOS") for number, name in enumerate(KINDS)),
    *(concept(f"x:b{number}", f"benign {name}") for number, name in enumerate(KINDS)),
    concept("x:dm1", "myotonic dystrophy type 1", "congenital myotonic dystrophy"),
    concept("x:dm2", "myotonic dystrophy type 2"),
    concept("x:hboc", "hereditary breast ovarian cancer"),
    concept("x:syndrome", "syndrome"),
    *(concept(f"x:s{number}", f"Alpha-Beta{number} syndrome") for number in range(24)),
    concept("x:down", "Down syndrome"),
    concept("x:lesch", "Lesch-Nyhan syndrome"),
]
EDGES = [
    (item.iri, BROADER, "x:neoplasm") for item in CONCEPTS if item.iri[:3] in ("x:k", "x:b")
] + [(f"x:{kind}{number}", BROADER, "x:neoplasm") for kind in "kb" for number in range(len(KINDS))]
LINKER = Linker.build(KnowledgeGraph(CONCEPTS, EDGES))


def links(text: str) -> list[tuple[str, str, str]]:
    return [
        (mention.text, mention.iri, mention.candidates[0].way)
        for mention in LINKER(text)
        if not mention.nested
    ]


@pytest.mark.parametrize(
    ("text", "mention", "iri", "way"),
    [
        ("with myotonic dystrophy in", "myotonic dystrophy", "x:dm1", "shortened"),
        ("breast ovarian cancer", "breast ovarian cancer", "x:hboc", "shortened"),
        ("the Lesch-Nyhan gene", "Lesch-Nyhan", "x:lesch", "shortened"),
        ("the tumor grew", "tumor", "x:neoplasm", "head"),
        ("tumors were", "tumors", "x:neoplasm", "head"),
    ],
)
def test_what_texts_leave_out_is_found(text: str, mention: str, iri: str, way: str) -> None:
    assert links(text) == [(mention, iri, way)]


@pytest.mark.parametrize("text", ["they went down", "a syndrome of", "the breast", "unknown tumor"])
def test_what_says_too_little_is_not(text: str) -> None:
    assert links(text) == []


def test_a_name_that_ends_many_others_is_flagged() -> None:
    assert ("generic-label", "x:syndrome") in {
        (problem.code, problem.subject) for problem in LINKER.lexicon.flagged
    }
