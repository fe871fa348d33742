from __future__ import annotations

import pytest

from ontograft.kg.variants import WAYS, rules_for, surfaces, unqualified, variants


def forms(name: str, language: str = "en", known: tuple[str, ...] = ()) -> dict[str, str]:
    found: dict[str, str] = {}
    for form, way in variants(name, rules_for(language), known):
        found.setdefault(form, way)
    return found


@pytest.mark.parametrize(
    ("name", "form", "way"),
    [
        ("breast cancer", "breast cancer", "normalised"),
        ("breast cancer", "breast cancers", "inflected"),
        ("breast cancer", "cancer of the breast", "reordered"),
        ("breast cancer", "cancers of the breast", "reordered"),
        ("breast cancer", "cancer  breast", "inverted"),
        ("breast cancer", "breast  cancer of", "inverted"),
        ("breast cancer", "mammary cancer", "derived"),
        ("cancer of the breast", "breast cancer", "reordered"),
        ("cancer of breast", "cancer of the breast", "reordered"),
        ("cancer of breast", "cancers of breast", "inflected"),
        ("cancer  breast", "breast cancer", "reordered"),
        ("cancer  breast", "cancer of the breast", "reordered"),
        ("breast  cancer of", "breast cancer", "reordered"),
        ("renal cell carcinoma  papillary", "papillary renal cell carcinoma", "reordered"),
        ("anemia  hemolytic  autoimmune", "autoimmune haemolytic anaemia", "reordered"),
        ("diabetes  type 2", "diabetes type 2", "normalised"),
        ("diabetes type 2", "diabetes  type 2", "reordered"),
        ("diabetes type 2", "diabetes type ii", "numeral"),
        ("tumor", "tumour", "spelling"),
        ("tumour", "tumors", "inflected"),
        ("glomus tumor", "glomus tumours", "inflected"),
        ("deficiency of x hydroxylase", "x hydroxylase deficiency", "reordered"),
        ("alpha 1 antitrypsin deficiency", "alpha1 antitrypsin deficiency", "normalised"),
        ("preeclampsia", "pre eclampsia", "normalised"),
        ("renal failure", "kidney failures", "derived"),
    ],
)
def test_english_variants(name: str, form: str, way: str) -> None:
    assert forms(name)[form] == way


def test_a_reading_in_brief_changes_neither_order_nor_words() -> None:
    brief = dict(variants("renal cancer", rules_for("en"), thorough=False))
    assert set(brief.values()) == {"normalised", "inflected"}


def test_a_language_without_rules_has_the_name_only() -> None:
    assert set(forms("kanker payudara", "id")) == {"kanker payudara"}


def test_german_names_are_declined_and_compounds_taken_apart() -> None:
    found = forms("steuerpolitik", "de", known=("politik",))
    assert found["steuerpolitiken"] == "inflected"
    assert found["steuer politik"] == "normalised"
    assert found["steuer politiken"] == "inflected"
    assert "oeffentlicher ausgaben" in forms("oeffentliche ausgaben", "de")


def test_rules_fold_as_their_language_does() -> None:
    assert rules_for("de-AT").fold("Märkte").text == "maerkte"
    assert rules_for("sv").fold("Märkte").text == "märkte"
    assert rules_for("en").fold("Sjögren").text == "sjogren"


@pytest.mark.parametrize(
    ("label", "surface"),
    [
        ("non-Hodgkin lymphoma", ("nonHodgkin lymphoma", "normalised")),
        ("Alzheimer's disease", ("Alzheimers disease", "normalised")),
        ("Alzheimer disease", ("Alzheimers disease", "normalised")),
        ("late-onset Parkinson disease", ("late-onset Parkinsons disease", "normalised")),
        ("nephrotic syndrome (disorder)", ("nephrotic syndrome", "unqualified")),
        ("Aortitis NOS", ("Aortitis", "unqualified")),
        ("gastritis, unspecified (disorder)", ("gastritis", "unqualified")),
        ("ataxia [ambiguous]", ("ataxia", "unqualified")),
    ],
)
def test_surfaces(label: str, surface: tuple[str, str]) -> None:
    assert surface in list(surfaces(label))


@pytest.mark.parametrize("label", ["renal disease", "Crohns disease", "Mediterranean disease"])
def test_what_is_no_name_of_a_person_takes_no_s(label: str) -> None:
    assert not any("s disease" in surface for surface, _ in surfaces(label))


def test_a_label_that_is_all_qualifier_stays() -> None:
    assert unqualified("(disorder)") == "(disorder)"
    assert unqualified("type (2)") == "type (2)"


def test_each_way_stands_once() -> None:
    assert len(set(WAYS)) == len(WAYS)
