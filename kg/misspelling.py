"""Words of a text that are one letter away from a word of the ontology's names."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence, Set
from functools import cached_property
from typing import Final

from .near_words import NearWords
from .variants import LanguageRules
from .word_codes import NEW, WordCodes

MISSPELT: Final = "misspelt"
"""The way of candidates for a mention with a misspelt word."""

LEAST_MISSPELT: Final = 8
"""A word of fewer letters is taken as it is."""

_LEAST_EXCHANGED: Final = 10
_FIRST_EXCHANGED: Final = 4
_LAST_EXCHANGED: Final = 3
_MOST_REMEMBERED: Final = 60_000
_LONGEST_REMEMBERED: Final = 64
_LETTER: Final = re.compile(r"[^\W\d_]")
_WORD: Final = re.compile(rf"{_LETTER.pattern}{{{LEAST_MISSPELT},}}")
_ASCII_WORD: Final = re.compile(rf"[A-Za-z]{{{LEAST_MISSPELT},}}")  # twice as fast
_BROKEN: Final = re.compile(r"-[ \t]*\r?\n")  # a word at the end of a line, perhaps


class Misspellings:
    """Finds words that are one letter away from exactly one word of the names.

    One letter is missing, too many, exchanged or swapped with its neighbour. The first letter must
    be right and the word have at least eight: short words are too near to one another. An exchanged
    letter makes another word more often than the rest ("macrocephaly", "microcephaly"): it counts
    only in a word of ten letters or more, after the first four and before the last three. Words are
    looked up by what is left when one letter is deleted, as SymSpell does (Garbe, 2012).

    Args:
        words: the words of the names, folded.
        rules: the rules of their language, by which the words of a text are folded.
    """

    def __init__(self, words: WordCodes, rules: LanguageRules) -> None:
        self._rules = rules
        self._words = words
        # The words of texts that were looked up, and the right word for each that is wrong;
        # bounded, for texts bring new ones.
        self._settled: tuple[set[str], dict[str, str]] = set(), {}

    @cached_property
    def _near(self) -> NearWords:
        return NearWords(sorted(word for word in self._words if _is_long(word)))

    @cached_property
    def _mixed(self) -> frozenset[str]:
        """Words of the names with a digit and, beside it, what misspells another of them."""
        parts = {
            word: _WORD.findall(word)
            for word in self._words
            if len(word) > LEAST_MISSPELT and not word.isalpha()
        }
        wrong = self._looked_up({part for found in parts.values() for part in found})
        return frozenset(word for word in parts if not wrong.keys().isdisjoint(parts[word]))

    def __call__(self, text: str) -> Iterator[tuple[int, int, str]]:
        """Yield where a text misspells a word, and the word: start, end, word."""
        pattern = _ASCII_WORD if text.isascii() else _WORD
        corrections = self._corrected(set(pattern.findall(text)))
        places = [(start, word) for word in corrections for start in _places(word, text)]
        for start, word in sorted(places):
            yield start, start + len(word), corrections[word]

    def may_occur(self, text: str, folded: Sequence[str], codes: str) -> bool:
        """Return False where a text surely misspells no word; that takes less time than to look.

        Args:
            text: the text.
            folded: the words of the text when folded.
            codes: the codes of those words.
        """
        # Where a word is parted by the end of a line, folding joins what the text parts.
        if not text.isascii() or _BROKEN.search(text):
            return True
        if NEW in codes and not self._are_clear(self._words.new(folded, codes)):
            return True
        return bool(self._mixed) and not self._mixed.isdisjoint(folded)

    def _are_clear(self, words: Iterable[str]) -> bool:
        """Return whether no misspelling is in some folded words; remember those that hold none."""
        parts = {word: _WORD.findall(word) if len(word) >= LEAST_MISSPELT else () for word in words}
        corrections = self._corrected({part for found in parts.values() for part in found})
        if not corrections:
            self._words.meet(parts)
            return True
        wrong = corrections.keys()
        self._words.meet(word for word, found in parts.items() if wrong.isdisjoint(found))
        return False

    def _corrected(self, words: Set[str]) -> dict[str, str]:
        """Return the words that misspell a word of the names, each with that word."""
        settled, wrong = self._settled
        unknown = words - settled
        found = self._looked_up(unknown) if unknown else {}
        found.update((word, wrong[word]) for word in words & wrong.keys())
        if unknown:
            if len(settled) > _MOST_REMEMBERED:
                self._settled = settled, wrong = set(), {}
            kept = {word for word in unknown if len(word) <= _LONGEST_REMEMBERED}
            # In this order: another thread must not take a wrong word for a settled right one.
            wrong.update((word, found[word]) for word in found.keys() & kept)
            settled |= kept
        return found

    def _looked_up(self, words: Iterable[str]) -> dict[str, str]:
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


def _places(word: str, text: str) -> Iterator[int]:
    """Yield where a word stands in a text that is no part of a longer one."""
    start = text.find(word)
    while start >= 0:
        end = start + len(word)
        if not (start and _LETTER.match(text, start - 1)) and not _LETTER.match(text, end):
            yield start
        start = text.find(word, end)


def _is_long(word: str) -> bool:
    return len(word) >= LEAST_MISSPELT and word.isalpha()


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
