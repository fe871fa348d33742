from __future__ import annotations

import pytest

from ontograft.kg.numerals import in_other_numerals, is_number


@pytest.mark.parametrize(
    ("name", "other"),
    [
        ("diabetes type 2", "diabetes type ii"),
        ("diabetes type ii", "diabetes type 2"),
        ("type iia disease", "type 2a disease"),
        ("type 2a disease", "type iia disease"),
        ("factor viii deficiency", "factor 8 deficiency"),
        ("factor x deficiency", "factor 10 deficiency"),
        ("grade iv glioma", "grade 4 glioma"),
        ("bipolar i disorder", "bipolar 1 disorder"),
        ("mucopolysaccharidosis i", "mucopolysaccharidosis 1"),
        ("glycogen storage disease 5", "glycogen storage disease v"),
        ("trisomy 18", "trisomy xviii"),
        ("type 39 x", "type xxxix x"),
    ],
)
def test_roman_and_arabic_numerals(name: str, other: str) -> None:
    assert [" ".join(words) for words in in_other_numerals(name.split())] == [other]


@pytest.mark.parametrize(
    "name",
    [
        *("trisomy x", "vitamin d", "hepatitis c", "protein c deficiency", "i cell disease", "x"),
        *("v", "type 0", "type 40", "mild vi disease", "type z", "type vx"),
    ],
)
def test_letters_that_are_no_numbers(name: str) -> None:
    assert list(in_other_numerals(name.split())) == []


def test_a_single_letter_is_no_number_by_itself() -> None:
    assert is_number("2a")
    assert is_number("iv")
    assert not is_number("i")
    assert not is_number("cancer")
