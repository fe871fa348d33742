from __future__ import annotations

import numpy as np

from ontograft.kg.word_codes import NEW, WIDTH, WordCodes, encoded, group_words


def related(word: str) -> set[str]:
    return {word, word + "s", word.replace("ou", "o")}


def test_words_that_may_stand_for_each_other_are_one_group() -> None:
    given = ["tumour", "tumor", "lung"]
    words, groups = group_words(given, map(related, given))
    assert words[:3] == ["tumour", "tumor", "lung"]
    group = dict(zip(words, groups.tolist(), strict=True))
    assert len({group[word] for word in ("tumour", "tumor", "tumours", "tumors")}) == 1
    assert group["lung"] == group["lungs"] != group["tumor"]


def test_a_text_and_a_pattern_have_the_same_codes() -> None:
    given = ["", "lung", "cancer"]
    words, groups = group_words(given, map(related, given))
    codes = WordCodes(words, groups)
    number = {word: place for place, word in enumerate(words)}
    sequence = [number[word] for word in ("lung", "", "cancer", "lung")]
    first, second = encoded(groups[sequence], np.array([3, 1]))
    assert codes.encode(["lungs", "", "cancers"]) == first
    assert codes.encode(["lung"]) == second
    assert len(first) == 3 * WIDTH


def test_an_unknown_word_has_a_code_that_no_pattern_has() -> None:
    codes = WordCodes(["a"], np.array([0], dtype=np.int32))
    assert codes.encode(["a", "b"])[WIDTH:] == codes.encode(["c"])
    assert codes.encode(["a"]) != codes.encode(["b"])
    assert "a" in codes
    assert "b" not in codes
    assert (list(codes), len(codes)) == (["a"], 1)


def test_a_word_is_new_until_it_is_met() -> None:
    codes = WordCodes(["a"], np.array([0], dtype=np.int32))
    assert NEW in codes.encode(["a", "b"])
    codes.meet(["a", "b", "c" * 65])
    assert NEW not in codes.encode(["a", "b"])
    words = ["a", "b", "c" * 65, "d", "b"]
    assert codes.new(words, codes.encode(words)) == ["c" * 65, "d"]
    assert codes.new(["a"], codes.encode(["a"])) == []
    assert codes.unmet(words) == ["c" * 65, "d"]
    assert "b" not in codes
    assert (list(codes), len(codes)) == (["a"], 1)


def test_each_of_a_million_groups_has_a_code_of_its_own() -> None:
    count = 1 << 20
    every = encoded(np.arange(count, dtype=np.int32), np.ones(count, dtype=np.int64))
    assert len(set(every)) == count
    every[0].encode()  # no surrogates
    every[-1].encode()
