from __future__ import annotations

import pytest

from ontograft.kg.word_order import around_of, around_type, inverted, turned


def of(name: str) -> list[str]:
    return list(around_of(name.split(), "of", ("the",)))


@pytest.mark.parametrize(
    ("name", "other"),
    [
        ("cancer  breast", "breast cancer"),
        ("renal cell carcinoma  papillary", "papillary renal cell carcinoma"),
        ("anemia  hemolytic  autoimmune", "autoimmune hemolytic anemia"),
    ],
)
def test_parts_around_commas_are_turned(name: str, other: str) -> None:
    assert list(turned(name, " ".join(name.split()))) == [other]


@pytest.mark.parametrize(
    "name",
    [
        *("hypertension  due to kidney disease", "breast cancer", "a  b  c  d", "cancer  "),
        *("gastritis  without bleeding", "edema  unspecified"),
    ],
)
def test_remarks_behind_a_comma_stay(name: str) -> None:
    assert list(turned(name, " ".join(name.split()))) == []


def test_head_and_modifier_around_of() -> None:
    both = ["cancer of breast", "cancer of the breast"]
    assert of("breast cancer") == both
    assert of("cancer of the breast") == ["breast cancer", *both]
    assert of("carcinoma in situ of breast")[0] == "breast carcinoma in situ"
    assert of("glucose phosphate dehydrogenase deficiency")[0] == (
        "deficiency of glucose phosphate dehydrogenase"
    )
    assert of("liver disease") == ["disease of liver", "disease of the liver"]


@pytest.mark.parametrize(
    "name",
    [
        *("renal disease", "down syndrome", "krabbe disease", "cancer", "tumor of lobe of lung"),
        *("disease of liver due to alcohol", "large blue whale fall", "stage 2 cancer", "x ray"),
    ],
)
def test_what_is_not_turned_around_of(name: str) -> None:
    assert of(name) == []


def test_the_order_of_an_index() -> None:
    assert list(inverted(["breast", "cancer"], "of")) == ["cancer  breast", "breast  cancer of"]
    assert list(inverted(["hemolytic", "anemia"], "of")) == ["anemia  hemolytic"]
    assert list(inverted(["cancer"], "of")) == []
    assert list(inverted(["type", "2", "diabetes"], "of")) == []


@pytest.mark.parametrize(
    ("name", "others"),
    [
        ("syndrome x type 4", ["type 4 syndrome x", "syndrome x  type 4"]),
        ("type iv long syndrome", ["long syndrome type iv", "long syndrome  type iv"]),
        ("hemophilia a type", []),
        ("diabetes type", []),
        ("blood group antigen", []),
        ("disease type a", ["type a disease", "disease  type a"]),
    ],
)
def test_a_type_stands_before_or_behind(name: str, others: list[str]) -> None:
    assert list(around_type(name.split())) == others
