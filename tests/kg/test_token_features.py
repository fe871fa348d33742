from __future__ import annotations

import pytest

from ontograft.kg import Candidate, LabelKind, Mention
from ontograft.kg.token_features import covered, stem, token_features, tokens_of

TEXT = "The DNA-12 test of breast cancers."
TOKENS = tokens_of(TEXT)
BREAST = Candidate("x:b", "breast cancer", LabelKind.EXACT, 0.9, "inflected")


def test_tokens_are_words_numbers_and_marks_with_their_places() -> None:
    words = ["The", "DNA", "-", "12", "test", "of", "breast", "cancers", "."]
    assert [token.text for token in TOKENS] == words
    assert all(TEXT[token.start : token.end] == token.text for token in TOKENS)


@pytest.mark.parametrize(
    ("start", "end", "expected"),
    [(4, 10, (1, 3)), (4, 7, (1, 1)), (0, len(TEXT), (0, 8)), (4, 9, None), (5, 10, None)],
)
def test_a_stretch_covers_whole_tokens_or_none(
    start: int, end: int, expected: tuple[int, int] | None
) -> None:
    assert covered(TOKENS, start, end) == expected


def test_features_tell_of_letters_neighbours_and_names() -> None:
    start = TEXT.index("breast")
    end = start + len("breast cancers")
    mention = Mention(start, end, TEXT[start:end], "x:b", "breast cancer", 0.9, (BREAST,))
    rows = [set(row) for row in token_features(TOKENS, [mention], {"cancer"})]
    assert {"w=dna", "s=X", "d=O", "-1w=the", "1w=-"} <= rows[1]
    assert {"w=breast", "d=BL", "y=inflected/exact", "1head", "p3=bre"} <= rows[6]
    assert {"w=cancer", "d=EL", "head", "dd=BLEL", "-breast|cancer"} <= rows[7]
    assert "head" not in rows[6]


def test_a_nested_name_tells_nothing() -> None:
    start = TEXT.index("cancers")
    nested = Mention(start, start + 7, "cancers", "x:b", "", 0.9, (BREAST,), nested=True)
    assert token_features(TOKENS, [nested], ()) == token_features(TOKENS, [], ())


@pytest.mark.parametrize(
    ("word", "expected"), [("tumors", "tumor"), ("gas", "gas"), ("loss", "loss")]
)
def test_the_s_of_the_plural_is_left_out(word: str, expected: str) -> None:
    assert stem(word) == expected
