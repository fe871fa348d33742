from __future__ import annotations

import pytest

from ontograft.kg import NIL, Candidate, Concept, KnowledgeGraph, Label, LabelKind, Lexicon, Mention
from ontograft.kg.concepts import Forbidden
from ontograft.kg.forbidding import forbidden_forms, permitted
from ontograft.kg.forms import Forms

FORMS = Forms("en", vary=True, stop=frozenset(), shouting=False)


def lexicon(*forbidden: Forbidden) -> Lexicon:
    concepts = [
        Concept(iri, labels=(Label(LabelKind.PREFERRED, "en", name),))
        for iri, name in (("x:a", "gout"), ("x:b", "acne"))
    ]
    return Lexicon.build(KnowledgeGraph(concepts, forbidden=forbidden))


def mention(*iris: str) -> Mention:
    """A mention "AJT", linked to the first of some concepts, as if a text had defined it."""
    candidates = tuple(Candidate(iri, iri, LabelKind.EXACT, 0.9, "abbreviation") for iri in iris)
    return Mention(4, 7, "AJT", iris[0], iris[0], 0.9, candidates)


def test_what_is_forbidden_is_forbidden_in_all_forms_of_its_language() -> None:
    forbidden = [Forbidden("x:a", "en", "breast tumor"), Forbidden("", "de", "Tumor")]
    forms = forbidden_forms(forbidden, FORMS)
    assert {iri for iri, _ in forms} == {"x:a"}
    assert {("x:a", form) for form in ("breast tumours", "tumor of the breast")} <= forms


@pytest.mark.parametrize("language", ["", "en", "en-gb"])
def test_a_variant_of_the_language_counts(language: str) -> None:
    assert ("", "it") in forbidden_forms([Forbidden("", language, "IT")], FORMS)


def test_a_mention_loses_the_candidates_that_are_forbidden() -> None:
    linked = mention("x:a", "x:b")
    assert permitted([linked], lexicon()) == [linked]
    (found,) = permitted([linked], lexicon(Forbidden("x:b", "", "AJT")))
    assert found == linked._replace(candidates=linked.candidates[:1])
    (found,) = permitted([linked], lexicon(Forbidden("x:a", "", "AJT")))
    assert (found.iri, found.label, found.score) == (NIL, "", 0.0)
    assert found.candidates == linked.candidates[1:]
    assert permitted([linked], lexicon(Forbidden("", "", "ajt"))) == []
    other = linked._replace(text="other")
    assert permitted([other], lexicon(Forbidden("", "", "ajt"))) == [other]
