"""Words of a text that are one letter away from a word of the ontology's names."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator
from functools import cached_property
from typing import Final

from .near_words import NearWords
from .variants import LanguageRules

MISSPELT: Final = "misspelt"
"""The way of candidates for a mention with a misspelt word."""

_LEAST: Final = 8
_LEAST_EXCHANGED: Final = 10
_FIRST_EXCHANGED: Final = 4
_LAST_EXCHANGED: Final = 3
_MOST_REMEMBERED: Final = 60_000
_LONGEST_REMEMBERED: Final = 64
_WORD: Final = re.compile(rf"[^\W\d_]{{{_LEAST},}}")


class Misspellings:
    """Finds words that are one letter away from exactly one word of the names.

    One letter is missing, too many, exchanged or swapped with its neighbour. The first letter must
    be right and the word have at least eight: short words are too near to one another. An exchanged
    letter makes another word more often than the rest ("macrocephaly", "microcephaly"): it counts
    only in a word of ten letters or more, after the first four and before the last three. Words are
    looked up by what is left when one letter is deleted, as SymSpell does (Garbe, 2012).

    Args:
        words: the words of the names, folded; a set or the like.
        rules: the rules of their language, by which the words of a text are folded.
    """

    def __init__(self, words: Collection[str], rules: LanguageRules) -> None:
        self._rules = rules
        self._words = words
        # Tokens of texts that hold no misspelling: those seen of late, and those before them.
        self._settled: set[str] = set()
        self._settled_before: set[str] = set()

    @cached_property
    def _near(self) -> NearWords:
        return NearWords(sorted(word for word in self._words if _is_long(word)))

    def __call__(self, text: str) -> Iterator[tuple[int, int, str]]:
        """Yield where a text misspells a word, and the word: start, end, word."""
        # Whole tokens are remembered, punctuation and all: splitting is what takes least time.
        unknown = set(text.split()) - self._settled
        known = unknown & self._settled_before
        if known:
            self._settled |= known
            unknown -= known
        if not unknown:
            return
        words = {raw for token in unknown for raw in _WORD.findall(token)}
        corrections = self._corrected(words)
        if len(self._settled) > _MOST_REMEMBERED:
            self._settled_before, self._settled = self._settled, set()
        self._settled.update(
            token
            for token in unknown
            if len(token) <= _LONGEST_REMEMBERED and not any(raw in token for raw in corrections)
        )
        if corrections:
            for match in _WORD.finditer(text):
                if match.group() in corrections:
                    yield match.start(), match.end(), corrections[match.group()]

    def _corrected(self, words: Iterable[str]) -> dict[str, str]:
        """Return the words that misspell a word of the names, each with that word."""
        folded = {
            raw: raw.lower() if raw.isascii() else self._rules.fold(raw).text.strip()
            for raw in words
        }
        unknown = sorted({word for word in folded.values() if word not in self._words})
        near: dict[str, set[str]] = {}
        for word, known in self._near(unknown) if unknown else ():
            if known[0] == word[0] and _is_near(word, known):
                near.setdefault(word, set()).add(known)
        right = {word: found.pop() for word, found in near.items() if len(found) == 1}
        return {raw: right[word] for raw, word in folded.items() if word in right}


def _is_long(word: str) -> bool:
    return len(word) >= _LEAST and word.isalpha()


def _is_near(one: str, other: str) -> bool:
    """Return whether two words are one edit apart, and not by an inflection at the end."""
    start = 0
    while start < min(len(one), len(other)) and one[start] == other[start]:
        start += 1
    end = 0
    while end < min(len(one), len(other)) - start and one[-1 - end] == other[-1 - end]:
        end += 1
    left, right = one[start : len(one) - end], other[start : len(other) - end]
    if end == 0:
        return False  # a changed ending is more often another word ("thyroid", "thyroids")
    if len(left) == len(right) == 1:
        return len(one) >= _LEAST_EXCHANGED and start >= _FIRST_EXCHANGED and end >= _LAST_EXCHANGED
    swapped = len(left) == len(right) == 2 and left == right[::-1]
    return swapped or len(left) + len(right) == 1
