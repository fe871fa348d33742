"""Words of a text that are one letter away from a word of the ontology's names."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Sequence, Set
from functools import cached_property
from typing import Final

from .near_words import NearWords
from .variants import LanguageRules
from .word_codes import WordCodes

MISSPELT: Final = "misspelt"
"""The way of candidates for a mention with a misspelt word."""

LEAST_MISSPELT: Final = 8
"""A word of fewer letters is taken as it is."""

_LEAST_EXCHANGED: Final = 10
_FIRST_EXCHANGED: Final = 4
_LAST_EXCHANGED: Final = 3
_MOST_AT_ONCE: Final = 100_000  # the index of more words is made when a text is linked
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
        if len(words) <= _MOST_AT_ONCE:
            _ = self._mixed  # now, so that the first text does not wait

    @cached_property
    def _near(self) -> NearWords:
        words = self._words
        return NearWords([word for word in words if len(word) >= LEAST_MISSPELT and word.isalpha()])

    @cached_property
    def _mixed(self) -> frozenset[str]:
        """Words of the names with a digit and, beside it, what misspells another of them."""
        parts = {
            word: _WORD.findall(word)
            for word in self._words
            if len(word) >= LEAST_MISSPELT and not word.isalpha()
        }
        wrong = self._looked_up({part for found in parts.values() for part in found})
        return frozenset(word for word in parts if not wrong.keys().isdisjoint(parts[word]))

    def __call__(self, text: str) -> Iterator[tuple[int, int, str]]:
        """Yield where a text misspells a word, and the word: start, end, word."""
        corrections = self._corrected(set(_pattern(text).findall(text)))
        places = [(start, word) for word in corrections for start in _places(word, text)]
        for start, word in sorted(places):
            yield start, start + len(word), corrections[word]

    def may_occur(self, text: str, folded: Sequence[str], new: Sequence[str]) -> bool:
        """Return False where a text surely misspells no word; that takes less time than to look.

        Args:
            text: the text.
            folded: the words of the text when folded.
            new: those of them that were new when the text was read, see ``WordCodes.new``.
        """
        if _needs_a_closer_look(text):
            return True
        unmet = self._words.new(new, self._words.encode(new)) if new else ()
        if unmet and not self._are_clear(unmet):
            return True
        return bool(self._mixed) and not self._mixed.isdisjoint(folded)

    def meet(self, texts: Iterable[tuple[str, Sequence[str]]]) -> None:
        """Look up the new words of many texts at once, which takes much less time.

        Args:
            texts: each text, and those of its words that are new, as for ``may_occur``.
        """
        folded: set[str] = set()
        raw: set[str] = set()
        for text, new in texts:
            if _needs_a_closer_look(text):
                raw.update(_pattern(text).findall(text))
            else:
                folded.update(new)
        if folded:
            self._are_clear(folded)
        self._corrected(raw)

    def _are_clear(self, words: Collection[str]) -> bool:
        """Return whether no misspelling is in some folded words; remember those that hold none."""
        long = [word for word in words if len(word) >= LEAST_MISSPELT]
        mixed = {word: _WORD.findall(word) for word in long if not word.isalpha()}
        parts = set(long) - mixed.keys()
        parts.update(*mixed.values())
        wrong = set(self._corrected(parts))
        if wrong:
            wrong.update(word for word in mixed if not wrong.isdisjoint(mixed[word]))
        self._words.meet(set(words) - wrong)
        return wrong.isdisjoint(words)

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
        settled, wrong = self._settled
        # What was met is right, or so short that nobody can tell.
        unmet = dict.fromkeys(self._words.unmet(folded.values()))
        unknown = [word for word in unmet if word not in settled]
        near: dict[str, set[str]] = {}
        for word, known in self._near(unknown) if unknown else ():
            if known[0] == word[0] and _is_near(word, known):
                near.setdefault(word, set()).add(known)
        right = {word: wrong[word] for word in unmet if word in wrong}
        right.update((word, found.pop()) for word, found in near.items() if len(found) == 1)
        return {raw: right[word] for raw, word in folded.items() if word in right}


def _pattern(text: str) -> re.Pattern[str]:
    return _ASCII_WORD if text.isascii() else _WORD


def _needs_a_closer_look(text: str) -> bool:
    """Return whether the words of a text may be others than those of the folded text.

    Where a word is parted by the end of a line, folding joins what the text parts.
    """
    return not text.isascii() or _BROKEN.search(text) is not None


def _places(word: str, text: str) -> Iterator[int]:
    """Yield where a word stands in a text that is no part of a longer one."""
    start = text.find(word)
    while start >= 0:
        end = start + len(word)
        if not (start and _LETTER.match(text, start - 1)) and not _LETTER.match(text, end):
            yield start
        start = text.find(word, end)


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
