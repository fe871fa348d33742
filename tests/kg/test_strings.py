from __future__ import annotations

import pickle

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ontograft.kg.strings import Strings


@given(st.lists(st.text(st.characters(exclude_categories=()), max_size=5)))
def test_strings_come_back(strings: list[str]) -> None:
    packed = Strings.pack(strings)
    assert len(packed) == len(strings)
    assert list(packed) == strings
    assert [packed[number] for number in range(len(packed))] == strings
    assert packed[1:3] == tuple(strings[1:3])


def test_a_string_is_found_from_the_end() -> None:
    assert Strings.pack(["a", "be", "\u00e9"])[-1] == "\u00e9"


@pytest.mark.parametrize("number", [2, -3])
def test_a_string_that_is_not_there_is_refused(number: int) -> None:
    with pytest.raises(IndexError, match=f"there are 2 strings, asked for number {number}"):
        Strings.pack(["a", "b"])[number]


def test_strings_can_be_pickled_and_read_from_either_end() -> None:
    strings = Strings.pack(["one", "", "dr\u00e9i"])
    again = pickle.loads(pickle.dumps(strings))
    assert list(again) == list(strings)
    assert (again[-1], again[-3], again[2]) == ("dr\u00e9i", "one", "dr\u00e9i")
