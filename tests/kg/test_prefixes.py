from __future__ import annotations

import pytest

from ontograft.kg.prefixes import rejoined


@pytest.mark.parametrize(
    ("name", "other"),
    [
        ("preeclampsia", "pre eclampsia"),
        ("pre eclampsia", "preeclampsia"),
        ("non small cell carcinoma", "nonsmall cell carcinoma"),
        ("gastroesophageal reflux", "gastro esophageal reflux"),
        ("posttraumatic stress", "post traumatic stress"),
        ("coinfection", "co infection"),
        ("micro organism", "microorganism"),
    ],
)
def test_a_prefix_may_be_joined_or_apart(name: str, other: str) -> None:
    assert list(rejoined(name)) == [other]


@pytest.mark.parametrize("name", ["microscope", "cold", "neuroma", "nonne", "disease pre"])
def test_other_names_stay(name: str) -> None:
    assert list(rejoined(name)) == []
