from __future__ import annotations

import pytest

from ontograft.kg.derivation import derived


def names(name: str) -> list[str]:
    return [" ".join(words) for words in derived(name.split())]


@pytest.mark.parametrize(
    ("name", "other"),
    [
        ("prostate adenocarcinoma", "prostatic adenocarcinoma"),
        ("prostatic adenocarcinoma", "prostate adenocarcinoma"),
        ("kidney failure", "renal failure"),
        ("hepatic abscess", "liver abscess"),
        ("heart failure", "cardiac failure"),
        ("ovarian cancer", "ovary cancer"),
        ("chronic lung disease", "chronic pulmonary disease"),
        ("nodal disease", "lymph node disease"),
        ("hereditary ataxia", "inherited ataxia"),
        ("familial gout", "hereditary gout"),
        ("movement disorder", "movement disease"),
        ("metabolic diseases", "metabolic disorders"),
        ("neurofibromatosis type 1", "neurofibromatosis 1"),
        ("spinocerebellar ataxia 1", "spinocerebellar ataxia type 1"),
    ],
)
def test_names_that_say_the_same(name: str, other: str) -> None:
    assert other in names(name)


@pytest.mark.parametrize("name", ["kidney", "familial", "hepatitis c", "factor 8", "cancer"])
def test_names_without_another(name: str) -> None:
    assert names(name) == []
