from __future__ import annotations

import pickle
from dataclasses import replace
from pathlib import Path

import pytest

from ontograft.errors import OntologyError
from ontograft.kg import (
    BROADER,
    NIL,
    Concept,
    KnowledgeGraph,
    Label,
    LabelKind,
    Linker,
    LinkerOptions,
)
from ontograft.kg.judging import choose
from ontograft.kg.link_weights import LinkWeights


def concept(iri: str, label: str, *xrefs: str) -> Concept:
    return Concept(iri, labels=(Label(LabelKind.PREFERRED, "en", label),), xrefs=xrefs)


GRAPH = KnowledgeGraph(
    [
        concept("x:root", "morbid state"),
        concept("x:cancer", "cancer", "MESH:1"),
        concept("x:breast", "breast cancer", "MESH:2"),
        concept("x:carcinoma", "breast carcinoma"),
        concept("x:flu", "influenza", "MESH:3"),
    ],
    [
        ("x:cancer", BROADER, "x:root"),
        ("x:breast", BROADER, "x:cancer"),
        ("x:carcinoma", BROADER, "x:breast"),
        ("x:flu", BROADER, "x:root"),
    ],
)
# Right is what is named as a label has it; one word is known to mean influenza.
WEIGHTS = LinkWeights(
    names_threshold=0.5,
    vocabularies=("MESH",),
    transitions=((0.0, 0.0, 0.0), (0.0, 0.0, 0.0), (0.0, 0.0, 0.0)),
    tags={"always": (9.0, 0.0, 0.0), "w=grippe": (0.0, 18.0, 0.0)},
    links={"always": -2.0, "origin=named": 4.0, "share": 6.0, "w=innocent": -20.0},
    words={"grippe": {"x:flu": 0.9}, "gone": {"x:nowhere": 0.9}},
)


def linker(weights: LinkWeights = WEIGHTS, threshold: float = 0.4) -> Linker:
    plain = Linker.build(GRAPH, options=LinkerOptions(threshold=threshold))
    return Linker(plain.lexicon, plain.options, weights=weights.bound(GRAPH))


def links(text: str, judging: Linker) -> list[tuple[str, str]]:
    return [(one.text, one.iri) for one in judging(text) if not one.nested]


def test_a_name_is_linked_where_the_weights_say_so() -> None:
    assert links("a breast cancer", linker()) == [("breast cancer", "x:breast")]
    refusing = replace(WEIGHTS, links={**WEIGHTS.links, "w=breast": -20.0, "w=cancer": -20.0})
    assert links("a breast cancer", linker(refusing)) == [("breast cancer", NIL)]


def test_the_score_is_the_logistic_of_the_sum() -> None:
    (mention,) = linker()("influenza again")
    assert mention.score == pytest.approx(1 / (1 + 2.718281828**-2), abs=1e-4)
    assert mention.score == mention.candidates[0].score
    assert links("influenza again", linker(threshold=0.9)) == [("influenza", NIL)]


def test_a_stretch_that_no_name_covers_is_found_by_the_tagger() -> None:
    assert links("the grippe came", linker()) == [("grippe", "x:flu")]
    (mention,) = linker()("the grippe came")
    assert mention.candidates[0].way == "learnt"


def test_a_likely_mention_without_a_concept_is_nil() -> None:
    unknown = replace(WEIGHTS, links={"always": -9.0})
    assert links("the grippe came", linker(unknown)) == [("grippe", NIL)]


def test_a_concept_that_the_gold_has_no_word_for_gives_way_to_one_above() -> None:
    text = "a breast carcinoma"
    assert links(text, linker()) == [("breast carcinoma", "x:breast")]
    assert linker()(text)[0].label == "breast cancer"
    own = replace(WEIGHTS, vocabularies=())
    assert links(text, linker(own)) == [("breast carcinoma", "x:carcinoma")]


def test_look_alike_letters_are_never_linked() -> None:
    text = "a br\u0435ast cancer and the gripp\u0435"  # Cyrillic
    assert links(text, linker()) == [("br\u0435ast cancer", NIL)]


@pytest.mark.parametrize(
    ("word", "whole"), [(0.0, "x:breast"), (-0.9, "x:breast"), (-1.8, "x:both"), (-20.0, "x:both")]
)
def test_a_coordination_is_linked_to_what_it_names_if_that_is_likely_enough(
    word: float, whole: str
) -> None:
    more = [concept("x:ovarian", "ovarian cancer", "MESH:4"), concept("x:both", "brcs", "MESH:5")]
    graph = KnowledgeGraph([*GRAPH.concepts, *more])
    # Both words are known to mean the one concept; what is named is the likelier the greater word.
    links = {"always": 1.0, "share": 0.5, "c=x:breast": 2 * word, "w=ovarian": 0.2}
    words = {"breast": {"x:both": 0.9}}
    weights = replace(WEIGHTS, links=links, words=words)
    plain = Linker.build(graph, options=LinkerOptions(threshold=0.4))
    judging = Linker(plain.lexicon, plain.options, weights=weights.bound(graph))
    found = judging("a breast and ovarian cancer")
    mention = found[0]
    assert (mention.text, mention.iri) == ("breast and ovarian cancer", whole)
    assert bool(mention.fragments) == (whole == "x:breast")
    assert (mention.candidates[0].iri, mention.candidates[0].score) == (whole, mention.score)
    assert {item.iri for item in found if item.nested} >= {"x:ovarian"}


def test_what_is_forbidden_is_not_proposed() -> None:
    from ontograft.kg.concepts import Forbidden

    graph = KnowledgeGraph(
        GRAPH.concepts,
        [("x:breast", BROADER, "x:cancer")],
        forbidden=[Forbidden("x:flu", "en", "grippe"), Forbidden("", "en", "breast cancer")],
    )
    plain = Linker.build(graph)
    judging = Linker(plain.lexicon, plain.options, weights=WEIGHTS.bound(graph))
    text = "the grippe and a breast cancer"
    assert links(text, judging) == [("cancer", "x:cancer")]


def test_candidates_of_a_stretch_are_scored_too() -> None:
    text = "no innocent grippe"
    found = linker().candidates(text, 12, 18)
    assert found[0].iri == "x:flu"
    assert linker().candidates(text, 3, 18)[0].score < 0.01
    assert linker().candidates("- -", 1, 2) == ()


def test_a_saved_linker_judges_the_same(tmp_path: Path) -> None:
    text = "a breast carcinoma, the grippe, cancer"
    own = linker()
    own.save(tmp_path)
    assert Linker.load(tmp_path)(text) == own(text) == pickle.loads(pickle.dumps(own))(text)
    assert Linker.load(tmp_path).weights_fingerprint == own.weights_fingerprint != ""
    (tmp_path / "weights.json").unlink()
    with pytest.raises(OntologyError, match="the linker is incomplete"):
        Linker.load(tmp_path)


def test_weights_come_from_a_file(tmp_path: Path) -> None:
    path = tmp_path / "weights.json"
    path.write_text(WEIGHTS.to_json(), encoding="utf-8")
    built = Linker.build(GRAPH, options=LinkerOptions(threshold=0.4, weights=str(path)))
    text = "a breast carcinoma, the grippe, cancer"
    assert built(text) == linker()(text)


def test_stretches_are_chosen_for_the_greatest_gain() -> None:
    places = [(0, 10, 0.9), (0, 4, 0.8), (5, 10, 0.8), (9, 12, 0.5), (20, 22, 0.3)]
    assert choose(places, 0.5) == [1, 2]  # 0.3 + 0.3 is more than 0.4
    assert choose(places, 0.75) == [0]  # 0.05 + 0.05 is less than 0.15
    assert choose(places, 0.95) == []
    assert choose([], 0.5) == []


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("{", "expected JSON, as --tune writes it"),
        ("[]", "expected a file with 'format': 'ontograft link weights 1'"),
        ('{"format": "ontograft link weights 1"}', "'names_threshold' is missing or of the wrong"),
        (
            replace(WEIGHTS, transitions=()).to_json(),
            "a number is missing or wrong .0 rows of transitions, expected 3",
        ),
        (
            WEIGHTS.to_json().replace('"share": 6.0', '"share": "x"'),
            "a number is missing or wrong .could not convert string to float",
        ),
    ],
)
def test_a_file_that_holds_no_weights_is_refused(
    content: str, message: str, tmp_path: Path
) -> None:
    path = tmp_path / "w.json"
    path.write_text(content)
    with pytest.raises(OntologyError, match=rf"weights: .*w\.json: {message}"):
        LinkWeights.read(path)


def test_a_missing_file_of_weights_is_named() -> None:
    with pytest.raises(OntologyError, match=r"weights: there is no file no\.json; ontograft link"):
        Linker.build(GRAPH, options=LinkerOptions(weights="no.json"))
