from __future__ import annotations

import pytest

from ontograft.kg.german import german, german_name, parts_of, split_compound


@pytest.mark.parametrize(
    ("word", "form"),
    [
        ("markt", "maerkte"),
        ("arbeitsmarkt", "arbeitsmarktes"),
        ("arbeitsmarkt", "arbeitsmaerkten"),
        ("haus", "haeuser"),
        ("haus", "hauses"),
        ("gut", "guetern"),
        ("laender", "land"),
        ("zeitung", "zeitungen"),
        ("zeitungen", "zeitung"),
        ("bank", "banken"),
        ("banken", "bank"),
        ("ausgabe", "ausgaben"),
        ("gewerbe", "gewerbes"),
        ("maerkte", "markt"),
        ("auto", "autos"),
        ("lehrerin", "lehrerinnen"),
        ("lehrerinnen", "lehrerin"),
        ("arbeiter", "arbeitern"),
        ("mangel", "maengel"),
        ("prozess", "prozesses"),
        ("zentrum", "zentren"),
        ("thema", "themen"),
        ("zyklus", "zyklen"),
        ("verhaeltnis", "verhaeltnisse"),
        ("kapital", "kapitals"),
        ("konsument", "konsumenten"),
        ("tourist", "touristen"),
        ("oel", "oels"),
        ("papier", "papieres"),
        ("computerspiel", "computerspiele"),
        ("raum", "raeume"),
        ("preisindex", "preisindizes"),
        ("girokonto", "girokonten"),
        ("software", "softwares"),
        ("medien", "medium"),
        ("beduerfnisse", "beduerfnis"),
    ],
)
def test_german_nouns(word: str, form: str) -> None:
    assert form in german(word)


@pytest.mark.parametrize("word", ["ei", "2000", "b2b"])
def test_what_is_not_inflected(word: str) -> None:
    assert german(word) == ()


@pytest.mark.parametrize(
    ("name", "form"),
    [
        ("oeffentlicher verkehr", "oeffentlichen verkehrs"),
        ("oeffentlicher verkehr", "oeffentlichem verkehr"),
        ("implizites wissen", "impliziten wissens"),
        ("neue weltwirtschaftsordnung", "neuen weltwirtschaftsordnung"),
        ("vollkommene information", "vollkommenen informationen"),
        ("theorie der strategischen spiele", "theorien der strategischen spiele"),
        ("forschung und entwicklung", "forschungen und entwicklung"),
    ],
)
def test_german_names(name: str, form: str) -> None:
    assert form in list(german_name(name.split()))


def test_the_head_of_a_german_name_only_is_inflected() -> None:
    assert "theorie der strategischen spielen" not in list(
        german_name(["theorie", "der", "strategischen", "spiele"])
    )


@pytest.mark.parametrize(
    ("word", "parts"),
    [
        ("steuerpolitik", ["steuer politik"]),
        ("arbeitsmarktpolitik", ["arbeitsmarkt politik"]),
        ("umweltbericht", ["umwelt bericht"]),
        ("arbeitsmarkt", ["arbeits markt"]),
        ("datenspeicher", []),
        ("politik", []),
        ("geopolitik", []),  # three letters are too few for a word
    ],
)
def test_compounds(word: str, parts: list[str]) -> None:
    assert list(split_compound(word, {"politik", "markt", "arbeit", "umwelt"})) == parts


def test_the_parts_of_two_compounds_are_known() -> None:
    words = {"umwelt", "markt", "umweltbericht", "marktbericht", "umweltrecht"}
    assert parts_of(words) == words | {"bericht", "umwelt"}
