from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ontograft.kg.folding import fold


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        ("Breast CANCER", "breast cancer"),
        ("breast-cancer", "breast cancer"),
        ("breast\u00a0cancer", "breast cancer"),
        ("breast \u00a0\n cancer", "breast cancer"),
        ("breast\ncancer", "breast cancer"),
        ("bre\u00adast can\u200bcer\u200f", "breast cancer"),
        ("ｂｒｅａｓｔ ﬁbroma", "breast fibroma"),
        ("carci-\n noma", "carcinoma"),
        ("carci\u00ad\nnoma", "carcinoma"),
        ("One ends.\n Two begins", "one ends   two begins"),
        ("one ends \ntwo begins", "one ends two begins"),
        ("one ends\n two_\n begins", "one ends two  begins"),
        ("one ends. \n\n Two begins", "one ends     two begins"),
        ("\n one (two)\n three", "  one  two   three"),
        ("carci-\nnoma", "carcinoma"),
        ("Alzheimer's disease", "alzheimer disease"),
        ("Alzheimer\u2019s disease", "alzheimer disease"),
        ("d\u2019amour", "d amour"),
        ("patients' rights", "patients rights"),
        ("cancer, breast", "cancer  breast"),
        ("non\u2011small", "non small"),
        ("Sjögren", "sjogren"),
        ("Sjo\u0308gren", "sjogren"),
        ("Straße STRASSE", "strasse strasse"),
        ("β-thalassemia", "beta thalassemia"),
        ("NF-κB", "nf kappab"),
        ("άλφα", "άλφα"),
        ("10⁵", "10⁵"),
        ("CO₂", "co2"),
        ("", ""),
    ],
)
def test_folding_keeps_only_what_has_meaning(text: str, folded: str) -> None:
    assert fold(text).text == folded


def test_marks_are_kept_where_they_tell_words_apart() -> None:
    assert fold("Bär", keep_marks=True).text == "bär"
    assert fold("Ba\u0308r", keep_marks=True).text == "bär"


def test_umlauts_may_be_spelt() -> None:
    folded = fold("Ma\u0308rkte, Ökonomie für Straßen", keep_marks=True, spell_umlauts=True)
    assert folded.text == "maerkte  oekonomie fuer strassen"
    assert (folded.start(9), folded.end(18)) == (9, 17)


def test_characters_of_unspaced_scripts_are_words() -> None:
    assert fold("2型糖尿病").text.split() == ["2", "型", "糖", "尿", "病"]


def test_a_match_leads_back_to_the_original() -> None:
    text = "The  Alzheimer\u2019s  ﬁrst"
    folded = fold(text)
    begin = folded.text.index("alzheimer")
    assert text[folded.start(begin) : folded.end(begin + 9)] == "Alzheimer"
    begin = folded.text.index("first")
    assert text[folded.start(begin) : folded.end(begin + 5)] == "ﬁrst"


@pytest.mark.parametrize("text", ["c\u0430ncer", "\u0441ancer", "ß-blocker", "cαncer"])
def test_look_alike_letters_are_reported(text: str) -> None:
    suspicious = fold(text).suspicious
    assert len(suspicious) == 1
    assert suspicious[0][0] == 0


@pytest.mark.parametrize("text", ["рак молочной железы", "TNFα", "Straße", "β-blocker"])
def test_other_scripts_are_not_suspicious(text: str) -> None:
    assert fold(text).suspicious == ()


WORDS = st.text(
    st.one_of(
        st.sampled_from("aAzß '\u2019-\n\t\u00a0\u00ad\u200b\u0301\u0430αﬁ糖İ①½.,;1"),
        st.characters(codec="utf-8"),
    )
)


@given(text=WORDS, keep_marks=st.booleans(), spell_umlauts=st.booleans())
def test_each_word_of_the_folded_text_comes_from_somewhere(
    text: str, keep_marks: bool, spell_umlauts: bool
) -> None:
    folded = fold(text, keep_marks=keep_marks, spell_umlauts=spell_umlauts)
    last = 0
    for position, char in enumerate(folded.text):
        start, end = folded.start(position), folded.end(position + 1)
        assert 0 <= start <= end <= len(text)
        assert start >= last
        last = start
        if char != " ":
            assert start < end
