from __future__ import annotations

import pytest

from ontograft.kg.inflection import english, german, german_adjective
from ontograft.kg.variants import rules_for, surfaces, variants


def forms(name: str, language: str = "en") -> dict[str, str]:
    found: dict[str, str] = {}
    for form, way in variants(name, rules_for(language)):
        found.setdefault(form, way)
    return found


@pytest.mark.parametrize(
    ("name", "form", "way"),
    [
        ("breast cancer", "breast cancer", "normalised"),
        ("breast cancer", "breast cancers", "inflected"),
        ("breast cancer", "cancer of the breast", "reordered"),
        ("breast cancer", "cancers of breast", "reordered"),
        ("cancer of the breast", "breast cancer", "reordered"),
        ("cancer of breast", "cancer of the breast", "reordered"),
        ("cancer of breast", "cancers of breast", "inflected"),
        ("cancer  breast", "breast cancer", "reordered"),
        ("diabetes  type 2", "diabetes type 2", "normalised"),
        ("tumor", "tumour", "spelling"),
        ("tumour", "tumors", "inflected"),
        ("anemia", "anaemia", "spelling"),
        ("hemophilia", "haemophilia", "spelling"),
        ("oesophagitis", "esophagitis", "spelling"),
    ],
)
def test_english_variants(name: str, form: str, way: str) -> None:
    assert forms(name)[form] == way


def test_an_adjective_does_not_go_behind_of() -> None:
    assert "disease of the renal" not in forms("renal disease")


def test_a_language_without_rules_has_the_name_only() -> None:
    assert list(forms("kanker payudara", "id")) == ["kanker payudara"]


@pytest.mark.parametrize(
    ("word", "form"),
    [
        ("tumor", "tumors"),
        ("biopsy", "biopsies"),
        ("abscess", "abscesses"),
        ("diagnosis", "diagnoses"),
        ("carcinoma", "carcinomata"),
        ("arthritis", "arthritides"),
        ("thrombus", "thrombi"),
        ("diseases", "disease"),
        ("neuropathies", "neuropathy"),
        ("metastases", "metastasis"),
        ("abscesses", "abscess"),
    ],
)
def test_english_nouns(word: str, form: str) -> None:
    assert form in english(word)


@pytest.mark.parametrize("word", ["hives", "virus", "economics", "2", "x"])
def test_english_words_that_are_no_plurals(word: str) -> None:
    assert word[:-1] not in english(word)


@pytest.mark.parametrize(
    ("word", "form"),
    [
        ("markt", "märkte"),
        ("arbeitsmarkt", "arbeitsmarktes"),
        ("haus", "häuser"),
        ("zeitung", "zeitungen"),
        ("zeitungen", "zeitung"),
        ("bank", "banken"),
        ("banken", "bank"),
        ("ausgabe", "ausgaben"),
        ("märkte", "markt"),
        ("auto", "autos"),
        ("lehrerin", "lehrerinnen"),
        ("arbeiter", "arbeitern"),
    ],
)
def test_german_nouns(word: str, form: str) -> None:
    assert form in german(word)


def test_german_adjectives_are_declined_with_their_noun() -> None:
    assert "öffentlichen" in german_adjective("öffentliche")
    assert german_adjective("rot") == ()
    assert "öffentlicher ausgaben" in forms("öffentliche ausgaben", "de")


@pytest.mark.parametrize(
    ("label", "surface"),
    [
        ("non-Hodgkin lymphoma", ("nonHodgkin lymphoma", "normalised")),
        ("Alzheimer's disease", ("Alzheimers disease", "normalised")),
        ("nephrotic syndrome (disorder)", ("nephrotic syndrome", "unqualified")),
    ],
)
def test_surfaces(label: str, surface: tuple[str, str]) -> None:
    assert surface in list(surfaces(label))
