from __future__ import annotations

import pickle

from hypothesis import given
from hypothesis import strategies as st

from ontograft.kg.near_words import NearWords

WORDS = st.text("abc\u00e9\U00010330", min_size=1, max_size=6)


def rests(word: str) -> set[str]:
    return {word, *(word[:place] + word[place + 1 :] for place in range(1, len(word) - 1))}


@given(st.sets(WORDS), st.sets(WORDS))
def test_words_are_found_by_what_is_left_of_them(known: set[str], given_words: set[str]) -> None:
    found = set(NearWords(sorted(known))(sorted(given_words)))
    assert found == {(a, b) for a in given_words for b in known if rests(a) & rests(b)}


def test_many_words_are_found_in_chunks() -> None:
    near = NearWords(f"word{number}x" for number in range(40_000))
    assert ("wrod39999x", "word39999x") in set(near(["wrod39999x"]))
    both = set(near(["wrod7x", "other", "wordd39998x"]))
    assert {("wrod7x", "word7x"), ("wordd39998x", "word39998x")} <= both
    assert {given for given, _ in both} == {"wrod7x", "wordd39998x"}


def test_a_word_much_longer_than_any_costs_nothing() -> None:
    assert list(NearWords(["cancer"])(["c" * 10**6])) == []
    assert list(NearWords([])(["cancer"])) == []


def test_each_pair_that_shares_a_rest_is_found_however_often() -> None:
    assert set(NearWords(["abb", "ab", "b"])(["abb"])) == {("abb", "abb"), ("abb", "ab")}
    assert set(NearWords(["axb", "ayb"])(["azb"])) == {("azb", "axb"), ("azb", "ayb")}
    assert list(NearWords([])(["abb"])) == []


def test_another_ending_is_not_near() -> None:
    assert list(NearWords(["tumor", "cyst"])(["tumors", "cysta", "cys"])) == []


def test_what_is_found_can_be_pickled() -> None:
    near = pickle.loads(pickle.dumps(NearWords(["cancer"])))
    assert list(near(["canncer"])) == list(NearWords(["cancer"])(["canncer"])) != []


def test_words_of_more_than_64_letters_are_left_out() -> None:
    words = ["a" * 64, "b" * 65]
    assert set(NearWords(words)(words)) == {("a" * 64, "a" * 64)}
