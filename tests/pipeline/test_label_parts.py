from __future__ import annotations

import pytest

from ontograft.pipeline.label_parts import MOST_WORDS, name_parts


def parts(name: str, language: str = "en") -> tuple[tuple[str, ...], ...]:
    heads = {"diseases", "infections", "krankheiten"}
    return name_parts(name, language=language, is_head=lambda word: word.lower() in heads)


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("Eye Diseases", (("Eye Diseases",),)),
        ("Android Diseases", (("Android Diseases",),)),
        ("Skin and Eye Diseases", (("Skin Diseases", "Skin"), ("Eye Diseases",))),
        (
            "Female Genital Diseases and Pregnancy",
            (
                ("Female Genital Diseases",),
                ("Female Genital Pregnancy", "Female Pregnancy", "Pregnancy"),
            ),
        ),
        (
            "Skin, Eye & Ear Diseases",
            (("Skin Diseases", "Skin"), ("Eye Diseases", "Eye"), ("Ear Diseases",)),
        ),
    ],
)
def test_a_name_is_taken_apart(name: str, expected: tuple[tuple[str, ...], ...]) -> None:
    assert parts(name) == expected


def test_the_likelier_completion_comes_first() -> None:
    assert parts("Skin or Connective Tissue Diseases")[0] == (
        "Skin Tissue Diseases",
        "Skin Diseases",
        "Skin",
    )
    assert parts("Diseases of the eye and ear")[1] == (
        "Diseases of the ear",
        "Diseases of ear",
        "Diseases ear",
        "ear",
    )


def test_conjunctions_are_those_of_the_language() -> None:
    assert parts("Haut- und Augen Krankheiten", "de-AT")[1] == ("Augen Krankheiten",)
    assert len(parts("Haut- und Augen Krankheiten", "en")) == 1


def test_a_description_stays_whole() -> None:
    name = " and ".join(["ear"] * (MOST_WORDS // 2 + 1))
    assert parts(name) == ((name,),)
