from __future__ import annotations

import json
import pickle
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

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
    Mention,
)


def concept(iri: str, *labels: str, definition: str = "", language: str = "en") -> Concept:
    """A concept whose first label is preferred and whose others are exact synonyms."""
    kinds = [LabelKind.PREFERRED, *[LabelKind.EXACT] * (len(labels) - 1)]
    named = [Label(kind, language, text) for kind, text in zip(kinds, labels, strict=True)]
    definitions = ((language, definition),) if definition else ()
    return Concept(iri, labels=tuple(sorted(named)), definitions=definitions)


GRAPH = KnowledgeGraph(
    [
        concept("x:disease", "disease"),
        concept("x:cancer", "cancer", "malignant tumor"),
        concept("x:breast", "breast cancer", "carcinoma of the breast"),
        concept("x:alzheimer", "Alzheimer's disease", "Morbus Alzheimer"),
        concept("x:als", "amyotrophic lateral sclerosis", "ALS"),
        concept("x:was", "Wiskott-Aldrich syndrome", "WAS"),
        concept("x:thal", "β-thalassemia"),
        concept("x:nhl", "non-Hodgkin lymphoma"),
        concept("x:t2", "diabetes mellitus, type 2"),
        concept("x:flu", "flu"),
        concept("x:road", "Hauptstrasse"),
    ],
    [("x:breast", BROADER, "x:cancer"), ("x:cancer", BROADER, "x:disease")],
)
LINKER = Linker.build(GRAPH)


def links(text: str, linker: Linker = LINKER) -> list[tuple[str, str]]:
    return [(mention.text, mention.iri) for mention in linker(text) if not mention.nested]


@pytest.mark.parametrize(
    ("text", "mention", "iri"),
    [
        ("the Breast Cancer study", "Breast Cancer", "x:breast"),
        ("BREAST CANCERS", "BREAST CANCERS", "x:breast"),
        ("cancer of the breast.", "cancer of the breast", "x:breast"),
        ("breast carcinoma", "breast carcinoma", "x:breast"),
        ("malignant tumours", "malignant tumours", "x:cancer"),
        ("Alzheimer disease", "Alzheimer disease", "x:alzheimer"),
        ("Alzheimers disease", "Alzheimers disease", "x:alzheimer"),
        ("Alzheimer\u2019s\ndisease", "Alzheimer\u2019s\ndisease", "x:alzheimer"),
        ("beta-thalassemia", "beta-thalassemia", "x:thal"),
        ("nonhodgkin lymphomas", "nonhodgkin lymphomas", "x:nhl"),
        ("non-\nHodgkin lymphoma", "non-\nHodgkin lymphoma", "x:nhl"),
        ("type 2 diabetes mellitus", "type 2 diabetes mellitus", "x:t2"),
        ("Flu is here", "Flu", "x:flu"),
        ("men with ALS", "ALS", "x:als"),
        ("boys with WAS bleed", "WAS", "x:was"),
    ],
)
def test_a_name_is_found_however_it_is_written(text: str, mention: str, iri: str) -> None:
    assert links(text) == [(mention, iri)]


@pytest.mark.parametrize(
    "text",
    ["it was all als ob", "IT WAS LATE", "cancerous", "antibreast cancers2", "", "   ", "flux"],
)
def test_what_is_no_name_does_not_link(text: str) -> None:
    assert links(text) == []


UNICODE = {
    "NFC": ("Sj\u00f6gren syndrome", "Sj\u00f6gren syndrome"),
    "full stop": ("breast cancer", "breast cancer."),
    "hyphen": ("breast cancer", "breast-cancer"),
    "NFD": ("Sj\u00f6gren syndrome", "Sjo\u0308gren syndrome"),
    "no-break space": ("breast cancer", "breast\u00a0cancer"),
    "double space": ("breast cancer", "breast  cancer"),
    "newline": ("breast cancer", "breast\ncancer"),
    "soft hyphen": ("breast cancer", "bre\u00adast cancer"),
    "zero width": ("breast cancer", "breast\u200b cancer"),
    "full width": ("breast cancer", "ｂｒｅａｓｔ ｃａｎｃｅｒ"),
    "eszett": ("Hauptstra\u00dfe", "HAUPTSTRASSE"),
    "right to left mark": ("breast cancer", "\u200fbreast cancer"),
}


@pytest.mark.parametrize("case", sorted(UNICODE))
@pytest.mark.parametrize("language", ["en", "de"])
def test_unicode_variants_link(case: str, language: str) -> None:
    label, text = UNICODE[case]
    graph = KnowledgeGraph([concept("x:a", label, language=language)])
    found = Linker.build(graph, language=language)(f"a {text} b")
    assert [mention.iri for mention in found] == ["x:a"]


@pytest.mark.parametrize("text", ["bre\u0430st cancer", "ß-thalassemia"])
def test_look_alikes_are_flagged_and_never_linked(text: str) -> None:
    (mention,) = [mention for mention in LINKER(text) if not mention.nested]
    assert mention.iri == NIL
    assert {item.way for item in mention.candidates} == {"confusable"}


def test_the_longest_mention_comes_first_and_nested_ones_are_marked() -> None:
    found = LINKER("breast cancer")
    assert [(item.text, item.nested) for item in found] == [
        ("breast cancer", False),
        ("cancer", True),
    ]
    flat = Linker.build(GRAPH, options=LinkerOptions(nested=False))
    assert [item.text for item in flat("breast cancer")] == ["breast cancer"]


def test_a_name_does_not_run_across_a_sentence() -> None:
    assert links("in the breast. Cancer of") == [("Cancer", "x:cancer")]
    assert links("diabetes mellitus. Type 2") == [("diabetes mellitus", "x:t2")]


def test_a_name_does_not_end_inside_a_number() -> None:
    assert links("diabetes mellitus, type 2.5") == [("diabetes mellitus", "x:t2")]
    assert links("diabetes mellitus, type 2.") == [("diabetes mellitus, type 2", "x:t2")]


def test_a_candidate_says_how_it_was_found() -> None:
    ways = {text: LINKER(text)[0].candidates[0] for text in ("breast cancer", "breast cancers")}
    assert ways["breast cancer"].way == "exact"
    assert ways["breast cancer"].score == 1.0
    assert ways["breast cancers"].way == "inflected"
    assert ways["breast cancers"].score < 1.0


AMBIGUOUS = KnowledgeGraph(
    [
        concept("x:river", "river bank", "bank", definition="The land beside a stream of water."),
        concept("x:money", "financial house", "bank", definition="A place that lends money."),
        concept("x:house", "house"),
        concept("x:villa", "villa", "dwelling"),
        concept("x:home", "home", "dwelling"),
    ],
    [("x:villa", BROADER, "x:home"), ("x:money", BROADER, "x:house")],
)


def test_context_decides_between_concepts_of_one_name() -> None:
    linker = Linker.build(AMBIGUOUS)
    assert links("the water at the bank", linker) == [("bank", "x:river")]
    assert links("the bank lends", linker) == [("bank", "x:money")]


def test_without_context_an_ambiguous_name_is_nil_and_keeps_its_candidates() -> None:
    (mention,) = Linker.build(AMBIGUOUS)("the bank")
    assert mention.iri == NIL
    assert mention.label == ""
    assert mention.score == 0.0
    assert [item.iri for item in mention.candidates] == ["x:money", "x:river"]


def test_of_a_concept_and_its_ancestor_the_ancestor_is_true_either_way() -> None:
    (mention,) = Linker.build(AMBIGUOUS)("a dwelling")
    assert mention.iri == "x:home"


def test_a_more_trusted_label_wins() -> None:
    graph = KnowledgeGraph([concept("x:a", "cold"), concept("x:b", "catarrh", "cold")])
    assert links("a cold", Linker.build(graph)) == [("cold", "x:a")]


def test_candidates_are_limited() -> None:
    graph = KnowledgeGraph([concept(f"x:{n}", f"name {n} x", "shared") for n in range(9)])
    linker = Linker.build(graph, options=LinkerOptions(max_candidates=3))
    assert [len(mention.candidates) for mention in linker("shared")] == [3]


def test_a_low_score_is_nil() -> None:
    related = Label(LabelKind.RELATED, "en", "lump")
    graph = KnowledgeGraph([Concept("x:a", labels=(related,))])
    assert links("a lump", Linker.build(graph)) == [("lump", "x:a")]
    strict = Linker.build(graph, options=LinkerOptions(threshold=0.8))
    assert links("a lump", strict) == [("lump", NIL)]


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"threshold": 1.7}, "threshold must be between 0 and 1, got 1.7"),
        ({"margin": -1}, "margin must be between 0 and 1, got -1"),
        ({"max_candidates": 0}, "max_candidates must be at least 1, got 0"),
        ({"context_width": -1}, "context_width must be at least 0, got -1"),
        ({"max_shared": 0}, "max_shared must be at least 1, got 0"),
    ],
)
def test_options_are_checked(options: dict[str, float], message: str) -> None:
    with pytest.raises(OntologyError, match=message):
        LinkerOptions(**options)  # type: ignore[arg-type]


def test_chinese_needs_no_spaces() -> None:
    graph = KnowledgeGraph([concept("x:a", "糖尿病", language="zh")])
    linker = Linker.build(graph, language="zh")
    assert links("患者有2型糖尿病史。", linker) == [("糖尿病", "x:a")]


def test_german_names_are_inflected() -> None:
    graph = KnowledgeGraph([concept("x:a", "Arbeitsmarkt", language="de")])
    linker = Linker.build(graph, language="de")
    assert links("auf den Arbeitsmärkten", linker) == [("Arbeitsmärkten", "x:a")]
    assert links("des Arbeitsmarktes", linker) == [("Arbeitsmarktes", "x:a")]


@given(
    st.lists(
        st.one_of(
            st.sampled_from(
                ["breast", "cancer", "Alzheimer", "'s", "’s", "disease", "ALS", "bre\u00adast"]
                + [" ", "\n", "-", "-\n", "\u00a0", "\u200b", "\u0301", "β", "ß", "\u0430", "."]
            ),
            st.text(st.characters(codec="utf-8"), max_size=4),
        )
    ).map("".join)
)
def test_offsets_point_at_the_original_text(text: str) -> None:
    last = (0, -len(text))
    for mention in LINKER(text):
        assert text[mention.start : mention.end] == mention.text
        assert mention.text.strip() == mention.text != ""
        assert last <= (mention.start, -mention.end)
        last = (mention.start, -mention.end)


def everything(linker: Linker) -> list[list[Mention]]:
    texts = ["Alzheimer's disease and breast cancers", "WAS is ALS", "bank of water", "dwelling"]
    return [linker(text) for text in texts]


@pytest.mark.parametrize("graph", [GRAPH, AMBIGUOUS])
def test_a_saved_linker_links_the_same(graph: KnowledgeGraph, tmp_path: Path) -> None:
    linker = Linker.build(graph, options=LinkerOptions(margin=0.03))
    linker.save(tmp_path / "linker")
    loaded = Linker.load(tmp_path / "linker")
    assert everything(loaded) == everything(linker)
    assert loaded.options == linker.options
    assert loaded.fingerprint == graph.fingerprint
    assert loaded.lexicon.flagged == linker.lexicon.flagged


def test_a_linker_can_be_pickled() -> None:
    assert everything(pickle.loads(pickle.dumps(LINKER))) == everything(LINKER)


def test_a_folder_without_a_linker_is_refused(tmp_path: Path) -> None:
    with pytest.raises(OntologyError, match=r"no linker here \(linker.json is missing\)"):
        Linker.load(tmp_path)


@pytest.mark.parametrize("name", ["lexicon.json", "lexicon.safetensors", "lexicon.automaton"])
def test_a_missing_file_is_named(tmp_path: Path, name: str) -> None:
    LINKER.save(tmp_path)
    (tmp_path / name).unlink()
    with pytest.raises(OntologyError, match=f"the linker is incomplete .*{name}"):
        Linker.load(tmp_path)


@pytest.mark.parametrize("name", ["lexicon.json", "lexicon.safetensors", "lexicon.automaton"])
def test_a_damaged_file_is_named(tmp_path: Path, name: str) -> None:
    LINKER.save(tmp_path)
    content = bytearray((tmp_path / name).read_bytes())
    content[len(content) // 2] ^= 1
    (tmp_path / name).write_bytes(content)
    with pytest.raises(OntologyError, match=f"{name} is damaged: save the linker again"):
        Linker.load(tmp_path)


def test_a_damaged_header_is_refused(tmp_path: Path) -> None:
    LINKER.save(tmp_path)
    header = json.loads((tmp_path / "linker.json").read_text("utf-8"))
    (tmp_path / "linker.json").write_text("{", "utf-8")
    with pytest.raises(OntologyError, match="the linker is incomplete"):
        Linker.load(tmp_path)
    header["options"]["colour"] = "red"
    (tmp_path / "linker.json").write_text(json.dumps(header), "utf-8")
    with pytest.raises(OntologyError, match="the linker is incomplete.*colour"):
        Linker.load(tmp_path)


def test_the_candidates_for_all_stretches_of_a_text_take_one_reading(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    linker = Linker.build(KnowledgeGraph([concept("x:a", "lung cancer"), concept("x:b", "asthma")]))
    read: list[str] = []
    once = Linker.__call__

    def counted(linker: Linker, text: str) -> list[Mention]:
        read.append(text)
        return once(linker, text)

    monkeypatch.setattr(Linker, "__call__", counted)
    text, other = "lung cancer (LC), asthma", "asthma and lung cancer"
    found = [linker.candidates(text, *span)[0].iri for span in ((0, 11), (13, 15), (18, 24))]
    assert found == ["x:a", "x:a", "x:b"]
    assert linker.candidates(other, 0, 6)[0].iri == "x:b"
    assert read == [text, other]


@pytest.mark.parametrize("name", ["G6PD deficiency", "G-6PD deficiency", "deficiency of G6PD"])
def test_a_code_is_found_with_and_without_its_hyphen(name: str) -> None:
    linker = Linker.build(KnowledgeGraph([concept("x:a", "deficiency of G-6PD")]))
    (mention,) = linker(f"a {name}")
    assert (mention.text, mention.iri) == (name, "x:a")
