from __future__ import annotations

import pytest

from ontograft.kg import Concept, KnowledgeGraph, Label, LabelKind, Linker, LinkerOptions


def linker(language: str, **labels: str) -> Linker:
    concepts = [
        Concept(f"x:{name}", labels=(Label(LabelKind.PREFERRED, language, text),))
        for name, text in labels.items()
    ]
    return Linker.build(KnowledgeGraph(concepts), language=language)


ENGLISH = linker(
    "en",
    breast="breast cancer",
    ovarian="ovarian cancer",
    lung="lung cancer",
    hboc="hereditary breast ovarian cancer",
    one="diabetes type 1",
    two="diabetes type 2",
    heart="heart disease",
    asthma="asthma",
)
GERMAN = linker(
    "de", geld="Geldpolitik", fiskal="Fiskalpolitik", steuer="Steuerpolitik", recht="Steuerrecht"
)


def found(text: str, by: Linker = ENGLISH) -> set[tuple[str, str]]:
    """The concept of each mention, with its pieces as the text writes them."""
    return {
        (
            mention.iri,
            " ... ".join(text[start:end] for start, end in mention.fragments) or mention.text,
        )
        for mention in by(text)
    }


@pytest.mark.parametrize(
    "text",
    [
        "breast and ovarian cancer",
        "breast or ovarian cancer",
        "breast and/or ovarian cancer",
        "breast as well as ovarian cancer",
        "Breast and Ovarian Cancer",
        "breast and ovarian cancers",
    ],
)
def test_two_names_share_their_last_word(text: str) -> None:
    concepts = [mention.iri for mention in ENGLISH(text)]
    assert concepts == ["x:breast", "x:ovarian"]


def test_the_interrupted_mention_keeps_its_pieces() -> None:
    text = "risk of breast and ovarian cancer"
    first, second = ENGLISH(text)
    assert (first.text, first.fragments) == ("breast and ovarian cancer", ((8, 14), (27, 33)))
    assert (second.text, second.nested, second.fragments) == ("ovarian cancer", True, ())
    assert first.candidates[0].way == "coordinated"


def test_a_slash_joins_two_names() -> None:
    assert [mention.iri for mention in ENGLISH("lung/breast cancer")] == ["x:lung", "x:breast"]


def test_three_names_share_their_last_word() -> None:
    assert {iri for iri, _ in found("lung, breast, and ovarian cancer")} == {
        "x:lung",
        "x:breast",
        "x:ovarian",
    }


def test_two_names_share_their_first_words() -> None:
    assert found("diabetes type 1 and 2 in children") == {
        ("x:one", "diabetes type 1"),
        ("x:two", "diabetes type ... 2"),
    }


def test_what_is_a_name_as_a_whole_is_taken_as_one() -> None:
    assert ("x:hboc", "hereditary breast and ovarian cancer") in found(
        "hereditary breast and ovarian cancer"
    )


@pytest.mark.parametrize(
    "text",
    ["asthma and heart disease", "the nurse and heart disease", "of liver and heart disease"],
)
def test_only_names_of_the_lexicon_are_completed(text: str) -> None:
    assert not any(mention.fragments for mention in ENGLISH(text))


def test_german_compounds_share_their_last_part() -> None:
    assert found("Geld- und Fiskalpolitik", GERMAN) == {
        ("x:geld", "Geld ... politik"),
        ("x:fiskal", "Fiskalpolitik"),
    }


def test_a_word_of_a_name_before_the_compound_is_no_part_of_it() -> None:
    german = linker("de", geld="Geldpolitik", fiskal="Fiskalpolitik", ziele="Die Ziele")
    assert ("x:geld", "Geld ... politik") in found("Die Geld- und Fiskalpolitik", german)


def test_german_compounds_share_their_first_part() -> None:
    assert found("Steuerpolitik und -recht", GERMAN) == {
        ("x:steuer", "Steuerpolitik"),
        ("x:recht", "Steuer ... recht"),
    }


def test_the_option_switches_it_off() -> None:
    plain = Linker(ENGLISH.lexicon, LinkerOptions(coordination=False))
    assert found("breast and ovarian cancer", plain) == {("x:ovarian", "ovarian cancer")}
