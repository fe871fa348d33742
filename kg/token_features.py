"""What a tagger knows of the tokens of a text: their letters, their neighbours, the names there."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Collection, Sequence
from typing import Final, NamedTuple

from .mentions import NIL, Mention

_TOKEN: Final = re.compile(r"[^\W\d_]+|\d+|[^\w\s]|_")
_REPEATED: Final = re.compile(r"(.)\1+")
_LONGEST_SHAPE: Final = 20


class Token(NamedTuple):
    """A word, a number or a mark of punctuation, with its place in the text."""

    start: int
    end: int
    text: str


def tokens_of(text: str) -> list[Token]:
    """Return the tokens of a text."""
    return [Token(*match.span(), match.group()) for match in _TOKEN.finditer(text)]


def stem(word: str) -> str:
    """Return a word in small letters without the s of the plural."""
    if len(word) > 3 and word.endswith("s") and not word.endswith("ss"):
        return word[:-1]
    return word


def token_features(
    tokens: Sequence[Token], mentions: Sequence[Mention], heads: Collection[str]
) -> list[list[str]]:
    """Return the features of each token of a text.

    Args:
        tokens: the tokens.
        mentions: the names found in the text.
        heads: words that end many names of the ontology.
    """
    places, ways = _named(tokens, mentions)
    words = [stem(token.text.lower()) for token in tokens]
    shapes = [_shape(token.text) for token in tokens]
    rows = []
    for number, word in enumerate(words):
        place, shape = places[number], shapes[number]
        row = ["always", f"w={word}", f"s={shape}", f"d={place}", f"y={ways[number]}"]
        if len(word) > 3:
            row += (f"p3={word[:3]}", f"p4={word[:4]}", f"x3={word[-3:]}", f"x4={word[-4:]}")
            row.append(f"x5={word[-5:]}")
        if word in heads:
            row.append("head")
        for offset in (-2, -1, 1, 2):
            other = number + offset
            if not 0 <= other < len(words):
                row.append(f"{offset}end")
                continue
            row += (f"{offset}w={words[other]}", f"{offset}d={places[other]}")
            if abs(offset) == 1:
                row += (f"{offset}s={shapes[other]}", f"{offset}x4={words[other][-4:]}")
                if words[other] in heads:
                    row.append(f"{offset}head")
        if number + 1 < len(words):
            row.append(f"+{word}|{words[number + 1]}")
        if number:
            row.append(f"-{words[number - 1]}|{word}")
            row.append(f"dd={places[number - 1]}{place}")
        rows.append(row)
    return rows


def covered(tokens: Sequence[Token], start: int, end: int) -> tuple[int, int] | None:
    """Return the first and last token of a stretch; None if it cuts one or is empty."""
    first = bisect_left(tokens, start, key=lambda token: token.start)
    last = bisect_left(tokens, end, key=lambda token: token.end)
    if first > last or last == len(tokens):
        return None
    return (first, last) if (tokens[first].start, tokens[last].end) == (start, end) else None


def _named(tokens: Sequence[Token], mentions: Sequence[Mention]) -> tuple[list[str], list[str]]:
    """Return for each token its place in a name, and how that name was found."""
    places, ways = ["O"] * len(tokens), [""] * len(tokens)
    for mention in mentions:
        if mention.nested or not mention.candidates:
            continue
        first = bisect_left(tokens, mention.start, key=lambda token: token.start)
        after = bisect_left(tokens, mention.end, first, key=lambda token: token.start)
        best = mention.candidates[0]
        linked = "N" if mention.iri == NIL else "L"
        for number in range(first, after):
            if tokens[number].end > mention.end:
                break
            place = "B" if number == first else "E" if number == after - 1 else "I"
            places[number] = ("S" if after - first == 1 else place) + linked
            ways[number] = f"{best.way}/{best.kind.value}"
    return places, ways


def _shape(word: str) -> str:
    """Return the kinds of a word's letters: Xx for Apple, X for DNA, 0 for 12."""
    kinds = (
        "X"
        if letter.isupper()
        else "x"
        if letter.isalpha()
        else "0"
        if letter.isdigit()
        else letter
        for letter in word[:_LONGEST_SHAPE]
    )
    return _REPEATED.sub(r"\1", "".join(kinds))
