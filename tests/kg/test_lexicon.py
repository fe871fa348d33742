from __future__ import annotations

import gc
import pickle

import pytest

from ontograft.errors import OntologyError
from ontograft.kg import BROADER, Concept, KnowledgeGraph, Label, LabelKind, Lexicon


def concept(iri: str, *labels: str, language: str = "") -> Concept:
    kinds = [LabelKind.PREFERRED, *[LabelKind.EXACT] * (len(labels) - 1)]
    named = [Label(kind, language, text) for kind, text in zip(kinds, labels, strict=True)]
    return Concept(iri, labels=tuple(sorted(named)))


GERMAN = concept("x:b", "Krebs", language="de")


def test_each_occurrence_of_a_form_is_found_as_whole_words() -> None:
    lexicon = Lexicon.build(
        KnowledgeGraph([concept("x:a", "cancer"), concept("x:b", "lung cancer")])
    )
    words = ["lung", "cancer", "cancerous", "cancer"]
    found = {(start, end) for start, end, _ in lexicon.find(words)}
    assert found == {(0, 11), (5, 11), (22, 28)}


def test_a_form_gives_one_entry_a_concept_the_most_trusted_first() -> None:
    concepts = [concept("x:a", "tumor", "tumour"), concept("x:b", "swelling", "tumor")]
    graph = KnowledgeGraph(concepts, [("x:b", BROADER, "x:a")])
    lexicon = Lexicon.build(graph)
    ((_, _, form),) = lexicon.find(["tumor"])
    assert [(entry.concept, entry.kind) for entry in lexicon.entries(form)] == [
        (0, LabelKind.PREFERRED),
        (1, LabelKind.EXACT),
    ]


@pytest.mark.parametrize(
    ("labels", "label", "way"),
    [
        pytest.param(("empyema", "Empyema (disorder)"), "empyema", "normalised", id="preferred"),
        pytest.param(("Empyema NOS", "empyema"), "empyema", "normalised", id="plainer"),
        pytest.param(("Empyemas", "pus", "empyema"), "Empyemas", "inflected", id="more trusted"),
    ],
)
def test_the_label_of_an_entry_is_the_most_trusted_that_has_the_form(
    labels: tuple[str, ...], label: str, way: str
) -> None:
    lexicon = Lexicon.build(KnowledgeGraph([concept("x:a", *labels)]))
    (entry,) = lexicon.entries("empyema")
    assert (entry.label, entry.way) == (label, way)


def test_risky_labels_are_flagged_with_the_term() -> None:
    graph = KnowledgeGraph([concept("x:a", "Wiskott-Aldrich syndrome", "WAS", "A", "42")])
    messages = [problem.message for problem in Lexicon.build(graph).flagged]
    assert messages == [
        "label '42' is only a number: it is not linked",
        "label 'A' is a single letter: it is not linked",
        "label 'WAS' is made of stop words: it links only in capitals amid small letters",
    ]


def test_a_name_of_many_concepts_is_flagged() -> None:
    graph = KnowledgeGraph([concept(f"x:{n}", f"name x{n}", "shared") for n in range(4)])
    (problem,) = Lexicon.build(graph, vary=False, max_shared=3).flagged
    assert problem.code == "shared-label"
    assert "'shared' names 4 concepts (more than 3)" in problem.message
    codes = {problem.code for problem in Lexicon.build(graph, max_shared=4).flagged}
    assert codes == {"cross-label"}


def test_the_concept_above_all_others_does_not_link() -> None:
    kinds = [f"x:{number:03}" for number in range(120)]
    concepts = [concept("x:top", "thing"), *(concept(iri, f"sort {iri[2:]}") for iri in kinds)]
    graph = KnowledgeGraph(concepts, [(iri, BROADER, "x:top") for iri in kinds])
    lexicon = Lexicon.build(graph)
    assert lexicon.find(["thing"]) == []
    assert [(problem.code, problem.subject) for problem in lexicon.flagged] == [
        ("top-label", "x:top")
    ]
    assert len(Lexicon.build(graph, link_top=True).find(["thing"])) == 1


def test_an_abbreviation_with_its_meaning_in_brackets_is_not_loosened() -> None:
    lexicon = Lexicon.build(KnowledgeGraph([concept("x:a", "COLD (chronic lung disease)")]))
    assert lexicon.find(["cold"]) == []


def test_labels_of_other_languages_stay_out() -> None:
    graph = KnowledgeGraph(
        [
            Concept(
                "x:a",
                labels=(
                    Label(LabelKind.PREFERRED, "de", "Krebs"),
                    Label(LabelKind.PREFERRED, "en", "cancer"),
                ),
            )
        ]
    )
    assert Lexicon.build(graph, language="de").find(["cancer"]) == []
    assert len(Lexicon.build(graph, language="de").find(["krebs"])) == 1


def test_a_language_without_labels_is_refused_with_those_that_are_there() -> None:
    graph = KnowledgeGraph(
        [concept("x:a", "Krebs", language="de"), concept("x:b", "cancer", language="en")]
    )
    with pytest.raises(
        OntologyError,
        match="no concept has a label in language 'tlh'; languages present: de, en",
    ):
        Lexicon.build(graph, language="tlh")


def test_the_order_of_concepts_does_not_matter() -> None:
    concepts = [concept("x:a", "tumor"), concept("x:b", "tumor"), concept("x:c", "lung cancer")]
    first, second = (
        Lexicon.build(KnowledgeGraph(concepts)),
        Lexicon.build(KnowledgeGraph(concepts[::-1])),
    )
    assert first.dump() == second.dump()


def test_a_lexicon_of_another_format_is_refused() -> None:
    files = Lexicon.build(KnowledgeGraph([concept("x:a", "tumor")])).dump()
    text = files["lexicon.json"].decode().replace('"format": 2', '"format": 99')
    with pytest.raises(OntologyError, match="the lexicon has format 99, expected 2"):
        Lexicon.restore({**files, "lexicon.json": text.encode()})


def test_a_damaged_lexicon_is_refused() -> None:
    files = Lexicon.build(KnowledgeGraph([concept("x:a", "tumor")])).dump()
    with pytest.raises(OntologyError, match="the lexicon is damaged or incomplete"):
        Lexicon.restore({**files, "lexicon.automaton": b"junk"})


def test_any_folded_text_can_be_asked_whether_it_is_a_form() -> None:
    lexicon = Lexicon.build(KnowledgeGraph([concept("x:a", "cancer of the breast")]))
    assert lexicon.form("breast cancers") == "breast cancers"
    (entry,) = lexicon.entries("breast cancers")
    assert (entry.label, entry.way) == ("cancer of the breast", "reordered")
    assert lexicon.form("breasts cancers") is None  # only the head of a name is inflected
    assert lexicon.entries("breast") == ()
    assert lexicon.entries("") == ()


def test_the_places_of_forms_are_right_beyond_other_forms() -> None:
    graph = KnowledgeGraph([concept("x:a", "small lung cancer"), concept("x:b", "lung")])
    folded = "small lung cancer  lung and small lung cancer lung"
    found = Lexicon.build(graph).find(folded.split(" "))
    assert [(folded[start:end], form) for start, end, form in found] == [
        (form, form) for form in ("small lung cancer", "lung", "lung") * 2
    ]
    assert [start for start, _, _ in found] == [0, 6, 19, 28, 34, 46]


def test_a_derived_form_gives_way_to_a_name() -> None:
    kidney, renal = concept("x:a", "kidney disease"), concept("x:b", "renal disease")
    lexicon = Lexicon.build(KnowledgeGraph([kidney]))
    assert [entry.way for entry in lexicon.entries("renal disease")] == ["derived"]
    lexicon = Lexicon.build(KnowledgeGraph([kidney, renal]))
    assert [entry.concept for entry in lexicon.entries("renal disease")] == [1]


def test_a_derived_form_of_two_concepts_is_none() -> None:
    twins = [concept("x:a", "kidney pain"), concept("x:b", "kidney pain")]
    lexicon = Lexicon.build(KnowledgeGraph(twins))
    assert len(lexicon.entries("kidney pain")) == 2
    assert lexicon.entries("renal pain") == ()


def test_a_shortened_name_gives_way_to_a_name() -> None:
    dystrophy = concept("x:a", "myotonic dystrophy type 1")
    lexicon = Lexicon.build(KnowledgeGraph([dystrophy]))
    assert [entry.way for entry in lexicon.entries("myotonic dystrophies")] == ["shortened"]
    other = concept("x:b", "myotonic dystrophy")
    lexicon = Lexicon.build(KnowledgeGraph([dystrophy, other]))
    assert [entry.concept for entry in lexicon.entries("myotonic dystrophies")] == [1]


def test_of_a_name_of_very_many_labels_the_most_trusted_are_kept() -> None:
    named = [
        Concept(
            f"x:{number:03}",
            labels=(
                Label(LabelKind.PREFERRED, "", f"name x{number}"),
                Label(LabelKind.RELATED if number else LabelKind.EXACT, "", "shared"),
            ),
        )
        for number in range(199, -1, -1)
    ]
    entries = Lexicon.build(KnowledgeGraph(named)).entries("shared")
    assert len(entries) == 100
    assert entries[0].concept == 0


def test_the_words_that_speak_for_a_concept_are_those_of_its_names_and_neighbours() -> None:
    child = Concept(
        "x:a",
        labels=(Label(LabelKind.PREFERRED, "en", "gout"),),
        definitions=(("en", "Crystals in the joints of it."),),
    )
    graph = KnowledgeGraph([child, concept("x:b", "arthropathy")], [("x:a", BROADER, "x:b")])
    lexicon = Lexicon.build(graph)
    assert lexicon.context(0) == {"gout", "crystals", "joints", "arthropathy"}
    assert lexicon.context(1) == {"gout", "arthropathy"}


def test_any_two_concepts_can_be_compared() -> None:
    concepts = [concept(f"x:{name}", name) for name in ("aaa", "bbb", "ccc")]
    edges = [("x:aaa", BROADER, "x:bbb"), ("x:bbb", BROADER, "x:ccc")]
    lexicon = Lexicon.build(KnowledgeGraph(concepts, edges))
    assert lexicon.is_broader(2, 0)
    assert not lexicon.is_broader(0, 2)
    assert not lexicon.is_broader(0, 0)
    assert lexicon.closure("x:bbb") == {1, 2}


def test_a_lexicon_survives_its_files_and_pickle() -> None:
    lexicon = Lexicon.build(KnowledgeGraph([concept("x:a", "tumor", "\ud800 odd"), GERMAN]))
    for loaded in (Lexicon.restore(lexicon.dump()), pickle.loads(pickle.dumps(lexicon))):
        assert loaded.dump() == lexicon.dump()
        assert loaded.entries("tumours") == lexicon.entries("tumours") != ()
        assert loaded.name("x:a") == "tumor"
        assert (list(loaded.iris), list(loaded.names)) == (list(lexicon.iris), ["tumor", "Krebs"])


def test_building_leaves_the_garbage_collector_as_it_was() -> None:
    graph = KnowledgeGraph([concept("x:a", "tumor")])
    Lexicon.build(graph)
    assert gc.isenabled()
    with pytest.raises(OntologyError):
        Lexicon.build(KnowledgeGraph([]))
    assert gc.isenabled()
