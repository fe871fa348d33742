from __future__ import annotations

import pytest

from ontograft.kg.inflection import english, english_name


@pytest.mark.parametrize(
    ("word", "form"),
    [
        ("tumor", "tumors"),
        ("biopsy", "biopsies"),
        ("abscess", "abscesses"),
        ("diagnosis", "diagnoses"),
        ("carcinoma", "carcinomata"),
        ("carcinomata", "carcinoma"),
        ("arthritis", "arthritides"),
        ("arthritides", "arthritis"),
        ("thrombus", "thrombi"),
        ("diseases", "disease"),
        ("neuropathies", "neuropathy"),
        ("metastases", "metastasis"),
        ("abscesses", "abscess"),
        ("bacterium", "bacteria"),
        ("bacteria", "bacterium"),
        ("vertebra", "vertebrae"),
        ("vertebra", "vertebras"),
        ("foot", "feet"),
        ("children", "child"),
        ("index", "indices"),
    ],
)
def test_english_nouns(word: str, form: str) -> None:
    assert form in english(word)


@pytest.mark.parametrize("word", ["hives", "virus", "economics", "2", "x", "piles"])
def test_english_words_that_are_no_plurals(word: str) -> None:
    assert word[:-1] not in english(word)


@pytest.mark.parametrize(
    ("name", "form"),
    [
        ("breast cancer", "breast cancers"),
        ("germ cells", "germ cell"),
        ("cancer of the breast", "cancers of the breast"),
        ("carcinoma in situ", "carcinomas in situ"),
        ("disease due to lead", "diseases due to lead"),
        ("glycogen storage disease type 2", "glycogen storage diseases type 2"),
        ("amyotrophic lateral sclerosis 10", "amyotrophic lateral scleroses 10"),
        ("foot and mouth disease", "foot and mouth diseases"),
    ],
)
def test_the_head_of_an_english_name_is_inflected(name: str, form: str) -> None:
    assert form in list(english_name(name.split()))
